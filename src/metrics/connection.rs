//! One client: its requests are answered until it leaves, is late, or the server stops.

use std::{
    convert::Infallible,
    future::{self, poll_fn},
    io,
    pin::Pin,
    time::{Duration, Instant},
};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    time::timeout,
};

use super::{Snapshot, response::respond, stream::BoundedStream};

/// The longest head of a request that is read, in bytes, and the smallest bound that hyper takes.
const MAX_HEAD: usize = 8 << 10;

/// How long a client that was answered has to close its end.
const FAREWELL: Duration = Duration::from_secs(1);

/// hyper closes a connection without a word when a request takes too long.
const REQUEST_TIMEOUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Length: 20\r\nConnection: close\r\n\r\n\
    408 Request Timeout\n";

/// Serves one client. `stop` changes, or its sender goes, when the server stops: a response that
/// has begun is still sent.
pub(super) async fn serve(
    stream: BoundedStream,
    snapshot: Snapshot,
    mut stop: watch::Receiver<()>,
) {
    let service = service_fn(|request: Request<Incoming>| {
        let response = respond(&request, &snapshot, Instant::now());
        future::ready(Ok::<_, Infallible>(response))
    });
    let mut connection = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .header_read_timeout(None)
        .title_case_headers(true)
        .serve_connection(stream, service);
    let stopped = tokio::select! {
        _ = poll_fn(|context| connection.poll_without_shutdown(context)) => false,
        _ = stop.changed() => true,
    };
    if stopped {
        Pin::new(&mut connection).graceful_shutdown();
        // An error here is a client that left, and nobody is there to be told.
        let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
        return;
    }
    let stream = connection.into_parts().io;
    if stream.is_late_response() {
        return;
    }
    let last_words = match stream.is_late_request() {
        true => REQUEST_TIMEOUT,
        false => b"",
    };
    let _ = timeout(FAREWELL, leave(stream.into_inner(), last_words)).await;
}

/// Closes our end, then reads and drops what still comes: a connection that is closed with
/// something unread is reset, which can take the response with it.
async fn leave(mut stream: TcpStream, last_words: &[u8]) -> io::Result<()> {
    stream.write_all(last_words).await?;
    stream.shutdown().await?;
    let mut dropped = [0; MAX_HEAD];
    while stream.read(&mut dropped).await? > 0 {}
    Ok(())
}
