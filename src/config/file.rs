//! One configuration file: its grammar, and the line of every setting. Knows nothing of layers.

use std::{
    collections::BTreeMap,
    fmt, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use toml::Spanned;

use super::{
    ConfigError,
    profile::{Origin, Profile, Setting, Value, split},
    secret::SecretSource,
};
use crate::{bounded_file, files::without_byte_order_mark, pipeline::Cancel};

/// The largest configuration file.
const LIMIT: u64 = 1 << 20;
/// How long the writer of a FIFO may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A configuration file, read.
pub(super) struct File {
    pub(super) path: Arc<Path>,
    pub(super) text: String,
    pub(super) default: Option<Setting<String>>,
    pub(super) profiles: BTreeMap<String, Profile>,
}

impl File {
    /// Reads a file that was found; `home` is what `~/` in it means.
    pub(super) fn read(path: &Path, home: Option<&Path>) -> Result<Self, ConfigError> {
        Self::parse(path, read(path)?, home)
    }

    /// Reads a file that the user named, which may be a pipe; `cancel` ends the wait for its
    /// writer.
    pub(super) fn read_named(
        path: &Path,
        home: Option<&Path>,
        cancel: &Cancel,
    ) -> Result<Self, ConfigError> {
        let read = bounded_file::read(path, LIMIT, PATIENCE, cancel);
        if let (Err(_), Some(signal)) = (&read, cancel.raised()) {
            return Err(ConfigError::Interrupted(path.display().to_string(), signal));
        }
        let text = text(path, read)?;
        Self::parse(path, text, home)
    }

    fn parse(path: &Path, text: String, home: Option<&Path>) -> Result<Self, ConfigError> {
        let raw: RawFile = toml::from_str(&text).map_err(|error| ConfigError::Syntax {
            path: path.to_owned(),
            line: line(&text, error.span().unwrap_or_default()),
            message: without_values(error.message()),
        })?;
        let place = Place {
            path: path.into(),
            lines: line_ends(&text),
            home,
        };
        Ok(Self {
            default: raw.default.map(|default| place.setting(default)),
            profiles: raw
                .profiles
                .into_iter()
                .map(|(name, profile)| (name, place.profile(profile)))
                .collect(),
            path: place.path,
            text,
        })
    }

    /// Whether a secret stands in this file in clear text, in any profile.
    pub(super) fn holds_clear_secret(&self) -> bool {
        self.profiles.values().any(Profile::holds_clear_secret)
    }
}

/// What is needed to say where a setting stands, and what a relative path in it means.
struct Place<'a> {
    path: Arc<Path>,
    /// Where each line ends.
    lines: Vec<usize>,
    home: Option<&'a Path>,
}

impl Place<'_> {
    fn origin(&self, span: Range<usize>) -> Origin {
        Origin::File {
            path: self.path.clone(),
            line: self.lines.partition_point(|end| *end < span.start) + 1,
        }
    }

    fn setting<T>(&self, spanned: Spanned<T>) -> Setting<T> {
        Setting {
            origin: self.origin(spanned.span()),
            value: spanned.into_inner(),
        }
    }

    fn profile(&self, raw: RawProfile) -> Profile {
        let mut profile = Profile {
            brokers: raw.brokers.map(|brokers| {
                let Setting {
                    value: Brokers(value),
                    origin,
                } = self.setting(brokers);
                Setting { value, origin }
            }),
            registry: raw.registry.map(|registry| self.setting(registry)),
            protected: raw.protected.map(|protected| self.setting(protected)),
            cluster: raw.cluster.map(|cluster| self.setting(cluster)),
            redact: raw.redact.map(|redact| self.setting(redact)),
            kafka: BTreeMap::new(),
        };
        for (name, value) in raw.kafka {
            let Setting { value, origin } = self.setting(value);
            profile.set(&name, value, origin);
        }
        // So that they hold in every folder below.
        let folder = self.path.parent().unwrap_or(Path::new(""));
        profile.make_paths_absolute(folder, self.home);
        profile
    }
}

/// The text of a configuration file.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    text(path, bounded_file::read_regular(path, LIMIT))
}

fn text(path: &Path, read: io::Result<Vec<u8>>) -> Result<String, ConfigError> {
    let text = read.and_then(|bytes| {
        let plain = without_byte_order_mark(&bytes, &path.to_string_lossy(), "");
        let text = std::str::from_utf8(plain).map(str::to_owned);
        text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
    });
    text.map_err(|error| ConfigError::Read {
        path: path.to_owned(),
        error,
    })
}

fn line_ends(text: &str) -> Vec<usize> {
    memchr::memchr_iter(b'\n', text.as_bytes()).collect()
}

pub(super) fn line(text: &str, span: Range<usize>) -> usize {
    let before = text.as_bytes().get(..span.start).unwrap_or_default();
    memchr::memchr_iter(b'\n', before).count() + 1
}

/// A parser's message without the value that it found, which may be a secret. (Of the parser's
/// error only the message is taken: its own text quotes the line.)
fn without_values(message: &str) -> String {
    let (Some((kind, rest)), Some(expected)) =
        (message.split_once(": "), message.rfind(", expected "))
    else {
        return message.to_owned();
    };
    if !kind.starts_with("invalid ") {
        return message.to_owned();
    }
    let found = rest.split([' ', ',']).next().unwrap_or_default();
    format!("{kind}: {found}{}", &message[expected..])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    default: Option<Spanned<String>>,
    #[serde(default)]
    profiles: BTreeMap<String, RawProfile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    brokers: Option<Spanned<Brokers>>,
    registry: Option<Spanned<String>>,
    protected: Option<Spanned<bool>>,
    cluster: Option<Spanned<String>>,
    redact: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    kafka: BTreeMap<String, Spanned<Value>>,
}

/// `["a:9092", "b:9092"]` or `"a:9092,b:9092"`.
struct Brokers(Vec<String>);

impl<'de> Deserialize<'de> for Brokers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Brokers;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of brokers")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Brokers, E> {
                Ok(Brokers(split(text)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Brokers, A::Error> {
                let mut brokers = Vec::new();
                while let Some(item) = items.next_element::<String>()? {
                    brokers.extend(split(&item));
                }
                Ok(Brokers(brokers))
            }
        }
        deserializer.deserialize_any(List)
    }
}

/// Where a secret is to be had: exactly one of these.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSecret {
    env: Option<String>,
    command: Option<String>,
    file: Option<PathBuf>,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("text, a number, true, false or { env | command | file = \"…\" }")
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Text(number.to_string()))
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                Ok(Value::Text(flag.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                let raw = RawSecret::deserialize(MapAccessDeserializer::new(map))?;
                match (raw.env, raw.command, raw.file) {
                    (Some(name), None, None) => Ok(SecretSource::Env(name)),
                    (None, Some(command), None) => Ok(SecretSource::Command(command)),
                    (None, None, Some(path)) => Ok(SecretSource::File(path)),
                    _ => Err(Error::custom("a secret has one of env, command and file")),
                }
                .map(Value::Secret)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<File, String> {
        File::parse(
            Path::new("/etc/evctl.toml"),
            text.to_owned(),
            Some(Path::new("/users/me")),
        )
        .map_err(|error| error.to_string())
    }

    fn shown(text: &str) -> Vec<String> {
        let file = parse(text).unwrap();
        let shown = file.profiles["x"].shown();
        shown
            .iter()
            .map(|shown| format!("{}={} {}", shown.name, shown.value, shown.origin))
            .collect()
    }

    #[test]
    fn every_setting_knows_its_line() {
        let text = r#"default = "x"
[profiles.x]
brokers = ["a:1", "b:2"]
registry = "http://r"
protected = true
cluster = "orders"
redact = ["email"]

[profiles.x.kafka]
"linger.ms" = 5
"enable.idempotence" = true
"sasl.password" = { env = "PASSWORD" }
"#;
        assert_eq!(
            shown(text),
            [
                "brokers=a:1,b:2 /etc/evctl.toml:3",
                "registry=http://r /etc/evctl.toml:4",
                "protected=true /etc/evctl.toml:5",
                "cluster=orders /etc/evctl.toml:6",
                "redact=email /etc/evctl.toml:7",
                "enable.idempotence=true /etc/evctl.toml:11",
                "linger.ms=5 /etc/evctl.toml:10",
                "sasl.password=*** /etc/evctl.toml:12 (environment variable PASSWORD)",
            ]
        );
        assert_eq!(parse(text).unwrap().default.unwrap().value, "x");
    }

    #[test]
    fn paths_are_relative_to_the_file_or_the_home() {
        let text = r#"[profiles.x.kafka]
"ssl.ca.location" = "certs/ca.pem"
"ssl.certificate.location" = "~/c.pem"
"ssl.key.location" = "/k.pem"
"sasl.password" = { file = "~/secret" }
"#;
        assert_eq!(
            shown(text),
            [
                "sasl.password=*** /etc/evctl.toml:5 (file /users/me/secret)",
                "ssl.ca.location=/etc/certs/ca.pem /etc/evctl.toml:2",
                "ssl.certificate.location=/users/me/c.pem /etc/evctl.toml:3",
                "ssl.key.location=/k.pem /etc/evctl.toml:4",
            ]
        );
        let probe = "[profiles.x.kafka]\n\"ssl.ca.location\" = \"probe\"";
        assert_eq!(shown(probe), ["ssl.ca.location=probe /etc/evctl.toml:2"]);
    }

    #[test]
    fn errors_name_the_line_and_never_quote_it() {
        for (text, expected) in [
            ("[profiles.x]\nbrokrs = []", ":2: unknown field `brokrs`"),
            ("# a\nprofile = 1", ":2: unknown field `profile`"),
            (
                "[profiles.x]\nprotected = \"hunter2, expected \"",
                ":2: invalid type: string, expected a boolean",
            ),
            (
                "[profiles.x]\nredact = \"http://me:hunter2@host\"",
                ":2: invalid type: string, expected a sequence",
            ),
            (
                "[profiles.x.kafka]\n\"sasl.password\" = 271828.1",
                ":2: invalid type: floating, expected text",
            ),
            ("[profiles]\nx = \"hunter2\"", ":2: invalid type: string"),
            ("[profiles.x]\nprotected = \"yes\"", ":2: invalid type"),
            ("[profiles.x]\nbrokers = 5", "expected a list of brokers"),
            (
                "[profiles.x.kafka]\n\"a\" = [1]",
                ":2: invalid type: sequence",
            ),
            (
                "[profiles.x.kafka]\n\"sasl.password\" = { evn = \"hunter2\" }",
                ":2: unknown field `evn`",
            ),
            (
                "[profiles.x.kafka]\n\"sasl.password\" = { env = \"A\", file = \"hunter2\" }",
                ":2: a secret has one of env, command and file",
            ),
            (
                "[profiles.x.kafka]\n\n\"sasl.password\" = \"hunter2",
                ":3: ",
            ),
            ("[profiles.x.kafka]\n\"sasl.password\" = hunter2", ":2: "),
            (
                "[profiles.x.kafka]\n\"sasl.password\" = \"hunter2\"\n\"sasl.password\" = \"b\"",
                ":3: duplicate key",
            ),
        ] {
            let error = parse(text).err().unwrap();
            assert!(error.starts_with("/etc/evctl.toml:"), "{error}");
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
            assert!(!error.contains("271828"), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
