//! Brokers that do not answer, answer late, or answer what no broker answers: every command ends in
//! time and says why.

use std::{
    thread,
    time::{Duration, Instant},
};

use kafka_protocol::messages::ApiKey;
use rustix::process::Signal;

use crate::support::{Home, Topic, broker, evctl, proxy::Proxy, until};

/// The place of produce among [`commands`].
const PRODUCE: usize = 3;

/// The four ways to read and write `topic` by `broker`.
fn commands<'a>(topic: &'a str, broker: &'a str) -> [Vec<&'a str>; 4] {
    [
        vec!["consume", topic, "-b", broker],
        vec!["tail", topic, "-b", broker],
        vec!["capture", topic, "-O", "-", "-b", broker],
        vec!["produce", topic, "-b", broker],
    ]
}

#[test]
fn a_broker_that_never_answers_is_waited_for_within_timeout_and_up_to_a_signal() {
    let topic = Topic::new("silent-broker");
    topic.produce(0, &["one"]);
    thread::scope(|scope| {
        for key in [ApiKey::Metadata, ApiKey::ListOffsets] {
            for index in 0..4 {
                let topic = &topic;
                if key == ApiKey::ListOffsets && index == PRODUCE {
                    // It does not ask.
                    continue;
                }
                scope.spawn(move || {
                    let proxy = Proxy::silent_at(broker().address(), key);
                    let command = &commands(&topic.name, proxy.address())[index];
                    let began = Instant::now();
                    let output = evctl(&[command, &["--timeout", "2s"][..]].concat()).exits(3);
                    let said = &output.stderr;
                    assert!(said.contains("timed out after 2 s"), "{said}");
                    let took = began.elapsed();
                    assert!(took < Duration::from_secs(25), "{command:?}: {took:?}");
                    let proxy = Proxy::silent_at(broker().address(), key);
                    let command = &commands(&topic.name, proxy.address())[index];
                    let home = Home::new();
                    let running = home.evctl(command).spawn();
                    until("it is asked", || proxy.has_failed());
                    running.signal(Signal::INT);
                    let began = Instant::now();
                    let _stopped = running.finish().exits(130);
                    let took = began.elapsed();
                    assert!(took < Duration::from_secs(10), "{command:?}: {took:?}");
                });
            }
        }
    });
}

#[test]
fn a_broker_that_greets_slowly_is_waited_for_when_the_command_has_time() {
    let topic = Topic::new("slow-broker");
    topic.produce(0, &["one"]);
    let slow = || {
        Proxy::acting_at(broker().address(), ApiKey::ApiVersions, 1, || {
            thread::sleep(Duration::from_millis(2_200));
        })
    };
    let read = |options: &[&str]| {
        let proxy = slow();
        evctl(&[&["consume", &topic.name, "-b", proxy.address()], options].concat())
    };
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(read(&["--timeout", "20s"]).ok(), "one\n"));
        scope.spawn(|| {
            let stated = "socket.connection.setup.timeout.ms=1500";
            let _late = read(&["--timeout", "20s", "-X", stated]).exits(3);
        });
        let _late = read(&[]).exits(3);
    });
}

/// Writes `length` into every record batch of a Fetch answer.
fn set_lengths(answer: &mut [u8], length: i32) {
    const FIELDS_AFTER_LENGTH: usize = 4;
    for at in 0..answer.len().saturating_sub(61) {
        let mut base = [0; 8];
        base.copy_from_slice(&answer[at..at + 8]);
        let is_batch = (0..100).contains(&i64::from_be_bytes(base))
            && answer[at + 12 + FIELDS_AFTER_LENGTH] == 2
            && answer[at + 8..at + 10] == [0, 0]
            && answer[at + 57..at + 59] == [0, 0];
        if is_batch {
            answer[at + 8..at + 12].copy_from_slice(&length.to_be_bytes());
        }
    }
}

#[test]
fn a_batch_whose_length_is_wrong_is_named_and_not_fetched_for_ever() {
    let topic = Topic::new("wrong-length");
    topic.produce(0, &["one", "two", "three"]);
    thread::scope(|scope| {
        for length in [i32::MAX, 1 << 24, -1] {
            let topic = &topic;
            scope.spawn(move || {
                let proxy = Proxy::altering(broker().address(), ApiKey::Fetch, move |answer| {
                    set_lengths(answer, length);
                });
                for command in &commands(&topic.name, proxy.address())[..PRODUCE] {
                    let output = evctl(&[command, &["--timeout", "30s"][..]].concat()).exits(5);
                    let said = &output.stderr;
                    let expected = format!("{}/0: record batch at offset 0: ", topic.name);
                    let flaw = format!("length {}{length}", if length < 0 { "" } else { "is " });
                    assert!(said.contains(&expected) && said.contains(&flaw), "{said}");
                }
            });
        }
    });
}
