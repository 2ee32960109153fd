//! Sizes and durations as people read them.

/// A number of bytes in the largest unit that it has one of, to a tenth.
#[must_use]
pub fn bytes(count: i64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count.abs() < 1024 {
        return format!("{count} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "a size to read")]
    let mut rest = count as f64 / 1024.0;
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        if rest.abs() < 1023.95 {
            break;
        }
        (rest, unit) = (rest / 1024.0, larger);
    }
    format!("{rest:.1} {unit}")
}

/// Milliseconds in the two largest units that they have: `350ms`, `2m 5s`, `3d 4h`.
#[must_use]
pub fn duration(ms: i64) -> String {
    let (sign, ms) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
    let s = ms / 1_000;
    let text = match s {
        0 if ms == 0 => "0s".to_owned(),
        0 => format!("{ms}ms"),
        1..60 => format!("{s}.{}s", ms % 1_000 / 100),
        60..3_600 => format!("{}m {}s", s / 60, s % 60),
        3_600..86_400 => format!("{}h {}m", s / 3_600, s / 60 % 60),
        _ => format!("{}d {}h", s / 86_400, s / 3_600 % 24),
    };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_has_its_largest_units() {
        for (count, text) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_536, "1.5 KiB"),
            (1_048_575, "1.0 MiB"),
            (5 << 30, "5.0 GiB"),
            (i64::MAX, "8192.0 PiB"),
        ] {
            assert_eq!(bytes(count), text);
        }
        for (ms, text) in [
            (0, "0s"),
            (999, "999ms"),
            (1_250, "1.2s"),
            (125_000, "2m 5s"),
            (7_260_000, "2h 1m"),
            (273_600_000, "3d 4h"),
            (-5, "-5ms"),
        ] {
            assert_eq!(duration(ms), text);
        }
    }
}
