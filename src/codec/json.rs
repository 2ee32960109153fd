//! JSON by hand, where it is hot: writing strings and integers, and telling in one pass whether
//! bytes are a JSON container. Knows RFC 8259 and nothing of records.

/// How deep objects and arrays may nest, as in serde_json.
pub const MAX_DEPTH: u32 = 128;

/// Appends `text` as a JSON string, quotes included. Only what RFC 8259 demands is escaped.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut start = 0;
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    loop {
        let end = plain_end(bytes, start);
        out.extend_from_slice(&bytes[start..end]);
        let Some(&byte) = bytes.get(end) else { break };
        write_escape(out, byte);
        start = end + 1;
    }
    out.push(b'"');
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    let letter = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}

/// Appends `number` in decimal.
pub fn write_integer(out: &mut Vec<u8>, number: i64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// Whether `bytes`, which are known to be UTF-8, are exactly one JSON object or array, valid by RFC
/// 8259, without insignificant white space, and nested at most 128 deep.
#[must_use]
pub(super) fn is_compact_syntax(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(b'{' | b'[')) && value_end::<false>(bytes, 0) == Ok(bytes.len())
}

/// Whether `bytes`, which are known to be UTF-8, are exactly one JSON object or array by the rules
/// of [`is_json`].
#[must_use]
pub(super) fn is_container_syntax(bytes: &[u8]) -> bool {
    let start = skip_white(bytes, 0);
    matches!(bytes.get(start), Some(b'{' | b'['))
        && value_end::<true>(bytes, start).is_ok_and(|end| skip_white(bytes, end) == bytes.len())
}

/// Appends `json`, which is valid, without its insignificant white space.
pub(super) fn write_compact(out: &mut Vec<u8>, json: &[u8]) {
    let mut start = skip_white(json, 0);
    let mut at = start;
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => at = string_end(json, at + 1).unwrap_or(json.len()),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.extend_from_slice(&json[start..at]);
                at = skip_white(json, at);
                start = at;
            }
            _ => at += 1,
        }
    }
    out.extend_from_slice(&json[start..]);
}

/// Whether `bytes` are exactly one JSON value, valid by RFC 8259 (white space around and within it
/// is fine), valid UTF-8, and nested at most 128 deep: safe to hand to a recursive parser.
#[must_use]
pub fn is_json(bytes: &[u8]) -> bool {
    value_end::<true>(bytes, skip_white(bytes, 0))
        .is_ok_and(|end| skip_white(bytes, end) == bytes.len())
        && simdutf8::basic::from_utf8(bytes).is_ok()
}

/// Calls `take` with each member of a JSON object, in order: its name as it stands between the
/// quotes, escapes and all, and its value. False when `bytes` are not exactly one object by the
/// rules of [`is_json`], which may turn out after some members were taken.
pub fn each_member<'a>(bytes: &'a [u8], mut take: impl FnMut(&'a [u8], &'a [u8])) -> bool {
    let mut members = || {
        let mut at = skip_white(bytes, 0);
        if bytes.get(at) != Some(&b'{') {
            return Err(at);
        }
        at = skip_white(bytes, at + 1);
        while bytes.get(at) != Some(&b'}') {
            if bytes.get(at) != Some(&b'"') {
                return Err(at);
            }
            let name = at + 1..string_end(bytes, at + 1)? - 1;
            let start = name_end::<true>(bytes, at)?;
            let end = value_end::<true>(bytes, start)?;
            take(&bytes[name], &bytes[start..end]);
            at = skip_white(bytes, end);
            match bytes.get(at) {
                Some(b'}') => {}
                Some(b',') => {
                    at = skip_white(bytes, at + 1);
                    // A name must follow.
                    if bytes.get(at) != Some(&b'"') {
                        return Err(at);
                    }
                }
                _ => return Err(at),
            }
        }
        Ok(skip_white(bytes, at + 1))
    };
    members() == Ok(bytes.len()) && simdutf8::basic::from_utf8(bytes).is_ok()
}

/// The end of the JSON value that starts at `start`; white space within it is taken only when
/// `WHITE`. Does not look at UTF-8.
///
/// # Errors
/// The position of the first byte that does not belong there.
pub(crate) fn value_end<const WHITE: bool>(bytes: &[u8], start: usize) -> Result<usize, usize> {
    // One bit per open container, 1 for an object; the innermost is the lowest bit.
    let mut objects = 0_u128;
    let mut depth = 0;
    let mut at = start;
    loop {
        // A value is expected at `at`.
        let Some(&byte) = bytes.get(at) else {
            return Err(at);
        };
        match byte {
            b'"' => at = string_end(bytes, at + 1)?,
            b'{' | b'[' => {
                if depth == MAX_DEPTH {
                    return Err(at);
                }
                depth += 1;
                objects = objects << 1 | u128::from(byte == b'{');
                at = skip::<WHITE>(bytes, at + 1);
                // `}` and `]` are two after their opening bracket.
                if bytes.get(at) == Some(&(byte + 2)) {
                    at += 1;
                    depth -= 1;
                    objects >>= 1;
                } else {
                    if byte == b'{' {
                        at = name_end::<WHITE>(bytes, at)?;
                    }
                    continue;
                }
            }
            b'-' | b'0'..=b'9' => at = number_end(bytes, at)?,
            b't' => at = literal_end(bytes, at, b"true")?,
            b'f' => at = literal_end(bytes, at, b"false")?,
            b'n' => at = literal_end(bytes, at, b"null")?,
            _ => return Err(at),
        }
        // A value ended before `at`: close what closes, then go on behind a comma.
        loop {
            if depth == 0 {
                return Ok(at);
            }
            at = skip::<WHITE>(bytes, at);
            let in_object = objects & 1 == 1;
            match bytes.get(at) {
                Some(b',') => {
                    at = skip::<WHITE>(bytes, at + 1);
                    if in_object {
                        at = name_end::<WHITE>(bytes, at)?;
                    }
                    break;
                }
                Some(b'}') if in_object => {}
                Some(b']') if !in_object => {}
                _ => return Err(at),
            }
            at += 1;
            depth -= 1;
            objects >>= 1;
        }
    }
}

/// The first byte at or after `at` that is not white space.
pub(crate) fn skip_white(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

#[inline]
fn skip<const WHITE: bool>(bytes: &[u8], at: usize) -> usize {
    if WHITE { skip_white(bytes, at) } else { at }
}

/// Passes a member's name and its colon, up to where its value begins.
#[inline]
fn name_end<const WHITE: bool>(bytes: &[u8], at: usize) -> Result<usize, usize> {
    if bytes.get(at) != Some(&b'"') {
        return Err(at);
    }
    let at = skip::<WHITE>(bytes, string_end(bytes, at + 1)?);
    if bytes.get(at) != Some(&b':') {
        return Err(at);
    }
    Ok(skip::<WHITE>(bytes, at + 1))
}

/// The position behind the closing quote of the string whose first character is at `at`.
#[inline]
pub(crate) fn string_end(bytes: &[u8], mut at: usize) -> Result<usize, usize> {
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = escape_end(bytes, at)?,
            _ => return Err(at),
        }
    }
}

fn escape_end(bytes: &[u8], at: usize) -> Result<usize, usize> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match bytes.get(at + 2..at + 6) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(at + 6),
            _ => Err(at),
        },
        _ => Err(at),
    }
}

#[inline]
fn number_end(bytes: &[u8], mut at: usize) -> Result<usize, usize> {
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match bytes.get(at) {
        Some(b'0') => at + 1,
        _ => digits_end(bytes, at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits_end(bytes, at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        at = digits_end(bytes, at)?;
    }
    Ok(at)
}

/// Passes one digit or more.
#[inline]
fn digits_end(bytes: &[u8], start: usize) -> Result<usize, usize> {
    let mut at = start;
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    if at == start { Err(at) } else { Ok(at) }
}

fn literal_end(bytes: &[u8], at: usize, literal: &[u8]) -> Result<usize, usize> {
    match bytes.get(at..at + literal.len()) {
        Some(found) if found == literal => Ok(at + literal.len()),
        _ => Err(at),
    }
}

/// The first position at or after `at` that holds a byte which does not stand for itself in a JSON
/// string: a quote, a backslash or a control character; the end when there is none.
#[inline]
pub(super) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let marks = special_bytes(u64::from_le_bytes(*word));
        if marks != 0 {
            return at + (marks.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes
        .get(at)
        .is_some_and(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
    {
        at += 1;
    }
    at
}

/// Marks quotes, backslashes and control characters by the highest bit of their byte. Only the
/// lowest mark is to be trusted: the subtractions borrow from the bytes above a hit.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let marks = (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(ONES * 0x20) & !word);
    marks & HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn compact_containers_are_told_from_everything_else() {
        for yes in [
            "{}",
            "[]",
            "[[]]",
            r#"{"a":1}"#,
            r#"{"a":[],"b":{}}"#,
            "[1,-0,0.5,1e9,-1.25E+3]",
            r#"["\u00e9\n\"",true,false,null]"#,
            r#"{"a":1,"a":2}"#,
            r#"{"":"  sp ace "}"#,
            r#"["\ud800"]"#,
            r#"["żółw"]"#,
        ] {
            assert!(is_compact_syntax(yes.as_bytes()), "{yes}");
        }
        for no in [
            "",
            "1",
            "null",
            "\"a\"",
            "{",
            "[",
            "}",
            "[1,]",
            "[,1]",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{a:1}"#,
            "[1 ]",
            "[ 1]",
            " []",
            "[]\n",
            "[] []",
            "[][]",
            r#"{"a": 1}"#,
            r#"{"a" :1}"#,
            "[01]",
            "[1.]",
            "[.5]",
            "[1e]",
            "[+1]",
            "[-]",
            "[nul]",
            "[True]",
            r#"["\x"]"#,
            r#"["\u12g4"]"#,
            r#"["\u123"]"#,
            "[\"a\nb\"]",
            "[\"a\0\"]",
            "[}",
            "{]",
            "[NaN]",
            "[\"a]",
            "[1}",
            r#"{"a":1]"#,
            "[--1]",
        ] {
            assert!(!is_compact_syntax(no.as_bytes()), "{no}");
        }
        assert!(!is_compact_syntax(b"\xef\xbb\xbf[]"));
    }

    #[test]
    fn nesting_is_bounded_at_128() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(is_compact_syntax(nested(128).as_bytes()));
        assert!(!is_compact_syntax(nested(129).as_bytes()));
        assert!(!is_compact_syntax("[".repeat(1_000_000).as_bytes()));
        let mixed = "{\"a\":[".repeat(64) + &"]}".repeat(64);
        assert!(is_compact_syntax(mixed.as_bytes()));
    }

    #[test]
    fn members_of_an_object_are_taken_in_order() {
        let mut taken = Vec::new();
        let json = br#" { "a" : [1, {"x":2}] ,"b\n":"}","a":null } "#;
        assert!(each_member(json, |name, value| {
            taken.push([name, value].map(|bytes| String::from_utf8_lossy(bytes).into_owned()));
        }));
        assert_eq!(
            taken,
            [["a", "[1, {\"x\":2}]"], ["b\\n", "\"}\""], ["a", "null"]]
        );
        for no in [
            "",
            "[]",
            "{",
            "{}x",
            "{\"a\":1,}",
            "{,}",
            "{\"a\"}",
            "{\"a\":1 \"b\":2}",
        ] {
            assert!(!each_member(no.as_bytes(), |_, _| {}), "{no}");
        }
    }

    #[test]
    fn integers_are_written_to_both_ends() {
        for number in [0, 7, -1, 10, 1042, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            write_integer(&mut out, number);
            assert_eq!(out, number.to_string().into_bytes());
        }
    }

    /// Small JSON-like texts: tokens in any order, so that most are nearly valid.
    fn nearly_json() -> impl Strategy<Value = String> {
        let token = prop::sample::select(vec![
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"\\n\"", "0", "12", "-3.5e1", "true", "null",
            "\"", "\\", "\u{1}", "é", "1.", "01",
        ]);
        prop::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat())
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1e300..1e300).prop_map(|number: f64| number.into()),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn strings_are_written_as_serde_json_writes_them(text in any::<String>()) {
            let mut out = Vec::new();
            write_string(&mut out, &text);
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
        }

        #[test]
        fn special_bytes_are_found_wherever_they_stand(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let naive = bytes.iter().position(|&b| b < 0x20 || b == b'"' || b == b'\\');
            prop_assert_eq!(plain_end(&bytes, 0), naive.unwrap_or(bytes.len()));
        }

        #[test]
        fn what_serde_json_writes_compactly_is_compact(value in json()) {
            let text = serde_json::to_string(&value).unwrap();
            let container = value.is_object() || value.is_array();
            prop_assert_eq!(is_compact_syntax(text.as_bytes()), container);
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(value_end::<true>(pretty.as_bytes(), 0), Ok(pretty.len()));
            let spaced = format!(" \r\n{pretty}\t");
            prop_assert_eq!(is_container_syntax(spaced.as_bytes()), container);
            let mut compact = Vec::new();
            write_compact(&mut compact, spaced.as_bytes());
            prop_assert_eq!(String::from_utf8(compact).unwrap(), text);
        }

        #[test]
        fn validity_is_the_same_as_serde_json_sees_it(text in nearly_json()) {
            let valid = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            let ours = value_end::<true>(text.as_bytes(), 0) == Ok(text.len());
            prop_assert_eq!(ours, valid, "{}", text);
            let object = each_member(text.as_bytes(), |_, _| {});
            prop_assert_eq!(object, valid && text.starts_with('{'), "{}", text);
        }
    }
}
