//! TLS over a blocking socket, by rustls, with the settings that librdkafka's properties name.
//!
//! Knows sockets and causes; nothing of Kafka but the looks of other protocols' first bytes.

use std::{
    io::{self, BufReader, Read, Write},
    net::TcpStream,
    sync::Arc,
};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, InvalidMessage,
    StreamOwned, crypto::ring, pki_types::ServerName,
};

use super::{
    cause::Cause,
    socket::{Deadline, Socket},
    trust::{TlsSettingsError, certificates, private_key, verifier},
};
use crate::kafka::Tls;

/// TLS settings made ready, to be shared by all connections.
#[derive(Clone, Debug)]
pub struct TlsConfig(Arc<ClientConfig>);

impl TlsConfig {
    /// Reads certificates and keys.
    ///
    /// # Errors
    /// When a file cannot be read or does not hold what it should.
    pub fn new(settings: &Tls) -> Result<Self, TlsSettingsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(verifier(settings, provider)?);
        let config = match &settings.certificate_pem {
            None => builder.with_no_client_auth(),
            Some(certificate) => {
                let chain = certificates(certificate.as_bytes());
                if chain.is_empty() {
                    let place = "the client certificate (ssl.certificate.location)";
                    return Err(TlsSettingsError::NoCertificate(place.to_owned()));
                }
                // A PEM file often holds both.
                let key = settings.key_pem.as_ref().unwrap_or(certificate);
                builder
                    .with_client_auth_cert(chain, private_key(key)?)
                    .map_err(TlsSettingsError::Client)?
            }
        };
        Ok(Self(Arc::new(config)))
    }

    /// Shakes hands over `socket` with the broker called `host` (a name or an IP address), by the
    /// socket's deadline.
    ///
    /// # Errors
    /// Whatever keeps the two from trusting each other. In TLS 1.3 a broker may refuse the client
    /// after the handshake: that comes with a later read, see [`Stream::cause`].
    pub fn connect(&self, socket: Socket, host: &str) -> Result<Stream, Cause> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Cause::NameNotResolved)?;
        let mut connection = ClientConnection::new(Arc::clone(&self.0), name)
            .map_err(|error| Cause::from(&error))?;
        let anonymous = !self.0.client_auth_cert_resolver.has_certs();
        let mut socket = ReadAhead(BufReader::with_capacity(READ_AHEAD, socket));
        while connection.is_handshaking() {
            if let Err(error) = connection.complete_io(&mut socket) {
                let cause = socket.0.get_ref().cause(error, "the TLS handshake");
                return Err(without_certificate(anonymous, cause));
            }
        }
        Ok(Stream::Tls {
            stream: Box::new(StreamOwned::new(connection, socket)),
            anonymous,
        })
    }
}

/// How much is read from the socket at once: rustls itself reads at most 4 KiB, which would be a
/// thousand system calls for one fetch response.
const READ_AHEAD: usize = 64 << 10;

/// A connection to a broker.
pub enum Stream {
    /// Plaintext.
    Plain(Socket),
    /// TLS.
    Tls {
        /// rustls on top of the socket.
        stream: Box<StreamOwned<ClientConnection, ReadAhead>>,
        /// Whether we have no client certificate.
        anonymous: bool,
    },
}

impl Stream {
    /// The socket underneath, to be closed. Reading from it breaks TLS.
    #[must_use]
    pub fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket.tcp(),
            Self::Tls { stream, .. } => stream.sock.0.get_ref().tcp(),
        }
    }

    /// By when the next reads and writes must end.
    pub fn set_deadline(&mut self, deadline: Deadline) {
        match self {
            Self::Plain(socket) => socket.set_deadline(deadline),
            Self::Tls { stream, .. } => stream.sock.0.get_mut().set_deadline(deadline),
        }
    }

    /// The cause behind a failed read or write while waiting for `what`.
    #[must_use]
    pub fn cause(&self, error: io::Error, what: &str) -> Cause {
        let socket = match self {
            Self::Plain(socket) => socket,
            Self::Tls { stream, .. } => stream.sock.0.get_ref(),
        };
        let cause = socket.cause(error, what);
        match self {
            Self::Plain(_) => cause,
            Self::Tls { anonymous, .. } => without_certificate(*anonymous, cause),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls { stream, .. } => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls { stream, .. } => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls { stream, .. } => stream.flush(),
        }
    }
}

/// A socket that reads ahead.
pub struct ReadAhead(BufReader<Socket>);

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for ReadAhead {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.get_mut().flush()
    }
}

/// Whether the first bytes of an answer are a TLS record: an alert or a handshake, of any TLS
/// version. A Kafka frame that began so would be over 350 MB long.
#[must_use]
pub fn looks_like_tls(first: &[u8]) -> bool {
    matches!(first, [0x15 | 0x16, 0x03, 0x00..=0x04, ..])
}

/// Whether the first bytes of an answer are an HTTP response's.
#[must_use]
pub fn looks_like_http(first: &[u8]) -> bool {
    first.starts_with(b"HTTP")
}

impl From<&rustls::Error> for Cause {
    fn from(error: &rustls::Error) -> Self {
        use rustls::Error as E;
        match error {
            E::InvalidCertificate(error) => of_certificate(error),
            E::InvalidMessage(
                InvalidMessage::InvalidContentType
                | InvalidMessage::UnknownProtocolVersion
                | InvalidMessage::MessageTooLarge,
            ) => Self::TlsNotSpoken,
            E::AlertReceived(alert) => of_alert(*alert),
            error => Self::Handshake {
                detail: error.to_string(),
            },
        }
    }
}

fn of_certificate(error: &CertificateError) -> Cause {
    use CertificateError as E;
    let detail = error.to_string();
    match error {
        E::NotValidForNameContext {
            expected,
            presented,
        } => Cause::CertificateName {
            wanted: expected.to_str().into_owned(),
            has: presented.iter().map(|name| plain_name(name)).collect(),
        },
        E::Expired | E::ExpiredContext { .. } | E::NotValidYet | E::NotValidYetContext { .. } => {
            Cause::CertificateExpired { detail }
        }
        E::UnknownIssuer => Cause::UntrustedCertificate {
            detail: "signed by nobody we know".to_owned(),
        },
        _ => Cause::UntrustedCertificate { detail },
    }
}

/// Java's TLS calls a missing certificate a bad one.
fn without_certificate(anonymous: bool, cause: Cause) -> Cause {
    match cause {
        Cause::ClientCertificateRejected { .. } if anonymous => Cause::ClientCertificateRequired,
        cause => cause,
    }
}

/// rustls hands names over as `DnsName("kafka-1")` and `IpAddress(127.0.0.1)`.
fn plain_name(debug: &str) -> String {
    let inner = debug
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(debug).trim_matches('"').to_owned()
}

/// An alert is the broker's word, so it speaks of our certificate, not of its own.
fn of_alert(alert: AlertDescription) -> Cause {
    use AlertDescription as A;
    let detail = format!("{alert:?}");
    match alert {
        A::CertificateRequired | A::NoCertificate => Cause::ClientCertificateRequired,
        A::BadCertificate
        | A::UnsupportedCertificate
        | A::CertificateRevoked
        | A::CertificateExpired
        | A::CertificateUnknown
        | A::UnknownCA
        | A::AccessDenied => Cause::ClientCertificateRejected { detail },
        _ => Cause::Handshake {
            detail: format!("the broker sent the alert {detail}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, net::TcpListener, path::PathBuf, thread, time::Duration};

    use rcgen::{
        BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa,
        KeyPair, KeyUsagePurpose, date_time_ymd,
    };
    use rustls::{RootCertStore, ServerConfig, ServerConnection, server::WebPkiClientVerifier};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    type Authority = CertifiedIssuer<'static, KeyPair>;

    /// Each has a name of its own, as authorities do.
    fn authority(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    /// A certificate and its key, as PEM.
    fn issue(
        by: &Authority,
        host: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        change(&mut params);
        let certificate = params.signed_by(&key, by).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn server_config(identity: &(String, String), clients: Option<&Authority>) -> ServerConfig {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.der().clone()).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let (certificate, key) = identity;
        builder
            .with_single_cert(
                certificates(certificate.as_bytes()),
                private_key(key).unwrap(),
            )
            .unwrap()
    }

    /// Serves one connection: reads 4 bytes and answers with `answer`, as far as TLS lets it.
    fn serve(config: ServerConfig, answer: Vec<u8>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (tcp, _) = listener.accept().unwrap();
            let connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut tls = StreamOwned::new(connection, tcp);
            if tls.read_exact(&mut [0; 4]).is_ok() && tls.write_all(&answer).is_ok() {
                tls.conn.send_close_notify();
            }
            // Sends what is left, such as an alert, and waits for the client to go.
            let _ = tls.flush();
            let _ = tls.sock.read(&mut [0; 1024]);
        });
        port
    }

    fn dial(port: u16) -> Socket {
        let tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
        Socket::new(tcp, Deadline::within(PATIENCE))
    }

    /// Connects, sends 4 bytes and reads to the end.
    fn talk(settings: &Tls, port: u16, host: &str) -> Result<Vec<u8>, Cause> {
        let mut stream = TlsConfig::new(settings)
            .unwrap()
            .connect(dial(port), host)?;
        let mut answer = Vec::new();
        let read = stream
            .write_all(b"ping")
            .and_then(|()| stream.flush())
            .and_then(|()| stream.read_to_end(&mut answer));
        match read {
            Ok(_) => Ok(answer),
            Err(error) => Err(stream.cause(error, "a read")),
        }
    }

    fn trusting(authority: &Authority) -> Tls {
        Tls {
            ca_pem: Some(authority.pem()),
            ..Tls::default()
        }
    }

    #[test]
    fn a_trusted_broker_is_talked_to_with_large_answers() {
        let authority = authority("ours");
        let identity = issue(&authority, "localhost", |_| {});
        let answer: Vec<u8> = (0..4_u32 << 20).map(|n| (n % 251) as u8).collect();
        let port = serve(server_config(&identity, None), answer.clone());
        let read = talk(&trusting(&authority), port, "localhost").unwrap();
        assert!(read == answer);
    }

    #[test]
    fn roots_come_from_a_file_or_a_directory_too() {
        let authority = authority("ours");
        let identity = issue(&authority, "127.0.0.1", |_| {});
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        fs::write(&file, format!("some words\n{}", authority.pem())).unwrap();
        for ca in [file, folder.path().to_owned()] {
            let port = serve(server_config(&identity, None), b"pong".to_vec());
            let settings = Tls {
                ca: Some(ca),
                ..Tls::default()
            };
            assert_eq!(talk(&settings, port, "127.0.0.1").unwrap(), b"pong");
        }
    }

    #[test]
    fn a_stranger_s_certificate_is_not_trusted_unless_told_so() {
        let (ours, theirs) = (authority("ours"), authority("theirs"));
        let identity = issue(&theirs, "localhost", |_| {});
        let port = serve(server_config(&identity, None), Vec::new());
        let error = talk(&trusting(&ours), port, "localhost").unwrap_err();
        assert!(
            matches!(error, Cause::UntrustedCertificate { .. }),
            "{error}"
        );

        let port = serve(server_config(&identity, None), b"pong".to_vec());
        let anybody = Tls {
            skip_verification: true,
            ..Tls::default()
        };
        assert_eq!(talk(&anybody, port, "elsewhere").unwrap(), b"pong");
    }

    #[test]
    fn a_certificate_for_another_host_is_named_unless_names_do_not_matter() {
        let (ours, theirs) = (authority("ours"), authority("theirs"));
        let identity = issue(&ours, "kafka-1.example", |_| {});
        let port = serve(server_config(&identity, None), Vec::new());
        let error = talk(&trusting(&ours), port, "localhost").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the broker's certificate is not for \"localhost\" but for kafka-1.example"
        );

        let skip_hostname = |authority| Tls {
            skip_hostname: true,
            ..trusting(authority)
        };
        let port = serve(server_config(&identity, None), b"pong".to_vec());
        assert_eq!(
            talk(&skip_hostname(&ours), port, "localhost").unwrap(),
            b"pong"
        );
        let port = serve(server_config(&identity, None), Vec::new());
        let error = talk(&skip_hostname(&theirs), port, "localhost").unwrap_err();
        assert!(
            matches!(error, Cause::UntrustedCertificate { .. }),
            "{error}"
        );
    }

    #[test]
    fn an_expired_certificate_is_named() {
        let authority = authority("ours");
        let identity = issue(&authority, "localhost", |params| {
            params.not_after = date_time_ymd(2001, 1, 1);
        });
        let port = serve(server_config(&identity, None), Vec::new());
        let error = talk(&trusting(&authority), port, "localhost").unwrap_err();
        assert!(matches!(error, Cause::CertificateExpired { .. }), "{error}");
    }

    #[test]
    fn mutual_tls_wants_a_certificate_of_the_right_authority() {
        let (ours, theirs) = (authority("ours"), authority("theirs"));
        let identity = issue(&ours, "localhost", |_| {});
        let serve = || serve(server_config(&identity, Some(&ours)), b"pong".to_vec());

        let error = talk(&trusting(&ours), serve(), "localhost").unwrap_err();
        assert!(matches!(error, Cause::ClientCertificateRequired), "{error}");

        let with = |(certificate, key): (String, String)| Tls {
            certificate_pem: Some(certificate),
            key_pem: Some(key),
            ..trusting(&ours)
        };
        let stranger = with(issue(&theirs, "client", |_| {}));
        let error = talk(&stranger, serve(), "localhost").unwrap_err();
        assert!(
            matches!(error, Cause::ClientCertificateRejected { .. }),
            "{error}"
        );

        let friend = issue(&ours, "client", |_| {});
        let both_in_one_file = Tls {
            certificate_pem: Some(format!("{}{}", friend.1, friend.0)),
            ..trusting(&ours)
        };
        assert_eq!(talk(&with(friend), serve(), "localhost").unwrap(), b"pong");
        assert_eq!(
            talk(&both_in_one_file, serve(), "localhost").unwrap(),
            b"pong"
        );
    }

    /// Answers whatever comes with `answer`, then closes.
    fn serve_plain(answer: &'static [u8]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut tcp, _) = listener.accept().unwrap();
            let _ = tcp.read(&mut [0; 4096]);
            let _ = tcp.write_all(answer);
        });
        port
    }

    #[test]
    fn a_port_without_tls_is_named() {
        let settings = trusting(&authority("ours"));
        for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0; 32]] {
            let error = talk(&settings, serve_plain(answer), "localhost").unwrap_err();
            assert!(matches!(error, Cause::TlsNotSpoken), "{error}");
        }
        // Whoever closes says nothing: it may be a broker that is just ending.
        let error = talk(&settings, serve_plain(b""), "localhost").unwrap_err();
        assert!(matches!(error, Cause::Closed), "{error}");
    }

    #[test]
    fn java_s_alert_for_a_missing_certificate_is_understood() {
        let bad_certificate = &[0x15, 3, 3, 0, 2, 2, 0x2a];
        let error = talk(
            &trusting(&authority("ours")),
            serve_plain(bad_certificate),
            "localhost",
        );
        assert!(matches!(error, Err(Cause::ClientCertificateRequired)));
    }

    #[test]
    fn a_tls_port_is_known_by_its_answer_to_plaintext() {
        let identity = issue(&authority("ours"), "localhost", |_| {});
        let port = serve(server_config(&identity, None), Vec::new());
        let mut tcp = dial(port);
        tcp.write_all(&[0, 0, 0, 20, 0, 18, 0, 3, 0, 0, 0, 1])
            .unwrap();
        let mut first = [0; 5];
        tcp.read_exact(&mut first).unwrap();
        assert!(looks_like_tls(&first), "{first:?}");
        assert!(!looks_like_tls(&[0, 0, 0, 20, 0]) && !looks_like_tls(b"HTTP/1.1"));
        assert!(looks_like_http(b"HTTP/1.1 400") && !looks_like_http(&first));
    }

    #[test]
    fn settings_without_certificates_or_keys_are_named() {
        let message = |settings: &Tls| TlsConfig::new(settings).unwrap_err().to_string();
        let authority = authority("ours");
        let (certificate, _) = issue(&authority, "client", |_| {});
        let missing = Tls {
            ca: Some(PathBuf::from("no/such/ca.pem")),
            ..Tls::default()
        };
        assert_eq!(
            message(&missing),
            "cannot read \"no/such/ca.pem\" (ssl.ca.location)"
        );
        let empty = Tls {
            ca_pem: Some("nothing".to_owned()),
            ..Tls::default()
        };
        assert_eq!(message(&empty), "no certificate in ssl.ca.pem");
        let keyless = Tls {
            certificate_pem: Some(certificate.clone()),
            ..trusting(&authority)
        };
        assert_eq!(
            message(&keyless),
            "no usable private key: none in PEM form (PKCS#8, PKCS#1 or SEC1)"
        );
        let of_another = Tls {
            certificate_pem: Some(certificate),
            key_pem: Some(KeyPair::generate().unwrap().serialize_pem()),
            ..trusting(&authority)
        };
        assert!(message(&of_another).starts_with("client certificate and key do not work"));
    }
}
