//! The head of a request: of its first line the method and the path; nothing else is asked.

use super::answer::Status;

/// The longest head that is read. Prometheus' own is about 300 bytes.
pub(super) const MAX_HEAD: usize = 8 << 10;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    Metrics,
    Health,
    Other,
}

/// Reads what has come so far: `None` when the head is not at its end yet.
///
/// # Errors
/// The status to refuse it with.
pub(super) fn parse(bytes: &[u8]) -> Option<Result<Request, Status>> {
    let head = match head(bytes) {
        Some(head) if head.len() <= MAX_HEAD => head,
        None if bytes.len() < MAX_HEAD => return None,
        _ => return Some(Err(Status::HeadTooLarge)),
    };
    Some(request(head))
}

/// The head without the empty line that ends it; a line may end without a carriage return.
fn head(bytes: &[u8]) -> Option<&[u8]> {
    memchr::memchr_iter(b'\n', bytes)
        .find(|at| {
            let rest = &bytes[at + 1..];
            rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
        })
        .map(|at| &bytes[..at])
}

fn request(head: &[u8]) -> Result<Request, Status> {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| Status::BadRequest)?;
    let mut words = line.trim_end_matches('\r').split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Status::BadRequest);
    };
    if !version.starts_with("HTTP/1.") {
        return Err(Status::BadRequest);
    }
    let method = match method {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        _ => Method::Other,
    };
    // A proxy may send the whole address.
    let target = match target.strip_prefix("http://") {
        Some(address) => address.find('/').map_or("/", |at| &address[at..]),
        None => target,
    };
    let path = match target.split_once('?').map_or(target, |(path, _)| path) {
        "/metrics" => Path::Metrics,
        "/healthz" => Path::Health,
        _ => Path::Other,
    };
    Ok(Request { method, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(method: Method, path: Path) -> Option<Result<Request, Status>> {
        Some(Ok(Request { method, path }))
    }

    #[test]
    fn a_request_is_read_when_its_head_is_there() {
        let whole = b"GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\r\n";
        for cut in 0..whole.len() {
            assert_eq!(parse(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(parse(whole), asks(Method::Get, Path::Metrics));
        assert_eq!(
            parse(b"HEAD http://a:1/healthz HTTP/1.0\n\nmore"),
            asks(Method::Head, Path::Health)
        );
        assert_eq!(
            parse(b"POST /metrics/ HTTP/1.1\r\n\r\n"),
            asks(Method::Other, Path::Other)
        );
        assert_eq!(
            parse(b"GET http://a HTTP/1.1\r\n\r\n"),
            asks(Method::Get, Path::Other)
        );
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for wrong in [
            &b"\r\n\r\n"[..],
            b"GET /metrics\r\n\r\n",
            b"GET  /metrics HTTP/1.1\r\n\r\n",
            b"GET /metrics HTTP/1.1 x\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\n",
            b"GET /\xff HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(parse(wrong), Some(Err(Status::BadRequest)));
        }
    }

    #[test]
    fn a_head_has_a_longest_size() {
        let mut head = b"GET /metrics HTTP/1.1\r\nX: ".to_vec();
        head.resize(MAX_HEAD - 1, b'x');
        assert_eq!(parse(&head), None);
        head.push(b'x');
        assert_eq!(parse(&head), Some(Err(Status::HeadTooLarge)));
        head.extend_from_slice(b"x\r\n\r\n");
        assert_eq!(parse(&head), Some(Err(Status::HeadTooLarge)));
    }
}
