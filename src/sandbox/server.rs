//! One Kafka server: made ready, started, waited for, and ended.

use std::{
    fs::{self, File},
    io::Read,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdin},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{
    SandboxError, answers,
    jars::Kafka,
    java,
    jvm::Jvm,
    log,
    properties::{Listeners, SecuredListeners, Security, server_properties},
};

/// How long a server may take to answer, and to end when asked.
pub(super) const DEADLINE: Duration = Duration::from_secs(180);
pub(super) const POLL: Duration = Duration::from_millis(20);

/// How long a server lives, and where it keeps its data.
#[derive(Debug)]
pub enum Lifetime {
    /// Ends with this process, whatever happens to it, and leaves nothing behind.
    OfThisProcess,
    /// Ends with this process; its data stay in the directory.
    Held(PathBuf),
    /// Outlives this process once it is [released](Server::release); its data stay in the
    /// directory. The file is given to the server as its standard input, and so is open (and
    /// locked, if it is) for as long as the server lives.
    Detached(PathBuf, File),
}

/// Which server, and how.
#[derive(Debug)]
pub struct Options {
    /// `None` is `KAFKA_HOME`'s, or the default one.
    pub version: Option<String>,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// The plain listener's port; `None` is any free one.
    pub port: Option<u16>,
    /// Secured listeners, beside the plain one.
    pub security: Option<Security>,
    /// Server properties that win over the sandbox's own.
    pub properties: Vec<(String, String)>,
}

impl Options {
    /// A plain server on any free port.
    #[must_use]
    pub fn new(lifetime: Lifetime) -> Self {
        Self {
            version: None,
            lifetime,
            port: None,
            security: None,
            properties: Vec::new(),
        }
    }
}

/// A server that answered.
#[derive(Debug)]
pub struct Server {
    version: String,
    directory: PathBuf,
    listeners: Listeners,
    process: Child,
    /// Read from where this server began to write.
    log: File,
    /// Closed by the operating system when this process ends: see `supervisor.sh`. `None` when the
    /// server is detached.
    hold: Option<ChildStdin>,
    released: bool,
}

impl Server {
    /// Starts a server and waits until it can work.
    ///
    /// # Errors
    /// No Java, no jars, a port that is taken, or a server that does not come up: then with what
    /// its log says. Nothing is left running.
    pub fn start(options: Options) -> Result<Self, SandboxError> {
        let mut server = Self::spawn(options)?;
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// Starts a server and does not wait for it.
    pub(super) fn spawn(options: Options) -> Result<Self, SandboxError> {
        let java = java::find(java::FOR_KAFKA)?;
        let kafka = Kafka::find(options.version.as_deref())?;
        let (directory, temporary) = match &options.lifetime {
            Lifetime::OfThisProcess => {
                let made = TempDir::with_prefix("evctl-sandbox-")
                    .map_err(SandboxError::io("cannot make", "a temporary directory"))?;
                (made.path().to_owned(), Some(made))
            }
            Lifetime::Held(directory) | Lifetime::Detached(directory, _) => {
                (directory.clone(), None)
            }
        };
        // Where native code is unpacked; a killed server would leave it in /tmp.
        let scratch = directory.join("tmp");
        fs::create_dir_all(&scratch).map_err(SandboxError::io("cannot make", &scratch))?;

        let listeners = listeners(options.port, options.security.is_some())?;
        let data = directory.join("data");
        let properties = directory.join("server.properties");
        let text = server_properties(
            &listeners,
            &data,
            options.security.as_ref(),
            &options.properties,
        );
        fs::write(&properties, text).map_err(SandboxError::io("cannot write", &properties))?;

        let jvm = Jvm {
            java,
            kafka,
            directory: directory.clone(),
        };
        if !data.join("meta.properties").exists() {
            jvm.format(&properties, options.security.as_ref())?;
        }
        let (written, log) = log::open(&directory)?;
        let mut process = jvm.run(&properties, options.lifetime, &written)?;
        // From here on the supervisor removes it.
        temporary.map(TempDir::keep);
        Ok(Self {
            version: jvm.kafka.version,
            directory,
            listeners,
            hold: process.stdin.take(),
            process,
            log,
            released: false,
        })
    }

    pub(super) fn wait_until_it_answers(&mut self) -> Result<(), SandboxError> {
        let started = Instant::now();
        while !answers(self.address()) {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(SandboxError::Ended {
                    what: format!("Apache Kafka {}", self.version),
                    status: status.to_string(),
                    log: self.telling_log(),
                });
            }
            if started.elapsed() > DEADLINE {
                return Err(SandboxError::Silent {
                    what: format!("Apache Kafka {}", self.version),
                    address: self.address().to_owned(),
                    seconds: DEADLINE.as_secs(),
                    log: self.telling_log(),
                });
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Where the plain listener is: `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.listeners.plain
    }

    /// Where the secured listeners are; `None` without [`Options::security`].
    #[must_use]
    pub fn secured(&self) -> Option<&SecuredListeners> {
        self.listeners.secured.as_ref()
    }

    /// Kafka's version, such as `4.3.0`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where data, configuration and log are.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The process id of the server itself.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Shuts the server down in good order, so that it comes up again at once on the same data.
    /// (A killed one is first waited for by its own controller, for 9 s.)
    ///
    /// # Errors
    /// It does not end.
    pub fn stop(mut self) -> Result<(), SandboxError> {
        terminate(self.pid());
        let started = Instant::now();
        while !matches!(self.process.try_wait(), Ok(Some(_))) {
            if started.elapsed() > DEADLINE {
                return Err(SandboxError::Undying(self.pid()));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Lets a detached server live on; any other still ends with this process.
    pub fn release(mut self) {
        self.released = self.hold.is_none();
    }

    fn telling_log(&mut self) -> String {
        let mut bytes = Vec::new();
        // What cannot be read cannot tell.
        let _ = self.log.read_to_end(&mut bytes);
        log::telling_lines(&String::from_utf8_lossy(&bytes))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.released {
            return;
        }
        let _ = self.process.kill();
        // Now the supervisor removes the directory.
        drop(self.hold.take());
        let _ = self.process.wait();
    }
}

/// Asks a process to end; one that is gone already is fine.
pub(super) fn terminate(pid: u32) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
}

fn listeners(plain: Option<u16>, secured: bool) -> Result<Listeners, SandboxError> {
    let mut taken = Vec::new();
    let mut take = |port: u16| {
        let listener = TcpListener::bind(("127.0.0.1", port));
        let listener = listener.map_err(|_| SandboxError::PortTaken(port))?;
        let address = listener.local_addr();
        let address = address.map_err(SandboxError::io("cannot listen on", "127.0.0.1"))?;
        // All are held until all are chosen, so that no two are the same.
        taken.push(listener);
        Ok(address.to_string())
    };
    Ok(Listeners {
        plain: take(plain.unwrap_or(0))?,
        controller: take(0)?,
        secured: match secured {
            false => None,
            true => Some(SecuredListeners {
                tls: take(0)?,
                mutual_tls: take(0)?,
                sasl_tls: take(0)?,
                sasl_plain: take(0)?,
            }),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        let error = listeners(Some(port), false).unwrap_err();
        assert!(matches!(error, SandboxError::PortTaken(taken) if taken == port));
    }
}
