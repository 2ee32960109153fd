#!/bin/sh
# Builds evctl from this checkout and installs it with its manual pages and completions.
#
#   ./install.sh                     to /usr/local
#   ./install.sh --prefix ~/.local   elsewhere
#   ./install.sh --uninstall         removes what it installed (with the same --prefix)
set -eu

prefix=/usr/local
action=install
while [ $# -gt 0 ]; do
    case $1 in
        --prefix)
            [ $# -gt 1 ] || { echo "install.sh: --prefix wants a directory" >&2; exit 2; }
            prefix=$2
            shift
            ;;
        --prefix=*) prefix=${1#--prefix=} ;;
        --uninstall) action=uninstall ;;
        -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "install.sh: unknown argument $1 (see --help)" >&2; exit 2 ;;
    esac
    shift
done

source=$(cd "$(dirname "$0")" && pwd)
bin=$prefix/bin
man=$prefix/share/man/man1
bash=$prefix/share/bash-completion/completions
zsh=$prefix/share/zsh/site-functions
fish=$prefix/share/fish/vendor_completions.d

if [ "$action" = uninstall ]; then
    rm -f "$bin/evctl" "$bash/evctl" "$zsh/_evctl" "$fish/evctl.fish"
    for page in "$source"/man/*.1; do
        rm -f "$man/$(basename "$page")"
    done
    echo "removed evctl from $prefix"
    exit 0
fi

command -v cargo >/dev/null || { echo "install.sh: cargo is missing; see the README" >&2; exit 1; }
(cd "$source" && cargo build --release --locked)
binary=${CARGO_TARGET_DIR:-$source/target}/release/evctl
mkdir -p "$bin" "$man" "$bash" "$zsh" "$fish"
install -m 755 "$binary" "$bin/evctl"
install -m 644 "$source"/man/*.1 "$man/"
install -m 644 "$source/completions/evctl.bash" "$bash/evctl"
install -m 644 "$source/completions/_evctl" "$zsh/_evctl"
install -m 644 "$source/completions/evctl.fish" "$fish/evctl.fish"
echo "installed $("$bin/evctl" --version) in $bin"
