//! Whom to trust and who we are: certificates and keys from TLS settings.
//!
//! Knows rustls and PEM files; no socket.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject as _},
};
use thiserror::Error;

use crate::{bounded_file, kafka::Tls};

/// What is wrong with the TLS settings themselves, before any broker is asked.
#[derive(Debug, Error)]
pub enum TlsSettingsError {
    /// A file cannot be read.
    #[error("cannot read \"{}\" (ssl.ca.location)", .path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no usable certificate where certificates are expected.
    #[error("no certificate in {0}")]
    NoCertificate(String),
    /// The client certificate has no key, or one that is encrypted or unknown.
    #[error("no usable private key: {0}")]
    Key(String),
    /// rustls does not take them together.
    #[error("client certificate and key do not work: {0}")]
    Client(rustls::Error),
}

/// What decides about a broker's certificate.
pub(super) fn verifier(
    settings: &Tls,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsSettingsError> {
    let checks = if settings.skip_verification {
        Checks::Nothing
    } else {
        let roots = Arc::new(roots(settings)?);
        let chain = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
            .build()
            .map_err(|error| TlsSettingsError::NoCertificate(format!("the roots: {error}")))?;
        if !settings.skip_hostname {
            return Ok(chain);
        }
        Checks::Chain(chain)
    };
    Ok(Arc::new(Lenient { checks, provider }))
}

fn roots(settings: &Tls) -> Result<RootCertStore, TlsSettingsError> {
    let (found, place) = if let Some(pem) = &settings.ca_pem {
        (certificates(pem.as_bytes()), "ssl.ca.pem".to_owned())
    } else if let Some(path) = &settings.ca {
        let place = format!("\"{}\" (ssl.ca.location)", path.display());
        (certificates_at(path)?, place)
    } else {
        let native = rustls_native_certs::load_native_certs();
        (native.certs, "the system's certificate store".to_owned())
    };
    let mut roots = RootCertStore::empty();
    // A store may hold certificates that rustls does not take; the others still count.
    let (added, _) = roots.add_parsable_certificates(found);
    if added == 0 {
        return Err(TlsSettingsError::NoCertificate(place));
    }
    Ok(roots)
}

/// The certificates of a PEM file, or of every file in a directory of them.
fn certificates_at(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsSettingsError> {
    let unreadable = |source| TlsSettingsError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let read = |path: &Path| bounded_file::read_regular(path, bounded_file::CERTIFICATES);
    if !path.is_dir() {
        return Ok(certificates(&read(path).map_err(unreadable)?));
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.is_file() {
            found.extend(certificates(&read(&file).map_err(unreadable)?));
        }
    }
    Ok(found)
}

/// The certificates in PEM text; keys and comments in between are passed over.
pub(super) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).flatten().collect()
}

/// The first private key in PEM text.
pub(super) fn private_key(pem: &str) -> Result<PrivateKeyDer<'static>, TlsSettingsError> {
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
        let reason = if pem.contains("ENCRYPTED") {
            "it is encrypted"
        } else {
            "none in PEM form (PKCS#8, PKCS#1 or SEC1)"
        };
        TlsSettingsError::Key(reason.to_owned())
    })
}

/// A verifier that skips the host name, or the whole certificate. The handshake's signature is
/// checked by both, as rustls checks it.
#[derive(Debug)]
struct Lenient {
    checks: Checks,
    provider: Arc<CryptoProvider>,
}

/// What is checked of a broker's certificate.
#[derive(Debug)]
enum Checks {
    /// The chain, and not the host name.
    Chain(Arc<WebPkiServerVerifier>),
    /// Nothing.
    Nothing,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        let Checks::Chain(chain) = &self.checks else {
            return Ok(ServerCertVerified::assertion());
        };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // rustls checks the name last: the chain is good.
            Err(rustls::Error::InvalidCertificate(
                NotValidForName | NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
