//! A client's socket with a deadline for each phase of an exchange: hyper bounds the time of a
//! request's head only, and a response that nobody takes would be kept for ever.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

use super::server::Bounds;

/// How much is read at a time. A request of Prometheus has about 300 bytes.
const CHUNK: usize = 4 << 10;

/// A socket that fails with [`ErrorKind::TimedOut`] when a phase takes too long.
#[derive(Debug)]
pub(super) struct BoundedStream {
    stream: TcpStream,
    bounds: Bounds,
    phase: Phase,
    /// The end of the phase.
    deadline: Pin<Box<Sleep>>,
    responding: Arc<AtomicBool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing of the next request has come.
    Idle,
    /// A request has begun to come.
    Requesting,
    /// A response is being sent.
    Responding,
}

impl BoundedStream {
    /// The socket of a client that has just connected. `responding` is true while it waits for the
    /// rest of a response.
    pub(super) fn new(stream: TcpStream, bounds: Bounds, responding: Arc<AtomicBool>) -> Self {
        Self {
            stream,
            bounds,
            phase: Phase::Idle,
            deadline: Box::pin(sleep(bounds.request)),
            responding,
        }
    }

    /// Whether a request began and did not come to its end in time.
    pub(super) fn is_late_request(&self) -> bool {
        self.phase == Phase::Requesting && self.deadline.is_elapsed()
    }

    /// Whether a response was not taken in time.
    pub(super) fn is_late_response(&self) -> bool {
        self.phase == Phase::Responding && self.deadline.is_elapsed()
    }

    /// The socket without its deadlines.
    pub(super) fn into_inner(self) -> TcpStream {
        self.stream
    }

    fn enter(&mut self, phase: Phase, time: Duration) {
        self.phase = phase;
        self.deadline.as_mut().reset(Instant::now() + time);
        let responding = phase == Phase::Responding;
        self.responding.store(responding, Ordering::Relaxed);
    }

    /// Pending until the phase has taken too long.
    fn poll_deadline<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let deadline = self.deadline.as_mut().poll(context);
        deadline.map(|()| Err(ErrorKind::TimedOut.into()))
    }
}

impl Read for BoundedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut taken: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut chunk = [0; CHUNK];
        let room = chunk.len().min(taken.remaining());
        let mut chunk = ReadBuf::new(&mut chunk[..room]);
        match Pin::new(&mut self.stream).poll_read(context, &mut chunk) {
            Poll::Ready(Ok(())) => {
                if self.phase == Phase::Idle && !chunk.filled().is_empty() {
                    let time = self.bounds.request;
                    self.enter(Phase::Requesting, time);
                }
                taken.put_slice(chunk.filled());
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.poll_deadline(context),
        }
    }
}

impl Write for BoundedStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.phase != Phase::Responding {
            let time = self.bounds.response;
            self.enter(Phase::Responding, time);
        }
        match Pin::new(&mut self.stream).poll_write_vectored(context, parts) {
            Poll::Pending => self.poll_deadline(context),
            written => written,
        }
    }

    /// hyper then sends the metrics without a copy of them for each client.
    fn is_write_vectored(&self) -> bool {
        true
    }

    /// hyper flushes when it has no more to write: the response is sent.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() && self.phase == Phase::Responding {
            let time = self.bounds.idle;
            self.enter(Phase::Idle, time);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
