//! The sandbox that stays between commands: `sandbox start` makes it, `sandbox stop` ends it.
//!
//! Its server holds a lock file open as its standard input, and the lock with it. So whether it
//! runs is asked of the operating system: no process id can be mistaken for it after a reboot.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use super::{
    Lifetime, Options, RegistryServer, SandboxError, Server,
    process::{DEADLINE, POLL, terminate},
    registry_answers,
    server::answers_from,
};
use crate::config::env;

/// What the standing sandbox is, kept in its directory; after a stop it tells the port to take
/// again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// `127.0.0.1:port`, or the registry's URL.
    #[serde(alias = "brokers")]
    pub address: String,
    /// The server's version.
    pub version: String,
    /// The server's process.
    pub pid: u32,
}

/// The directory of a standing server.
#[derive(Debug)]
pub struct Standing(PathBuf, Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Kafka,
    Registry,
}

impl Standing {
    /// This user's Kafka.
    ///
    /// # Errors
    /// There is no home directory.
    pub fn of_this_user() -> Result<Self, SandboxError> {
        env::state_directory()
            .map(|state| Self(state.join("sandbox"), Kind::Kafka))
            .ok_or(SandboxError::Homeless("XDG_STATE_HOME"))
    }

    /// The schema registry beside it.
    #[must_use]
    pub fn registry(&self) -> Self {
        Self(self.0.join("registry"), Kind::Registry)
    }

    /// Where its data, configuration and log are.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.0
    }

    /// The one that runs, if one does. Waits for one that another evctl is just starting.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn running(&self) -> Result<Option<State>, SandboxError> {
        let started = Instant::now();
        while self.0.exists() && self.lock()?.is_none() {
            if let Some(state) = self.state().filter(|state| state.pid != 0)
                && self.answers(&state.address)
            {
                return Ok(Some(state));
            }
            if started.elapsed() > DEADLINE {
                return Err(SandboxError::Stuck(self.0.clone()));
            }
            thread::sleep(POLL);
        }
        Ok(None)
    }

    /// Starts it, on the data it left behind. `port` `None` is the one it had, or its usual one
    /// when that is free, or any. `version` is Kafka's.
    ///
    /// # Errors
    /// What [`Server::start`] and [`RegistryServer::start`] say.
    pub fn start(&self, version: Option<&str>, port: Option<u16>) -> Result<State, SandboxError> {
        fs::create_dir_all(&self.0).map_err(SandboxError::io("cannot make", &self.0))?;
        let lock = loop {
            match self.lock()? {
                Some(lock) => break lock,
                None => {
                    if let Some(state) = self.running()? {
                        return Ok(state);
                    }
                }
            }
        };
        let before = self.state();
        if let Some(before) = &before {
            // Until the new one is known nobody may take the old one's process id for it.
            self.keep(&State {
                pid: 0,
                ..before.clone()
            })?;
        }
        let had = before.and_then(|state| port_of(&state.address));
        let start = |port| {
            let file = lock
                .try_clone()
                .map_err(SandboxError::io("cannot open", &self.0))?;
            Starting::spawn(
                self.1,
                Lifetime::Detached(self.0.clone(), file),
                version,
                port,
            )
        };
        let bring_up = |port| {
            let mut server = start(port)?;
            let state = server.state();
            self.keep(&state)?;
            server.wait_until_it_answers()?;
            server.release();
            Ok(state)
        };
        match bring_up(port.or(had).or(Some(self.usual_port()))) {
            Err(SandboxError::PortTaken(_) | SandboxError::PortLost { .. }) if port.is_none() => {
                bring_up(None)
            }
            other => other,
        }
    }

    fn answers(&self, address: &str) -> bool {
        match self.1 {
            Kind::Kafka => answers_from(&self.0, address),
            Kind::Registry => registry_answers(address),
        }
    }

    /// The port that is tried first.
    fn usual_port(&self) -> u16 {
        match self.1 {
            Kind::Kafka => 9092,
            Kind::Registry => 8081,
        }
    }

    /// Ends it and waits until it has. `false` when there was none.
    ///
    /// # Errors
    /// It does not end, not even when it is killed.
    pub fn stop(&self) -> Result<bool, SandboxError> {
        const KILL_AFTER: Duration = Duration::from_secs(20);
        if !self.0.exists() || self.lock()?.is_some() {
            return Ok(false);
        }
        let Some(state) = self.state().filter(|state| state.pid != 0) else {
            return Err(SandboxError::Stuck(self.0.clone()));
        };
        let started = Instant::now();
        terminate(state.pid);
        while self.lock()?.is_none() {
            if started.elapsed() > DEADLINE {
                return Err(SandboxError::Undying(state.pid));
            }
            if started.elapsed() > KILL_AFTER
                && let Some(pid) = i32::try_from(state.pid).ok().and_then(Pid::from_raw)
            {
                let _ = kill_process(pid, Signal::KILL);
            }
            thread::sleep(POLL);
        }
        Ok(true)
    }

    /// Removes what a stopped one left behind: data, log and state.
    ///
    /// # Errors
    /// The directory cannot be removed.
    pub fn purge(&self) -> Result<(), SandboxError> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(SandboxError::io("cannot remove", &self.0)(error))
            }
            _ => Ok(()),
        }
    }

    /// `None` when a server, or an evctl that is starting one, holds it.
    fn lock(&self) -> Result<Option<File>, SandboxError> {
        let path = self.0.join("lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        let file = options
            .open(&path)
            .map_err(SandboxError::io("cannot open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(SandboxError::io("cannot lock", &path)(error)),
        }
    }

    fn state_file(&self) -> PathBuf {
        self.0.join("state.json")
    }

    fn state(&self) -> Option<State> {
        serde_json::from_slice(&fs::read(self.state_file()).ok()?).ok()
    }

    /// Written aside and renamed: a reader sees the old one or the new one.
    fn keep(&self, state: &State) -> Result<(), SandboxError> {
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
            serde_json::to_writer(&mut file, state)?;
            file.persist(self.state_file())?;
            Ok(())
        };
        write().map_err(SandboxError::io("cannot write", self.state_file()))
    }
}

/// The port of `host:port` or of a URL.
fn port_of(address: &str) -> Option<u16> {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (_, port) = authority.split('/').next()?.rsplit_once(':')?;
    port.parse().ok()
}

/// A server that does not answer yet.
enum Starting {
    Kafka(Server),
    Registry(RegistryServer),
}

impl Starting {
    fn spawn(
        kind: Kind,
        lifetime: Lifetime,
        version: Option<&str>,
        port: Option<u16>,
    ) -> Result<Self, SandboxError> {
        match kind {
            Kind::Kafka => Server::spawn(Options {
                version: version.map(str::to_owned),
                port,
                ..Options::new(lifetime)
            })
            .map(Self::Kafka),
            Kind::Registry => RegistryServer::spawn(lifetime, port, &[]).map(Self::Registry),
        }
    }

    fn state(&self) -> State {
        match self {
            Self::Kafka(server) => State {
                address: server.address().to_owned(),
                version: server.version().to_owned(),
                pid: server.pid(),
            },
            Self::Registry(server) => State {
                address: server.url().to_owned(),
                version: server.version().to_owned(),
                pid: server.pid(),
            },
        }
    }

    fn wait_until_it_answers(&mut self) -> Result<(), SandboxError> {
        match self {
            Self::Kafka(server) => server.wait_until_it_answers(),
            Self::Registry(server) => server.wait_until_it_answers(),
        }
    }

    fn release(self) {
        match self {
            Self::Kafka(server) => server.release(),
            Self::Registry(server) => server.release(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_started_does_not_run_and_cannot_be_stopped() {
        let home = tempfile::tempdir().unwrap();
        let standing = Standing(home.path().join("sandbox"), Kind::Kafka);
        assert_eq!(standing.running().unwrap(), None);
        assert!(!standing.stop().unwrap());
        standing.purge().unwrap();
        assert!(!standing.directory().exists(), "asking makes nothing");
    }

    #[test]
    fn a_port_is_read_off_an_address() {
        assert_eq!(port_of("127.0.0.1:9092"), Some(9092));
        assert_eq!(port_of("http://127.0.0.1:8081/apis/ccompat/v7"), Some(8081));
        assert_eq!(port_of("nowhere"), None);
    }

    #[test]
    fn a_state_left_by_a_dead_server_counts_for_nothing() {
        let home = tempfile::tempdir().unwrap();
        let standing = Standing(home.path().to_owned(), Kind::Kafka);
        let state = State {
            address: "127.0.0.1:1".to_owned(),
            version: "4.3.0".to_owned(),
            pid: 1,
        };
        standing.keep(&state).unwrap();
        assert_eq!(standing.state(), Some(state));
        assert_eq!(standing.running().unwrap(), None);
        assert!(!standing.stop().unwrap());
    }
}
