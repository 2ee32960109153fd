//! Replacements for jaq's native functions that have no bound of their own.

use jaq_core::native::{Fun, bome, run, v};
use jaq_json::Error;
use jaq_std::ValT;

use super::{interruption::Watched, limits};
use crate::codec::json::MAX_DEPTH;

/// Definitions that take the place of jaq's.
///
/// jaq's `range` runs without a step of the program, so one is put behind each of its numbers.
/// `fromjson` and `tojson` recurse without a bound, so their input is checked first.
pub const DEFINITIONS: &str = "
    def range($from; $to; $by): jaq_range($from; $to; $by) | .;
    def fromjson: evctl_check_text | jaq_fromjson;
    def tojson: evctl_check_value | jaq_tojson;
";

/// jaq's native functions; those that [`DEFINITIONS`] replaces have the prefix `jaq_`.
pub fn functions() -> impl Iterator<Item = Fun<Watched>> {
    let checks = [
        run(("evctl_check_text", v(0), |cv| {
            let deep = ValT::as_utf8_bytes(&cv.1).is_some_and(nested_too_deeply);
            bome(match deep {
                true => Err(Error::str(format_args!(
                    "cannot parse JSON that is nested more than {MAX_DEPTH} deep"
                ))),
                false => Ok(cv.1),
            })
        })),
        run(("evctl_check_value", v(0), |cv| {
            bome(match limits::check(&cv.1) {
                Ok(()) => Ok(cv.1),
                Err(limit) => Err(Error::str(limit)),
            })
        })),
    ];
    jaq_core::funs()
        .chain(jaq_std::funs())
        .chain(jaq_json::funs())
        .map(|(name, arguments, run)| match name {
            "range" => ("jaq_range", arguments, run),
            "fromjson" => ("jaq_fromjson", arguments, run),
            "tojson" => ("jaq_tojson", arguments, run),
            _ => (name, arguments, run),
        })
        .chain(checks)
}

/// Whether jaq's reader would recurse more than [`MAX_DEPTH`] deep. It reads more than JSON:
/// comments, and several values one after the other.
fn nested_too_deeply(text: &[u8]) -> bool {
    let mut depth = 0_u32;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' if depth == MAX_DEPTH => return true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'#' => {
                bytes.by_ref().find(|byte| **byte == b'\n');
            }
            b'"' => {
                while let Some(byte) = bytes.next()
                    && *byte != b'"'
                {
                    if *byte == b'\\' {
                        bytes.next();
                    }
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_counts_outside_text_and_comments() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let open = "[".repeat(200_000);
        for (text, deep) in [
            (nested(128), false),
            (nested(129), true),
            (open.clone(), true),
            ("{\"a\":".repeat(129), true),
            ("[#\n".repeat(129), true),
            (format!("\"\\\"{open}\""), false),
            (format!("#{open}\n[]"), false),
            (format!("\"\\\\\"{open}"), true),
            ("[1] ".repeat(1_000), false),
        ] {
            assert_eq!(nested_too_deeply(text.as_bytes()), deep, "{text:.40}");
        }
    }
}
