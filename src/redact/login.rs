//! Passwords in addresses: `https://user:password@host`, and what people type instead of it.

/// What a secret is shown as.
pub const MASK: &str = "***";

/// An address with its password masked, however wrong the address is: from the first colon after
/// the scheme to the last `@`. A colon in a path begins no password.
#[must_use]
pub fn without_password(address: &str) -> String {
    without_password_of(address, address)
}

/// `text` with the password masked that `address` holds, also where `text` quotes only a part of it.
#[must_use]
pub fn without_password_of(address: &str, text: &str) -> String {
    match login(address) {
        Some((user, login)) => text.replace(login, &format!("{user}:{MASK}")),
        None => text.to_owned(),
    }
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
        let part = "\"host\" is no version of \"http://me:hunter2\"";
        assert_eq!(
            without_password_of("registry:http://me:hunter2@host", part),
            "\"host\" is no version of \"http://me:***\""
        );
    }
}
