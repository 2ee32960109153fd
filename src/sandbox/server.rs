//! One Kafka server: made ready, started, waited for, and ended.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
};

use super::{
    SandboxError, answers,
    jars::Kafka,
    java,
    jvm::Jvm,
    probe::cluster_id,
    process::{self, Lifetime, Place, Process},
    properties::{Listeners, SecuredListeners, Security, server_properties},
};

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
    process: Process,
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
        let place = Place::make(options.lifetime)?;
        let directory = place.directory.clone();
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
        Ok(Self {
            process: jvm.run(&properties, place)?,
            version: jvm.kafka.version,
            directory,
            listeners,
        })
    }

    pub(super) fn wait_until_it_answers(&mut self) -> Result<(), SandboxError> {
        let what = format!("Apache Kafka {}", self.version);
        let directory = &self.directory;
        self.process.wait_until(
            |address| answers_from(directory, address),
            &self.listeners.plain,
            what,
        )
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
        self.process.stop()
    }

    /// Lets a detached server live on; any other still ends with this process.
    pub fn release(self) {
        self.process.release();
    }
}

/// Whether the server that keeps its data in `directory` is the one that answers at `address`: it
/// has the cluster id of the data. Data elsewhere (`log.dirs`) are not looked for.
pub(super) fn answers_from(directory: &Path, address: &str) -> bool {
    match formatted_cluster_id(&directory.join("data")) {
        Some(id) => cluster_id(address).is_some_and(|answering| answering == id),
        None => answers(address),
    }
}

/// The cluster id that a data directory was formatted with.
fn formatted_cluster_id(data: &Path) -> Option<String> {
    let text = fs::read_to_string(data.join("meta.properties")).ok()?;
    let id = text
        .lines()
        .find_map(|line| line.strip_prefix("cluster.id="))?;
    // Java writes a property with its own escapes: only `=` may be in an id.
    Some(id.trim().replace("\\=", "="))
}

fn listeners(plain: Option<u16>, secured: bool) -> Result<Listeners, SandboxError> {
    // All are held until all are chosen, so that no two are the same.
    let mut held: Vec<TcpListener> = Vec::new();
    let mut take = |wanted: u16| {
        let (listener, port) = process::port(wanted)?;
        held.push(listener);
        Ok(format!("127.0.0.1:{port}"))
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
