//! Questions over HTTP, asked again while there is hope and time.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use ureq::{
    Agent,
    tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig},
};

use super::{RegistryError, RegistrySettings, settings::SettingsError};
use crate::bounded_file;

/// The longest answer that is read: a registry lists a hundred thousand subjects in less, and takes
/// no schema that is as long.
const LONGEST: u64 = 16 << 20;
/// The most characters of a registry's message that are repeated.
const LONGEST_MESSAGE: usize = 2_000;
/// How long somebody who does not answer is asked again: as for a broker that is not there.
const AWAY: Duration = Duration::from_millis(1_700);
/// The first wait before a question is asked again; it doubles.
const PAUSE: Duration = Duration::from_millis(100);
const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// A connection to one registry.
pub(super) struct Http {
    agent: Agent,
    settings: RegistrySettings,
}

/// How a registry tells what is wrong.
#[derive(Default, Deserialize)]
struct Complaint {
    #[serde(default)]
    error_code: i64,
    #[serde(default)]
    message: String,
}

enum Failed {
    /// Worth another try, for so long.
    ForNow(RegistryError, Duration),
    ForGood(RegistryError),
}

impl Http {
    pub(super) fn new(settings: RegistrySettings) -> Result<Self, RegistryError> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(3)
            .user_agent(concat!("evctl/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls(&settings)?)
            .build();
        Ok(Self {
            agent: config.into(),
            settings,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.settings.url
    }

    pub(super) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, RegistryError> {
        self.ask("GET", path, None)
    }

    /// A question with a body. Everything that evctl posts may be posted twice: a registry gives a
    /// schema that it has the same id again.
    pub(super) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, RegistryError> {
        self.ask("POST", path, Some(body))
    }

    fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, RegistryError> {
        let begun = Instant::now();
        let patience = self.patience(begun).ok_or_else(|| {
            let given = self.settings.patience.as_secs_f64();
            self.unreachable(&format!("not every question was answered within {given} s"))
        })?;
        let mut pause = PAUSE;
        loop {
            let left = patience.saturating_sub(begun.elapsed());
            let failed = match self.once(method, path, body, left) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let (error, most) = match failed {
                Failed::ForNow(error, most) => (error, most),
                Failed::ForGood(error) => return Err(error),
            };
            if most.min(patience).saturating_sub(begun.elapsed()) <= pause {
                return Err(error);
            }
            let trace = &self.settings.trace;
            trace.tell(format_args!("{error}; asked again in {pause:?}"));
            thread::sleep(pause);
            pause *= 2;
        }
    }

    /// How long a question that begins now may take; `None` when the time of all questions is over.
    fn patience(&self, now: Instant) -> Option<Duration> {
        let Some(deadline) = self.settings.deadline else {
            return Some(self.settings.patience);
        };
        let left = deadline.checked_duration_since(now)?;
        Some(left.min(self.settings.patience))
    }

    fn once<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        left: Duration,
    ) -> Result<T, Failed> {
        let trace = &self.settings.trace;
        let url = format!("{}{path}", self.settings.url);
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(&url)
            .header("Accept", format!("{MEDIA_TYPE}, application/json"));
        if let Some(credentials) = &self.settings.credentials {
            request = request.header("Authorization", credentials.header());
        }
        if body.is_some() {
            request = request.header("Content-Type", MEDIA_TYPE);
        }
        let text = body.map_or_else(String::new, Value::to_string);
        let request = request
            .body(text)
            .map_err(|error| Failed::ForGood(self.unreachable(&error.to_string())))?;
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(left.max(Duration::from_millis(1))))
            .build();
        trace.tell(format_args!("{} <- {method} {path}", self.settings.url));
        let mut answer = self.agent.run(request).map_err(|error| self.lost(error))?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(LONGEST);
        let text = body.read_to_string().map_err(|error| self.lost(error))?;
        let (url, size) = (&self.settings.url, text.len());
        trace.tell(format_args!("{url} -> {status}, {size} bytes"));
        if answer.status().is_success() {
            // An empty answer is a registry's way of saying nothing.
            let text = if text.is_empty() { "null" } else { &text };
            // Read as what it has to be: of anything else no copy is made.
            return serde_json::from_str(text).map_err(|error| {
                let what = if error.is_data() {
                    error.to_string()
                } else {
                    "it is not JSON".to_owned()
                };
                Failed::ForGood(self.odd(path, status, what))
            });
        }
        Err(self.complaint(path, status, &text))
    }

    /// Why there is no answer.
    fn lost(&self, error: ureq::Error) -> Failed {
        use ureq::Error::{BadUri, BodyExceedsLimit, ConnectionFailed, HostNotFound, Io, Timeout};
        let passing = matches!(error, Io(_) | ConnectionFailed);
        let reason = match error {
            HostNotFound => "no such host".to_owned(),
            Timeout(_) => format!(
                "no answer within {} s",
                self.settings.patience.as_secs_f64()
            ),
            // rustls' way of reading an answer in clear text.
            Io(error) if error.to_string().contains("corrupt message") => {
                "it does not speak TLS: is it http://?".to_owned()
            }
            Io(error) => error.to_string(),
            ConnectionFailed => "the connection failed".to_owned(),
            BadUri(reason) => reason,
            BodyExceedsLimit(limit) => format!("the answer is longer than {limit} bytes"),
            other => other.to_string(),
        };
        let error = self.unreachable(&reason);
        if passing {
            Failed::ForNow(error, AWAY.min(self.settings.patience))
        } else {
            Failed::ForGood(error)
        }
    }

    fn complaint(&self, path: &str, status: u16, text: &str) -> Failed {
        let said: Complaint = serde_json::from_str(text).unwrap_or_else(|_| Complaint {
            error_code: 0,
            message: first_line(text),
        });
        let url = self.settings.url.clone();
        let message = shortened(said.message);
        let code = if said.error_code == 0 {
            status.into()
        } else {
            said.error_code
        };
        match status {
            401 | 403 => Failed::ForGood(RegistryError::Denied {
                url,
                status,
                message,
            }),
            404 => {
                let message = if message.is_empty() {
                    format!("schema registry {url} has no {path}")
                } else {
                    message
                };
                Failed::ForGood(RegistryError::NotFound { code, message })
            }
            409 | 422 => Failed::ForGood(RegistryError::Refused {
                status,
                code,
                message,
            }),
            429 | 502 | 503 | 504 => {
                Failed::ForNow(self.odd(path, status, message), self.settings.patience)
            }
            _ => Failed::ForGood(self.odd(path, status, message)),
        }
    }

    pub(super) fn odd(&self, path: &str, status: u16, message: String) -> RegistryError {
        RegistryError::Odd {
            url: self.settings.url.clone(),
            path: path.to_owned(),
            status,
            message: shortened(message),
        }
    }

    fn unreachable(&self, reason: &str) -> RegistryError {
        RegistryError::Unreachable {
            url: self.settings.url.clone(),
            reason: reason.to_owned(),
        }
    }
}

/// A message of bounded length.
fn shortened(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
    message
}

/// The first line of a text that may be a whole page, cut.
fn first_line(text: &str) -> String {
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect()
}

fn tls(settings: &RegistrySettings) -> Result<TlsConfig, SettingsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
    if !settings.url.starts_with("https:") {
        return Ok(config.build());
    }
    config = config.root_certs(RootCerts::from(match &settings.ca {
        Some(path) => certificates("schema.registry.ssl.ca.location", path)?,
        None => system(),
    }));
    if let Some((certificate, key)) = &settings.identity {
        let name = "schema.registry.ssl.key.location";
        let pem = read(name, key)?;
        let key = PrivateKey::from_pem(&pem).map_err(|error| bad(name, error.to_string()))?;
        let chain = certificates("schema.registry.ssl.certificate.location", certificate)?;
        config = config.client_cert(Some(ClientCert::new_with_certs(&chain, key)));
    }
    Ok(config.build())
}

/// What this machine trusts.
fn system() -> Vec<Certificate<'static>> {
    let found = rustls_native_certs::load_native_certs();
    found
        .certs
        .iter()
        .map(|one| Certificate::from_der(one).to_owned())
        .collect()
}

fn certificates(
    name: &'static str,
    path: &std::path::Path,
) -> Result<Vec<Certificate<'static>>, SettingsError> {
    let pem = read(name, path)?;
    let found: Vec<_> = ureq::tls::parse_pem(&pem)
        .filter_map(Result::ok)
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() {
        return Err(bad(
            name,
            format!("{} holds no PEM certificate", path.display()),
        ));
    }
    Ok(found)
}

fn read(name: &'static str, path: &std::path::Path) -> Result<Vec<u8>, SettingsError> {
    bounded_file::read_regular(path, bounded_file::CERTIFICATES)
        .map_err(|error| bad(name, format!("{}: {error}", path.display())))
}

fn bad(name: &'static str, reason: String) -> SettingsError {
    SettingsError::Bad { name, reason }
}
