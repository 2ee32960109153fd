//! The protocol, spoken by hand: one connection, one request, one answer.

use std::{
    io::{Read, Write},
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
        let header = RequestHeader::default()
            .with_request_api_key(key as i16)
            .with_request_api_version(version)
            .with_client_id(self.client_id.clone());
        let mut body = BytesMut::new();
        header
            .encode(&mut body, Q::header_version(version))
            .unwrap();
        request.encode(&mut body, version).unwrap();

        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        self.stream
            .write_all(&[&length, body.as_ref()].concat())
            .unwrap();

        let mut length = [0; 4];
        self.stream.read_exact(&mut length).unwrap();
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut answer).unwrap();
        let mut answer = Bytes::from(answer);
        ResponseHeader::decode(&mut answer, A::header_version(version)).unwrap();
        A::decode(&mut answer, version).unwrap()
    }
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
