//! A schema registry beside Kafka: Apicurio Registry, which speaks Confluent's API.

use std::{
    ffi::OsString,
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    path::PathBuf,
    time::Duration,
};

use super::{
    Lifetime, SandboxError,
    copies::Recipe,
    java,
    process::{self, Place, Process},
};
use crate::config::env;

const POM: &str = include_str!("registry-pom.xml");
const PATIENCE: Duration = Duration::from_secs(2);
/// Where Confluent's API is.
const PATH: &str = "/apis/ccompat/v7";

/// The releases that are known to work, newest first: version, the oldest Java that runs it, and
/// the jar to start.
const RELEASES: [(&str, u32, &str); 2] = [
    ("3.3.3", 21, "quarkus-run.jar"),
    (OLDER, 17, "apicurio-registry-app-3.0.9-runner.jar"),
];

const OLDER: &str = "3.0.9";

/// What a release lacks that newer ones have; `None` for the newest.
#[must_use]
pub fn registry_lacks(version: &str) -> Option<&'static str> {
    (version == OLDER).then_some(
        "it knows no modes and lists no schemas, and a reformatted Avro schema gets a new id there; \
         with Java 21 or later there is 3.3.3",
    )
}

/// A schema registry that answered.
#[derive(Debug)]
pub struct RegistryServer {
    version: &'static str,
    url: String,
    process: Process,
}

impl RegistryServer {
    /// Starts a registry, empty unless it is detached, and waits until it answers. `port` `None` is
    /// any free one; `properties` are its own settings (`quarkus.…`, `apicurio.…`).
    ///
    /// # Errors
    /// No Java, no jars, a port that is taken, or a server that does not come up: then with what
    /// its log says. Nothing is left running.
    pub fn start(
        lifetime: Lifetime,
        port: Option<u16>,
        properties: &[(&str, &str)],
    ) -> Result<Self, SandboxError> {
        let mut server = Self::spawn(lifetime, port, properties)?;
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// Starts a registry and does not wait for it.
    pub(super) fn spawn(
        lifetime: Lifetime,
        port: Option<u16>,
        properties: &[(&str, &str)],
    ) -> Result<Self, SandboxError> {
        let (java, version, jar) = find()?;
        let (_, port) = process::port(port.unwrap_or(0))?;
        let place = Place::make(lifetime)?;
        let mut arguments = options(&place, port, properties);
        arguments.extend(["-jar".into(), jar.into()]);
        Ok(Self {
            version,
            url: format!("http://127.0.0.1:{port}{PATH}"),
            process: Process::start(&java, &arguments, place)?,
        })
    }

    pub(super) fn wait_until_it_answers(&mut self) -> Result<(), SandboxError> {
        let what = format!("Apicurio Registry {}", self.version);
        self.process.wait_until(registry_answers, &self.url, what)?;
        if self.version == OLDER {
            // It keeps to the property, and says NONE; where a password is asked for it still does.
            let _ = asks(
                &self.url,
                "PUT",
                "/config",
                r#"{"compatibility":"BACKWARD"}"#,
            );
        }
        Ok(())
    }

    /// Where it is, path and all.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its version, such as `3.3.3`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The process id of the server itself.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Lets a detached one live on; any other still ends with this process.
    pub fn release(self) {
        self.process.release();
    }
}

/// The newest release that a Java of this machine runs.
fn find() -> Result<(PathBuf, &'static str, PathBuf), SandboxError> {
    let cache = env::cache_directory().ok_or(SandboxError::Homeless("XDG_CACHE_HOME"))?;
    let mut missing = SandboxError::NoJava;
    for (version, oldest, jar) in RELEASES {
        let java = match java::find_anywhere(oldest) {
            Ok(java) => java,
            Err(error) => {
                missing = error;
                continue;
            }
        };
        let recipe = Recipe {
            what: "Apicurio Registry",
            name: "registry",
            version,
            pom: POM,
            goal: "dependency:unpack",
            folder: "server",
        };
        let jar = recipe.kept_in(&cache)?.join("server").join(jar);
        return Ok((java, version, jar));
    }
    Err(missing)
}

fn options(place: &Place, port: u16, properties: &[(&str, &str)]) -> Vec<OsString> {
    let mut options: Vec<OsString> = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        .map(OsString::from)
        .to_vec();
    let port = port.to_string();
    let own = [
        ("quarkus.http.host", "127.0.0.1"),
        ("quarkus.http.port", &port),
        // Health and metrics have a port of their own, which cannot be closed: any free one.
        ("quarkus.management.host", "127.0.0.1"),
        ("quarkus.management.port", "0"),
        ("quarkus.http.access-log.enabled", "false"),
        // As Confluent's; its own default is NONE.
        ("apicurio.rules.global.compatibility", "BACKWARD"),
        ("apicurio.ccompat.max-subjects", "100000"),
    ];
    for (name, value) in own.iter().chain(properties) {
        options.push(format!("-D{name}={value}").into());
    }
    let mut scratch = OsString::from("-Djava.io.tmpdir=");
    scratch.push(place.directory.join("tmp"));
    options.push(scratch);
    if place.stays() {
        let mut file = OsString::from("-Dapicurio.datasource.url=jdbc:h2:file:");
        file.push(place.directory.join("registry"));
        options.push(file);
    }
    options
}

/// Whether a schema registry answers at `url`: any answer of HTTP to a question for its subjects,
/// but those of a server that is not ready.
#[must_use]
pub fn registry_answers(url: &str) -> bool {
    asks(url, "GET", "/subjects", "").is_ok_and(|status| matches!(status, 200 | 401 | 403))
}

/// The status that it answers with. Written by hand, so that the sandbox needs no client.
fn asks(url: &str, method: &str, what: &str, body: &str) -> io::Result<u16> {
    let broken = || io::Error::from(io::ErrorKind::InvalidInput);
    let rest = url.strip_prefix("http://").ok_or_else(broken)?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let address = host.to_socket_addrs()?.next().ok_or_else(broken)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path}{what} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    let status = std::str::from_utf8(&head[9..]).ok();
    status
        .and_then(|status| status.parse().ok())
        .ok_or_else(broken)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    #[test]
    fn what_is_no_registry_does_not_answer() {
        assert!(!registry_answers("http://127.0.0.1:1"));
        assert!(!registry_answers("127.0.0.1:1"));
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = silent.accept().unwrap();
            let mut asked = [0; 16];
            stream.read_exact(&mut asked).unwrap();
            stream.write_all(b"HTTP/1.1 503 Not Ready\r\n\r\n").unwrap();
        });
        assert!(!registry_answers(&format!("http://{address}{PATH}")));
    }
}
