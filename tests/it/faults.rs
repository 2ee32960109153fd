//! What goes wrong while a read is under way: signals, a pipe that is not read, a broker that
//! stalls or comes back, retention that overtakes. Nothing is lost, doubled or passed over in
//! silence.
//!
//! A reader is met in the middle by leaving its standard output unread: soon it waits for us.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use evctl::sandbox::{Lifetime, Options, Server};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Evctl, Home, Running, Topic, admin, broker, bulk, kafka, until};

/// More than a reader, the pipe and the sockets between can hold.
const MANY: u32 = 20_000;

/// A topic of [`MANY`] records in two partitions.
fn large() -> &'static Topic {
    static LARGE: OnceLock<Topic> = OnceLock::new();
    LARGE.get_or_init(|| {
        let topic = Topic::with("large", 2, &[]);
        bulk::fill(broker().address(), &topic.name, 0, 0..MANY / 2);
        bulk::fill(broker().address(), &topic.name, 1, MANY / 2..MANY);
        topic
    })
}

fn consume(home: &Home, broker: &str, arguments: &[&str]) -> Evctl {
    home.evctl(&[&["consume", "-b", broker], arguments].concat())
}

/// What was printed, whatever the order of partitions.
fn sorted(printed: &str) -> Vec<u32> {
    let mut numbers = bulk::numbers(printed);
    numbers.sort_unstable();
    numbers
}

#[track_caller]
fn assert_complete(numbers: &[u32], count: u32) {
    // Not with assert_eq!, which would print all of them.
    let first_wrong = (0..).zip(numbers).find(|(right, number)| right != *number);
    assert_eq!((first_wrong, numbers.len()), (None, count as usize));
}

#[test]
fn an_interrupted_read_says_how_to_go_on_and_going_on_gives_the_rest() {
    let topic = large();
    let home = Home::new();
    for (signal, code, word) in [
        (Signal::INT, 130, "interrupted"),
        (Signal::TERM, 143, "terminated"),
        (Signal::HUP, 143, "terminated"),
    ] {
        let mut running = consume(&home, broker().address(), &[&topic.name]).spawn_unread();
        running.wait_for_first_byte();
        running.signal(signal);
        running.read_stdout();
        let output = running.finish().exits(code);
        let begun = bulk::numbers(output.text());
        assert!(begun.len() < MANY as usize, "it was met too late");
        let said = format!("{word} after {} records; resume with ", begun.len());
        let resume = output.stderr.trim_end().strip_prefix(&said);
        let options: Vec<_> = resume
            .unwrap_or_else(|| panic!("{}", output.stderr))
            .split(' ')
            .collect();

        let arguments = [&[topic.name.as_str()], options.as_slice()].concat();
        let rest = consume(&home, broker().address(), &arguments).run().ok();
        let mut all = [begun, bulk::numbers(&rest)].concat();
        all.sort_unstable();
        assert_complete(&all, MANY);
    }
}

#[test]
fn a_merged_read_that_is_interrupted_goes_on_as_well() {
    let topic = large();
    let home = Home::new();
    let merged = ["--order", "time", topic.name.as_str()];
    let mut running = consume(&home, broker().address(), &merged).spawn_unread();
    running.wait_for_first_byte();
    running.signal(Signal::INT);
    running.read_stdout();
    let output = running.finish().exits(130);
    let (_, resume) = output.stderr.trim_end().split_once("resume with ").unwrap();
    let arguments: Vec<_> = merged.into_iter().chain(resume.split(' ')).collect();
    let rest = consume(&home, broker().address(), &arguments).run().ok();
    assert_complete(&sorted(&format!("{}{rest}", output.text())), MANY);
}

#[test]
fn a_slow_reader_of_our_output_is_no_stalled_broker() {
    let topic = large();
    let home = Home::new();
    let arguments = [topic.name.as_str(), "--stall-timeout", "1s"];
    let mut running = consume(&home, broker().address(), &arguments).spawn_unread();
    running.wait_for_first_byte();
    let paused = Instant::now();
    until("the pause is over", || {
        paused.elapsed() > Duration::from_secs(3)
    });
    running.read_stdout();
    let output = running.finish().exits(0);
    assert_complete(&sorted(output.text()), MANY);
    assert_eq!(output.stderr, "");
}

#[test]
fn what_retention_takes_from_under_a_reader_is_reported() {
    let topic = Topic::new("overtaken");
    let home = Home::new();
    bulk::fill(broker().address(), &topic.name, 0, 0..MANY);
    let mut running = consume(&home, broker().address(), &[&topic.name]).spawn_unread();
    running.wait_for_first_byte();
    let left = MANY - 10;
    topic.trim(0, left.into());
    running.read_stdout();
    let output = running.finish().exits(5);
    let numbers = bulk::numbers(output.text());
    let before = u32::try_from(numbers.len()).unwrap() - 10;
    assert!(
        numbers.iter().copied().eq((0..before).chain(left..MANY)),
        "{before}"
    );
    let warning = format!(
        "warning: {}/0: offsets {before} to {left} could not be read: retention\n",
        topic.name
    );
    assert_eq!(output.stderr, warning);
}

#[test]
fn a_topic_that_is_deleted_while_it_is_followed_ends_the_following() {
    let topic = Topic::new("deleted-live");
    topic.produce(0, &["old"]);
    let home = Home::new();
    let arguments = [topic.name.as_str(), "--stall-timeout", "2s"];
    let running = follow(&home, broker().address(), &arguments);
    running.wait_for("old\n");
    admin::delete_topic(broker().address(), &topic.name);
    let output = running.finish().exits(5);
    let which = format!(" for {}/0\n", topic.name);
    assert!(output.stderr.contains(&which), "{}", output.stderr);
    assert!(!Topic::exists(&topic.name), "asking did not make it again");
}

/// A server of a test's own, and a topic with one partition of [`MANY`] records.
fn own_server(lifetime: Lifetime) -> Server {
    let server = Server::start(kafka(lifetime)).unwrap();
    admin::create_topic(server.address(), "many", 1, &[]);
    bulk::fill(server.address(), "many", 0, 0..MANY);
    server
}

fn follow(home: &Home, broker: &str, arguments: &[&str]) -> Running {
    home.evctl(&[&["tail", "-b", broker], arguments].concat())
        .spawn()
}

#[test]
fn a_broker_that_stalls_is_waited_for_as_long_as_was_said() {
    let home = Home::new();
    let server = own_server(Lifetime::OfThisProcess);
    let broker = server.address();
    let signal = |signal| {
        let pid = Pid::from_raw(i32::try_from(server.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    };
    let merged = ["many", "--order", "time", "--stall-timeout", "2s"];
    let mut paused = consume(&home, broker, &merged).spawn_unread();
    let mut patient = consume(&home, broker, &["many"]).spawn_unread();
    let impatient = ["many", "--stall-timeout", "2s"];
    let mut impatient = consume(&home, broker, &impatient).spawn_unread();
    // It shows a first record, so that it is known to wait for more.
    let waiting = [
        "many",
        "-n",
        "1",
        "--stall-timeout",
        "2s",
        "--format",
        "%o\n",
    ];
    let waiting = follow(&home, broker, &waiting);
    waiting.wait_for("\n");
    paused.wait_for_first_byte();
    patient.wait_for_first_byte();
    impatient.wait_for_first_byte();

    signal(Signal::STOP);
    let stopped = Instant::now();
    patient.read_stdout();
    let setup = ["many", "-X", "socket.connection.setup.timeout.ms=1000"];
    let output = follow(&home, broker, &setup).finish().exits(3);
    assert!(
        output.stderr.contains("timed out after 1 s"),
        "{}",
        output.stderr
    );
    let output = waiting.finish().exits(5);
    assert!(
        output.stderr.contains("no progress for 2 s"),
        "{}",
        output.stderr
    );

    // By now its connection has given up, and a new one gets no answer.
    impatient.read_stdout();
    let output = impatient.finish().exits(5);
    let begun = bulk::numbers(output.text());
    let count = u32::try_from(begun.len()).unwrap();
    assert_complete(&begun, count);
    let unread = MANY - count;
    for said in [
        format!("error: no progress for 2 s, {unread} offsets unread\n"),
        format!("{count} records came before\n"),
        format!("resume with --offsets 0:{count}..{MANY}\n"),
    ] {
        assert!(
            output.stderr.contains(&said),
            "{said:?} in {}",
            output.stderr
        );
    }
    let took = stopped.elapsed();
    assert!(
        took < Duration::from_secs(8),
        "all waited as long as they were told: {took:?}"
    );

    until("8 s are over", || {
        stopped.elapsed() > Duration::from_secs(8)
    });
    // The time that it spent waiting for us is not the broker's.
    paused.read_stdout();
    until("9 s are over", || {
        stopped.elapsed() > Duration::from_secs(9)
    });
    signal(Signal::CONT);
    assert_complete(&bulk::numbers(&paused.finish().ok()), MANY);
    assert_complete(&bulk::numbers(&patient.finish().ok()), MANY);
}

#[test]
fn a_broker_that_comes_back_is_read_on_without_gap_or_double() {
    let home = Home::new();
    let directory = tempfile::tempdir().unwrap();
    let held = || Lifetime::Held(directory.path().to_owned());
    let server = own_server(held());
    let broker = server.address().to_owned();
    let port = broker.rsplit_once(':').unwrap().1.parse().unwrap();

    let mut bounded = consume(&home, &broker, &["many"]).spawn_unread();
    let mut merged = consume(&home, &broker, &["many", "--order", "time"]).spawn_unread();
    let following = follow(&home, &broker, &["many", "-n", "3"]);
    bounded.wait_for_first_byte();
    merged.wait_for_first_byte();
    following.wait_for(&format!("{}", MANY - 1));
    server.stop().unwrap();
    bounded.read_stdout();
    merged.read_stdout();
    let again = Server::start(Options {
        port: Some(port),
        ..kafka(held())
    });
    let _server = again.unwrap();

    bulk::fill(&broker, "many", 0, MANY..MANY + 5);
    following.wait_for(&format!("{}", MANY + 4));
    following.signal(Signal::INT);
    let followed = bulk::numbers(following.finish().exits(130).text());
    assert!(followed.into_iter().eq(MANY - 3..MANY + 5));
    for reader in [bounded, merged] {
        let output = reader.finish().exits(0);
        assert_complete(&bulk::numbers(output.text()), MANY);
        assert_eq!(output.stderr, "");
    }
}
