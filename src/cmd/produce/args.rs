//! The arguments of `evctl produce`.

use std::{path::PathBuf, time::Duration};

use clap::{ValueEnum, builder::PossibleValue};

use crate::{
    codec::{LineRule, RecordDefaults},
    command::{Context, calendar, duration},
    event::HeaderBuf,
    failure::Failure,
    files::inputs::InputFormat,
    select::{Calendar, Position, TIMES},
};

/// Write records to a topic
///
/// Each line of the input becomes the value of a record; -i chooses other formats. The report at the
/// end counts acknowledged records, and names the line of each of the others.
///
///   echo hello | evctl produce greetings            one record without a key
///   evctl produce orders orders.txt                 each line of a file
///   evctl produce orders -K : < keyed.txt           lines of KEY:VALUE
///   evctl produce orders -k order-17 --tombstone    delete a key from a compacted topic
///   evctl produce orders -i json capture.ndjson.zst records as they were captured
///   evctl produce blobs -i raw a.bin b.bin          each file is one value
///   evctl produce orders a.txt --rate 500/s         no faster than that
///   evctl produce orders a.txt --failures left.ndjson
///   evctl produce orders -i json left.ndjson        send failed records again
///
/// An empty line is an empty value. A carriage return before the newline belongs to the value.
/// Records with a key go to the partition that Java's clients choose (murmur2); records without a key
/// go in batches to one partition after the other. A record that names its partition or timestamp, as
/// captured records do, keeps them unless -p or --timestamp is given. With -i json a value is null,
/// "text", {"json": …} or {"base64": "…"}, as consume --help lists.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct ProduceArgs {
    /// The topic; without it, choose one on the terminal
    pub topic: Option<String>,
    /// Files to read; - is stdin, which is also read without any. .gz and .zst are decompressed
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Format of the input
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub input: InputFormat,
    /// Decode values from base64, as tools print those that are not UTF-8: with -i csv, kaf, kafkactl,
    /// kcat and rpk
    #[arg(long)]
    pub base64: bool,
    /// Delimiter between key and value of a line, e.g. -K : or -K '\t'. A line without it is an error
    #[arg(short = 'K', long, value_name = "DELIM", value_parser = delimiter, conflicts_with_all = ["key", "tombstone"])]
    pub key_delimiter: Option<Delimiter>,
    /// Key of every record, e.g. -k order-17
    #[arg(short, long, value_name = "KEY")]
    pub key: Option<String>,
    /// Header of every record, e.g. -H source=import or -H source:import (can be repeated)
    #[arg(short = 'H', long = "header", value_name = "NAME=VALUE", value_parser = header)]
    pub headers: Vec<(String, String)>,
    /// Partition of every record, e.g. -p 3
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub partition: Option<i32>,
    /// Timestamp of every record: now, 10:00, @1767261600123, 2026-01-02T10:00:00Z, or -2h
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub timestamp: Option<String>,
    /// Time zone of a --timestamp that states none, local or a name [default: UTC]: --tz local
    #[arg(long, value_name = "ZONE", requires = "timestamp")]
    pub tz: Option<String>,
    /// Compress batches with gzip, snappy, lz4 or zstd, e.g. -z zstd
    #[arg(short = 'z', long, value_name = "CODEC", value_parser = ["none", "gzip", "snappy", "lz4", "zstd"])]
    pub compression: Option<String>,
    /// Write this value as null (a tombstone), e.g. --null-value NULL. In CSV also a key or header
    /// [default in CSV: \N]
    #[arg(long, value_name = "MARK")]
    pub null_value: Option<String>,
    /// Write tombstones: one for the key of -k, or one for each line, which is the key
    #[arg(long, conflicts_with = "null_value")]
    pub tombstone: bool,
    /// Skip empty lines instead of writing empty values
    #[arg(long)]
    pub skip_empty: bool,
    /// Write no faster than this: 500/s, 90/m or 10/h
    #[arg(long, value_name = "N/s", value_parser = rate)]
    pub rate: Option<f64>,
    /// Write the files N times over, e.g. --repeat 10
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub repeat: u64,
    /// Write records that were not acknowledged to FILE, for evctl produce -i json; an empty file when
    /// all were
    #[arg(long, value_name = "FILE")]
    pub failures: Option<PathBuf>,
    /// Give up when no record is acknowledged for this long, e.g. --stall-timeout 2m
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub stall_timeout: Duration,
}

impl ProduceArgs {
    /// The inputs; none for the single tombstone of `-k KEY --tombstone`.
    #[must_use]
    pub fn inputs(&self) -> Vec<PathBuf> {
        match self.files.as_slice() {
            [] if self.is_lone_tombstone() => Vec::new(),
            [] => vec![PathBuf::from("-")],
            files => files.to_vec(),
        }
    }

    /// Whether `-k KEY --tombstone` states the only record.
    #[must_use]
    pub fn is_lone_tombstone(&self) -> bool {
        self.tombstone && self.key.is_some() && self.files.is_empty()
    }

    /// The rule that makes a record of a line.
    #[must_use]
    pub fn line_rule(&self) -> LineRule {
        LineRule {
            delimiter: (self.key_delimiter.clone()).map(|delimiter| delimiter.0),
            null: self.null_value.clone().map(String::into_bytes),
            skip_empty: self.skip_empty,
            tombstone: self.tombstone,
        }
    }

    /// The fields that every record gets.
    ///
    /// # Errors
    /// A time, or a time zone, that is none.
    pub fn defaults(&self, context: &Context) -> Result<RecordDefaults, Failure> {
        let calendar = calendar(context.now, self.tz.as_deref())?;
        let typed = self.timestamp.as_deref();
        let mut headers = HeaderBuf::default();
        for (name, value) in &self.headers {
            headers.push(name.as_bytes(), Some(value.as_bytes()));
        }
        Ok(RecordDefaults {
            key: self.key.clone().map(String::into_bytes),
            headers,
            partition: self.partition,
            timestamp: typed.map(|text| timestamp(text, calendar)).transpose()?,
        })
    }

    /// Whether batches are compressed: their size is known to the broker only.
    #[must_use]
    pub fn compresses(&self) -> bool {
        let codec = self.compression.as_ref();
        codec.is_some_and(|codec| codec != "none")
    }

    /// Checks what clap cannot: options that belong to some formats only.
    ///
    /// # Errors
    /// Options that do not go together.
    pub fn check(&self) -> Result<(), Failure> {
        let lines = matches!(self.input, InputFormat::Lines | InputFormat::Auto);
        if self.key_delimiter.is_some() && !lines {
            return Err(Failure::usage("-K cuts lines, and -i names another form")
                .hint("leave out -K, or pass -i lines"));
        }
        let other_tools = matches!(
            self.input,
            InputFormat::Csv
                | InputFormat::Kaf
                | InputFormat::Kafkactl
                | InputFormat::Kcat
                | InputFormat::Rpk
        );
        if self.base64 && !other_tools {
            return Err(Failure::usage("--base64 is for values that other tools print").hint(
                "pass -i csv, kaf, kafkactl, kcat or rpk; -i json and -i msk mark base64 themselves",
            ));
        }
        let stdin = self.inputs().iter().any(|path| path.as_os_str() == "-");
        if self.repeat > 1 && stdin {
            let failure = Failure::usage("stdin cannot be read twice, as --repeat asks");
            return Err(failure.hint("pass a FILE"));
        }
        Ok(())
    }
}

impl ValueEnum for InputFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Lines,
            Self::Json,
            Self::Csv,
            Self::Raw,
            Self::Kcat,
            Self::Kaf,
            Self::Kafkactl,
            Self::Rpk,
            Self::Msk,
            Self::Auto,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Lines => "Each line is a value",
            Self::Json => "evctl's own JSON, one record per line, as in capture files",
            Self::Csv => {
                "Comma-separated, the first line names the columns: key, value, header.NAME, …"
            }
            Self::Raw => "Each file is one value",
            Self::Kcat => "What kcat -J writes",
            Self::Kaf => "What kaf consume -o json-each-row writes",
            Self::Kafkactl => "What kafkactl consume -o json writes",
            Self::Rpk => "What rpk topic consume writes",
            Self::Msk => "The event that AWS Lambda gets from Amazon MSK",
            Self::Auto => "Guess from the start of the first input, and print the guess",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// The bytes between key and value, never empty. (clap takes a plain vector for a list.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delimiter(pub Vec<u8>);

/// A delimiter as typed, with the escapes `\t`, `\n`, `\0`, `\\` and `\xHH`.
fn delimiter(text: &str) -> Result<Delimiter, String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, byte == b'\\') {
            (_, true) => escape(&mut rest).ok_or_else(|| {
                format!("{text:?} has an unknown escape: there are \\t \\n \\0 \\\\ and \\xHH")
            })?,
            (byte, _) => byte,
        });
    }
    if bytes.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(Delimiter(bytes))
}

fn escape(rest: &mut impl Iterator<Item = u8>) -> Option<u8> {
    Some(match rest.next()? {
        b't' => b'\t',
        b'n' => b'\n',
        b'0' => 0,
        b'\\' => b'\\',
        b'x' => {
            let digits = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        }
        _ => return None,
    })
}

/// `NAME=VALUE` or `NAME:VALUE`, split at the first of both signs.
fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(['=', ':']) {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("{text:?} is not NAME=VALUE or NAME:VALUE")),
    }
}

/// Records a second.
fn rate(text: &str) -> Result<f64, String> {
    let (count, seconds) = match text.split_once('/') {
        None => (text, 1.0),
        Some((count, "s")) => (count, 1.0),
        Some((count, "m")) => (count, 60.0),
        Some((count, "h")) => (count, 3_600.0),
        Some(_) => ("", 1.0),
    };
    match count.parse::<f64>() {
        Ok(count) if count.is_finite() && count > 0.0 => Ok(count / seconds),
        _ => Err(format!(
            "{text:?} is not a rate such as 500/s, 90/m or 10/h"
        )),
    }
}

/// A point in time as milliseconds since the epoch.
///
/// # Errors
/// What it could be instead.
fn timestamp(text: &str, calendar: Calendar) -> Result<i64, Failure> {
    let failure = Failure::usage(format!("--timestamp {text:?} is not a time"));
    match Position::parse(text, calendar) {
        // librdkafka takes 0 for now.
        Ok(Position::Time { ms, .. }) if ms > 0 => Ok(ms),
        Ok(Position::Offset(number)) => Err(failure.hint(format!(
            "a timestamp in seconds, milliseconds or nanoseconds is written @{number}"
        ))),
        _ => Err(failure.hint(format!("a time is {TIMES}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_cut_at_the_first_mark() {
        let pair = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(header("a=b:c"), pair("a", "b:c"));
        assert_eq!(header("a:b=c"), pair("a", "b=c"));
        assert_eq!(header("a="), pair("a", ""));
        assert!(header("a").is_err());
        assert!(header("=a").is_err());
    }

    #[test]
    fn a_delimiter_may_hold_escapes() {
        let bytes = |text| delimiter(text).unwrap().0;
        assert_eq!(bytes("\\t"), b"\t");
        assert_eq!(bytes("a\\x00\\\\"), b"a\0\\");
        assert_eq!(bytes("§"), "§".as_bytes());
        for bad in ["", "\\", "\\q", "\\x1", "\\xzz"] {
            assert!(delimiter(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_rate_has_a_unit_of_time() {
        assert_eq!(rate("500/s"), Ok(500.0));
        assert_eq!(rate("90/m"), Ok(1.5));
        assert_eq!(rate("7"), Ok(7.0));
        for bad in ["", "0/s", "-1/s", "5/d", "x", "inf", "nan/s"] {
            assert!(rate(bad).is_err(), "{bad:?}");
        }
    }
}
