//! Runs Kafka's classes: the one that makes a data directory, and the server.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{
    SandboxError, Security,
    jars::Kafka,
    log::telling_lines,
    process::{Place, Process},
};

/// What is needed to run one of Kafka's classes.
#[derive(Debug)]
pub(super) struct Jvm {
    pub(super) java: PathBuf,
    pub(super) kafka: Kafka,
    /// Where the server keeps everything.
    pub(super) directory: PathBuf,
}

impl Jvm {
    /// Makes an empty data directory, with its users.
    pub(super) fn format(
        &self,
        properties: &Path,
        security: Option<&Security>,
    ) -> Result<(), SandboxError> {
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

    /// Starts the server.
    pub(super) fn run(&self, properties: &Path, place: Place) -> Result<Process, SandboxError> {
        let compilation = match place.is_detached() {
            true => Compilation::Full,
            false => Compilation::Quick,
        };
        let mut arguments = self.java_options(compilation);
        arguments.extend(["kafka.Kafka".into(), properties.into()]);
        Process::start(&self.java, &arguments, place)
    }

    fn java_options(&self, compilation: Compilation) -> Vec<OsString> {
        let mut options = vec!["-Xmx512m".into(), "-XX:+UseSerialGC".into()];
        options.push("-XX:-UsePerfData".into());
        if compilation == Compilation::Quick {
            options.push("-XX:TieredStopAtLevel=1".into());
        }
        options.extend(self.kafka.logging.iter().map(Into::into));
        for (name, directory) in [("java.io.tmpdir", "tmp"), ("kafka.logs.dir", "")] {
            let mut option = OsString::from(format!("-D{name}="));
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

/// Twenty-two characters of base64 are the sixteen bytes Kafka wants. Not a leading `-`: its tools
/// take that for an option.
fn cluster_id() -> String {
    let random: [u8; 12] = ring::rand::generate(&ring::rand::SystemRandom::new())
        .map(ring::rand::Random::expose)
        .unwrap_or_default();
    format!("evctl{}A", BASE64_URL_SAFE_NO_PAD.encode(random))
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
}
