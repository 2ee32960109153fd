# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_evctl_global_optspecs
    string join \n P/profile= b/brokers= X/property= registry= timeout= o/output= q/quiet v/verbose color= no-progress y/yes cluster= dry-run h/help V/version
end

function __fish_evctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_evctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_evctl_using_subcommand
    set -l cmd (__fish_evctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c evctl -n "__fish_evctl_needs_command" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_needs_command" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_needs_command" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_needs_command" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_needs_command" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_needs_command" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_needs_command" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_needs_command" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_needs_command" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_needs_command" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_needs_command" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_needs_command" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_needs_command" -s V -l version -d 'Print version'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "produce" -d 'Write records to a topic'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "consume" -d 'Read records from topics or files'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "tail" -d 'Follow topics, merged by time'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "capture" -d 'Save records in a capture file'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "replay" -d 'Replay records into a topic'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "lag" -d 'Show the lag of consumer groups in records and in time, and whether they catch up'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "groups" -d 'List, describe, move, export and delete groups'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "topics" -d 'List, describe, create, change, trim and delete topics'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "schema" -d 'Compare schemas, and read and write a registry'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "profile" -d 'Show, test and change the profiles of evctl.toml'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "sandbox" -d 'Run a real Kafka on this machine'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c evctl -n "__fish_evctl_needs_command" -f -a "man" -d 'Print a manual page'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s i -l input -d 'Format of the input' -r -f -a "lines\t'Each line is a value'
json\t'evctl\'s own JSON, one record per line, as in capture files'
csv\t'Comma-separated, the first line names the columns: key, value, header.NAME, …'
raw\t'Each file is one value'
kcat\t'What kcat -J writes'
kaf\t'What kaf consume -o json-each-row writes'
kafkactl\t'What kafkactl consume -o json writes'
rpk\t'What rpk topic consume writes'
msk\t'The event that AWS Lambda gets from Amazon MSK'
auto\t'Guess from the start of the first input, and print the guess'"
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s K -l key-delimiter -d 'Delimiter between key and value of a line, e.g. -K : or -K \'\\t\'. A line without it is an error' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s k -l key -d 'Key of every record, e.g. -k order-17' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s H -l header -d 'Header of every record, e.g. -H source=import or -H source:import (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s p -l partition -d 'Partition of every record, e.g. -p 3' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l timestamp -d 'Timestamp of every record: now, 10:00, @1767261600123, 2026-01-02T10:00:00Z, or -2h' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l tz -d 'Time zone of a --timestamp that states none, local or a name [default: UTC]: --tz local' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s z -l compression -d 'Compress batches with gzip, snappy, lz4 or zstd, e.g. -z zstd' -r -f -a "none\t''
gzip\t''
snappy\t''
lz4\t''
zstd\t''"
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l null-value -d 'Write this value as null (a tombstone), e.g. --null-value NULL. In CSV also a key or header [default in CSV: \\N]' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l rate -d 'Write no faster than this: 500/s, 90/m or 10/h' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l repeat -d 'Write the files N times over, e.g. --repeat 10' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l failures -d 'Write records that were not acknowledged to FILE, for evctl produce -i json; an empty file when all were' -r -F
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l stall-timeout -d 'Give up when no record is acknowledged for this long, e.g. --stall-timeout 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l base64 -d 'Decode values from base64, as tools print those that are not UTF-8: with -i csv, kaf, kafkactl, kcat and rpk'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l tombstone -d 'Write tombstones: one for the key of -k, or one for each line, which is the key'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l skip-empty -d 'Skip empty lines instead of writing empty values'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand produce" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s g -l group -d 'Read as a member of this group, and commit the records that were printed: --group billing' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l order -d 'Order of the records: as they arrive, or merged by time over partitions and topics' -r -f -a "arrival\t'As records arrive, in offset order within a partition'
time\t'Merged by timestamp'"
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s f -l format -d 'Print each record by a template: -f \'%t/%p@%o %k: %s\\n\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s n -l limit -d 'Stop after so many records: -n 10' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l from -d 'Start here, inclusive: --from -2h' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l to -d 'End here, exclusive: --to 2026-01-02T12:00:00Z' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l as-group -d 'Start where this group stands, without joining it: --as-group billing -n 1' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l last -d 'The last 10m, 2h, 1d, or the last so many records of each partition: --last 10m' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l tz -d 'Time zone of dates and times that state none, local or a name [default: UTC]: --tz Europe/Warsaw' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s p -l partition -d 'Only these partitions: -p 0,3-5' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l offsets -d 'Only these offsets, end exclusive: --offsets 0:100..200,3:7..' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s k -l key -d 'Keep records with exactly this key: -k order-17' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l header -d 'Keep records with this header, can be repeated: --header source=web --header traceparent' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l event-type -d 'Keep events of this type: --event-type order.placed' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l grep -d 'Keep records whose key, value or header values match: --grep \'timeout|refused\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l filter -d 'Keep records for which a jq expression is true: --filter \'.value.total > 100\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l isolation -d 'Show only committed records, or those of open and aborted transactions, too' -r -f -a "committed\t'Committed records only'
uncommitted\t'Everything that was written'"
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l jq -d 'Print the results of a jq expression: --jq \'[.key, .value.total]\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l columns -d 'Columns of -o csv and -o table: --columns timestamp,key,.value.total,header.trace' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l null-value -d 'Print null keys, values and headers as MARK in -o csv, as produce -i csv reads them [default: \\N]' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l redact -d 'Mask the value at a path (can be repeated): --redact customer.email' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l stall-timeout -d 'Give up when nothing arrives for this long: --stall-timeout 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l follow -d 'Keep reading new records after the end'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l key-partition -d 'Read only the partitions that --key can be in'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l no-redact -d 'Show values that the profile redacts; a protected profile asks for the cluster\'s name'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l allow-truncated -d 'Accept a capture file without a last line'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand consume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s n -l lines -d 'Begin with the last N records of the whole selection [default: 10, or all with --from]' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l limit -d 'Stop after N records' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s f -l format -d 'Print each record by a template, as in consume: -f \'%t/%p@%o %k: %s\\n\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l from -d 'Start here, inclusive: --from -2h' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l to -d 'End here, exclusive: --to 2026-01-02T12:00:00Z' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l as-group -d 'Start where this group stands, without joining it: --as-group billing -n 1' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l last -d 'The last 10m, 2h, 1d, or the last so many records of each partition: --last 10m' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l tz -d 'Time zone of dates and times that state none, local or a name [default: UTC]: --tz Europe/Warsaw' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s p -l partition -d 'Only these partitions: -p 0,3-5' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l offsets -d 'Only these offsets, end exclusive: --offsets 0:100..200,3:7..' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s k -l key -d 'Keep records with exactly this key: -k order-17' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l header -d 'Keep records with this header, can be repeated: --header source=web --header traceparent' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l event-type -d 'Keep events of this type: --event-type order.placed' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l grep -d 'Keep records whose key, value or header values match: --grep \'timeout|refused\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l filter -d 'Keep records for which a jq expression is true: --filter \'.value.total > 100\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l isolation -d 'Show only committed records, or those of open and aborted transactions, too' -r -f -a "committed\t'Committed records only'
uncommitted\t'Everything that was written'"
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l jq -d 'Print the results of a jq expression: --jq \'[.key, .value.total]\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l columns -d 'Columns of -o csv and -o table: --columns timestamp,key,.value.total,header.trace' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l null-value -d 'Print null keys, values and headers as MARK in -o csv, as produce -i csv reads them [default: \\N]' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l redact -d 'Mask the value at a path (can be repeated): --redact customer.email' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l stall-timeout -d 'Give up when nothing arrives for this long: --stall-timeout 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l no-follow -d 'Show the last records and stop'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l key-partition -d 'Read only the partitions that --key can be in'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l no-redact -d 'Show values that the profile redacts; a protected profile asks for the cluster\'s name'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l allow-truncated -d 'Accept a capture file without a last line'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s O -l file -d 'File to write, compressed by its suffix .gz or .zst; - is standard output' -r -F
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l split -d 'Begin another file after SIZE bytes before compression: --split 512MiB' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s n -l limit -d 'Stop after so many records: -n 10' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l from -d 'Start here, inclusive: --from -2h' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l to -d 'End here, exclusive: --to 2026-01-02T12:00:00Z' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l as-group -d 'Start where this group stands, without joining it: --as-group billing -n 1' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l last -d 'The last 10m, 2h, 1d, or the last so many records of each partition: --last 10m' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l tz -d 'Time zone of dates and times that state none, local or a name [default: UTC]: --tz Europe/Warsaw' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s p -l partition -d 'Only these partitions: -p 0,3-5' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l offsets -d 'Only these offsets, end exclusive: --offsets 0:100..200,3:7..' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s k -l key -d 'Keep records with exactly this key: -k order-17' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l header -d 'Keep records with this header, can be repeated: --header source=web --header traceparent' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l event-type -d 'Keep events of this type: --event-type order.placed' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l grep -d 'Keep records whose key, value or header values match: --grep \'timeout|refused\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l filter -d 'Keep records for which a jq expression is true: --filter \'.value.total > 100\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l isolation -d 'Show only committed records, or those of open and aborted transactions, too' -r -f -a "committed\t'Committed records only'
uncommitted\t'Everything that was written'"
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l redact -d 'Mask the value at a path (can be repeated): --redact customer.email' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l stall-timeout -d 'Give up when nothing arrives for this long: --stall-timeout 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l follow -d 'Keep saving new records until Ctrl-C, which completes the file'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l force -d 'Replace FILE, or what an interrupted capture left of it, once the new capture is whole'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l key-partition -d 'Read only the partitions that --key can be in'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l no-redact -d 'Show values that the profile redacts; a protected profile asks for the cluster\'s name'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l allow-truncated -d 'Accept a capture file without a last line'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -a "verify" -d 'Check that capture files are whole and unchanged'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and not __fish_seen_subcommand_from verify diff" -a "diff" -d 'Compare two capture files record by record'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -l allow-truncated -d 'Accept files without a last line, and split captures without all their parts'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -l ignore -d 'Ignore differences in these parts: --ignore topic,offset' -r -f -a "topic\t'The topic'
offset\t'The offset'"
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s n -l limit -d 'Show at most N differences' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand capture; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l to-topic -d 'Topic to write to; {topic} stands for the source\'s name: --to-topic \'{topic}.replay\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l to-profile -d 'Profile of the cluster to write to; the source\'s own when left out: --to-profile staging' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l late -d 'How far out of order records may be and still be found behind the window: 1h, auto, all' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l by-time -d 'Which time decides: the record\'s, that of a CloudEvent, or what a jq expression yields' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l timestamps -d 'Timestamps that are written: the original ones, now, or shifted so that the first is now' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l partitions -d 'Partitions that are written to: the same, by key, or as listed: map:0=1,1=1' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l set-header -d 'Set a header, can be repeated: --set-header replayed=true' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l drop-header -d 'Leave out headers that this pattern fits, can be repeated: --drop-header \'x-internal-*\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l redact -d 'Hide what stands at a path, can be repeated: --redact customer.email' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l transform -d 'Change records by a jq expression: --transform \'(.value | objects).test = true\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l dedupe -d 'Write only the first record of those with the same id, key, or outcome of a jq expression' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l speed -d 'As fast as it can be, or by the records\' own time: --speed 1x, --speed 10x, --speed 0.5x' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l rate -d 'At most so many records: --rate 500/s' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l max-gap -d 'Wait for no gap in the records\' time longer than this: --max-gap 5s' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l id -d 'Name of the replay; the same line resumes it: --id incident-7' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s n -l limit -d 'Stop after so many records: -n 10' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l from -d 'Start here, inclusive: --from -2h' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l to -d 'End here, exclusive: --to 2026-01-02T12:00:00Z' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l as-group -d 'Start where this group stands, without joining it: --as-group billing -n 1' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l last -d 'The last 10m, 2h, 1d, or the last so many records of each partition: --last 10m' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l tz -d 'Time zone of dates and times that state none, local or a name [default: UTC]: --tz Europe/Warsaw' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s p -l partition -d 'Only these partitions: -p 0,3-5' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l offsets -d 'Only these offsets, end exclusive: --offsets 0:100..200,3:7..' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s k -l key -d 'Keep records with exactly this key: -k order-17' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l header -d 'Keep records with this header, can be repeated: --header source=web --header traceparent' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l event-type -d 'Keep events of this type: --event-type order.placed' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l grep -d 'Keep records whose key, value or header values match: --grep \'timeout|refused\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l filter -d 'Keep records for which a jq expression is true: --filter \'.value.total > 100\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l isolation -d 'Show only committed records, or those of open and aborted transactions, too' -r -f -a "committed\t'Committed records only'
uncommitted\t'Everything that was written'"
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l stall-timeout -d 'Give up when nothing arrives for this long: --stall-timeout 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l in-place -d 'Write into the source itself: instead of --to-topic'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l no-mark -d 'Add no headers: what is written is the original, bit for bit'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l exactly-once -d 'Write each record exactly once, in transactions'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l share -d 'Share the work: the same line with the same --id on several machines divides the partitions'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l exact -d 'Read everything before, to plan with exact numbers'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l allow-unmatched-redact -d 'Replay although a path of --redact matches nothing in the records that were sampled'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l key-partition -d 'Read only the partitions that --key can be in'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l allow-truncated -d 'Accept a capture file without a last line'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -a "list" -d 'List the replays that this machine or this cluster knows'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -a "status" -d 'Show how far a replay has come'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -a "resume" -d 'Resume a replay that was stopped'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -a "cancel" -d 'Forget a replay: delete its progress; the records it has written stay'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and not __fish_seen_subcommand_from list status resume cancel verify" -a "verify" -d 'Compare what was replayed with its source: find doubled and missing records'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -l speed -d 'Another speed than before: --speed max' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -l rate -d 'Another rate than before: --rate 500/s' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand replay; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l match -d 'Only groups that match, can be repeated: --match \'prod-*\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l exclude -d 'No groups that match, can be repeated: --exclude \'console-consumer-*\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s t -l topic -d 'Only these topics, names or globs, can be repeated: --topic \'orders*\'' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l group-type -l type -d 'Only groups of these types: classic, simple, consumer, share, streams' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l state -d 'Only groups in these states: --state stable,empty' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l by -d 'What a row is; by default partitions for one group, groups for several' -r -f -a "group\t'A row for each group'
topic\t'A row for each topic of a group'
partition\t'A row for each partition'
member\t'A row for each member'"
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l time -d 'Whether the age of unread records is looked up' -r -f -a "exact\t'The next unread record of each partition is read'
off\t'Offsets alone: the fastest'"
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l isolation -d 'Which end counts, and whether transactions do' -r -f -a "both\t'Up to the high watermark; records behind an open transaction are shown'
committed\t'Up to the last stable offset, as a reader of committed records sees it'
uncommitted\t'Up to the high watermark; transactions do not matter'"
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l sample -l rate -d 'Look twice, this far apart, for rates and an estimate of when it is done: --sample 30s' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l window -d 'How far back --verdict and --burrow look' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l count-max -d 'The most offsets that --count reads' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l sort -d 'Order of the rows: lag, time and eta largest first' -r -f -a "lag\t'Unread records'
time\t'The age of the next unread record'
eta\t'When it will be done; never comes first'
name\t'By name'"
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l top -d 'Only the first N rows' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l max-lag -d 'Exit 1 when a group has more unread records, in all: --max-lag 10000' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l max-time -d 'Exit 1 when a group\'s next unread record is older, on any partition: --max-time 5m' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l max-lost -d 'Exit 1 when a group has lost more offsets to retention: --max-lost 0' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l min-members -d 'Exit 1 when a group has fewer members: --min-members 3' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l fail-on -d 'Exit 1 when a group or partition has one of these: --fail-on STALLED,DATA_LOST (STALLED, SLOW, CATCHING_UP and REWOUND bring --verdict along)' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l watch -d 'Look again and again and redraw in place until Ctrl-C: --watch, --watch=10s' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l wait -d 'Wait until it holds for every group: drained, \'lag<100\', \'time<10s\'; exit 1 after --timeout (30m when none is given)' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l serve -d 'Serve /metrics and /healthz until Ctrl-C: --serve :9308' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l interval -d 'How often --serve (30s) and --wait (1s) look' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l names -d 'Whose metric names: lag-exporter, kafka_exporter or evctl' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l all -d 'Show every visible group, also those that hold the progress of replays (`evctl.replay.ID`)'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l verdict -d 'Judge by the commits of the last while, from __consumer_offsets; without the right to read it, by two looks'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l count -d 'Count unread records by reading them, also where many are left'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l problems -d 'Only rows whose status is not OK or CATCHING_UP'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l include-abandoned -d 'Count topics that a group does not want any more, too'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l burrow -d 'Print Burrow\'s own verdict, as its JSON'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand lag" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -f -a "list" -d 'List groups: type, state, members, coordinator'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -f -a "ls" -d 'List groups: type, state, members, coordinator'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -f -a "describe" -d 'Describe groups: coordinator, members with their partitions, committed offsets'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -f -a "seek" -d 'Move a group: to an offset, a time, another group\'s offsets, or those of a file'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -f -a "reset" -d 'Move a group: to an offset, a time, another group\'s offsets, or those of a file'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -f -a "export" -d 'Print the committed offsets of groups, for `groups seek --from-file`'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -f -a "delete" -d 'Delete groups and their offsets'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and not __fish_seen_subcommand_from list ls describe seek reset export delete delete-offsets" -f -a "delete-offsets" -d 'Delete the committed offsets of a group on topics'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l match -d 'List only groups that match this pattern (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l exclude -d 'Leave out groups that match this pattern (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l group-type -l type -d 'List only groups of these types: classic, simple, consumer, share, streams' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l state -d 'List only groups in these states, e.g. --state stable,empty' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l sort -d 'Sort by this column' -r -f -a "name\t'By name'
members\t'By number of members, most first'
state\t'By state: groups with problems first, empty groups last'
type\t'By type'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l match -d 'List only groups that match this pattern (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l exclude -d 'Leave out groups that match this pattern (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l group-type -l type -d 'List only groups of these types: classic, simple, consumer, share, streams' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l state -d 'List only groups in these states, e.g. --state stable,empty' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l sort -d 'Sort by this column' -r -f -a "name\t'By name'
members\t'By number of members, most first'
state\t'By state: groups with problems first, empty groups last'
type\t'By type'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l from -d 'Move the group to this position, e.g. --from -2h' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l tz -d 'Time zone of dates and times without one, local or a name [default: UTC], e.g. --tz local' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l shift -d 'Move the group by N offsets, e.g. --shift -10' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l to-group -d 'Move the group to the offsets of another group, e.g. --to-group billing' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l from-file -d 'Move the group to the offsets in a file, - is stdin, e.g. --from-file billing.csv' -r -F
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s t -l topic -d 'Move only this topic, with or without offsets of the group, e.g. --topic orders (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s p -l partition -d 'Move only these partitions, e.g. -p 0,3-5' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l create -d 'Create the group if it does not exist'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from seek" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l from -d 'Move the group to this position, e.g. --from -2h' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l tz -d 'Time zone of dates and times without one, local or a name [default: UTC], e.g. --tz local' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l shift -d 'Move the group by N offsets, e.g. --shift -10' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l to-group -d 'Move the group to the offsets of another group, e.g. --to-group billing' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l from-file -d 'Move the group to the offsets in a file, - is stdin, e.g. --from-file billing.csv' -r -F
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s t -l topic -d 'Move only this topic, with or without offsets of the group, e.g. --topic orders (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s p -l partition -d 'Move only these partitions, e.g. -p 0,3-5' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l create -d 'Create the group if it does not exist'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s t -l topic -d 'The topic, e.g. --topic orders (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s p -l partition -d 'Delete the offsets of these partitions only, e.g. -p 0,3-5' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -f -a "list" -d 'List topics: partitions, records, first and last record, cleanup, size on disk'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -f -a "ls" -d 'List topics: partitions, records, first and last record, cleanup, size on disk'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -f -a "describe" -d 'Describe topics: configuration, and each partition\'s leader, replicas and offsets'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -f -a "create" -d 'Create topics'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -f -a "alter" -d 'Change a topic\'s configuration, or give it more partitions'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -f -a "trim" -d 'Remove the oldest records of a topic'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and not __fish_seen_subcommand_from list ls describe create alter trim delete" -f -a "delete" -d 'Delete topics'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l match -d 'List only topics that match this pattern (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l exclude -d 'Leave out topics that match this pattern (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l sort -d 'Sort by this column' -r -f -a "name\t'By name'
size\t'By size on disk, largest first'
records\t'By number of records, most first'
last\t'By last record, newest first'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l internal -d 'Include Kafka\'s own topics, such as `__consumer_offsets`'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l brief -d 'Leave out values that brokers read from disk: first and last record, sizes, counted records'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l match -d 'List only topics that match this pattern (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l exclude -d 'Leave out topics that match this pattern (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l sort -d 'Sort by this column' -r -f -a "name\t'By name'
size\t'By size on disk, largest first'
records\t'By number of records, most first'
last\t'By last record, newest first'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l internal -d 'Include Kafka\'s own topics, such as `__consumer_offsets`'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l brief -d 'Leave out values that brokers read from disk: first and last record, sizes, counted records'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -l producers -d 'Show the producers of each partition, and the open transaction that blocks read_committed consumers'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s p -l partitions -d 'Number of partitions of each topic [default: the cluster\'s]' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -l replication -d 'Replicas of each partition [default: the cluster\'s]' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s c -l config -d 'Set a configuration value of the topics, e.g. -c retention.ms=86400000 (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -l if-not-exists -d 'Succeed without changes if the topic exists'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l set -d 'Set a configuration value, e.g. --set retention.ms=86400000 (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l unset -d 'Remove the topic\'s own value of this key (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l partitions -d 'Increase the number of partitions to N' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from alter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s p -l partitions -d 'Trim only these partitions, e.g. 0,3-5' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -l before -d 'Remove the records before this position: an offset, @MS, a date, -2h, +100 (the first 100 offsets), latest' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -l tz -d 'Time zone of dates and times without one, local or a name [default: UTC], e.g. --tz local' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from trim" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand topics; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -f -a "diff" -d 'Show what changed between schemas, who breaks, and in which compatibility modes'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -f -a "check" -d 'Check whether a new schema is compatible with old versions'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -f -a "list" -d 'List the registry\'s subjects'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -f -a "get" -d 'Print a schema of the registry'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -f -a "register" -d 'Register a schema'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and not __fish_seen_subcommand_from diff check list get register rules" -f -a "rules" -d 'List and explain the changes that diff and check find'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l rules -d 'Judge by the rules of this registry or tool' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l witness-budget -d 'Spend at most this time on the search for witnesses: --witness-budget 10s' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l schema-type -d 'Read schemas of this kind where their names do not tell: avro, json or protobuf' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l reference -d 'Read a reference from this file, can be repeated: --reference shop.Address=address.avsc' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l no-witness -d 'Skip the search for witnesses: values that prove a break'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l print-schema -d 'Print the JSON Schema of -o json'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l against -d 'Compare with this old version, can be repeated, oldest first; a subject without a version stands for all its versions' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l git -d 'Check every schema that changed between two commits: --git main...HEAD schemas/' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l mode -d 'Check this compatibility mode [default: the subject\'s own, else BACKWARD]' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l fail-on -d 'Fail on changes of this severity or worse' -r -f -a "break\t'Changes that the mode refuses; an invalid schema fails in any case'
risk\t'Also changes that the mode accepts and data may suffer from'
any\t'Any change'"
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l allow -d 'File of approved changes: TOML with [[allow]] entries of fingerprint, reason and, optionally, expires, the first day on which the approval no longer holds' -r -F
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l report -d 'Also write a report of the findings, can be repeated: --report junit=schemas.xml' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l rules -d 'Judge by the rules of this registry or tool' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l witness-budget -d 'Spend at most this time on the search for witnesses: --witness-budget 10s' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l schema-type -d 'Read schemas of this kind where their names do not tell: avro, json or protobuf' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l reference -d 'Read a reference from this file, can be repeated: --reference shop.Address=address.avsc' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l no-witness -d 'Skip the search for witnesses: values that prove a break'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -l deleted -d 'Include soft-deleted subjects'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -l brief -d 'List names only, which takes one request'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -l into -d 'Write the schema and all that it refers to into this folder, each under the name of its reference' -r -F
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -l deleted -d 'Include soft-deleted versions'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l reference -d 'Name the version behind a reference, can be repeated: --reference shop.Address=address-value@2' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l schema-type -d 'Read a schema of this kind where its name does not tell: avro, json or protobuf' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l normalize -d 'Have the registry normalize the schema: another layout is then the same schema'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from register" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand schema; and __fish_seen_subcommand_from rules" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -f -a "list" -d 'List all profiles'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -f -a "show" -d 'Show the settings of a profile, secrets masked'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -f -a "add" -d 'Add a profile, from the options -b, -X, --registry and --cluster'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -f -a "use" -d 'Make a profile the default'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -f -a "remove" -d 'Remove a profile'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -f -a "trust" -d 'Allow the project\'s evctl.toml to fetch secrets and to choose the default profile'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and not __fish_seen_subcommand_from list show add use remove trust test" -f -a "test" -d 'Test the connection of a profile, and show the cluster\'s brokers'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l origin -d 'Show the origin of each setting'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l redact -d 'Mask this path in all output, e.g. card.pan (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l secret -d 'Read the secret of a property from env:NAME, command:LINE or file:PATH (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l protected -d 'Ask for the cluster\'s name before every change in it'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l replace -d 'Replace an existing profile of this name'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l user -d 'Change the user\'s file'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l project -d 'Change the project\'s file'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l user -d 'Change the user\'s file'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l project -d 'Change the project\'s file'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l user -d 'Change the user\'s file'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l project -d 'Change the project\'s file'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand profile; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -f -a "start" -d 'Start Kafka, wait until it answers, and leave it running'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -f -a "stop" -d 'Stop the sandbox'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -f -a "status" -d 'Show whether the sandbox runs, and its address'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -f -a "run" -d 'Run a command with a fresh Kafka of its own'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start stop status run demo" -f -a "demo" -d 'Show the main commands on a temporary Kafka'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l port -d 'Listen on this port [default: the last one, or 9092, or a free one]' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l kafka -d 'Kafka version to fetch with Maven, such as 3.9.2 [default: 4.3.0]' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l purge -d 'Remove its topics and all other data'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l kafka -d 'Kafka version to fetch with Maven, such as 3.9.2 [default: 4.3.0]' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand completions" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand completions" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand completions" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand completions" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand completions" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand completions" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand completions" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand completions" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand completions" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand completions" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand completions" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand completions" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c evctl -n "__fish_evctl_using_subcommand man" -s P -l profile -d 'Profile of evctl.toml that says how to reach the cluster' -r
complete -c evctl -n "__fish_evctl_using_subcommand man" -s b -l brokers -l bootstrap-server -d 'Brokers to start from: host:port, comma-separated' -r
complete -c evctl -n "__fish_evctl_using_subcommand man" -s X -l property -d 'Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)' -r
complete -c evctl -n "__fish_evctl_using_subcommand man" -l registry -d 'Schema registry to use' -r
complete -c evctl -n "__fish_evctl_using_subcommand man" -l timeout -d 'Give up after this long, e.g. 10s or 2m' -r
complete -c evctl -n "__fish_evctl_using_subcommand man" -s o -l output -d 'Output format, such as table, json, ndjson, csv or markdown' -r
complete -c evctl -n "__fish_evctl_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c evctl -n "__fish_evctl_using_subcommand man" -l cluster -d 'Name of the protected cluster that --yes is meant for' -r
complete -c evctl -n "__fish_evctl_using_subcommand man" -s q -l quiet -d 'Say nothing but errors'
complete -c evctl -n "__fish_evctl_using_subcommand man" -s v -l verbose -d 'Say how things were decided (-vv: every request, and librdkafka\'s log)'
complete -c evctl -n "__fish_evctl_using_subcommand man" -l no-progress -d 'Never draw a progress bar'
complete -c evctl -n "__fish_evctl_using_subcommand man" -s y -l yes -d 'Answer every question with yes'
complete -c evctl -n "__fish_evctl_using_subcommand man" -l dry-run -d 'Show what would be done and do nothing'
complete -c evctl -n "__fish_evctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
