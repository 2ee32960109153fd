//! References as RFC 3986 resolves them (section 5.2), without judging what a URI may hold.

/// The parts of a reference.
struct Parts<'t> {
    scheme: Option<&'t str>,
    authority: Option<&'t str>,
    path: &'t str,
    query: Option<&'t str>,
    fragment: Option<&'t str>,
}

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Self {
        let (text, fragment) = cut(text, '#');
        let (text, query) = cut(text, '?');
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, text),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        Self {
            scheme,
            authority,
            path,
            query,
            fragment,
        }
    }

    fn join(&self) -> String {
        let mut text = String::new();
        let mut push = |before: &str, part: Option<&str>, after: &str| {
            if let Some(part) = part {
                text.push_str(before);
                text.push_str(part);
                text.push_str(after);
            }
        };
        push("", self.scheme, ":");
        push("//", self.authority, "");
        push("", Some(self.path), "");
        push("?", self.query, "");
        push("#", self.fragment, "");
        text
    }
}

/// What comes before the mark, and what comes behind it when it is there.
fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one))
}

/// What `reference` means inside of `base`.
pub fn resolve(base: &str, reference: &str) -> String {
    let inner = Parts::of(reference);
    if base.is_empty() || inner.scheme.is_some() {
        return reference.to_owned();
    }
    let outer = Parts::of(base);
    if inner.authority.is_some() {
        return Parts {
            scheme: outer.scheme,
            ..inner
        }
        .join();
    }
    if inner.path.is_empty() {
        let query = inner.query.or(outer.query);
        return Parts {
            query,
            fragment: inner.fragment,
            ..outer
        }
        .join();
    }
    let path = if inner.path.starts_with('/') {
        inner.path.to_owned()
    } else if outer.authority.is_some() && outer.path.is_empty() {
        format!("/{}", inner.path)
    } else {
        let folder = outer
            .path
            .rfind('/')
            .map_or("", |slash| &outer.path[..=slash]);
        format!("{folder}{}", inner.path)
    };
    let path = without_dots(&path);
    Parts {
        scheme: outer.scheme,
        authority: outer.authority,
        path: &path,
        ..inner
    }
    .join()
}

/// The URI without its fragment, and the fragment with its percent signs decoded.
pub fn split(uri: &str) -> (&str, String) {
    let (uri, fragment) = cut(uri, '#');
    (uri, fragment.map(decode).unwrap_or_default())
}

fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "." | ".." => {
                if segment == ".."
                    && (kept.len() > 1 || kept.first().is_some_and(|one| !one.is_empty()))
                {
                    kept.pop();
                }
                if segments.peek().is_none() {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    kept.join("/")
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = (*first == b'%').then(|| behind.get(..2)).flatten();
        let code = digits.and_then(|two| std::str::from_utf8(two).ok());
        if let Some(code) = code.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            bytes.push(code);
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_the_rfc_says() {
        for (base, reference, expected) in [
            ("", "item.json#/a", "item.json#/a"),
            ("http://a/b/c/d;p?q", "g", "http://a/b/c/g"),
            ("http://a/b/c/d;p?q", "./g", "http://a/b/c/g"),
            ("http://a/b/c/d;p?q", "../g", "http://a/b/g"),
            ("http://a/b/c/d;p?q", "/g", "http://a/g"),
            ("http://a/b/c/d;p?q", "//g", "http://g"),
            ("http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q#s"),
            ("http://a/b/c/d;p?q", "urn:x", "urn:x"),
            ("http://a", "g", "http://a/g"),
            ("dir/one.json", "two.json", "dir/two.json"),
            ("dir/one.json", "../two.json", "two.json"),
            ("http://a/b/c/", "..", "http://a/b/"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{base} {reference}");
        }
    }

    #[test]
    fn fragments_are_decoded() {
        assert_eq!(split("a.json#/b%20c%2"), ("a.json", "/b c%2".to_owned()));
        assert_eq!(split("a.json"), ("a.json", String::new()));
    }
}
