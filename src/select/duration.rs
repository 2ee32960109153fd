//! Durations as people type them.

use std::time::Duration;

/// Parses `500ms`, `30s`, `5m`, `2h`, `1d`, `1w` and sums such as `1h30m`; `None` for anything else.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let count: u64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let letters = rest
            .find(|character: char| character.is_ascii_digit())
            .unwrap_or(rest.len());
        let unit_ms: u64 = match rest.get(..letters)? {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return None,
        };
        rest = rest.get(letters..)?;
        total = total.checked_add(Duration::from_millis(count.checked_mul(unit_ms)?))?;
    }
    Some(total)
}

/// The shortest text that [`parse_duration`] makes `duration` of, to the millisecond: `90s`, `1h`.
#[must_use]
pub fn duration_text(duration: Duration) -> String {
    let ms = duration.as_millis();
    let units = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
    ];
    match units.into_iter().find(|(_, unit)| ms.is_multiple_of(*unit)) {
        _ if ms == 0 => "0s".to_owned(),
        Some((name, unit)) => format!("{}{name}", ms / unit),
        None => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_have_units_and_may_be_summed() {
        assert_eq!(parse_duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(parse_duration("1h30m"), Some(Duration::from_secs(5_400)));
        assert_eq!(parse_duration("2d"), Some(Duration::from_secs(172_800)));
        for bad in [
            "",
            "5",
            "m",
            "5x",
            "-5m",
            "5m3",
            "99999999999999999999s",
            "5 m",
        ] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_duration_is_written_with_the_largest_unit_that_divides_it() {
        for text in ["0s", "500ms", "90s", "1h", "36h", "2d", "14d"] {
            assert_eq!(duration_text(parse_duration(text).unwrap()), text);
        }
    }

    proptest! {
        #[test]
        fn a_duration_that_was_written_is_parsed_again(ms in 0_u64..1 << 50) {
            let duration = Duration::from_millis(ms);
            prop_assert_eq!(parse_duration(&duration_text(duration)), Some(duration));
        }
    }
}
