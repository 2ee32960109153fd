//! Secrets in addresses: `https://user:password@host/?key=secret`, and what people type instead of
//! it.

/// What a secret is shown as.
pub const MASK: &str = "***";

/// An address with its password and every value of its query and fragment masked, however wrong the
/// address is. The password reaches from the first colon after the scheme to the last `@`; a colon
/// in a path begins no password.
#[must_use]
pub fn without_password(address: &str) -> String {
    masked(address, address, query(address))
}

/// `text` with the secrets masked that `word` holds when it is an address, also where `text` quotes
/// only a part of it.
#[must_use]
pub fn without_password_of(word: &str, text: &str) -> String {
    let query = query(word).filter(|(_, before)| is_address(before));
    masked(word, text, query)
}

fn masked(address: &str, text: &str, query: Option<(&str, &str)>) -> String {
    let mut text = match login(address) {
        Some((user, login)) => text.replace(login, &format!("{user}:{MASK}")),
        None => text.to_owned(),
    };
    let query = query.map_or("", |(query, _)| query);
    let mut secrets: Vec<_> = parts(query).filter_map(secret).collect();
    // A value may begin with another one.
    secrets.sort_unstable_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
    for (secret, shown) in secrets {
        text = text.replace(secret, &shown);
    }
    text
}

/// The query and fragment of an address, from their first character on, and what stands before them.
fn query(address: &str) -> Option<(&str, &str)> {
    let login_end = login(address).and_then(|_| address.rfind('@'));
    let host = login_end.map_or(0, |at| at + 1);
    // An `@` within a query makes everything before it look like a login.
    let is_cut = address[..host].contains(['?', '#']);
    let begins = |symbol: char| matches!(symbol, '?' | '#') || (is_cut && symbol == '&');
    let start = host + address[host..].find(begins)?;
    Some((&address[start..], &address[..start]))
}

/// The parts of a query, each with the separator before it.
fn parts(query: &str) -> impl Iterator<Item = &str> {
    let starts = || query.match_indices(['?', '#', '&', ';']).map(|(at, _)| at);
    let ends = starts().skip(1).chain([query.len()]);
    starts().zip(ends).map(|(start, end)| &query[start..end])
}

/// A part of a query that is secret, and what it is shown as; a part without a name is secret as a
/// whole.
fn secret(part: &str) -> Option<(&str, String)> {
    let (separator, pair) = part.split_at(1);
    match pair.split_once('=') {
        Some((_, "")) => None,
        Some((name, _)) => Some((pair, format!("{name}={MASK}"))),
        None => (!pair.is_empty()).then(|| (part, format!("{separator}{MASK}"))),
    }
}

/// Whether `text` may be the scheme, host and path of an address: a jq expression has a `?`, too.
fn is_address(text: &str) -> bool {
    let fits = |symbol: char| symbol.is_alphanumeric() || "._~%:/@-".contains(symbol);
    text.contains([':', '/']) && text.chars().all(fits)
}

/// The user of an address, and user and password as they stand in it.
fn login(address: &str) -> Option<(&str, &str)> {
    let start = address.find("//").map_or(0, |scheme| scheme + 2);
    let rest = address.get(start..)?;
    let login = rest.get(..rest.rfind('@')?)?;
    let (user, password) = login.split_once(':')?;
    let in_a_path = user.contains(['/', '?', '#']);
    (!in_a_path && !password.is_empty()).then_some((user, login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_masked() {
        for (address, masked) in [
            (
                "https://me:hunter2@host:8081/x",
                "https://me:***@host:8081/x",
            ),
            ("htps://me:hunter2@host", "htps://me:***@host"),
            ("https:/me:hunter2@host", "https:***@host"),
            ("me:hunter2@kafka:9092", "me:***@kafka:9092"),
            ("http//me:hunter2@host", "http//me:***@host"),
            (
                "registry:http://me:hunter2@host",
                "registry:http://me:***@host",
            ),
            ("https://me:a@b@host", "https://me:***@host"),
            ("https://me:a/b?c#d@host", "https://me:***@host"),
            ("https://me@host", "https://me@host"),
            ("https://host/a:b@c", "https://host/a:b@c"),
            ("host:8081", "host:8081"),
            ("https://host:8081/x", "https://host:8081/x"),
        ] {
            assert_eq!(without_password(address), masked);
        }
    }

    #[test]
    fn a_query_and_a_fragment_show_names_only() {
        for (address, masked) in [
            ("http://host:81/?key=hunter2", "http://host:81/?key=***"),
            (
                "https://host?a=&key=hunter2&key=hunter22#t=x",
                "https://host?a=&key=***&key=***#t=***",
            ),
            ("host:8081/x?hunter2", "host:8081/x?***"),
            ("http://host/#hunter2", "http://host/#***"),
            (
                "http://me:hunter2@host/?key=a?b;c",
                "http://me:***@host/?key=***?***;***",
            ),
            ("http://host/?at=me@x&key=y", "http://host/?at=***&key=***"),
            ("http://host:1/?at=me@x&hunter2", "http://host:***@x&***"),
            ("http://host/?", "http://host/?"),
        ] {
            assert_eq!(without_password(address), masked);
        }
        let text = "error: unexpected argument \"host:81/?key=hunter2\"";
        let masked = text.replace("hunter2", MASK);
        assert_eq!(without_password_of("host:81/?key=hunter2", text), masked);
        for expression in [".a?.b=\"c\"", "if .a then .b?, .c=1 else (.d?) end"] {
            assert_eq!(without_password_of(expression, expression), expression);
        }
    }

    #[test]
    fn a_text_that_quotes_a_part_of_an_address_is_masked() {
        let part = "\"host\" is no version of \"http://me:hunter2\"";
        assert_eq!(
            without_password_of("registry:http://me:hunter2@host", part),
            "\"host\" is no version of \"http://me:***\""
        );
    }
}
