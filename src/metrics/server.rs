//! The server: one thread with a runtime of its own, and a bound on all that a client can take.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime,
    sync::watch,
    task::{AbortHandle, JoinSet, yield_now},
    time::{sleep, timeout},
};

use super::{Address, Snapshot, connection, stream::BoundedStream};

/// What a client can take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Connections at a time. One more takes the place of the one that has been idle for longest.
    pub(super) connections: usize,
    /// The time for sending a request.
    pub(super) request: Duration,
    /// The time for taking a response. Prometheus itself gives up after ten seconds.
    pub(super) response: Duration,
    /// The time between two requests of a connection: longer than a usual scrape interval.
    pub(super) idle: Duration,
}

const BOUNDS: Bounds = Bounds {
    connections: 64,
    request: Duration::from_secs(5),
    response: Duration::from_secs(10),
    idle: Duration::from_secs(150),
};

/// How long nobody is let in after the system refused to: it has no descriptors or no memory left.
const PAUSE: Duration = Duration::from_millis(100);

/// The time for responses that have begun when the server stops.
const GRACE: Duration = Duration::from_secs(1);

/// An HTTP server that hands out a [`Snapshot`] until it is dropped.
///
/// `GET /metrics` is the text that was published last, or 503 and why there is none;
/// `GET /healthz` is 200 `ok`, or 503 and the reason. It never asks Kafka.
#[derive(Debug)]
pub struct Server {
    local_addr: SocketAddr,
    /// Dropped to stop the thread.
    stop: Option<watch::Sender<()>>,
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
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (stop, stopped) = watch::channel(());
        let serving = Serving {
            snapshot,
            bounds,
            stop: stopped,
            tasks: JoinSet::new(),
            clients: Vec::new(),
        };
        let thread = thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(move || runtime.block_on(serving.run(listener)))?;
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
            // The thread ends within the grace.
            let _ = thread.join();
        }
    }
}

struct Serving {
    snapshot: Snapshot,
    bounds: Bounds,
    stop: watch::Receiver<()>,
    tasks: JoinSet<()>,
    /// The first to come is first.
    clients: Vec<Client>,
}

struct Client {
    task: AbortHandle,
    responding: Arc<AtomicBool>,
}

impl Serving {
    async fn run(mut self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = self.stop.changed() => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    self.admit(stream);
                    // Its request is often there already: answered now, it cannot lose its place.
                    yield_now().await;
                }
                // The client has gone again.
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Interrupted | ErrorKind::ConnectionAborted
                    ) => {}
                Err(_) => sleep(PAUSE).await,
            }
        }
        drop(listener);
        // Tasks that are left after it end with the runtime.
        let _ = timeout(GRACE, self.tasks.join_all()).await;
    }

    /// Serves one more client, in the place of an idle one if all places are taken.
    fn admit(&mut self, stream: TcpStream) {
        while self.tasks.try_join_next().is_some() {}
        self.clients.retain(|client| !client.task.is_finished());
        if self.clients.len() >= self.bounds.connections {
            let mut clients = self.clients.iter();
            let idle = clients.position(|client| !client.responding.load(Ordering::Relaxed));
            self.clients.remove(idle.unwrap_or(0)).task.abort();
        }
        let responding = Arc::new(AtomicBool::new(false));
        let stream = BoundedStream::new(stream, self.bounds, Arc::clone(&responding));
        let serving = connection::serve(stream, self.snapshot.clone(), self.stop.clone());
        let task = self.tasks.spawn(serving);
        self.clients.push(Client { task, responding });
    }
}
