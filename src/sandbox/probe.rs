//! Does a Kafka answer, and can it work? Two requests written by hand, so that the sandbox needs
//! nothing of `kafka/`.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(2);
const API_VERSIONS: i16 = 18;
const METADATA: i16 = 3;

/// Whether one of `brokers` (`host:port`, comma-separated) answers and can do work.
///
/// Answering `ApiVersions` is not enough: in KRaft the listener may be open before the controller
/// has let the broker in. Until then it is missing from its own metadata.
#[must_use]
pub fn answers(brokers: &str) -> bool {
    brokers
        .split(',')
        .filter_map(|broker| broker.trim().to_socket_addrs().ok())
        .flatten()
        .any(|address| works(address).unwrap_or(false))
}

/// The id of the cluster that answers at `address` (`host:port`) and can do work.
pub(super) fn cluster_id(address: &str) -> Option<String> {
    let mut addresses = address.to_socket_addrs().ok()?;
    addresses.find_map(|address| id_in_metadata(&metadata(address, 2).ok()?))
}

fn works(address: SocketAddr) -> io::Result<bool> {
    // The answer begins with the number of live brokers.
    let answer = metadata(address, 1)?;
    Ok(answer
        .first_chunk()
        .is_some_and(|brokers| i32::from_be_bytes(*brokers) > 0))
}

/// The cluster id in an answer to Metadata 2: `None` when no broker is alive.
fn id_in_metadata(answer: &[u8]) -> Option<String> {
    let (count, mut rest) = answer.split_first_chunk()?;
    let brokers = i32::from_be_bytes(*count);
    for _ in 0..brokers {
        rest = rest.get(4..)?; // node id
        (_, rest) = text(rest)?; // host
        rest = rest.get(4..)?; // port
        (_, rest) = text(rest)?; // rack
    }
    let (id, _) = text(rest)?;
    (brokers > 0).then_some(id?)
}

/// A nullable string, and what follows it.
fn text(bytes: &[u8]) -> Option<(Option<String>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let Ok(length) = usize::try_from(i16::from_be_bytes(*length)) else {
        return Some((None, rest));
    };
    let (text, rest) = rest.split_at_checked(length)?;
    Some((Some(String::from_utf8(text.to_vec()).ok()?), rest))
}

/// The answer to Metadata of this version for no topics.
fn metadata(address: SocketAddr, version: i16) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    ask(&mut stream, API_VERSIONS, 0, &[])?;
    ask(&mut stream, METADATA, version, &0_i32.to_be_bytes())
}

/// The body of the answer, without the correlation id.
fn ask(stream: &mut TcpStream, api: i16, version: i16, body: &[u8]) -> io::Result<Vec<u8>> {
    const CORRELATION: [u8; 4] = 1_i32.to_be_bytes();
    const NO_CLIENT_ID: [u8; 2] = (-1_i16).to_be_bytes();
    let mut request = Vec::new();
    request.extend(api.to_be_bytes());
    request.extend(version.to_be_bytes());
    request.extend(CORRELATION);
    request.extend(NO_CLIENT_ID);
    request.extend(body);
    let length = u32::try_from(request.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), request.as_slice()].concat())?;

    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    // Whatever else listens there may send anything: an HTTP server's greeting is 1.2 GB long.
    if !(4..1 << 20).contains(&length) {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let mut correlation = [0; 4];
    stream.read_exact(&mut correlation)?;
    if correlation != CORRELATION {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let mut body = Vec::new();
    stream.take(u64::from(length) - 4).read_to_end(&mut body)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    /// A listener that says `greeting` to whoever comes, and then only listens.
    fn listener(greeting: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.write_all(greeting);
                let _ = io::copy(&mut stream, &mut io::sink());
            }
        });
        address
    }

    #[test]
    fn what_is_not_a_kafka_does_not_answer() {
        assert!(!answers(&listener(b"HTTP/1.1 400 Bad Request\r\n\r\n")));
        assert!(!answers("127.0.0.1:1"));
        assert!(!answers(""));
        assert!(!answers("no port"));
    }

    #[test]
    fn a_broker_that_knows_no_live_broker_cannot_work_yet() {
        let api_versions = b"\0\0\0\x06\0\0\0\x01\0\0";
        let nobody = b"\0\0\0\x08\0\0\0\x01\0\0\0\0";
        let somebody = b"\0\0\0\x08\0\0\0\x01\0\0\0\x01";
        let greet = |metadata: &[u8]| listener([api_versions, metadata].concat().leak());
        assert!(!answers(&greet(nobody)));
        assert!(answers(&greet(somebody)));
        assert!(answers(&format!("127.0.0.1:1, {}", greet(somebody))));
    }

    #[test]
    fn the_cluster_id_is_read_behind_the_brokers() {
        let broker = b"\0\0\0\x01\0\x01h\0\0\x23\x84\xff\xff";
        let rack = b"\0\0\0\x02\0\x01h\0\0\x23\x84\0\x01r";
        let two = [&[0, 0, 0, 2], &broker[..], rack, b"\0\x03abc"].concat();
        assert_eq!(id_in_metadata(&two).as_deref(), Some("abc"));
        let without_id = [&[0, 0, 0, 1], &broker[..], b"\xff\xff"].concat();
        assert_eq!(id_in_metadata(&without_id), None);
        assert_eq!(id_in_metadata(b"\0\0\0\0\0\x03abc"), None);
        assert_eq!(id_in_metadata(&two[..two.len() - 1]), None);
    }
}
