//! A socket that keeps to a deadline, however slowly bytes trickle in, and how one is dialled.
//!
//! Knows addresses and causes; nothing of TLS or Kafka.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use super::cause::{CONNECTING, Cause, RESOLVING};
use crate::kafka::AddressFamily;

/// How much later than its deadline a read may end: to be exact costs two system calls per read.
const SLACK: Duration = Duration::from_millis(20);

/// A span of time in which something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    until: Instant,
    span: Duration,
}

impl Deadline {
    /// `span` from now on.
    #[must_use]
    pub fn within(span: Duration) -> Self {
        Self {
            until: Instant::now() + span,
            span,
        }
    }

    /// From now to `until`.
    #[must_use]
    pub fn at(until: Instant) -> Self {
        let span = until.saturating_duration_since(Instant::now());
        Self { until, span }
    }

    /// What is left of it; zero when it is over.
    #[must_use]
    pub fn left(self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// The cause to report when `what` was not done in time.
    #[must_use]
    pub fn missed(self, what: &str) -> Cause {
        Cause::TimedOut {
            what: what.to_owned(),
            after: self.span,
        }
    }
}

/// A connected socket, of which each read and write ends by the deadline.
#[derive(Debug)]
pub struct Socket {
    tcp: TcpStream,
    deadline: Deadline,
    /// What the operating system was told; zero when it was told nothing yet.
    timeout: Duration,
}

impl Socket {
    /// Connects to the first address of `address` (`host:port`) that takes a connection.
    ///
    /// # Errors
    /// The name does not resolve; nobody answers; the address that came furthest says why.
    pub fn dial(address: &str, family: AddressFamily, deadline: Deadline) -> Result<Self, Cause> {
        let wanted = |candidate: &SocketAddr| match family {
            AddressFamily::Any => true,
            AddressFamily::V4 => candidate.is_ipv4(),
            AddressFamily::V6 => candidate.is_ipv6(),
        };
        let mut candidates = resolve(address, deadline)?;
        candidates.retain(wanted);
        let mut worst = Cause::NameNotResolved;
        for (tried, candidate) in candidates.iter().enumerate() {
            // An address that swallows everything leaves time for the next one.
            let untried = u32::try_from(candidates.len() - tried).unwrap_or(u32::MAX);
            let share = deadline.left() / untried;
            if share.is_zero() {
                return Err(deadline.missed(CONNECTING));
            }
            let cause = match TcpStream::connect_timeout(candidate, share) {
                Ok(tcp) => return Ok(Self::new(tcp, deadline)),
                Err(error) => Cause::of_io(error, CONNECTING, deadline.span),
            };
            if cause.reach() > worst.reach() {
                worst = cause;
            }
        }
        Err(worst)
    }

    /// Takes over a connected socket.
    #[must_use]
    pub fn new(tcp: TcpStream, deadline: Deadline) -> Self {
        // One small request after another: waiting to coalesce them only costs.
        let _ = tcp.set_nodelay(true);
        Self {
            tcp,
            deadline,
            timeout: Duration::ZERO,
        }
    }

    /// The socket itself; its timeouts are ours.
    #[must_use]
    pub fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    /// By when the next reads and writes must end.
    pub fn set_deadline(&mut self, deadline: Deadline) {
        if self.deadline.until != deadline.until {
            self.deadline = deadline;
            self.timeout = Duration::ZERO;
        }
    }

    /// The cause behind a failed read or write while waiting for `what`.
    #[must_use]
    pub fn cause(&self, error: io::Error, what: &str) -> Cause {
        Cause::of_io(error, what, self.deadline.span)
    }

    fn keep_time(&mut self) -> io::Result<()> {
        let left = self.deadline.left();
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if self.timeout.is_zero() || self.timeout > left + SLACK {
            self.tcp.set_read_timeout(Some(left))?;
            self.tcp.set_write_timeout(Some(left))?;
            self.timeout = left;
        }
        Ok(())
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.keep_time()?;
        self.tcp.read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.keep_time()?;
        self.tcp.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Resolves on a thread of its own, as the system's resolver knows no deadline.
fn resolve(address: &str, deadline: Deadline) -> Result<Vec<SocketAddr>, Cause> {
    if let Ok(address) = address.parse() {
        return Ok(vec![address]);
    }
    let (sender, receiver) = mpsc::channel();
    let wanted = address.to_owned();
    thread::spawn(move || {
        // Nobody listens any more once the deadline has passed.
        let _ = sender.send(wanted.to_socket_addrs().map(Iterator::collect));
    });
    match receiver.recv_timeout(deadline.left()) {
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(_)) => Err(Cause::NameNotResolved),
        Err(_) => Err(deadline.missed(RESOLVING)),
    }
}

/// The host of `host:port`, without the brackets of an IPv6 address.
#[must_use]
pub fn host_of(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}
