//! The client side of SCRAM (RFC 5802, RFC 7677), as pure text in and text out.
//!
//! Kafka and librdkafka do not apply SASLprep (`ScramFormatter.normalize` is plain UTF-8), so
//! neither does this: what the user typed is what is hashed.

use std::num::NonZeroU32;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::{digest, hmac, pbkdf2};
use thiserror::Error;

/// Fewer rounds than RFC 7677 allows would let a false broker guess the password cheaply; Java's
/// client refuses them too (`ScramMechanism`).
const MIN_ITERATIONS: u32 = 4096;
/// More would let a hostile broker keep us hashing for minutes. Kafka itself stops at 16,384.
const MAX_ITERATIONS: u32 = 1_000_000;

/// Which hash a SCRAM mechanism is built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SCRAM-SHA-256.
    Sha256,
    /// SCRAM-SHA-512.
    Sha512,
}

/// What a server may do wrong, and the one thing a user may.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScramError {
    /// The server says no (`e=`): for Kafka, wrong credentials.
    #[error("the broker refused: {0}")]
    Refused(String),
    /// A message is not what RFC 5802 asks for.
    #[error("the broker's message has no valid {0}")]
    Malformed(&'static str),
    /// The server's nonce does not continue ours: an answer to somebody else.
    #[error("the broker's nonce does not continue ours")]
    Nonce,
    /// The number of hash rounds is out of bounds.
    #[error("the broker asks for {0} iterations (allowed: {MIN_ITERATIONS} to {MAX_ITERATIONS})")]
    Iterations(u32),
    /// The server could not prove that it knows the password.
    #[error("the broker could not prove that it knows the password")]
    ServerSignature,
}

/// One exchange: `client_first`, then `client_final` on the server's first answer, then `verify`
/// on its second.
pub struct Client {
    hash: Hash,
    password: String,
    nonce: String,
    /// `n=user,r=nonce`.
    first_bare: String,
    /// How the server has to sign, and what: known after `client_final`.
    expected: Option<(hmac::Key, String)>,
}

impl Client {
    /// `nonce` is fresh printable text without commas.
    #[must_use]
    pub fn new(hash: Hash, user: &str, password: &str, nonce: String) -> Self {
        let user = user.replace('=', "=3D").replace(',', "=2C");
        Self {
            hash,
            password: password.to_owned(),
            first_bare: format!("n={user},r={nonce}"),
            nonce,
            expected: None,
        }
    }

    /// The first message; without channel binding, like every Kafka client.
    #[must_use]
    pub fn client_first(&self) -> String {
        format!("n,,{}", self.first_bare)
    }

    /// The proof that we know the password.
    ///
    /// # Errors
    /// When `server_first` is not an acceptable answer to [`Client::client_first`].
    pub fn client_final(&mut self, server_first: &str) -> Result<String, ScramError> {
        let mut fields = server_first.split(',');
        let nonce = field(fields.next(), "r=", "nonce")?;
        let salt = field(fields.next(), "s=", "salt")?;
        let iterations = field(fields.next(), "i=", "iteration count")?;
        if nonce.len() <= self.nonce.len() || !nonce.starts_with(&self.nonce) {
            return Err(ScramError::Nonce);
        }
        let salt = BASE64
            .decode(salt)
            .map_err(|_| ScramError::Malformed("salt"))?;
        let iterations: u32 = iterations
            .parse()
            .map_err(|_| ScramError::Malformed("iteration count"))?;
        if !(MIN_ITERATIONS..=MAX_ITERATIONS).contains(&iterations) {
            return Err(ScramError::Iterations(iterations));
        }
        let iterations =
            NonZeroU32::new(iterations).ok_or(ScramError::Malformed("iteration count"))?;

        // `biws` is base64 of `n,,`, the header of the first message.
        let without_proof = format!("c=biws,r={nonce}");
        let signed = format!("{},{server_first},{without_proof}", self.first_bare);
        let salted = self.salted_password(&salt, iterations);
        let client_key = self.sign(&salted, b"Client Key");
        let stored_key = digest::digest(self.hash.digest(), client_key.as_ref());
        let signature = self.sign(stored_key.as_ref(), signed.as_bytes());
        let proof: Vec<u8> = std::iter::zip(client_key.as_ref(), signature.as_ref())
            .map(|(key, signature)| key ^ signature)
            .collect();
        let server_key = self.sign(&salted, b"Server Key");
        let server_key = hmac::Key::new(self.hash.hmac(), server_key.as_ref());
        self.expected = Some((server_key, signed));
        Ok(format!("{without_proof},p={}", BASE64.encode(proof)))
    }

    /// Checks that the server knows the password too.
    ///
    /// # Errors
    /// When it refuses, or cannot prove it.
    pub fn verify(&self, server_final: &str) -> Result<(), ScramError> {
        if let Some(error) = server_final.strip_prefix("e=") {
            return Err(ScramError::Refused(error.to_owned()));
        }
        let signature = field(server_final.split(',').next(), "v=", "signature")?;
        let signature = BASE64
            .decode(signature)
            .map_err(|_| ScramError::Malformed("signature"))?;
        let (key, signed) = self.expected.as_ref().ok_or(ScramError::ServerSignature)?;
        // ring compares in constant time.
        hmac::verify(key, signed.as_bytes(), &signature).map_err(|_| ScramError::ServerSignature)
    }

    fn salted_password(&self, salt: &[u8], iterations: NonZeroU32) -> Vec<u8> {
        let mut salted = vec![0; self.hash.digest().output_len()];
        let password = self.password.as_bytes();
        pbkdf2::derive(self.hash.pbkdf2(), iterations, salt, password, &mut salted);
        salted
    }

    fn sign(&self, key: &[u8], message: &[u8]) -> hmac::Tag {
        hmac::sign(&hmac::Key::new(self.hash.hmac(), key), message)
    }
}

impl Hash {
    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }

    fn pbkdf2(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }
}

fn field<'a>(
    field: Option<&'a str>,
    prefix: &str,
    name: &'static str,
) -> Result<&'a str, ScramError> {
    if let Some(error) = field.and_then(|field| field.strip_prefix("e=")) {
        return Err(ScramError::Refused(error.to_owned()));
    }
    field
        .and_then(|field| field.strip_prefix(prefix))
        .ok_or(ScramError::Malformed(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                         s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    fn client() -> Client {
        let nonce = "rOprNGfwEbeRWgbNEkqO".to_owned();
        Client::new(Hash::Sha256, "user", "pencil", nonce)
    }

    #[test]
    fn the_exchange_of_rfc_7677_is_reproduced() {
        let mut client = client();
        assert_eq!(client.client_first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        assert_eq!(
            client.client_final(FIRST).unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        client
            .verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
            .unwrap();
        assert_eq!(
            client.verify("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
            Err(ScramError::ServerSignature)
        );
        assert_eq!(
            client.verify("e=invalid-proof"),
            Err(ScramError::Refused("invalid-proof".to_owned()))
        );
    }

    #[test]
    fn sha_512_proofs_have_64_bytes() {
        let mut client = Client::new(Hash::Sha512, "u", "p", "abc".to_owned());
        let message = client.client_final("r=abcdef,s=AAAA,i=4096").unwrap();
        let proof = message.rsplit_once("p=").unwrap().1;
        assert_eq!(BASE64.decode(proof).unwrap().len(), 64);
    }

    #[test]
    fn names_with_commas_and_equals_signs_are_escaped() {
        let client = Client::new(Hash::Sha256, "a=b,c", "", "n".to_owned());
        assert_eq!(client.client_first(), "n,,n=a=3Db=2Cc,r=n");
    }

    #[test]
    fn hostile_first_answers_are_refused() {
        let ours = "rOprNGfwEbeRWgbNEkqO";
        for (answer, error) in [
            (String::new(), ScramError::Malformed("nonce")),
            (format!("r={ours},s=AA==,i=4096"), ScramError::Nonce),
            ("r=another,s=AA==,i=4096".to_owned(), ScramError::Nonce),
            (
                format!("r={ours}x,s=?,i=4096"),
                ScramError::Malformed("salt"),
            ),
            (format!("r={ours}x,s=AA==,i=1"), ScramError::Iterations(1)),
            (
                format!("r={ours}x,s=AA==,i=4000000000"),
                ScramError::Iterations(4_000_000_000),
            ),
            (
                format!("r={ours}x,s=AA==,i=-1"),
                ScramError::Malformed("iteration count"),
            ),
            (
                "e=other-error".to_owned(),
                ScramError::Refused("other-error".to_owned()),
            ),
        ] {
            assert_eq!(client().client_final(&answer), Err(error), "{answer}");
        }
        assert_eq!(client().verify("v=AA=="), Err(ScramError::ServerSignature));
    }
}
