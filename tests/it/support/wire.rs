//! The protocol, spoken by hand: one connection, one request, one answer.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
};

use bytes::{Bytes, BytesMut};
use kafka_protocol::{
    messages::{ApiKey, RequestHeader, ResponseHeader, TopicName},
    protocol::{Decodable, Encodable, HeaderVersion, StrBytes},
};

use super::DEADLINE;

/// A connection to a broker's listener without locks.
pub struct Wire {
    stream: TcpStream,
    client_id: Option<StrBytes>,
}

impl Wire {
    /// Connects; `client_id` is what the broker shows of us.
    pub fn to(broker: &str, client_id: Option<&str>) -> Self {
        let stream = TcpStream::connect(broker).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Self {
            stream,
            client_id: client_id.map(text),
        }
    }

    /// Sends `request` in `version` and waits for the answer.
    pub fn ask<Q, A>(&mut self, key: ApiKey, version: i16, request: &Q) -> A
    where
        Q: Encodable + HeaderVersion,
        A: Decodable + HeaderVersion,
    {
        let mut body = BytesMut::new();
        request.encode(&mut body, version).unwrap();
        let headers = (Q::header_version(version), A::header_version(version));
        let mut answer = self.exchange(key as i16, version, headers, &body);
        A::decode(&mut answer, version).unwrap()
    }

    /// Sends the `body` of a request and waits for that of its answer: for calls that kafka-protocol
    /// does not know. `headers` are the versions of both headers.
    pub fn exchange(&mut self, key: i16, version: i16, headers: (i16, i16), body: &[u8]) -> Bytes {
        let header = RequestHeader::default()
            .with_request_api_key(key)
            .with_request_api_version(version)
            .with_client_id(self.client_id.clone());
        let mut request = BytesMut::new();
        header.encode(&mut request, headers.0).unwrap();
        request.extend_from_slice(body);
        write_frame(&mut self.stream, &request).unwrap();
        let mut answer = Bytes::from(read_frame(&mut self.stream).unwrap());
        ResponseHeader::decode(&mut answer, headers.1).unwrap();
        answer
    }
}

/// Reads a request or an answer, without its length.
pub fn read_frame(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut frame = vec![0; u32::from_be_bytes(length) as usize];
    from.read_exact(&mut frame)?;
    Ok(frame)
}

/// Writes a request or an answer, its length first.
pub fn write_frame(to: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).unwrap().to_be_bytes();
    to.write_all(&[&length, frame].concat())
}

/// Sends `request` in `version` over a connection of its own and waits for the answer.
pub fn ask<Q, A>(broker: &str, key: ApiKey, version: i16, request: &Q) -> A
where
    Q: Encodable + HeaderVersion,
    A: Decodable + HeaderVersion,
{
    Wire::to(broker, None).ask(key, version, request)
}

/// A string of the protocol.
pub fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

/// A topic's name in the protocol.
pub fn topic_name(name: &str) -> TopicName {
    TopicName(text(name))
}
