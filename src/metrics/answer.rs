//! What is answered to a request.

use std::{sync::Arc, time::Instant};

use super::{
    Snapshot,
    request::{Method, Path, Request},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    BadRequest,
    NotFound,
    MethodNotAllowed,
    RequestTimeout,
    HeadTooLarge,
    Unavailable,
}

impl Status {
    fn line(self) -> &'static str {
        match self {
            Self::Ok => "200 OK",
            Self::BadRequest => "400 Bad Request",
            Self::NotFound => "404 Not Found",
            Self::MethodNotAllowed => "405 Method Not Allowed",
            Self::RequestTimeout => "408 Request Timeout",
            Self::HeadTooLarge => "431 Request Header Fields Too Large",
            Self::Unavailable => "503 Service Unavailable",
        }
    }
}

/// Prometheus' text format, as `output::prom` writes it.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// An answer as it is sent. The metrics are shared, not copied, by all who ask for them.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: Vec<u8>,
    pub(super) body: Arc<Vec<u8>>,
}

impl Answer {
    /// What `request` gets; an error is the status to refuse it with.
    pub(super) fn to(request: Result<Request, Status>, snapshot: &Snapshot, now: Instant) -> Self {
        let request = match request {
            Ok(request) => request,
            Err(status) => return Self::saying(status, status.line()),
        };
        let mut answer = match (request.path, request.method) {
            (Path::Other, _) => {
                Self::saying(Status::NotFound, "there are /metrics and /healthz here")
            }
            (_, Method::Other) => Self::saying(Status::MethodNotAllowed, "GET and HEAD only"),
            (Path::Metrics, _) => match snapshot.metrics(now) {
                Ok(text) => Self::new(Status::Ok, METRICS, text),
                Err(why) => Self::saying(Status::Unavailable, &why),
            },
            (Path::Health, _) => match snapshot.health(now) {
                Ok(()) => Self::saying(Status::Ok, "ok"),
                Err(why) => Self::saying(Status::Unavailable, &why),
            },
        };
        if request.method == Method::Head {
            answer.body = Arc::default();
        }
        answer
    }

    fn saying(status: Status, words: &str) -> Self {
        Self::new(status, PLAIN, Arc::new(format!("{words}\n").into_bytes()))
    }

    fn new(status: Status, content_type: &str, body: Arc<Vec<u8>>) -> Self {
        let allow = match status {
            Status::MethodNotAllowed => "Allow: GET, HEAD\r\n",
            _ => "",
        };
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
             X-Content-Type-Options: nosniff\r\n{allow}Connection: close\r\n\r\n",
            status.line(),
            body.len()
        );
        Self {
            head: head.into_bytes(),
            body,
        }
    }

    /// What is still to be sent after `sent` bytes; empty at the end.
    pub(super) fn rest(&self, sent: usize) -> &[u8] {
        match sent.checked_sub(self.head.len()) {
            None => self.head.get(sent..).unwrap_or_default(),
            Some(sent) => self.body.get(sent..).unwrap_or_default(),
        }
    }
}
