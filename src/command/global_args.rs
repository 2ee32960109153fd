//! The options every command has.

use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;

use crate::{
    select::{Calendar, SelectError},
    ui::Color,
};

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Profile of evctl.toml that says how to reach the cluster
    #[arg(short = 'P', long, value_name = "NAME", global = true)]
    pub profile: Option<String>,
    /// Brokers to start from: host:port, comma-separated
    #[arg(
        short,
        long,
        visible_alias = "bootstrap-server",
        value_name = "LIST",
        global = true
    )]
    pub brokers: Option<String>,
    /// Set a librdkafka property, e.g. -X security.protocol=SSL (can be repeated)
    #[arg(
        short = 'X',
        long = "property",
        value_name = "KEY=VALUE",
        global = true
    )]
    pub properties: Vec<String>,
    /// Schema registry to use
    #[arg(
        long,
        value_name = "URL",
        global = true,
        num_args = 0..=1,
        default_missing_value = ""
    )]
    pub registry: Option<String>,
    /// Give up after this long, e.g. 10s or 2m
    #[arg(long, value_name = "DURATION", global = true, value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Output format, such as table, json, ndjson, csv or markdown
    ///
    /// Results are table, wide, json, ndjson, csv or markdown, those of schema diff and check all
    /// but wide and csv, and those of lag also prom; records are value, pretty, json, raw, csv or
    /// table; what a command has done is text or json. A name that a command does not know is
    /// answered with those it does.
    #[arg(short, long, value_name = "FORMAT", global = true)]
    pub output: Option<String>,
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say how things were decided (-vv: every request, and librdkafka's log)
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true)]
    pub color: Color,
    /// Never draw a progress bar
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Answer every question with yes
    #[arg(short = 'y', long, global = true)]
    pub yes: bool,
    /// Name of the protected cluster that --yes is meant for
    #[arg(long, value_name = "NAME", global = true)]
    pub cluster: Option<String>,
    /// Show what would be done and do nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
}

/// The calendar of times that are typed: `now` in milliseconds since the epoch, and the zone that
/// `--tz` names.
///
/// # Errors
/// A zone that this machine does not know.
pub fn calendar(now: i64, zone: Option<&str>) -> Result<Calendar, SelectError> {
    let unknown = |name: &str| SelectError::TimeZone(name.to_owned());
    let zone = match zone {
        None => None,
        Some("local") => Some(TimeZone::try_system().map_err(|_| unknown("local"))?),
        Some(name) => Some(TimeZone::get(name).map_err(|_| unknown(name))?),
    };
    Ok(Calendar::new(now, zone))
}

/// Parses `500ms`, `30s`, `5m`, `2h`, `1d` and sums such as `1h30m`.
///
/// # Errors
/// What was expected instead.
pub fn duration(text: &str) -> Result<Duration, String> {
    crate::select::parse_duration(text)
        .ok_or_else(|| format!("{text:?} is not a duration such as 500ms, 30s, 5m, 2h or 1d"))
}

/// Parses a number of bytes: `4096`, `64k`, `512MiB`, `2GB`. `k` and `KiB` are 1024, `kB` is 1000.
///
/// # Errors
/// What was expected instead.
pub fn bytes(text: &str) -> Result<u64, String> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    let unit = match unit.trim_start() {
        "" | "B" => Some(1),
        "k" | "K" | "KiB" => Some(1 << 10),
        "M" | "MiB" => Some(1 << 20),
        "G" | "GiB" => Some(1 << 30),
        "kB" | "KB" => Some(1_000),
        "MB" => Some(1_000_000),
        "GB" => Some(1_000_000_000),
        _ => None,
    };
    count
        .parse()
        .ok()
        .and_then(|count: u64| count.checked_mul(unit?))
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| format!("{text:?} is not a size such as 64k, 512MiB or 2GB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("4096"), Ok(4_096));
        assert_eq!(bytes("512MiB"), Ok(512 << 20));
        assert_eq!(bytes("2 GB"), Ok(2_000_000_000));
        for bad in [
            "",
            "0",
            "MiB",
            "5X",
            "-1",
            "99999999999999999999",
            "9999999999999G",
        ] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }
}
