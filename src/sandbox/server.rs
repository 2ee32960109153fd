//! One Kafka server: made ready, started, waited for, and ended.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{
    SandboxError, answers,
    jars::Kafka,
    java,
    properties::{Listeners, SecuredListeners, Security, server_properties},
};

/// How long a server may take to answer, and to end when asked.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);
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
        let java = java::find()?;
        let kafka = Kafka::find(options.version.as_deref())?;
        let (directory, temporary) = match &options.lifetime {
            Lifetime::OfThisProcess => {
                let made = TempDir::with_prefix("evctl-sandbox-")
                    .map_err(SandboxError::io("cannot make", std::env::temp_dir()))?;
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

        let machine = Machine {
            java,
            kafka,
            directory: directory.clone(),
        };
        if !data.join("meta.properties").exists() {
            machine.format(&properties, options.security.as_ref())?;
        }
        let (written, log) = open_log(&directory)?;
        let mut process = machine.run(&properties, options.lifetime, &written)?;
        // From here on the supervisor removes it.
        temporary.map(TempDir::keep);
        Ok(Self {
            version: machine.kafka.version,
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
                    version: self.version.clone(),
                    status: status.to_string(),
                    log: self.telling_log(),
                });
            }
            if started.elapsed() > DEADLINE {
                return Err(SandboxError::Silent {
                    version: self.version.clone(),
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
        telling_lines(&String::from_utf8_lossy(&bytes))
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

/// What is needed to run one of Kafka's classes.
struct Machine {
    java: PathBuf,
    kafka: Kafka,
    directory: PathBuf,
}

impl Machine {
    fn format(&self, properties: &Path, security: Option<&Security>) -> Result<(), SandboxError> {
        let mut command = Command::new(&self.java);
        command
            .args(self.java_options(Compilation::Quick))
            .args(["kafka.tools.StorageTool", "format", "--config"])
            .arg(properties)
            .args(["--cluster-id", &cluster_id()]);
        for user in security.iter().flat_map(|security| &security.users) {
            for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
                command.arg("--add-scram").arg(format!(
                    "{mechanism}=[name={},password={}]",
                    user.name, user.password
                ));
            }
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(SandboxError::io("cannot run", &self.java))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        Err(SandboxError::Format(telling_lines(
            &String::from_utf8_lossy(&said),
        )))
    }

    fn run(
        &self,
        properties: &Path,
        lifetime: Lifetime,
        log: &File,
    ) -> Result<Child, SandboxError> {
        let (mut command, input, compilation) = match lifetime {
            Lifetime::OfThisProcess => (
                self.supervised(&self.directory),
                Stdio::piped(),
                Compilation::Quick,
            ),
            Lifetime::Held(_) => (
                self.supervised(Path::new("")),
                Stdio::piped(),
                Compilation::Quick,
            ),
            Lifetime::Detached(_, file) => {
                (Command::new(&self.java), file.into(), Compilation::Full)
            }
        };
        let log = || log.try_clone().map(Stdio::from);
        command
            .args(self.java_options(compilation))
            .arg("kafka.Kafka")
            .arg(properties)
            .stdin(input)
            .stdout(log().map_err(SandboxError::io("cannot write into", &self.directory))?)
            .stderr(log().map_err(SandboxError::io("cannot write into", &self.directory))?)
            // Ctrl-C on our terminal is for us: whoever uses the server may need it to finish.
            .process_group(0)
            .spawn()
            .map_err(SandboxError::io("cannot run", command.get_program()))
    }

    fn supervised(&self, remove: &Path) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", include_str!("supervisor.sh"), "evctl-sandbox"])
            .arg(remove)
            .arg(&self.java);
        command
    }

    fn java_options(&self, compilation: Compilation) -> Vec<std::ffi::OsString> {
        let mut options = vec!["-Xmx512m".into(), "-XX:+UseSerialGC".into()];
        options.push("-XX:-UsePerfData".into());
        if compilation == Compilation::Quick {
            options.push("-XX:TieredStopAtLevel=1".into());
        }
        options.extend(self.kafka.logging.iter().map(Into::into));
        for (name, directory) in [("java.io.tmpdir", "tmp"), ("kafka.logs.dir", "")] {
            let mut option = std::ffi::OsString::from(format!("-D{name}="));
            option.push(self.directory.join(directory));
            options.push(option);
        }
        options.extend(["-cp".into(), self.kafka.class_path.clone()]);
        options
    }
}

/// How hard Java compiles: quickly saves a third of the start, fully is what a server that is
/// measured or used for long wants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compilation {
    Quick,
    Full,
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

/// The log as the server writes it, and as it is read here: from its present end, and also after
/// the supervisor has removed it.
fn open_log(directory: &Path) -> Result<(File, File), SandboxError> {
    let path = directory.join("server.log");
    let open = || {
        let written = OpenOptions::new().create(true).append(true).open(&path)?;
        let mut read = File::open(&path)?;
        read.seek(SeekFrom::End(0))?;
        Ok((written, read))
    };
    open().map_err(SandboxError::io("cannot write", &path))
}

/// Twenty-two characters of base64 are the sixteen bytes Kafka wants. Not a leading `-`: its tools
/// take that for an option.
fn cluster_id() -> String {
    let random: [u8; 12] = ring::rand::generate(&ring::rand::SystemRandom::new())
        .map(ring::rand::Random::expose)
        .unwrap_or_default();
    format!("evctl{}A", BASE64_URL_SAFE_NO_PAD.encode(random))
}

/// The errors of a log with what caused them, or else its last lines.
fn telling_lines(log: &str) -> String {
    const MOST: usize = 12;
    let lines: Vec<&str> = log.lines().collect();
    let mut after_an_error = false;
    let errors: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| {
            let error = line.contains("ERROR ") || line.contains("FATAL ");
            let told = error || after_an_error || line.starts_with("Caused by:");
            after_an_error = error;
            told
        })
        .take(MOST)
        .collect();
    if errors.is_empty() {
        lines[lines.len().saturating_sub(MOST)..].join("\n")
    } else {
        errors.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_id_is_sixteen_bytes_and_never_the_same() {
        let id = cluster_id();
        assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(&id).unwrap().len(), 16);
        assert_ne!(id, cluster_id());
    }

    #[test]
    fn errors_of_a_log_come_before_its_end() {
        let log = "INFO a\nERROR b\njava.lang.E: c\n\tat d\nCaused by: e\n\tat f\nINFO g";
        assert_eq!(telling_lines(log), "ERROR b\njava.lang.E: c\nCaused by: e");
        assert_eq!(telling_lines("a\nb"), "a\nb");
        assert_eq!(telling_lines(""), "");
    }

    #[test]
    fn a_taken_port_is_named() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        let error = listeners(Some(port), false).unwrap_err();
        assert!(matches!(error, SandboxError::PortTaken(taken) if taken == port));
    }
}
