//! A real schema registry for all tests of a run, and a stub for what it lacks.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, OnceLock},
    thread,
};

use evctl::sandbox::{Lifetime, RegistryServer};

/// The registry's address; it is started when it is first asked for, and ends with the tests.
pub fn registry() -> &'static str {
    static SERVER: OnceLock<RegistryServer> = OnceLock::new();
    let server =
        SERVER.get_or_init(|| RegistryServer::start(Lifetime::OfThisProcess, None, &[]).unwrap());
    server.url()
}

/// An HTTP server that answers as it was told, and remembers what it was asked.
#[derive(Debug)]
pub struct Stub {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET /subjects`
    pub line: String,
    /// `authorization: …` and the like, in small letters.
    pub headers: Vec<String>,
    /// As text.
    pub body: String,
}

impl Stub {
    /// Answers each request that begins with a line's text by its status and body; the first answer
    /// that fits is used up unless it is the last one that does. Others are 404. `{count}` in a body
    /// is the number of requests before.
    pub fn new(answers: &[(&str, u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let mut answers: VecDeque<(String, u16, String)> = answers
            .iter()
            .map(|(line, status, body)| ((*line).to_owned(), *status, (*body).to_owned()))
            .collect();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read(&stream) else {
                    continue;
                };
                let fits =
                    |(line, ..): &&(String, u16, String)| request.line.starts_with(line.as_str());
                let count = answers.iter().filter(fits).count();
                let at = answers.iter().position(|answer| fits(&answer));
                let (status, body) = match at {
                    None => (
                        404,
                        "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}".to_owned(),
                    ),
                    Some(at) => {
                        let (_, status, body) = answers[at].clone();
                        if count > 1 {
                            answers.remove(at);
                        }
                        (status, body)
                    }
                };
                let mut seen = seen.lock().unwrap();
                let body = body.replace("{count}", &seen.len().to_string());
                seen.push(request);
                drop(seen);
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            }
        });
        Self { address, asked }
    }

    /// `http://host:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `host:port`
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        headers.push(header.trim().to_lowercase());
    }
    let length = headers
        .iter()
        .find_map(|header| header.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Asked {
        line: line
            .trim()
            .strip_suffix(" HTTP/1.1")
            .unwrap_or_default()
            .to_owned(),
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}
