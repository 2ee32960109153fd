//! The response to each request: two paths, two methods.

use std::time::Instant;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS},
};

use super::Snapshot;

/// Prometheus' text format, as `output::prom` writes it.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// The response to `request`. Its body is not read; the metrics are shared by all responses.
pub(super) fn respond<B>(
    request: &Request<B>,
    snapshot: &Snapshot,
    now: Instant,
) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    if !matches!(path, "/metrics" | "/healthz") {
        return plain(
            StatusCode::NOT_FOUND,
            "there are /metrics and /healthz here",
        );
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only");
        let allowed = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(ALLOW, allowed);
        return response;
    }
    let answer = match path {
        "/metrics" => snapshot.metrics(now).map(|text| with_body(METRICS, text)),
        _ => (snapshot.health(now)).map(|()| plain(StatusCode::OK, "ok")),
    };
    answer.unwrap_or_else(|why| plain(StatusCode::SERVICE_UNAVAILABLE, &why))
}

fn plain(status: StatusCode, words: &str) -> Response<Full<Bytes>> {
    let mut response = with_body(PLAIN, format!("{words}\n").into());
    *response.status_mut() = status;
    response
}

fn with_body(content_type: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(Full::new(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    // Said here, as hyper leaves it out of the response to a HEAD.
    headers.insert(CONTENT_LENGTH, length);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
