# Becomes the server, and leaves a watcher behind that ends it with whoever started it.
#
#   sh supervisor.sh DIRECTORY COMMAND…
#
# The starter holds the other end of our standard input. It closes when the starter ends, however
# it ends; then the server is killed, and DIRECTORY removed unless it is empty ('').
exec 3<&0 # a job in the background is given /dev/null as its standard input
(
    while read -r _ <&3; do :; done
    kill -KILL $$ # of the shell that became the server
    if [ -n "$1" ]; then
        # A process that is being killed may still be making files.
        rm -rf "$1" || { sleep 1 && rm -rf "$1"; }
    fi
) >/dev/null 2>&1 &
shift
exec "$@" 3<&- </dev/null
