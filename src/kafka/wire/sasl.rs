//! The SASL exchange as a small state machine that knows no socket: bytes in, bytes out.
//!
//! `connection.rs` carries the bytes in SaslHandshake and SaslAuthenticate requests (KIP-43,
//! KIP-152).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::{
    cause::Cause,
    scram::{Client, Hash, ScramError},
};
use crate::kafka::{Sasl, SaslMechanism};

/// The name of a mechanism as brokers and `sasl.mechanism` write it.
#[must_use]
pub fn mechanism_name(mechanism: SaslMechanism) -> &'static str {
    match mechanism {
        SaslMechanism::Plain => "PLAIN",
        SaslMechanism::ScramSha256 => "SCRAM-SHA-256",
        SaslMechanism::ScramSha512 => "SCRAM-SHA-512",
    }
}

/// One authentication of one connection.
pub struct Exchange {
    mechanism: &'static str,
    user: String,
    state: State,
}

/// What we wait for. A mechanism with tokens (OAUTHBEARER) gets its arm here.
enum State {
    /// RFC 4616: one message, and an empty answer.
    Plain { password: String },
    /// The server's first message.
    ScramFirst(Client),
    /// The server's proof.
    ScramFinal(Client),
    /// The server has accepted us, and has proved itself if the mechanism lets it.
    Done,
}

impl Exchange {
    /// Prepares an exchange, with a fresh nonce where the mechanism has one.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(sasl: &Sasl) -> Result<Self, Cause> {
        let mechanism = mechanism_name(sasl.mechanism);
        let scram = |hash| {
            let nonce = nonce().ok_or_else(|| Cause::Sasl {
                mechanism,
                detail: "the system has no random numbers".to_owned(),
            })?;
            let client = Client::new(hash, &sasl.username, &sasl.password, nonce);
            Ok::<_, Cause>(State::ScramFirst(client))
        };
        let state = match sasl.mechanism {
            SaslMechanism::Plain => State::Plain {
                password: sasl.password.clone(),
            },
            SaslMechanism::ScramSha256 => scram(Hash::Sha256)?,
            SaslMechanism::ScramSha512 => scram(Hash::Sha512)?,
        };
        Ok(Self {
            mechanism,
            user: sasl.username.clone(),
            state,
        })
    }

    /// The mechanism's name, for the SaslHandshake request.
    #[must_use]
    pub fn mechanism(&self) -> &'static str {
        self.mechanism
    }

    /// The first message to the broker.
    #[must_use]
    pub fn start(&self) -> Vec<u8> {
        match &self.state {
            State::Plain { password } => format!("\0{}\0{password}", self.user).into_bytes(),
            State::ScramFirst(client) | State::ScramFinal(client) => {
                client.client_first().into_bytes()
            }
            State::Done => Vec::new(),
        }
    }

    /// Takes the broker's answer: the next message to send, or `None` when authentication is done.
    ///
    /// # Errors
    /// When the broker refuses, breaks the rules, or cannot prove that it knows the password.
    pub fn respond(&mut self, server: &[u8]) -> Result<Option<Vec<u8>>, Cause> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Plain { .. } | State::Done => Ok(None),
            State::ScramFirst(mut client) => {
                let message = client
                    .client_final(&String::from_utf8_lossy(server))
                    .map_err(|error| self.cause(error))?;
                self.state = State::ScramFinal(client);
                Ok(Some(message.into_bytes()))
            }
            State::ScramFinal(client) => client
                .verify(&String::from_utf8_lossy(server))
                .map(|()| None)
                .map_err(|error| self.cause(error)),
        }
    }

    /// The cause when the broker answers SaslAuthenticate with SASL_AUTHENTICATION_FAILED and
    /// perhaps a message.
    #[must_use]
    pub fn refused(&self, message: Option<&str>) -> Cause {
        Cause::WrongPassword {
            mechanism: self.mechanism,
            user: self.user.clone(),
            message: message.unwrap_or("authentication failed").to_owned(),
        }
    }

    fn cause(&self, error: ScramError) -> Cause {
        match error {
            ScramError::Refused(message) => self.refused(Some(&message)),
            error => Cause::Sasl {
                mechanism: self.mechanism,
                detail: error.to_string(),
            },
        }
    }
}

/// 24 random bytes as base64, which has no comma.
fn nonce() -> Option<String> {
    let mut bytes = [0; 24];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(BASE64.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(mechanism: SaslMechanism) -> Exchange {
        Exchange::new(&Sasl {
            mechanism,
            username: "jane".to_owned(),
            password: "s=cret".to_owned(),
        })
        .unwrap()
    }

    #[test]
    fn plain_is_one_message() {
        let mut exchange = exchange(SaslMechanism::Plain);
        assert_eq!(exchange.mechanism(), "PLAIN");
        assert_eq!(exchange.start(), b"\0jane\0s=cret");
        assert!(exchange.respond(b"").unwrap().is_none());
        let refused = exchange.refused(None).to_string();
        assert_eq!(
            refused,
            "wrong user name or password for \"jane\" (PLAIN): authentication failed"
        );
    }

    #[test]
    fn scram_goes_two_rounds_and_does_not_trust_a_server_without_proof() {
        let mut exchange = exchange(SaslMechanism::ScramSha512);
        let first = String::from_utf8(exchange.start()).unwrap();
        let nonce = first.strip_prefix("n,,n=jane,r=").unwrap();
        assert!(nonce.len() >= 24);
        let answer = format!("r={nonce}more,s=c2FsdA==,i=4096");
        let last = exchange.respond(answer.as_bytes()).unwrap().unwrap();
        assert!(last.starts_with(format!("c=biws,r={nonce}more,p=").as_bytes()));
        let Err(Cause::Sasl { detail, .. }) = exchange.respond(b"v=AAAA") else {
            panic!("a false proof was taken");
        };
        assert_eq!(
            detail,
            "the broker could not prove that it knows the password"
        );
    }

    #[test]
    fn a_refusal_inside_scram_is_a_wrong_password() {
        let mut exchange = exchange(SaslMechanism::ScramSha256);
        let error = exchange.respond(b"e=unknown-user").unwrap_err();
        assert!(matches!(error, Cause::WrongPassword { .. }));
    }

    #[test]
    fn nonces_differ() {
        let first = exchange(SaslMechanism::ScramSha256).start();
        assert_ne!(first, exchange(SaslMechanism::ScramSha256).start());
    }
}
