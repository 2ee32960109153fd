//! Passwords in addresses: `https://user:password@host`, and what people type instead of it.

/// What a secret is shown as.
pub const MASK: &str = "***";

/// An address with its password masked, however wrong the address is: from the first colon after
/// the scheme to the last `@`. A colon in a path begins no password.
#[must_use]
pub fn without_password(address: &str) -> String {
    let masked = || {
        let start = address.find("://").map_or(0, |scheme| scheme + 3);
        let rest = address.get(start..)?;
        let login = rest.get(..rest.rfind('@')?)?;
        let (user, _) = login.split_once(':')?;
        let host = rest.get(login.len()..)?;
        let in_a_path = user.contains(['/', '?', '#']);
        (!in_a_path).then(|| format!("{}{user}:{MASK}{host}", &address[..start]))
    };
    masked().unwrap_or_else(|| address.to_owned())
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
}
