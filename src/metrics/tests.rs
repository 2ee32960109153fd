//! The server over real sockets.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use super::{Address, Server, Snapshot, server::Bounds};

/// Longer than any answer takes; a test that gets here has failed.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bounds that no test reaches unless it means to.
const WIDE: Bounds = Bounds {
    connections: 8,
    request: PATIENCE,
    response: PATIENCE,
    idle: PATIENCE,
};
const METRICS: &str = "# HELP a b\n# TYPE a gauge\na 1\n";

fn served(bounds: Bounds) -> (Server, Snapshot) {
    let snapshot = Snapshot::new(Duration::from_secs(60));
    let address: Address = "127.0.0.1:0".parse().unwrap();
    let server = Server::start(&address, snapshot.clone(), bounds).unwrap();
    (server, snapshot)
}

fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// All that comes until the server closes.
fn rest(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn ask(to: SocketAddr, request: &str) -> String {
    let mut stream = connect(to);
    stream.write_all(request.as_bytes()).unwrap();
    rest(&mut stream)
}

fn get(to: SocketAddr, path: &str) -> String {
    ask(
        to,
        &format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    )
}

/// `answer` without the time of day.
fn undated(answer: &str) -> String {
    let (before, date) = answer.split_once("Date: ").unwrap();
    format!("{before}{}", date.split_once("\r\n").unwrap().1)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn metrics_are_there_after_the_first_collection_and_not_before() {
    let (server, snapshot) = served(WIDE);
    let to = server.local_addr();
    let before = get(to, "/metrics");
    assert!(before.starts_with("HTTP/1.1 503 "), "{before}");
    assert_eq!(body(&before), "nothing was collected yet\n");

    snapshot.publish(METRICS.into());
    let after = get(to, "/metrics");
    assert_eq!(
        undated(&after),
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
             Content-Length: {}\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n\
             {METRICS}",
            METRICS.len()
        )
    );
    snapshot.publish(b"a 2\n".to_vec());
    assert_eq!(body(&get(to, "/metrics")), "a 2\n");
}

#[test]
fn health_turns_bad_with_the_reason_and_good_again() {
    let (server, snapshot) = served(WIDE);
    let to = server.local_addr();
    assert!(get(to, "/healthz").starts_with("HTTP/1.1 503 "));
    snapshot.publish(METRICS.into());
    let good = get(to, "/healthz");
    assert!(good.starts_with("HTTP/1.1 200 OK\r\n"), "{good}");
    assert_eq!(body(&good), "ok\n");

    snapshot.fail("broker 1 refused");
    let bad = get(to, "/healthz");
    assert!(bad.starts_with("HTTP/1.1 503 "), "{bad}");
    assert_eq!(body(&bad), "the last collection failed: broker 1 refused\n");
    // What was collected before it is not old yet.
    assert_eq!(body(&get(to, "/metrics")), METRICS);

    snapshot.publish(METRICS.into());
    assert!(get(to, "/healthz").starts_with("HTTP/1.1 200 "));
}

#[test]
fn numbers_that_are_too_old_are_not_shown_as_if_they_were_new() {
    let snapshot = Snapshot::new(Duration::ZERO);
    let address: Address = "127.0.0.1:0".parse().unwrap();
    let server = Server::bind(&address, snapshot.clone()).unwrap();
    snapshot.publish(METRICS.into());
    for path in ["/metrics", "/healthz"] {
        let answer = get(server.local_addr(), path);
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(body(&answer).starts_with("the last collection that succeeded was 0 s ago"));
    }
}

#[test]
fn other_paths_are_not_found_and_other_methods_not_allowed() {
    let (server, snapshot) = served(WIDE);
    let to = server.local_addr();
    snapshot.publish(METRICS.into());
    for path in ["/", "/metrics/", "/healthz/x"] {
        assert!(get(to, path).starts_with("HTTP/1.1 404 "), "{path}");
    }
    for method in ["POST", "DELETE", "get"] {
        let request = format!(
            "{method} /metrics HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"
        );
        let answer = ask(to, &request);
        assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
        assert!(answer.contains("\r\nAllow: GET, HEAD\r\n"), "{answer}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    let (server, _snapshot) = served(WIDE);
    for wrong in [
        "hello\r\n\r\n",
        "GET /metrics\r\n\r\n",
        "GET  /metrics HTTP/1.1\r\n\r\n",
        "GET /metrics HTTP/1.1 x\r\n\r\n",
        "GET /metrics HTTP/2.0\r\n\r\n",
    ] {
        let answer = ask(server.local_addr(), wrong);
        assert!(answer.starts_with("HTTP/1.1 400 "), "{wrong:?}: {answer}");
    }
}

#[test]
fn a_path_is_known_with_a_query_or_as_a_whole_address() {
    let (server, snapshot) = served(WIDE);
    snapshot.publish(METRICS.into());
    let to = server.local_addr();
    assert_eq!(body(&get(to, "/metrics?x=1")), METRICS);
    assert_eq!(body(&get(to, "http://a:1/healthz")), "ok\n");
    assert!(get(to, "http://a").starts_with("HTTP/1.1 404 "));
    assert_eq!(body(&ask(to, "GET /healthz HTTP/1.0\n\n")), "ok\n");
}

#[test]
fn a_connection_is_kept_for_the_next_request() {
    let (server, snapshot) = served(WIDE);
    snapshot.publish(METRICS.into());
    let mut stream = connect(server.local_addr());
    for round in 0..3 {
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            .unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\nok\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"), "{round}");
    }
}

#[test]
fn a_connection_that_is_idle_for_too_long_is_closed() {
    let (server, snapshot) = served(Bounds {
        idle: Duration::from_millis(50),
        ..WIDE
    });
    snapshot.publish(METRICS.into());
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(body(&ask(server.local_addr(), request)), "ok\n");
}

#[test]
fn head_is_get_without_the_body() {
    let (server, snapshot) = served(WIDE);
    snapshot.publish(METRICS.into());
    let to = server.local_addr();
    for path in ["/metrics", "/healthz"] {
        let whole = get(to, path);
        let head = ask(
            to,
            &format!("HEAD {path} HTTP/1.1\r\nConnection: close\r\n\r\n"),
        );
        let without_body = whole.strip_suffix(body(&whole)).unwrap();
        assert_eq!(undated(&head), undated(without_body));
    }
}

#[test]
fn a_head_that_is_too_large_is_refused_while_the_client_still_sends() {
    let (server, _snapshot) = served(WIDE);
    let mut stream = connect(server.local_addr());
    let head = format!("GET /metrics HTTP/1.1\r\nX: {}", "x".repeat(64 << 10));
    stream.write_all(head.as_bytes()).unwrap();
    assert!(rest(&mut stream).starts_with("HTTP/1.1 431 "));
}

#[test]
fn a_request_may_come_in_pieces() {
    let (server, snapshot) = served(WIDE);
    snapshot.publish(METRICS.into());
    let mut stream = connect(server.local_addr());
    stream.set_nodelay(true).unwrap();
    for piece in "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"
        .as_bytes()
        .chunks(3)
    {
        stream.write_all(piece).unwrap();
    }
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(body(&rest(&mut stream)), "ok\n");
}

#[test]
fn clients_that_keep_silent_keep_nobody_waiting() {
    let (server, snapshot) = served(WIDE);
    let to = server.local_addr();
    snapshot.publish(METRICS.into());
    // Three times as many as there are places, and each has begun.
    let mut silent: Vec<TcpStream> = (0..WIDE.connections * 3)
        .map(|_| {
            let mut stream = connect(to);
            stream.write_all(b"GET /met").unwrap();
            stream
        })
        .collect();
    let started = Instant::now();
    for _ in 0..20 {
        assert_eq!(body(&get(to, "/metrics")), METRICS);
    }
    assert!(started.elapsed() < PATIENCE / 4, "{:?}", started.elapsed());
    // The first of them had to go for the others.
    let mut left = Vec::new();
    let _ = silent[0].read_to_end(&mut left);
    assert!(left.is_empty());
    assert!(started.elapsed() < PATIENCE / 4, "{:?}", started.elapsed());
}

#[test]
fn who_does_not_ask_in_time_is_told_so() {
    let (server, _snapshot) = served(Bounds {
        request: Duration::from_millis(50),
        ..WIDE
    });
    let mut slow = connect(server.local_addr());
    slow.write_all(b"GET /metrics HTTP/1.1\r\n").unwrap();
    let mut silent = connect(server.local_addr());
    assert!(rest(&mut slow).starts_with("HTTP/1.1 408 "));
    assert_eq!(rest(&mut silent), "");
}

#[test]
fn who_does_not_take_the_answer_is_left_and_others_get_all_of_it() {
    let (server, snapshot) = served(Bounds {
        response: Duration::from_secs(2),
        ..WIDE
    });
    let to = server.local_addr();
    // More than the buffers of both sockets hold.
    let large = "a 1\n".repeat(4 << 20);
    snapshot.publish(large.clone().into_bytes());
    let mut stuck = connect(to);
    stuck.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
    let answer = get(to, "/metrics");
    assert!(body(&answer) == large, "{} bytes", answer.len());
    assert_eq!(body(&get(to, "/healthz")), "ok\n");

    // After its time the server lets go of it and of the text, which we alone have then.
    let started = Instant::now();
    let text = snapshot.metrics(started).unwrap();
    snapshot.publish(METRICS.into());
    while !text.is_unique() {
        assert!(started.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(5));
    }
    let mut got = Vec::new();
    let _ = stuck.read_to_end(&mut got);
    assert!(got.len() < large.len(), "{}", got.len());
}

#[test]
fn dropping_the_server_ends_it_at_once() {
    let (server, snapshot) = served(WIDE);
    let to = server.local_addr();
    snapshot.publish("a 1\n".repeat(4 << 20).into_bytes());
    let mut silent = connect(to);
    let mut stuck = connect(to);
    stuck.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
    let mut first = [0; 8];
    stuck.read_exact(&mut first).unwrap();

    let started = Instant::now();
    drop(server);
    assert!(started.elapsed() < PATIENCE / 4, "{:?}", started.elapsed());
    assert!(TcpStream::connect(to).is_err());
    let mut left = Vec::new();
    let _ = silent.read_to_end(&mut left);
    assert!(left.is_empty());
}

#[test]
fn a_response_that_has_begun_is_sent_when_the_server_stops() {
    let (server, snapshot) = served(WIDE);
    let large = "a 1\n".repeat(4 << 20);
    snapshot.publish(large.clone().into_bytes());
    let mut slow = connect(server.local_addr());
    slow.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
    let mut first = [0; 8];
    slow.read_exact(&mut first).unwrap();
    let stopping = thread::spawn(move || drop(server));
    assert!(body(&rest(&mut slow)) == large);
    stopping.join().unwrap();
}

#[test]
fn clients_that_are_idle_do_not_delay_the_end_of_the_server() {
    let (server, snapshot) = served(WIDE);
    snapshot.publish(METRICS.into());
    let mut idle = connect(server.local_addr());
    idle.write_all(b"GET /healthz HTTP/1.1\r\n\r\n").unwrap();
    let mut first = [0; 8];
    idle.read_exact(&mut first).unwrap();
    let _silent = connect(server.local_addr());
    let started = Instant::now();
    drop(server);
    assert!(
        started.elapsed() < Duration::from_millis(900),
        "{:?}",
        started.elapsed()
    );
    assert!(rest(&mut idle).ends_with("ok\n"));
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let (server, snapshot) = served(WIDE);
    let address: Address = server.local_addr().to_string().parse().unwrap();
    let error = Server::bind(&address, snapshot).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}
