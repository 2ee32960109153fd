//! One connection to one broker: frames, deadlines, version negotiation, requests and answers.
//!
//! Blocking sockets. Requests may be pipelined: [`Connection::send`] returns at once and the
//! answers are received in the order of the requests, as Kafka guarantees.

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use kafka_protocol::{
    messages::{
        ApiKey, ApiVersionsRequest, FetchRequest, RequestHeader, ResponseHeader,
        SaslAuthenticateRequest, SaslHandshakeRequest,
    },
    protocol::{HeaderVersion, StrBytes, encode_request_header_into_buffer},
};

use super::{
    ask::{Ask, api_name},
    cause::{Cause, WireError},
    frame,
    sasl::Exchange,
    socket::{Deadline, Socket, host_of},
    tls::{Stream, TlsConfig, looks_like_tls},
    versions::{FETCH_BY_ID, Versions},
};
use crate::{
    kafka::{Sasl, Settings},
    pipeline::Trace,
};

/// A frame that a peer may send before it has shown that it is a Kafka.
const GREETING_LIMIT: usize = 1 << 20;
/// The largest answer that is read at all, unless `receive.message.max.bytes` says otherwise; one
/// batch may be as large as librdkafka's default for that, 100 MB.
const FRAME_LIMIT: usize = 128 << 20;
/// The number of the first request, which comes back in its answer. Two line ends to a server that
/// reads lines (HTTP, SMTP, Redis): it answers at once, where it would wait for the rest of a line.
const FIRST_CORRELATION: i32 = i32::from_be_bytes(*b"\r\n\r\n");
/// How much may be on its way to a peer that is not listened to.
const PIPELINED_BYTES: usize = 32 << 10;
const UNSUPPORTED_VERSION: i16 = 35;
const ILLEGAL_SASL_STATE: i16 = 34;
const UNSUPPORTED_SASL_MECHANISM: i16 = 33;
const SASL_AUTHENTICATION_FAILED: i16 = 58;

/// A connection that has greeted the broker and proved who we are.
pub struct Connection {
    broker: Arc<str>,
    stream: Stream,
    versions: Versions,
    client_id: StrBytes,
    next_correlation: i32,
    request_timeout: Duration,
    frame_limit: usize,
    trace: Trace,
    out: BytesMut,
}

/// A request on its way, whose answer is still to be received.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Pending {
    correlation: i32,
    /// Bytes of the request.
    size: usize,
    version: i16,
    api: ApiKey,
}

/// Ends a connection from another thread: a blocked read returns at once.
#[derive(Debug)]
pub struct Closer(TcpStream);

impl Closer {
    /// Closes both directions.
    pub fn close(&self) {
        // It may be closed already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Connection")
            .field("broker", &self.broker)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects to `address` (`host:port`) and greets within `settings.connect_timeout`, and
    /// authenticates within the same time again.
    ///
    /// # Errors
    /// The named cause of whatever stood in the way.
    pub fn open(
        address: &str,
        settings: &Settings,
        tls: Option<&TlsConfig>,
    ) -> Result<Self, WireError> {
        let open = || {
            let mut connection = Self::greeted(address, settings, tls)?;
            if let Some(sasl) = &settings.sasl {
                connection.authenticate(sasl, Deadline::within(settings.connect_timeout))?;
            }
            Ok(connection)
        };
        open().map_err(|cause| WireError {
            broker: address.to_owned(),
            cause,
        })
    }

    /// Whether the broker at `address` wants SASL first. Such a one takes the greeting, and closes
    /// at any other request of somebody unknown.
    #[must_use]
    pub fn expects_sasl(address: &str, settings: &Settings, tls: Option<&TlsConfig>) -> bool {
        let deadline = Deadline::within(settings.connect_timeout);
        // No broker has a mechanism without a name, so this asks and does not begin anything.
        let question = SaslHandshakeRequest::default();
        Self::greeted(address, settings, tls)
            .and_then(|mut connection| connection.ask(&question, deadline))
            .is_ok_and(|answer| answer.error_code != ILLEGAL_SASL_STATE)
    }

    /// A connection that knows who it talks to, and has not said who we are.
    fn greeted(address: &str, settings: &Settings, tls: Option<&TlsConfig>) -> Result<Self, Cause> {
        let deadline = Deadline::within(settings.connect_timeout);
        let dial = || Socket::dial(address, settings.address_family, deadline);
        let greet = |stream| {
            let mut connection = Self::over(stream, address, settings);
            connection.greet(deadline).map(|()| connection)
        };
        let met = match tls {
            None => greet(Stream::Plain(dial()?)),
            Some(tls) => tls.connect(dial()?, host_of(address)).and_then(greet),
        };
        // Who closes does not say why; what the port does speak is told by a second connection.
        met.map_err(|cause| match (cause, tls) {
            (Cause::Closed, None) if dial().is_ok_and(answers_tls) => Cause::TlsExpected,
            (Cause::Closed, Some(_)) if dial().map(Stream::Plain).and_then(greet).is_ok() => {
                Cause::TlsNotSpoken
            }
            (cause, _) => cause,
        })
    }

    fn over(stream: Stream, address: &str, settings: &Settings) -> Self {
        let frame_limit = settings.fetch.frame_max_bytes;
        Self {
            broker: Arc::from(address),
            stream,
            versions: Versions::default(),
            client_id: StrBytes::from_string(settings.client_id.clone()),
            next_correlation: FIRST_CORRELATION,
            request_timeout: settings.request_timeout,
            trace: settings.trace.clone(),
            frame_limit: frame_limit
                .and_then(|bytes| usize::try_from(bytes).ok())
                .unwrap_or(FRAME_LIMIT),
            out: BytesMut::new(),
        }
    }

    /// Whether members of groups may speak the new protocol (`group.protocol=consumer`).
    ///
    /// # Errors
    /// The broker is too old for that.
    pub fn has_new_groups(&self) -> Result<(), WireError> {
        self.versions
            .has_new_groups()
            .map_err(|cause| self.fail(cause))
    }

    /// How long one request may go unanswered.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        self.request_timeout
    }

    /// The address this connection was opened to.
    #[must_use]
    pub fn broker(&self) -> &Arc<str> {
        &self.broker
    }

    /// A handle that ends this connection from another thread.
    ///
    /// # Errors
    /// The operating system has no more file descriptors.
    pub fn closer(&self) -> io::Result<Closer> {
        self.stream.tcp().try_clone().map(Closer)
    }

    /// Whether a call will be made in `version` or a newer one.
    ///
    /// # Errors
    /// The broker does not have the call.
    pub fn speaks<R: Ask>(&self, version: i16) -> Result<bool, WireError> {
        self.versions
            .choose::<R>()
            .map(|chosen| chosen >= version)
            .map_err(|cause| self.fail(cause))
    }

    /// Sends `request` and waits for its answer.
    ///
    /// # Errors
    /// The connection broke, the broker is too old, or no answer came in time.
    pub fn call<R: Ask>(&mut self, request: &R) -> Result<R::Answer, WireError> {
        self.ask(request, Deadline::within(self.request_timeout))
            .map_err(|cause| self.fail(cause))
    }

    /// Sends `requests` and waits for their answers, which come in the same order. The next
    /// request is sent before the last answer has come, as long as they are small: a peer that
    /// cannot get rid of its answers takes no more requests.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn call_all<'r, R: Ask + 'r>(
        &mut self,
        requests: impl IntoIterator<Item = &'r R>,
    ) -> Result<Vec<R::Answer>, WireError> {
        let mut answers = Vec::new();
        let mut pending = VecDeque::new();
        let mut ahead = 0;
        for request in requests {
            let sent = self.send(request)?;
            ahead += sent.size;
            pending.push_back(sent);
            while ahead > PIPELINED_BYTES
                && let Some(oldest) = pending.pop_front()
            {
                ahead -= oldest.size;
                answers.push(self.receive::<R>(oldest, Instant::now() + self.request_timeout)?);
            }
        }
        for oldest in pending {
            answers.push(self.receive::<R>(oldest, Instant::now() + self.request_timeout)?);
        }
        Ok(answers)
    }

    /// Sends `request` without waiting for the answer.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn send<R: Ask>(&mut self, request: &R) -> Result<Pending, WireError> {
        let deadline = Deadline::within(self.request_timeout);
        self.versions
            .choose::<R>()
            .and_then(|version| self.send_version(request, version, deadline))
            .map_err(|cause| self.fail(cause))
    }

    /// Whether the broker takes topic ids for names in Fetch requests.
    #[must_use]
    pub fn has_fetch_by_id(&self) -> bool {
        self.versions.has_fetch_by_id()
    }

    /// Sends a Fetch request that names topics by their ids, to a broker that takes such.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn send_fetch_by_id(&mut self, request: &FetchRequest) -> Result<Pending, WireError> {
        let deadline = Deadline::within(self.request_timeout);
        self.send_version(request, FETCH_BY_ID, deadline)
            .map_err(|cause| self.fail(cause))
    }

    /// Receives the answer to `pending`, the oldest request that has none yet.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn receive<R: Ask>(
        &mut self,
        pending: Pending,
        deadline: Instant,
    ) -> Result<R::Answer, WireError> {
        let (answer, _, _) = self.receive_into::<R>(pending, BytesMut::new(), deadline)?;
        Ok(answer)
    }

    /// Receives the answer to `pending` into `buffer`, which is reused from answer to answer: its
    /// length is how much of it has been initialised, and it only grows. The answer's fields
    /// borrow it; [`Bytes::try_into_mut`] gets it back when they are gone.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn receive_into<R: Ask>(
        &mut self,
        pending: Pending,
        mut buffer: BytesMut,
        deadline: Instant,
    ) -> Result<(R::Answer, Bytes, usize), WireError> {
        let length = self
            .receive_frame(&mut buffer, pending, Deadline::at(deadline))
            .map_err(|cause| self.fail(cause))?;
        let whole = buffer.freeze();
        let mut frame = whole.slice(..length);
        let answer = decode_answer::<R>(&mut frame, pending).map_err(|cause| self.fail(cause))?;
        Ok((answer, whole, length))
    }

    /// Asks which versions the broker speaks (KIP-511: version 3, and 0 where that is unknown).
    fn greet(&mut self, deadline: Deadline) -> Result<(), Cause> {
        let request = ApiVersionsRequest::default()
            .with_client_software_name(StrBytes::from_static_str("evctl"))
            .with_client_software_version(StrBytes::from_static_str(env!("CARGO_PKG_VERSION")));
        let (mut error, mut versions) = self.ask_versions(&request, 3, deadline)?;
        if error == UNSUPPORTED_VERSION {
            let request = ApiVersionsRequest::default();
            (error, versions) = self.ask_versions(&request, 0, deadline)?;
        }
        if let Some(cause) = Cause::of_code(error, "ApiVersions") {
            return Err(cause);
        }
        self.versions = versions;
        Ok(())
    }

    fn ask_versions(
        &mut self,
        request: &ApiVersionsRequest,
        version: i16,
        deadline: Deadline,
    ) -> Result<(i16, Versions), Cause> {
        let pending = self.send_version(request, version, deadline)?;
        let mut buffer = BytesMut::new();
        let length = self.receive_frame(&mut buffer, pending, deadline)?;
        let frame = buffer.freeze().slice(..length);
        // A broker that does not know version 3 answers in version 0: an error code and the list.
        let refused = frame.get(4..6) == Some(&UNSUPPORTED_VERSION.to_be_bytes()[..]);
        let version = if refused { 0 } else { version };
        check_correlation(&frame, pending)
            .ok()
            .and_then(|()| Versions::read(frame.get(4..)?, version))
            .ok_or_else(|| Cause::of_foreign_answer(&frame))
    }

    fn authenticate(&mut self, sasl: &Sasl, deadline: Deadline) -> Result<(), Cause> {
        let mut exchange = Exchange::new(sasl)?;
        let handshake = SaslHandshakeRequest::default()
            .with_mechanism(StrBytes::from_static_str(exchange.mechanism()));
        let answer = self.ask(&handshake, deadline)?;
        match answer.error_code {
            UNSUPPORTED_SASL_MECHANISM => {
                return Err(Cause::MechanismNotOffered {
                    mechanism: exchange.mechanism(),
                    offered: answer.mechanisms.iter().map(ToString::to_string).collect(),
                });
            }
            ILLEGAL_SASL_STATE => return Err(Cause::SaslNotSpoken),
            code => {
                if let Some(cause) = Cause::of_code(code, "SaslHandshake") {
                    return Err(cause);
                }
            }
        }
        let mut message = exchange.start();
        loop {
            let request = SaslAuthenticateRequest::default().with_auth_bytes(message.into());
            let answer = self.ask(&request, deadline)?;
            if answer.error_code == SASL_AUTHENTICATION_FAILED {
                return Err(exchange.refused(answer.error_message.as_deref()));
            }
            if let Some(cause) = Cause::of_code(answer.error_code, "SaslAuthenticate") {
                return Err(cause);
            }
            match exchange.respond(&answer.auth_bytes)? {
                Some(next) => message = next,
                None => return Ok(()),
            }
        }
    }

    fn ask<R: Ask>(&mut self, request: &R, deadline: Deadline) -> Result<R::Answer, Cause> {
        let version = self.versions.choose::<R>()?;
        let pending = self.send_version(request, version, deadline)?;
        let mut buffer = BytesMut::new();
        let length = self.receive_frame(&mut buffer, pending, deadline)?;
        decode_answer::<R>(&mut buffer.freeze().slice(..length), pending)
    }

    fn send_version<R: Ask>(
        &mut self,
        request: &R,
        version: i16,
        deadline: Deadline,
    ) -> Result<Pending, Cause> {
        let correlation = self.next_correlation;
        self.next_correlation = self.next_correlation.wrapping_add(1);
        let header = RequestHeader::default()
            .with_request_api_key(R::API as i16)
            .with_request_api_version(version)
            .with_correlation_id(correlation)
            .with_client_id(Some(self.client_id.clone()));
        self.out.clear();
        self.out.extend_from_slice(&[0; 4]);
        encode_request_header_into_buffer(&mut self.out, &header)
            .and_then(|()| request.encode(&mut self.out, version))
            .map_err(|error| Cause::Malformed {
                what: format!("{}: {error}", api_name(R::API)),
            })?;
        let length = u32::try_from(self.out.len() - 4)
            .unwrap_or(u32::MAX)
            .to_be_bytes();
        if let Some(prefix) = self.out.get_mut(..4) {
            prefix.copy_from_slice(&length);
        }
        self.stream.set_deadline(deadline);
        self.stream
            .write_all(&self.out)
            .and_then(|()| self.stream.flush())
            .map_err(|error| self.stream.cause(error, api_name(R::API)))?;
        self.trace.tell(format_args!(
            "{} <- {} v{version} #{correlation}, {} bytes",
            self.broker,
            api_name(R::API),
            self.out.len()
        ));
        Ok(Pending {
            correlation,
            size: self.out.len(),
            version,
            api: R::API,
        })
    }

    /// Reads one frame, the answer to `pending`, into the front of `buffer` and returns its length.
    fn receive_frame(
        &mut self,
        buffer: &mut BytesMut,
        pending: Pending,
        deadline: Deadline,
    ) -> Result<usize, Cause> {
        let api = api_name(pending.api);
        self.stream.set_deadline(deadline);
        let mut prefix = [0; 4];
        self.read_exact(&mut prefix, api)?;
        let length = u32::from_be_bytes(prefix) as usize;
        let stranger = self.versions.is_empty();
        let limit = if stranger {
            GREETING_LIMIT
        } else {
            self.frame_limit
        };
        if !(4..=limit).contains(&length) {
            return Err(if stranger {
                Cause::of_foreign_answer(&prefix)
            } else {
                Cause::Malformed {
                    what: format!("{api}: an answer of {length} bytes, where {limit} are the most"),
                }
            });
        }
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let frame = buffer.get_mut(..length).unwrap_or_default();
        self.read_exact(frame, api)?;
        let correlation = pending.correlation;
        self.trace.tell(format_args!(
            "{} -> {api} #{correlation}, {length} bytes",
            self.broker
        ));
        Ok(length)
    }

    fn read_exact(&mut self, mut into: &mut [u8], what: &str) -> Result<(), Cause> {
        while !into.is_empty() {
            match self.stream.read(into) {
                Ok(0) => return Err(Cause::Closed),
                Ok(count) => into = into.get_mut(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.stream.cause(error, what)),
            }
        }
        Ok(())
    }

    fn fail(&self, cause: Cause) -> WireError {
        WireError {
            broker: self.broker.to_string(),
            cause,
        }
    }
}

fn decode_answer<R: Ask>(frame: &mut Bytes, pending: Pending) -> Result<R::Answer, Cause> {
    check_correlation(frame, pending)?;
    let malformed = |error| Cause::Malformed {
        what: format!("{}: {error}", api_name(pending.api)),
    };
    let header = R::Answer::header_version(pending.version);
    frame::decode::<ResponseHeader>(frame, header).map_err(malformed)?;
    frame::decode(frame, pending.version).map_err(malformed)
}

fn check_correlation(frame: &Bytes, pending: Pending) -> Result<(), Cause> {
    if frame.get(..4) == Some(&pending.correlation.to_be_bytes()[..]) {
        return Ok(());
    }
    Err(Cause::Malformed {
        what: format!("{}: an answer to another request", api_name(pending.api)),
    })
}

/// Whether a TLS server listens there: told from any bytes that look like a TLS record.
fn answers_tls(mut socket: Socket) -> bool {
    // A TLS record that holds no valid handshake: a TLS server answers it with an alert record.
    const PROBE: &[u8] = &[0x16, 0x03, 0x01, 0x00, 0x04, 0x01, 0x00, 0x00, 0x00];
    let mut first = [0; 3];
    socket.write_all(PROBE).is_ok()
        && socket.read_exact(&mut first).is_ok()
        && looks_like_tls(&first)
}

#[cfg(test)]
mod tests;
