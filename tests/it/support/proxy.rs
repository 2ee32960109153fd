//! A broker that fails in the middle: it stands before the shared one, passes on what is said, and
//! at a certain request it is gone or will not answer, or something happens. Or it is an older one.

use std::{
    io,
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use kafka_protocol::messages::ApiKey;

use super::wire::{read_frame, write_frame};

/// A broker that fails.
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
}

/// How it fails.
enum Failing {
    /// From the request on it is not there any more.
    Gone,
    /// The connection of such a request is closed, and others are served.
    Closes,
    /// This happens before the request is passed on.
    Acts(Mutex<Option<Action>>),
    /// Such requests are taken up to this version.
    IsOlder(i16),
    /// Such a request is swallowed: it has no answer.
    IsSilent,
    /// Answers to such requests are altered, behind the correlation id.
    Alters(Alteration),
}

type Alteration = Box<dyn Fn(&mut Vec<u8>) + Send + Sync>;
type Action = Box<dyn FnOnce() + Send>;

struct Shared {
    broker: String,
    port: i32,
    /// The port that metadata name instead of the broker's.
    advertised: i32,
    failing: Failing,
    key: i16,
    now: Mutex<Now>,
}

struct Now {
    /// So many more such requests are answered.
    left: usize,
    failed: bool,
    gone: bool,
    clients: Vec<TcpStream>,
}

impl Proxy {
    /// Is gone when `key` is asked for the `nth` time: whoever asked has no answer, connections are
    /// closed, and new ones are refused.
    pub fn gone_at(broker: &str, key: ApiKey, nth: usize) -> Self {
        Self::start(broker, key, nth, Failing::Gone)
    }

    /// Closes each connection on which `key` is asked for, and answers everything else.
    pub fn closing_at(broker: &str, key: ApiKey) -> Self {
        Self::start(broker, key, 1, Failing::Closes)
    }

    /// Answers `key` from the `nth` time on with bytes that mean nothing, once it is carried out.
    pub fn garbling(broker: &str, key: ApiKey, nth: usize) -> Self {
        let garble = |body: &mut Vec<u8>| body.fill(0xff);
        Self::start(broker, key, nth, Failing::Alters(Box::new(garble)))
    }

    /// Writes the records of each request to produce from the `nth` on, and says that it refuses
    /// them. For librdkafka, which uses version 10.
    pub fn refusing(broker: &str, nth: usize) -> Self {
        let alters = Failing::Alters(Box::new(|answer| refuse(answer)));
        Self::start(broker, ApiKey::Produce, nth, alters)
    }

    /// Does `action` when `key` is asked for the `nth` time, and answers everything.
    pub fn acting_at(
        broker: &str,
        key: ApiKey,
        nth: usize,
        action: impl FnOnce() + Send + 'static,
    ) -> Self {
        let action: Action = Box::new(action);
        let acts = Failing::Acts(Mutex::new(Some(action)));
        Self::start(broker, key, nth, acts)
    }

    /// Says that it takes `key` up to `version`, as an older broker does.
    pub fn older(broker: &str, key: ApiKey, version: i16) -> Self {
        Self::start(broker, key, 1, Failing::IsOlder(version))
    }

    /// Never answers `key`, and answers everything else.
    pub fn silent_at(broker: &str, key: ApiKey) -> Self {
        Self::start(broker, key, 1, Failing::IsSilent)
    }

    /// Lets `alter` change each answer to `key`, but for its correlation id.
    pub fn altering(
        broker: &str,
        key: ApiKey,
        alter: impl Fn(&mut Vec<u8>) + Send + Sync + 'static,
    ) -> Self {
        Self::start(broker, key, 1, Failing::Alters(Box::new(alter)))
    }

    /// Passes on everything, and its metadata lead to `port`.
    pub fn advertising(broker: &str, port: u16) -> Self {
        // No such request is ever sent.
        let never = ApiKey::CreateAcls;
        Self::start_advertising(broker, (never, 1), Failing::Gone, Some(port))
    }

    /// Whether a request has come that it fails at.
    pub fn has_failed(&self) -> bool {
        self.shared.now.lock().unwrap().failed
    }

    /// `127.0.0.1:port`; the metadata name it, too.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn start(broker: &str, key: ApiKey, nth: usize, failing: Failing) -> Self {
        Self::start_advertising(broker, (key, nth), failing, None)
    }

    fn start_advertising(
        broker: &str,
        (key, nth): (ApiKey, usize),
        failing: Failing,
        advertised: Option<u16>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            broker: broker.to_owned(),
            port: address.port().into(),
            advertised: advertised.unwrap_or(address.port()).into(),
            failing,
            key: key as i16,
            now: Mutex::new(Now {
                left: nth - 1,
                failed: false,
                gone: false,
                clients: Vec::new(),
            }),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accepting.accept(listener));
        Self {
            address: address.to_string(),
            shared,
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.leave();
    }
}

impl Shared {
    /// Takes connections until it is gone. The listener is closed before them: whoever sees that his
    /// connection is closed can make no other.
    fn accept(self: &Arc<Self>, listener: TcpListener) {
        loop {
            let (client, _) = listener.accept().unwrap();
            let mut now = self.now.lock().unwrap();
            if now.gone {
                drop(listener);
                for client in &now.clients {
                    let _ = client.shutdown(Shutdown::Both);
                }
                return;
            }
            now.clients.push(client.try_clone().unwrap());
            drop(now);
            let serving = Arc::clone(self);
            thread::spawn(move || {
                // It ends when somebody hangs up: we, too.
                let _ = serving.serve(&client);
                let _ = client.shutdown(Shutdown::Both);
            });
        }
    }

    /// Passes on one request after the other.
    fn serve(&self, mut client: &TcpStream) -> io::Result<()> {
        let mut broker = TcpStream::connect(&self.broker)?;
        loop {
            let request = read_frame(&mut client)?;
            let key = i16::from_be_bytes([request[0], request[1]]);
            let mut alter = None;
            if key == self.key && self.fails() {
                match &self.failing {
                    Failing::Alters(alteration) => alter = Some(alteration),
                    Failing::Gone => {
                        self.leave();
                        // Until the connection is closed with all the others.
                        io::copy(&mut client, &mut io::sink())?;
                        return Ok(());
                    }
                    Failing::Closes => return Ok(()),
                    Failing::Acts(action) => {
                        let action = action.lock().unwrap().take();
                        if let Some(action) = action {
                            action();
                        }
                    }
                    Failing::IsSilent => continue,
                    Failing::IsOlder(_) => {}
                }
            }
            write_frame(&mut broker, &request)?;
            let mut answer = read_frame(&mut broker)?;
            if [ApiKey::Metadata as i16, ApiKey::FindCoordinator as i16].contains(&key) {
                self.own_port(&mut answer);
            }
            if let Failing::IsOlder(version) = self.failing
                && key == ApiKey::ApiVersions as i16
            {
                self.limit(&mut answer, version);
            }
            if let Some(alter) = alter {
                let mut body = answer.split_off(4);
                alter(&mut body);
                answer.append(&mut body);
            }
            write_frame(&mut client, &answer)?;
        }
    }

    /// Whether this request has no answer.
    fn fails(&self) -> bool {
        let mut now = self.now.lock().unwrap();
        let fails = now.left == 0;
        now.failed |= fails;
        now.left = now.left.saturating_sub(1);
        fails
    }

    fn leave(&self) {
        self.now.lock().unwrap().gone = true;
        // That is seen with the next connection.
        let _ = TcpStream::connect(("127.0.0.1", u16::try_from(self.port).unwrap()));
    }

    /// Lowers the version up to which a request is taken, in an answer of version 3.
    fn limit(&self, versions: &mut [u8], newest: i16) {
        // Correlation id, error code, and a count that fits into one byte; then 7 bytes each.
        for entry in versions[7..].chunks_exact_mut(7) {
            if entry[..2] == self.key.to_be_bytes() {
                entry[4..6].copy_from_slice(&newest.to_be_bytes());
            }
        }
    }

    /// Makes an answer lead back here: in each address of the broker the port is another one.
    fn own_port(&self, answer: &mut [u8]) {
        let (host, port) = self.broker.split_once(':').unwrap();
        let port: i32 = port.parse().unwrap();
        let named = [host.as_bytes(), &port.to_be_bytes()].concat();
        for at in 0..answer.len() {
            if answer[at..].starts_with(&named) {
                let end = at + named.len();
                answer[end - 4..end].copy_from_slice(&self.advertised.to_be_bytes());
            }
        }
    }
}

/// Makes the answer to a request to produce to one topic refuse the records as invalid ones.
fn refuse(answer: &mut [u8]) {
    const INVALID_RECORD: i16 = 87;
    // The header's tags, the count of topics, the length of the name plus one, the name, and the
    // count of partitions plus one; then 33 bytes each, which begin with number and error code.
    assert_eq!(answer[1], 2, "one topic");
    let count = 2 + usize::from(answer[2]);
    for partition in 0..usize::from(answer[count] - 1) {
        let code = count + 1 + partition * 33 + 4;
        answer[code..code + 2].copy_from_slice(&INVALID_RECORD.to_be_bytes());
    }
}
