//! Why there is no server.

use std::{io, path::PathBuf};

/// What keeps a sandbox from running.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Neither `JAVA_HOME` nor `PATH` has a `java` that runs.
    #[error("java is not found in JAVA_HOME or PATH")]
    NoJava,
    /// Every `java` found is older than the server takes; this is the last.
    #[error("{program} is Java {found}, Java {needed} or later is needed")]
    OldJava {
        /// What was asked.
        program: String,
        /// Its feature version; 8 for "1.8".
        found: u32,
        /// The oldest that will do.
        needed: u32,
    },
    /// `PATH` has no `mvn`, and the jars are not in the cache yet.
    #[error("mvn is not found in PATH, which fetches the server's jars the first time")]
    NoMaven,
    /// Maven ran and did not bring the jars.
    #[error("Maven cannot fetch {what}:\n{output}")]
    Maven {
        /// The server and its version.
        what: String,
        /// What Maven said.
        output: String,
    },
    /// `KAFKA_HOME` is set, and no Kafka is there.
    #[error("KAFKA_HOME is {0:?}, which has no libs/kafka_*.jar")]
    KafkaHome(PathBuf),
    /// No `HOME`, `XDG_CACHE_HOME` or `XDG_STATE_HOME` to put things in.
    #[error("there is no home directory: neither HOME nor {0} is set")]
    Homeless(&'static str),
    /// A port that was asked for is in use.
    #[error("port {0} on 127.0.0.1 is taken")]
    PortTaken(u16),
    /// Another process took a port of the server between the check and the server's start.
    #[error("{what} ended: another process took its port first; its log says:\n{log}")]
    PortLost {
        /// The server and its version.
        what: String,
        /// The telling lines.
        log: String,
    },
    /// `kafka-storage format` failed.
    #[error("the data directory cannot be formatted:\n{0}")]
    Format(String),
    /// The server ended before it answered.
    #[error("{what} ended before it answered ({status}); its log says:\n{log}")]
    Ended {
        /// The server and its version.
        what: String,
        /// How the process ended.
        status: String,
        /// The telling lines.
        log: String,
    },
    /// The server runs and does not answer.
    #[error("{what} did not answer at {address} within {seconds} s; its log says:\n{log}")]
    Silent {
        /// The server and its version.
        what: String,
        /// Where it was asked.
        address: String,
        /// How long was waited.
        seconds: u64,
        /// The telling lines.
        log: String,
    },
    /// The standing sandbox's process does not end.
    #[error("process {0} does not end")]
    Undying(u32),
    /// Another evctl holds the standing sandbox and has not said where it is.
    #[error("another evctl is starting the sandbox in {0:?} and does not get on")]
    Stuck(PathBuf),
    /// The operating system said no.
    #[error("{what} {path:?}: {source}")]
    Io {
        /// What was tried: "cannot write".
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Its answer.
        source: io::Error,
    },
}

impl SandboxError {
    /// For `map_err`: names what was tried, and on which path.
    pub(super) fn io(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}
