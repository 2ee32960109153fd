//! Where Kafka's jars come from: `KAFKA_HOME`, or Maven, whose copy is kept in the cache.

use std::{ffi::OsString, fs, path::Path};

use super::{SandboxError, copies::Recipe};
use crate::config::env;

/// The Kafka that is started when nobody asks for another.
const DEFAULT_VERSION: &str = "4.3.0";

const POM: &str = include_str!("kafka-pom.xml");

/// A Kafka that can be started.
#[derive(Debug)]
pub(super) struct Kafka {
    /// Such as `4.3.0`.
    pub(super) version: String,
    /// What `java -cp` takes.
    pub(super) class_path: OsString,
    /// What makes its log readable.
    pub(super) logging: Vec<String>,
}

impl Kafka {
    /// Finds a Kafka; `version` `None` is `KAFKA_HOME`'s, or [`DEFAULT_VERSION`]. A `KAFKA_HOME` of
    /// another version than the one asked for is passed over.
    pub(super) fn find(version: Option<&str>) -> Result<Self, SandboxError> {
        if let Some(home) = env::variable("KAFKA_HOME") {
            let kafka = Self::in_home(Path::new(&home))?;
            if version.is_none_or(|version| version == kafka.version) {
                return Ok(kafka);
            }
        }
        let cache = env::cache_directory().ok_or(SandboxError::Homeless("XDG_CACHE_HOME"))?;
        Self::in_cache(&cache, version.unwrap_or(DEFAULT_VERSION))
    }

    fn in_home(home: &Path) -> Result<Self, SandboxError> {
        let libs = home.join("libs");
        let version = fs::read_dir(&libs)
            .ok()
            .and_then(|entries| {
                entries
                    .flatten()
                    .find_map(|entry| version_of_jar(entry.file_name().to_str()?))
            })
            .ok_or_else(|| SandboxError::KafkaHome(home.to_owned()))?;
        // What bin/kafka-run-class.sh says: log4j 2 since 4.0, reload4j before. Both
        // configurations write to the standard output as well, which is our log.
        let logging = [
            ("log4j2.configurationFile", "log4j2.yaml"),
            ("log4j.configuration", "log4j.properties"),
        ]
        .into_iter()
        .map(|(property, file)| (property, home.join("config").join(file)))
        .find(|(_, file)| file.exists())
        .map(|(property, file)| format!("-D{property}=file:{}", file.display()));
        Ok(Self {
            version,
            class_path: every_jar_of(&libs),
            logging: logging.into_iter().collect(),
        })
    }

    fn in_cache(cache: &Path, version: &str) -> Result<Self, SandboxError> {
        let directory = Recipe {
            what: "Apache Kafka",
            name: "kafka",
            version,
            pom: POM,
            goal: "dependency:copy-dependencies",
            folder: "libs",
        }
        .kept_in(cache)?;
        Ok(Self {
            version: version.to_owned(),
            class_path: every_jar_of(&directory.join("libs")),
            logging: [
                "showDateTime=true",
                "dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
                "showThreadName=false",
            ]
            .map(|setting| format!("-Dorg.slf4j.simpleLogger.{setting}"))
            .to_vec(),
        })
    }
}

/// `2.13` of the Scala version is skipped: `kafka_2.13-4.3.0.jar` is 4.3.0.
fn version_of_jar(name: &str) -> Option<String> {
    let (_, version) = name
        .strip_prefix("kafka_")?
        .strip_suffix(".jar")?
        .split_once('-')?;
    // kafka_2.13-4.3.0-sources.jar and the like stand beside the server itself.
    version
        .split('.')
        .all(|number| number.parse::<u32>().is_ok())
        .then(|| version.to_owned())
}

fn every_jar_of(libs: &Path) -> OsString {
    libs.join("*").into_os_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_off_the_servers_own_jar() {
        assert_eq!(
            version_of_jar("kafka_2.13-4.3.0.jar").as_deref(),
            Some("4.3.0")
        );
        assert_eq!(version_of_jar("kafka_2.13-4.3.0-sources.jar"), None);
        assert_eq!(version_of_jar("kafka-clients-4.3.0.jar"), None);
    }

    #[test]
    fn a_kafka_home_without_a_kafka_is_named() {
        let empty = tempfile::tempdir().unwrap();
        let error = Kafka::in_home(empty.path()).unwrap_err();
        assert!(matches!(error, SandboxError::KafkaHome(_)), "{error}");
    }

    #[test]
    fn a_kafka_home_is_used_with_its_own_log_configuration() {
        let home = tempfile::tempdir().unwrap();
        for file in ["libs/kafka_2.13-3.9.2.jar", "config/log4j.properties"] {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let kafka = Kafka::in_home(home.path()).unwrap();
        assert_eq!(kafka.version, "3.9.2");
        assert!(kafka.logging[0].starts_with("-Dlog4j.configuration=file:/"));
    }
}
