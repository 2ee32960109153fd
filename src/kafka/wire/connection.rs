//! One connection to one broker: frames, deadlines, version negotiation, requests and answers.
//!
//! Blocking sockets. Requests may be pipelined: [`Connection::send`] returns at once and the
//! answers are received in the order of the requests, as Kafka guarantees.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use kafka_protocol::{
    messages::{
        ApiKey, ApiVersionsRequest, ApiVersionsResponse, RequestHeader, ResponseHeader,
        SaslAuthenticateRequest, SaslHandshakeRequest,
    },
    protocol::{Decodable, HeaderVersion, StrBytes, encode_request_header_into_buffer},
};

use super::{
    ask::{Ask, api_name},
    cause::{Cause, WireError},
    sasl::Exchange,
    tls::{Stream, TlsConfig, looks_like_tls},
};
use crate::kafka::{AddressFamily, Sasl, Settings};

/// A frame that a peer may send before it has shown that it is a Kafka.
const GREETING_LIMIT: usize = 1 << 20;
/// The largest answer that is read at all, unless `receive.message.max.bytes` says otherwise; one
/// batch may be as large as librdkafka's default for that, 100 MB.
const FRAME_LIMIT: usize = 128 << 20;
/// Fetch by topic name ends with version 12, and one form for every broker is enough.
const NEWEST_BY_NAME: i16 = 12;
const UNSUPPORTED_VERSION: i16 = 35;
const ILLEGAL_SASL_STATE: i16 = 34;
const UNSUPPORTED_SASL_MECHANISM: i16 = 33;

/// A connection that has greeted the broker and proved who we are.
pub struct Connection {
    broker: Arc<str>,
    stream: Stream,
    versions: HashMap<i16, (i16, i16)>,
    client_id: StrBytes,
    next_correlation: i32,
    request_timeout: Duration,
    frame_limit: usize,
    out: BytesMut,
}

/// A request on its way, whose answer is still to be received.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Pending {
    correlation: i32,
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
    /// Connects to `address` (`host:port`), greets, and authenticates, all within
    /// `settings.connect_timeout`.
    ///
    /// # Errors
    /// The named cause of whatever stood in the way.
    pub fn open(
        address: &str,
        settings: &Settings,
        tls: Option<&TlsConfig>,
    ) -> Result<Self, WireError> {
        let broker: Arc<str> = Arc::from(address);
        let fail = |cause| WireError {
            broker: address.to_owned(),
            cause,
        };
        let deadline = Instant::now() + settings.connect_timeout;
        let family = settings.address_family;
        let tcp = connect_tcp(address, family, deadline).map_err(fail)?;
        set_timeouts(&tcp, deadline).map_err(fail)?;
        let stream = match tls {
            None => Stream::Plain(tcp),
            Some(tls) => tls.connect(tcp, host_of(address)).map_err(fail)?,
        };
        let mut connection = Self {
            broker: broker.clone(),
            stream,
            versions: HashMap::new(),
            client_id: StrBytes::from_string(settings.client_id.clone()),
            next_correlation: 0,
            request_timeout: settings.request_timeout,
            frame_limit: settings
                .fetch
                .frame_max_bytes
                .and_then(|bytes| usize::try_from(bytes).ok())
                .unwrap_or(FRAME_LIMIT),
            out: BytesMut::new(),
        };
        connection.greet(deadline).map_err(|cause| match cause {
            Cause::Closed if tls.is_none() && answers_tls(address, family, deadline) => {
                fail(Cause::TlsExpected)
            }
            other => fail(other),
        })?;
        if let Some(sasl) = &settings.sasl {
            let deadline = Instant::now() + settings.connect_timeout;
            connection.authenticate(sasl, deadline).map_err(fail)?;
        }
        Ok(connection)
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

    /// Sends `request` and waits for its answer.
    ///
    /// # Errors
    /// The connection broke, the broker is too old, or no answer came in time.
    pub fn call<R: Ask>(&mut self, request: &R) -> Result<R::Answer, WireError> {
        let deadline = Instant::now() + self.request_timeout;
        let pending = self.send(request)?;
        self.receive::<R>(pending, deadline)
    }

    /// Sends `request` without waiting for the answer.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn send<R: Ask>(&mut self, request: &R) -> Result<Pending, WireError> {
        let deadline = Instant::now() + self.request_timeout;
        self.negotiate::<R>()
            .and_then(|version| self.send_version(request, version, deadline))
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
        let mut buffer = BytesMut::new();
        let length = self
            .receive_frame(&mut buffer, self.frame_limit, deadline)
            .map_err(|c| self.fail(c))?;
        let mut frame = buffer.freeze().slice(..length);
        decode_answer::<R>(&mut frame, pending).map_err(|cause| self.fail(cause))
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
            .receive_frame(&mut buffer, self.frame_limit, deadline)
            .map_err(|c| self.fail(c))?;
        let whole = buffer.freeze();
        let mut frame = whole.slice(..length);
        let answer = decode_answer::<R>(&mut frame, pending).map_err(|cause| self.fail(cause))?;
        Ok((answer, whole, length))
    }

    /// The version of `R` that both sides speak.
    fn negotiate<R: Ask>(&self) -> Result<i16, Cause> {
        let ours_max = match R::API {
            ApiKey::Fetch | ApiKey::Metadata => R::VERSIONS.max.min(NEWEST_BY_NAME),
            _ => R::VERSIONS.max,
        };
        let ours = (R::VERSIONS.min, ours_max);
        let (min, max) = self
            .versions
            .get(&(R::API as i16))
            .copied()
            .unwrap_or((0, -1));
        let version = max.min(ours.1);
        if version < min || version < ours.0 {
            return Err(Cause::TooOld {
                api: api_name(R::API),
                needs: ours.0,
                has: max,
            });
        }
        Ok(version)
    }

    /// Asks which versions the broker speaks (KIP-511: version 3, and 0 where that is unknown).
    fn greet(&mut self, deadline: Instant) -> Result<(), Cause> {
        let request = ApiVersionsRequest::default()
            .with_client_software_name(StrBytes::from_static_str("evctl"))
            .with_client_software_version(StrBytes::from_static_str(env!("CARGO_PKG_VERSION")));
        let mut answer = self.ask_versions(&request, 3, deadline)?;
        if answer.error_code == UNSUPPORTED_VERSION {
            answer = self.ask_versions(&ApiVersionsRequest::default(), 0, deadline)?;
        }
        if let Some(cause) = Cause::of_code(answer.error_code, "ApiVersions") {
            return Err(cause);
        }
        self.versions = answer
            .api_keys
            .iter()
            .map(|key| (key.api_key, (key.min_version, key.max_version)))
            .collect();
        Ok(())
    }

    fn ask_versions(
        &mut self,
        request: &ApiVersionsRequest,
        version: i16,
        deadline: Instant,
    ) -> Result<ApiVersionsResponse, Cause> {
        let pending = self.send_version(request, version, deadline)?;
        let mut buffer = BytesMut::new();
        let length = self.receive_frame(&mut buffer, GREETING_LIMIT, deadline)?;
        let frame = buffer.freeze().slice(..length);
        check_correlation(&frame, pending)?;
        // A broker that does not know version 3 answers in version 0: an error code and the list.
        let refused = frame.get(4..6) == Some(&UNSUPPORTED_VERSION.to_be_bytes()[..]);
        let mut body = frame.slice(4..);
        let version = if refused { 0 } else { version };
        if !plausible_versions(&body, version) {
            return Err(Cause::of_foreign_answer(&frame));
        }
        ApiVersionsResponse::decode(&mut body, version).map_err(|error| Cause::Malformed {
            what: format!("ApiVersions: {error}"),
        })
    }

    fn authenticate(&mut self, sasl: &Sasl, deadline: Instant) -> Result<(), Cause> {
        let mut exchange = Exchange::new(sasl)?;
        let handshake = SaslHandshakeRequest::default()
            .with_mechanism(StrBytes::from_static_str(exchange.mechanism()));
        let answer = self.call_now(&handshake, deadline)?;
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
            let answer = self.call_now(&request, deadline)?;
            if answer.error_code != 0 {
                return Err(exchange.refused(answer.error_message.as_deref()));
            }
            match exchange.respond(&answer.auth_bytes)? {
                Some(next) => message = next,
                None => return Ok(()),
            }
        }
    }

    fn call_now<R: Ask>(&mut self, request: &R, deadline: Instant) -> Result<R::Answer, Cause> {
        let version = self.negotiate::<R>()?;
        let pending = self.send_version(request, version, deadline)?;
        let mut buffer = BytesMut::new();
        let length = self.receive_frame(&mut buffer, self.frame_limit, deadline)?;
        decode_answer::<R>(&mut buffer.freeze().slice(..length), pending)
    }

    fn send_version<R: Ask>(
        &mut self,
        request: &R,
        version: i16,
        deadline: Instant,
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
        let given = set_timeouts(self.stream.tcp(), deadline)?;
        self.stream
            .write_all(&self.out)
            .and_then(|()| self.stream.flush())
            .map_err(|error| self.stream.cause(error, api_name(R::API), given))?;
        Ok(Pending {
            correlation,
            version,
            api: R::API,
        })
    }

    /// Reads one frame into the front of `buffer` and returns its length.
    fn receive_frame(
        &mut self,
        buffer: &mut BytesMut,
        limit: usize,
        deadline: Instant,
    ) -> Result<usize, Cause> {
        let mut prefix = [0; 4];
        self.read_exact(&mut prefix, deadline)?;
        let length = u32::from_be_bytes(prefix) as usize;
        if length > limit || length < 4 {
            return Err(if limit == GREETING_LIMIT {
                Cause::of_foreign_answer(&prefix)
            } else {
                Cause::Malformed {
                    what: format!("an answer of {length} bytes"),
                }
            });
        }
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let frame = buffer.get_mut(..length).unwrap_or_default();
        self.read_exact(frame, deadline)?;
        Ok(length)
    }

    fn read_exact(&mut self, mut into: &mut [u8], deadline: Instant) -> Result<(), Cause> {
        let given = set_timeouts(self.stream.tcp(), deadline)?;
        while !into.is_empty() {
            match self.stream.read(into) {
                Ok(0) => return Err(Cause::Closed),
                Ok(count) => into = into.get_mut(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(self.stream.cause(error, "an answer", given));
                }
            }
            if !into.is_empty() {
                time_left(deadline, "the rest of an answer")?;
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
    ResponseHeader::decode(frame, R::Answer::header_version(pending.version)).map_err(malformed)?;
    R::Answer::decode(frame, pending.version).map_err(malformed)
}

fn check_correlation(frame: &Bytes, pending: Pending) -> Result<(), Cause> {
    if frame.get(..4) == Some(&pending.correlation.to_be_bytes()[..]) {
        return Ok(());
    }
    Err(Cause::Malformed {
        what: format!("{}: an answer to another request", api_name(pending.api)),
    })
}

/// Whether `body` can be an `ApiVersions` answer: its count of entries fits its length. Decoding
/// allocates by that count, and this peer has not shown yet that it is a Kafka.
fn plausible_versions(body: &[u8], version: i16) -> bool {
    let Some(counted) = body.get(2..) else {
        return false;
    };
    let (count, entry) = if version >= 3 {
        // A compact array: an unsigned varint of count + 1, one or two bytes for any real list.
        match counted {
            [low, ..] if *low < 0x80 => (usize::from(*low).saturating_sub(1), 7),
            [low, high, ..] if *high < 0x80 => (
                (usize::from(*low & 0x7f) | usize::from(*high) << 7).saturating_sub(1),
                7,
            ),
            _ => return false,
        }
    } else {
        match counted.first_chunk() {
            Some(count) => (u32::from_be_bytes(*count) as usize, 6),
            None => return false,
        }
    };
    count.saturating_mul(entry) <= body.len()
}

/// Connects to the first address of `address` that takes a connection.
fn connect_tcp(
    address: &str,
    family: AddressFamily,
    deadline: Instant,
) -> Result<TcpStream, Cause> {
    let mut last = Cause::NameNotResolved;
    let wanted = |candidate: &SocketAddr| match family {
        AddressFamily::Any => true,
        AddressFamily::V4 => candidate.is_ipv4(),
        AddressFamily::V6 => candidate.is_ipv6(),
    };
    for candidate in resolve(address, deadline)?.into_iter().filter(wanted) {
        let left = time_left(deadline, "a connection")?;
        match TcpStream::connect_timeout(&candidate, left) {
            Ok(tcp) => {
                // One small request after another: waiting to coalesce them only costs.
                let _ = tcp.set_nodelay(true);
                return Ok(tcp);
            }
            Err(error) => last = Cause::of_io(error, "a connection", left),
        }
    }
    Err(last)
}

/// Resolves on a thread of its own, as the system's resolver knows no deadline.
fn resolve(address: &str, deadline: Instant) -> Result<Vec<SocketAddr>, Cause> {
    if let Ok(address) = address.parse() {
        return Ok(vec![address]);
    }
    let (sender, receiver) = mpsc::channel();
    let wanted = address.to_owned();
    std::thread::spawn(move || {
        // Nobody listens any more once the deadline has passed.
        let _ = sender.send(wanted.to_socket_addrs().map(Iterator::collect));
    });
    let left = time_left(deadline, "resolving the name")?;
    match receiver.recv_timeout(left) {
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(_)) => Err(Cause::NameNotResolved),
        Err(_) => Err(Cause::TimedOut {
            what: "resolving the name".to_owned(),
            after: left,
        }),
    }
}

/// The host of `host:port`, without the brackets of an IPv6 address.
fn host_of(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

/// Whether a TLS server listens at `address`: told from any bytes that look like a TLS record.
fn answers_tls(address: &str, family: AddressFamily, deadline: Instant) -> bool {
    let Ok(mut tcp) = connect_tcp(address, family, deadline) else {
        return false;
    };
    let mut first = [0; 3];
    set_timeouts(&tcp, deadline).is_ok()
        && tcp.write_all(TLS_PROBE).is_ok()
        && tcp.read_exact(&mut first).is_ok()
        && looks_like_tls(&first)
}

/// A TLS record that holds no valid handshake: a TLS server answers it with an alert record.
const TLS_PROBE: &[u8] = &[0x16, 0x03, 0x01, 0x00, 0x04, 0x01, 0x00, 0x00, 0x00];

/// Gives reads and writes the time that is left; returns it in whole milliseconds, to be told when
/// it was not enough.
fn set_timeouts(tcp: &TcpStream, deadline: Instant) -> Result<Duration, Cause> {
    let left = time_left(deadline, "an answer")?;
    tcp.set_read_timeout(Some(left))
        .and_then(|()| tcp.set_write_timeout(Some(left)))
        .map_err(Cause::Unreachable)?;
    let milliseconds = left.as_micros().div_ceil(1_000);
    Ok(Duration::from_millis(
        u64::try_from(milliseconds).unwrap_or(u64::MAX),
    ))
}

fn time_left(deadline: Instant, what: &str) -> Result<Duration, Cause> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Cause::TimedOut {
            what: what.to_owned(),
            after: left,
        });
    }
    Ok(left)
}
