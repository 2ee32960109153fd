//! The options that select records, shared by every command that reads them.

use clap::{Args, ValueEnum};

use super::{Context, calendar};
use crate::{
    failure::Failure,
    filter::{Criteria, Filter, HeaderMatch},
    kafka::Isolation,
    select::{PartitionOffsets, PartitionSet, Position, SelectError, Selection, Window},
};

/// Which records to read. What is not given does not restrict.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Selecting records")]
pub struct SelectArgs {
    /// Start here, inclusive: --from -2h
    ///
    /// earliest, latest, stored (the offset of --as-group), an offset (1042), the last N records of each
    /// partition (-100), N offsets after the earliest (+100), a timestamp in seconds, milliseconds
    /// or nanoseconds (@1767261600123), a while ago (-2h), now, today, yesterday, a date or time
    /// (10:00, 2026-01-02, 2026-01-02T10:00:00+01:00). A time without a zone is UTC, or as --tz says.
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// End here, exclusive: --to 2026-01-02T12:00:00Z
    ///
    /// The same forms as --from, but for -N. Without it, reading ends where each partition ended
    /// when the command began. A time leaves out the records that are not older, wherever they
    /// stand; late records that are older are kept.
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// Start where this group stands, without joining it: --as-group billing -n 1
    ///
    /// The same as --from stored, which may be written beside it; --to stored ends there. Nothing is
    /// committed, and members of the group are not disturbed: the way to look at the record that
    /// they cannot get past. A stored offset outside of the log is an error, unless
    /// -X auto.offset.reset=earliest or latest says where to start.
    #[arg(long, value_name = "GROUP", conflicts_with_all = ["last", "offsets"])]
    pub as_group: Option<String>,
    /// The last 10m, 2h, 1d, or the last so many records of each partition: --last 10m
    #[arg(long, value_name = "DURATION|N", conflicts_with_all = ["from", "offsets"])]
    pub last: Option<String>,
    /// Time zone of dates and times that state none, local or a name [default: UTC]: --tz Europe/Warsaw
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Only these partitions: -p 0,3-5
    #[arg(short, long, value_name = "LIST")]
    pub partition: Option<String>,
    /// Only these offsets, end exclusive: --offsets 0:100..200,3:7..
    #[arg(long, value_name = "LIST", conflicts_with_all = ["from", "to", "partition"])]
    pub offsets: Option<String>,
    /// Keep records with exactly this key: -k order-17
    #[arg(short, long, value_name = "KEY")]
    pub key: Option<String>,
    /// Read only the partitions that --key can be in
    ///
    /// Those are the ones that the default partitioners of Java (murmur2) and of librdkafka (CRC32)
    /// choose. A record that was put elsewhere by hand, or written when the topic had fewer
    /// partitions, is not found.
    #[arg(long, requires = "key", conflicts_with = "partition")]
    pub key_partition: bool,
    /// Keep records with this header, can be repeated: --header source=web --header traceparent
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub header: Vec<String>,
    /// Keep events of this type: --event-type order.placed
    ///
    /// The type is the header ce_type, else the member "type" or "eventType" of a JSON value. A change
    /// event of Debezium has the type io.debezium.connector.CONNECTOR.DataChangeEvent.
    #[arg(long, value_name = "TYPE")]
    pub event_type: Option<String>,
    /// Keep records whose key, value or header values match: --grep 'timeout|refused'
    #[arg(long, value_name = "REGEX")]
    pub grep: Option<String>,
    /// Keep records for which a jq expression is true: --filter '.value.total > 100'
    ///
    /// The input is {topic, partition, offset, timestamp, timestamp_iso, key, value, headers,
    /// header_list, size, type, id, schema}, value and key decoded. A record is kept when the first
    /// output is neither false nor null.
    #[arg(long, value_name = "EXPR")]
    pub filter: Option<String>,
    /// Show only committed records, or those of open and aborted transactions, too
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub isolation: Option<IsolationArg>,
}

/// How many records to read. Apart, as `-n` means lines in `tail`.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Selecting records")]
pub struct LimitArgs {
    /// Stop after so many records: -n 10
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<u64>,
}

/// `--isolation`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IsolationArg {
    /// Committed records only
    Committed,
    /// Everything that was written
    Uncommitted,
}

impl From<IsolationArg> for Isolation {
    fn from(argument: IsolationArg) -> Self {
        match argument {
            IsolationArg::Committed => Self::Committed,
            IsolationArg::Uncommitted => Self::Uncommitted,
        }
    }
}

impl SelectArgs {
    /// What was typed, understood; `now` is in milliseconds since the epoch.
    ///
    /// # Errors
    /// A usage failure that names the option.
    pub fn selection(&self, now: i64, limit: Option<u64>) -> Result<Selection, Failure> {
        let calendar = calendar(now, self.tz.as_deref()).map_err(usage("--tz"))?;
        let position = |option, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| Position::parse(text, calendar.clone()))
                .transpose()
                .map_err(usage(option))
        };
        let last = self
            .last
            .as_deref()
            .map(|text| Position::parse_last(text, now));
        let from = match last.transpose().map_err(usage("--last"))? {
            Some(last) => Some(last),
            None => position("--from", &self.from)?,
        };
        let partitions = self.partition.as_deref().map(PartitionSet::parse);
        let offsets = self.offsets.as_deref().map(PartitionOffsets::parse_list);
        let key = self.key.as_ref().filter(|_| self.key_partition);
        let to = position("--to", &self.to)?;
        let from = match from {
            Some(from) => from,
            None if self.as_group.is_some() && to != Some(Position::Stored) => Position::Stored,
            None => Position::Earliest,
        };
        if self.as_group.is_some() && ![Some(from), to].contains(&Some(Position::Stored)) {
            return Err(
                Failure::usage("--as-group says where to start, and so does --from")
                    .hint("leave out one of them, or write --from stored or --to stored"),
            );
        }
        let selection = Selection {
            from,
            to,
            partitions: partitions.transpose().map_err(usage("--partition"))?,
            offsets: offsets.transpose().map_err(usage("--offsets"))?,
            key_partition: key.map(|key| key.clone().into_bytes()),
            limit,
            ..Selection::default()
        };
        selection.check().map_err(usage("--to"))?;
        Ok(selection)
    }

    /// [`SelectArgs::selection`] at the time of the command, which says so when the beginning lies
    /// in the future: a mistyped year looks like an empty topic.
    ///
    /// # Errors
    /// As there.
    pub fn selection_from_now(
        &self,
        context: &Context,
        limit: Option<u64>,
    ) -> Result<Selection, Failure> {
        let selection = self.selection(context.now, limit)?;
        if matches!(selection.from, Position::Time { ms, .. } if ms > context.now) {
            context
                .ui
                .note("--from is in the future: no record with an earlier timestamp is selected");
        }
        Ok(selection)
    }

    /// What is asked of each record; `window` is [`Selection::window`].
    ///
    /// # Errors
    /// A usage failure that names the option.
    pub fn filter(&self, window: Window) -> Result<Filter, Failure> {
        let header = |text: &String| {
            HeaderMatch::parse(text)
                .ok_or_else(|| Failure::usage(format!("--header {text:?} has no name")))
        };
        let criteria = Criteria {
            window,
            key: self.key.as_ref().map(|key| key.clone().into_bytes()),
            headers: self.header.iter().map(header).collect::<Result<_, _>>()?,
            event_type: self.event_type.clone(),
            grep: self.grep.clone(),
            filter: self.filter.clone(),
        };
        Ok(Filter::new(criteria)?)
    }
}

/// Puts the option before what is wrong with it.
fn usage(option: &'static str) -> impl FnOnce(SelectError) -> Failure {
    move |error| {
        let failure = Failure::from(error);
        let message = format!("{option}: {}", failure.message);
        Failure { message, ..failure }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{envelope::EventDecoder, event::RecordBuf, select::Zone};

    const NOW: i64 = 1_767_261_600_123;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        select: SelectArgs,
        #[command(flatten)]
        limit: LimitArgs,
    }

    fn parse(line: &str) -> Command {
        let words = line.split_whitespace();
        Command::try_parse_from(["evctl"].into_iter().chain(words)).unwrap()
    }

    fn select(line: &str) -> Result<Selection, Failure> {
        let command = parse(line);
        command.select.selection(NOW, command.limit.limit)
    }

    #[test]
    fn positions_may_begin_with_a_hyphen() {
        let ago = |ms| Position::Time {
            ms: NOW - ms,
            zone: Zone::Stated,
        };
        let selection = select("--from -2h --to -1h -p 0,2 -n 5").unwrap();
        assert_eq!(selection.from, ago(7_200_000));
        assert_eq!(selection.to, Some(ago(3_600_000)));
        assert_eq!(selection.limit, Some(5));
        assert!(selection.partitions.unwrap().contains(2));
        assert_eq!(select("--last 10m").unwrap().from, ago(600_000));
        assert_eq!(select("").unwrap(), Selection::default());
    }

    #[test]
    fn what_is_wrong_is_said_with_the_option_and_exits_2() {
        let message = |line| {
            let failure = select(line).unwrap_err();
            assert_eq!(failure.exit, crate::exit::Exit::Usage);
            failure.message
        };
        assert_eq!(
            message("--from someday"),
            "--from: \"someday\" is not a position"
        );
        assert_eq!(
            message("--from 9 --to 8"),
            "--to: the end 8 lies before the start 9"
        );
        assert_eq!(message("--to -5"), "--to: -5 cannot be an end");
        assert_eq!(
            message("--tz Nowhere"),
            "--tz: \"Nowhere\" is not a time zone"
        );
        let failure = select("--from 25:00").unwrap_err();
        assert_eq!(failure.message, "--from: \"25:00\" is not a date or time");
        assert!(
            failure.hints[0].contains("10:00+02:00"),
            "{:?}",
            failure.hints
        );
        assert!(message("-p x").starts_with("--partition: "));
        assert!(message("--offsets 0").starts_with("--offsets: "));
    }

    #[test]
    fn as_group_starts_or_ends_where_the_group_stands() {
        let ends = |line| select(line).map(|selection| (selection.from, selection.to));
        let stored = Position::Stored;
        assert_eq!(ends("--as-group g").unwrap(), (stored, None));
        assert_eq!(ends("--as-group g --from stored").unwrap(), (stored, None));
        assert_eq!(
            ends("--as-group g --to stored").unwrap(),
            (Position::Earliest, Some(stored))
        );
        assert_eq!(
            ends("--as-group g --from -1h --to stored").unwrap().1,
            Some(stored)
        );
        let failure = ends("--as-group g --from 5").unwrap_err();
        assert_eq!(failure.exit, crate::exit::Exit::Usage);
    }

    #[test]
    fn options_that_contradict_each_other_are_refused() {
        for line in [
            "--last 1h --from 3",
            "--offsets 0:1.. -p 0",
            "--key-partition",
            "--as-group g --last 5",
        ] {
            let words = line.split_whitespace();
            assert!(
                Command::try_parse_from(["evctl"].into_iter().chain(words)).is_err(),
                "{line}"
            );
        }
    }

    #[test]
    fn the_filter_is_made_of_the_same_options() {
        let args = parse("-k a --header x=1 --filter .value").select;
        let mut filter = args.filter(Window::default()).unwrap();
        let record = RecordBuf::default();
        assert!(!filter.keep(&EventDecoder::inferred().event(&record.as_record())));
        for line in ["--grep (", "--filter .value[", "--header =1"] {
            let failure = parse(line).select.filter(Window::default()).unwrap_err();
            assert_eq!(failure.exit, crate::exit::Exit::Usage, "{line}");
        }
    }
}
