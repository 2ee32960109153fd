//! Against scripted peers: the hostile, the old and the slow.

use std::{
    net::TcpListener,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use kafka_protocol::messages::{MetadataRequest, MetadataResponse};

use super::*;
use crate::kafka::SaslMechanism;

const METADATA: u8 = ApiKey::Metadata as u8;
/// Version 3: no error, Metadata from 0 to 12, not throttled.
const GREETING: &[u8] = &[0, 0, 2, 0, METADATA, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0];

/// A peer that takes one connection and does as `script` says; dropped it is waited for.
struct Peer {
    address: String,
    thread: Option<JoinHandle<()>>,
}

impl Peer {
    fn new(script: impl FnOnce(&mut Client) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let thread = thread::spawn(move || {
            let (tcp, _) = listener.accept().unwrap();
            script(&mut Client(tcp));
        });
        Self {
            address,
            thread: Some(thread),
        }
    }

    fn open(&self, settings: &Settings) -> Result<Connection, Cause> {
        Connection::open(&self.address, settings, None).map_err(|error| error.cause)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let script = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            script.unwrap().unwrap();
        }
    }
}

/// Whoever connected to a peer.
struct Client(TcpStream);

impl Client {
    /// The next request: its call, version and correlation id.
    fn asks(&mut self) -> (i16, i16, [u8; 4]) {
        let mut length = [0; 4];
        self.0.read_exact(&mut length).unwrap();
        let mut frame = vec![0; u32::from_be_bytes(length) as usize];
        self.0.read_exact(&mut frame).unwrap();
        let short = |at: usize| i16::from_be_bytes([frame[at], frame[at + 1]]);
        (short(0), short(2), frame[4..8].try_into().unwrap())
    }

    fn is_told(&mut self, bytes: &[u8]) {
        // It may have heard enough already.
        let _ = self.0.write_all(bytes);
    }

    /// Answers a request with `body`.
    fn is_answered(&mut self, correlation: [u8; 4], body: &[u8]) {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        self.is_told(&[&length, &correlation, body].concat());
    }

    fn is_greeted(&mut self) {
        let (call, version, correlation) = self.asks();
        assert_eq!((call, version), (ApiKey::ApiVersions as i16, 3));
        self.is_answered(correlation, GREETING);
    }

    fn leaves(&mut self) {
        let _ = self.0.read(&mut [0; 64]);
    }
}

fn settings() -> Settings {
    Settings::from_properties(&["unused:1".to_owned()], &[].into()).unwrap()
}

/// The cause that a peer's answer to the greeting leads to.
fn greeted_with(answer: &'static [u8]) -> Cause {
    let peer = Peer::new(move |client| {
        client.asks();
        client.is_told(answer);
        client.leaves();
    });
    peer.open(&settings()).unwrap_err()
}

#[test]
fn a_stranger_is_not_believed() {
    let hostile: [&[u8]; 7] = [
        b"SSH-2.0-OpenSSH\r\n",
        &[0xff; 8],
        &[0; 8],
        &[0, 0, 0, 3, 0, 0, 0],
        // One byte more than a greeting may have.
        &[0, 0x10, 0, 1, 0, 0, 0, 0],
        // An answer to another request.
        &[0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        // Four thousand million entries, which are not there.
        b"\0\0\0\x0e\r\n\r\n\0\0\xff\xff\xff\xff\x0f\0\0\0",
    ];
    for answer in hostile {
        let cause = greeted_with(answer);
        assert!(
            matches!(cause, Cause::NotKafka { .. }),
            "{cause}: {answer:?}"
        );
    }
    let tls = greeted_with(&[0x15, 3, 3, 0, 2, 2, 0x28]);
    assert!(matches!(tls, Cause::TlsExpected), "{tls}");
}

#[test]
fn a_server_that_reads_lines_is_not_waited_for() {
    let peer = Peer::new(|client| {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            let mut byte = [0];
            client.0.read_exact(&mut byte).unwrap();
            line.push(byte[0]);
        }
        client.is_told(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        client.leaves();
    });
    assert_eq!(
        peer.open(&settings()).unwrap_err().to_string(),
        "the port does not speak Kafka: it answers in HTTP"
    );
}

#[test]
fn an_older_broker_is_asked_again_in_its_own_version() {
    let peer = Peer::new(|client| {
        let (_, version, correlation) = client.asks();
        assert_eq!(version, 3);
        client.is_answered(correlation, &[0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 2]);
        let (call, version, correlation) = client.asks();
        assert_eq!((call, version), (ApiKey::ApiVersions as i16, 0));
        client.is_answered(correlation, &[0, 0, 0, 0, 0, 1, 0, METADATA, 0, 0, 0, 1]);
        let (call, version, correlation) = client.asks();
        assert_eq!((call, version), (ApiKey::Metadata as i16, 1));
        // No brokers, controller -1, no topics.
        let nothing = [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        client.is_answered(correlation, &nothing);
    });
    let mut connection = peer.open(&settings()).unwrap();
    let answer: MetadataResponse = connection.call(&MetadataRequest::default()).unwrap();
    assert_eq!(answer.controller_id.0, -1);
}

#[test]
fn a_call_that_the_broker_does_not_have_is_named_before_it_is_sent() {
    let peer = Peer::new(Client::is_greeted);
    let mut connection = peer.open(&settings()).unwrap();
    let cause = connection
        .call(&SaslHandshakeRequest::default())
        .unwrap_err();
    assert_eq!(
        cause.cause.to_string(),
        "the broker is too old: SaslHandshake version 0 is needed, it does not have the call"
    );
}

#[test]
fn a_mechanism_that_is_not_offered_is_named_with_those_that_are() {
    let peer = Peer::new(|client| {
        let (_, _, correlation) = client.asks();
        let handshake = [0, 17, 0, 0, 0, 1, 0];
        let greeting = [&[0, 0, 2], &handshake[..], &[0; 5]].concat();
        client.is_answered(correlation, &greeting);
        let (call, _, correlation) = client.asks();
        assert_eq!(call, ApiKey::SaslHandshake as i16);
        client.is_answered(
            correlation,
            b"\0\x21\0\0\0\x02\0\x06GSSAPI\0\x0bOAUTHBEARER",
        );
    });
    let sasl = Sasl {
        mechanism: SaslMechanism::Plain,
        username: "jane".to_owned(),
        password: "secret".to_owned(),
    };
    let settings = Settings {
        sasl: Some(sasl),
        ..settings()
    };
    assert_eq!(
        peer.open(&settings).unwrap_err().to_string(),
        "the broker does not offer PLAIN, but GSSAPI, OAUTHBEARER"
    );
}

#[test]
fn an_answer_has_bounds_after_the_greeting_too() {
    let answered = |bytes: &'static [u8]| {
        let peer = Peer::new(move |client| {
            client.is_greeted();
            client.asks();
            client.is_told(bytes);
            client.leaves();
        });
        let small = [("receive.message.max.bytes".to_owned(), "1000".to_owned())];
        let small = Settings::from_properties(&["unused:1".to_owned()], &small.into()).unwrap();
        let mut connection = peer.open(&small).unwrap();
        let error = connection.call(&MetadataRequest::default()).unwrap_err();
        error.cause.to_string()
    };
    assert_eq!(
        answered(&[0, 0, 3, 0xe9]),
        "malformed answer: Metadata: an answer of 1001 bytes, where 1000 are the most"
    );
    assert!(answered(&[0, 0, 0, 3]).contains("an answer of 3 bytes"));
    assert_eq!(
        answered(&[0, 0, 0, 4, 0, 0, 0, 1]),
        "malformed answer: Metadata: an answer to another request"
    );
    // "\r\n\r\x0b", the number after that of the greeting, and nothing that it should announce.
    assert!(answered(b"\0\0\0\x04\r\n\r\x0b").starts_with("malformed answer: Metadata: "));
}

#[test]
fn a_silent_peer_and_one_that_trickles_are_given_the_same_time() {
    let settings = Settings {
        connect_timeout: Duration::from_millis(200),
        ..settings()
    };
    let silent = Peer::new(|client| {
        client.asks();
        client.leaves();
    });
    let (done, ended) = mpsc::channel::<()>();
    let trickling = Peer::new(move |client| {
        client.asks();
        client.is_told(&[0, 0, 1, 0]);
        let between = Duration::from_millis(20);
        while ended.recv_timeout(between) == Err(mpsc::RecvTimeoutError::Timeout) {
            client.is_told(&[0]);
        }
    });
    for peer in [&silent, &trickling] {
        let started = Instant::now();
        let cause = peer.open(&settings).unwrap_err();
        let took = started.elapsed();
        assert_eq!(cause.to_string(), "ApiVersions timed out after 0.2 s");
        assert!(took < Duration::from_millis(400), "{took:?}");
    }
    drop(done);
}

#[test]
fn a_peer_that_closes_at_once_is_said_to_do_so() {
    let peer = Peer::new(|client| {
        client.asks();
    });
    let cause = peer.open(&settings()).unwrap_err();
    assert!(matches!(cause, Cause::Closed), "{cause}");
}
