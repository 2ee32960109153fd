//! The loop that serves: one thread, every socket non-blocking, a bound on all that a client can
//! take.

use std::{
    io::{self, ErrorKind, PipeReader, PipeWriter},
    net::{SocketAddr, TcpListener},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{
    Address, Snapshot,
    connection::{Connection, Progress},
};

/// What a client can take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Connections at a time. One more takes the place of the one that has been idle for longest.
    pub(super) connections: usize,
    /// The time for sending a request.
    pub(super) to_ask: Duration,
    /// The time for taking the answer. Prometheus itself gives up after ten seconds.
    pub(super) to_answer: Duration,
}

const BOUNDS: Bounds = Bounds {
    connections: 64,
    to_ask: Duration::from_secs(5),
    to_answer: Duration::from_secs(10),
};

/// How long nobody is let in after the system refused to: it has no descriptors or no memory left.
const PAUSE: Duration = Duration::from_millis(100);

/// An HTTP server that hands out a [`Snapshot`] until it is dropped.
///
/// `GET /metrics` is the text that was published last, or 503 and why there is none;
/// `GET /healthz` is 200 `ok`, or 503 and the reason. It never asks Kafka.
#[derive(Debug)]
pub struct Server {
    local_addr: SocketAddr,
    /// Its end tells the thread to stop.
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on `address` and begins to serve `snapshot`.
    ///
    /// # Errors
    /// When the address cannot be had: the port is taken, the name does not resolve.
    pub fn bind(address: &Address, snapshot: Snapshot) -> io::Result<Self> {
        Self::start(address, snapshot, BOUNDS)
    }

    pub(super) fn start(address: &Address, snapshot: Snapshot, bounds: Bounds) -> io::Result<Self> {
        let listener = address.listen()?;
        listener.set_nonblocking(true)?;
        let local_addr = listener.local_addr()?;
        let (stopped, stop) = io::pipe()?;
        let mut serving = Serving {
            listener,
            stopped,
            snapshot,
            bounds,
            connections: Vec::new(),
            closed_until: None,
        };
        let thread = thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(move || serving.run())?;
        Ok(Self {
            local_addr,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens, with the port that the system chose if none was named.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The thread waits for nothing but the pipe and its sockets, so this is soon.
            let _ = thread.join();
        }
    }
}

struct Serving {
    listener: TcpListener,
    stopped: PipeReader,
    snapshot: Snapshot,
    bounds: Bounds,
    /// Who came first is first.
    connections: Vec<Connection>,
    /// Nobody is let in before.
    closed_until: Option<Instant>,
}

/// Who has something to do.
struct Ready {
    stop: bool,
    listener: bool,
    /// One for each connection.
    connections: Vec<bool>,
}

impl Serving {
    fn run(&mut self) {
        loop {
            let ready = match self.wait() {
                Ok(ready) => ready,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => {
                    // Out of memory, as everything else is right by construction.
                    thread::sleep(PAUSE);
                    continue;
                }
            };
            if ready.stop {
                return;
            }
            self.serve(&ready.connections);
            if ready.listener {
                self.accept();
            }
        }
    }

    /// Waits until there is something to do, or a time is over.
    fn wait(&mut self) -> io::Result<Ready> {
        let now = Instant::now();
        self.closed_until = self.closed_until.filter(|until| *until > now);
        let until = self
            .connections
            .iter()
            .map(Connection::deadline)
            .chain(self.closed_until)
            .min();
        let timeout = until
            .map(|until| Timespec::try_from(until.saturating_duration_since(now)))
            .transpose()
            .map_err(io::Error::other)?;
        let may_enter = match self.closed_until {
            None => PollFlags::IN,
            Some(_) => PollFlags::empty(),
        };
        let mut polled = vec![
            PollFd::new(&self.stopped, PollFlags::IN),
            PollFd::new(&self.listener, may_enter),
        ];
        for connection in &self.connections {
            polled.push(PollFd::new(connection, connection.interest()));
        }
        poll(&mut polled, timeout.as_ref())?;
        let mut ready = polled.iter().map(|polled| !polled.revents().is_empty());
        Ok(Ready {
            stop: ready.next().unwrap_or(true),
            listener: ready.next().unwrap_or(false),
            connections: ready.collect(),
        })
    }

    /// Goes one step on with each connection that is ready, and ends those whose time is over.
    fn serve(&mut self, ready: &[bool]) {
        let now = Instant::now();
        let mut ready = ready.iter();
        let (snapshot, bounds) = (&self.snapshot, self.bounds);
        self.connections.retain_mut(|connection| {
            let is_ready = ready.next().copied().unwrap_or(false);
            let mut progress = Progress::Open;
            if is_ready {
                progress = connection.advance(snapshot, bounds);
            }
            if progress == Progress::Open && connection.deadline() <= now {
                progress = connection.expire(snapshot, now);
            }
            progress == Progress::Open
        });
    }

    /// Lets in who waits, one after the other as long as there is a place for each at once.
    fn accept(&mut self) {
        for _ in 0..self.bounds.connections {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // Who has gone again.
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Interrupted | ErrorKind::ConnectionAborted
                    ) =>
                {
                    continue;
                }
                Err(_) => {
                    self.closed_until = Some(Instant::now() + PAUSE);
                    return;
                }
            };
            let Ok(mut connection) = Connection::new(stream, self.bounds, Instant::now()) else {
                continue;
            };
            // The request is often there already: answered at once, it cannot lose its place.
            if connection.advance(&self.snapshot, self.bounds) == Progress::Over {
                continue;
            }
            if self.connections.len() >= self.bounds.connections {
                let idle = self.connections.iter().position(Connection::is_idle);
                self.connections.remove(idle.unwrap_or(0));
            }
            self.connections.push(connection);
        }
    }
}
