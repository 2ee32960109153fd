//! The broker with locks: TLS, mutual TLS and SASL listeners, users and rights. Started by the
//! first test that wants it, beside the plain one.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use evctl::sandbox::{Lifetime, Options, Security, Server, User};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    IsCa, KeyPair,
};

use super::{
    admin::{self, Operation},
    broker::{explain, kafka, started},
};

/// Listeners, certificates and users. Everybody's password is the name and `-secret`: `admin` may
/// do everything, `alice` everything with topics, groups and transactions, `reader` may
/// read, `describer` may describe and not read, `onlooker` may describe topics and nothing else,
/// `tenant` may describe topics and the groups whose names begin with `tenant-`, `nobody` may log
/// in.
#[derive(Debug)]
pub struct SecuredBroker {
    server: Server,
    certificates: PathBuf,
}

impl SecuredBroker {
    /// The listener without locks, where everything is allowed: for preparing a test.
    pub fn plain(&self) -> &str {
        self.server.address()
    }

    /// TLS without a client certificate; everything is allowed.
    pub fn tls(&self) -> &str {
        &self.server.secured().unwrap().tls
    }

    /// TLS with a client certificate; everything is allowed to [`Self::client_certificate`].
    pub fn mutual_tls(&self) -> &str {
        &self.server.secured().unwrap().mutual_tls
    }

    /// SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512) over TLS.
    pub fn sasl_tls(&self) -> &str {
        &self.server.secured().unwrap().sasl_tls
    }

    /// SASL (the same) in clear text.
    pub fn sasl_plain(&self) -> &str {
        &self.server.secured().unwrap().sasl_plain
    }

    /// Makes a topic.
    pub fn create_topic(&self, name: &str, partitions: i32) {
        admin::create_topic(self.plain(), name, partitions, &[]);
    }

    /// The CA that signed the server's certificate, which is for `localhost` and 127.0.0.1.
    pub fn ca(&self) -> PathBuf {
        self.certificates.join("ca.pem")
    }

    /// A CA that signed nothing here.
    pub fn other_ca(&self) -> PathBuf {
        self.certificates.join("other-ca.pem")
    }

    /// A client's certificate that the mutual TLS listener believes.
    pub fn client_certificate(&self) -> PathBuf {
        self.certificates.join("client.pem")
    }

    /// The key of [`Self::client_certificate`].
    pub fn client_key(&self) -> PathBuf {
        self.certificates.join("client.key")
    }
}

/// The secured broker all tests share.
#[track_caller]
pub fn secured() -> &'static SecuredBroker {
    static SECURED: OnceLock<Result<SecuredBroker, String>> = OnceLock::new();
    started(SECURED.get_or_init(start))
}

/// Locks for a broker, and the CA that signed its certificate.
pub fn locks() -> (Security, CertifiedIssuer<'static, KeyPair>) {
    let ca = authority("evctl test CA");
    let (server_certificate, server_key) = signed("evctl-server", &ca);
    let users = [
        "admin",
        "alice",
        "reader",
        "describer",
        "onlooker",
        "tenant",
        "nobody",
    ];
    let security = Security {
        key: server_key.serialize_pem(),
        chain: server_certificate.pem(),
        trusted: ca.pem(),
        users: users
            .map(|name| User {
                name: name.to_owned(),
                password: format!("{name}-secret"),
            })
            .to_vec(),
        superusers: vec!["User:admin".to_owned(), "User:CN=evctl-client".to_owned()],
    };
    (security, ca)
}

fn start() -> Result<SecuredBroker, String> {
    let (security, ca) = locks();
    let server = Server::start(Options {
        security: Some(security),
        ..kafka(Lifetime::OfThisProcess)
    })
    .map_err(explain)?;
    admin::allow(server.address(), "alice", Operation::All);
    admin::allow(server.address(), "reader", Operation::Read);
    admin::allow(server.address(), "describer", Operation::Describe);
    admin::allow_on_topics(server.address(), "onlooker", Operation::Describe);
    admin::allow_on_some_groups(server.address(), "tenant", Operation::Describe, "tenant-");

    // Removed with the server's directory.
    let certificates = server.directory().join("certificates");
    write_certificates(&certificates, &ca);
    Ok(SecuredBroker {
        server,
        certificates,
    })
}

fn write_certificates(directory: &Path, ca: &CertifiedIssuer<'_, KeyPair>) {
    let (client, client_key) = signed("evctl-client", ca);
    fs::create_dir(directory).unwrap();
    for (file, pem) in [
        ("ca.pem", ca.pem()),
        ("other-ca.pem", authority("another CA").pem()),
        ("client.pem", client.pem()),
        ("client.key", client_key.serialize_pem()),
    ] {
        fs::write(directory.join(file), pem).unwrap();
    }
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn signed(name: &str, ca: &CertifiedIssuer<'_, KeyPair>) -> (Certificate, KeyPair) {
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name = common_name(name);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, ca).unwrap(), key)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}
