//! The broker of the tests: a sandbox, started once by the first test that wants it, which ends
//! with the test process.

use std::{path::PathBuf, sync::OnceLock};

use evctl::{
    config::env,
    failure::Failure,
    sandbox::{Lifetime, Options, SandboxError, Server},
};

/// A plain broker. Tests share it and keep to topics and groups of their own.
#[derive(Debug)]
pub struct Broker(Server);

impl Broker {
    /// `127.0.0.1:port`, what `-b` takes.
    pub fn address(&self) -> &str {
        self.0.address()
    }

    /// Such as `4.3.0`.
    pub fn version(&self) -> &str {
        self.0.version()
    }

    /// Whether it lacks what came with Kafka 4: the new groups, share groups.
    pub fn is_before_4(&self) -> bool {
        self.version().starts_with("3.")
    }
}

/// The broker all tests share.
#[track_caller]
pub fn broker() -> &'static Broker {
    static BROKER: OnceLock<Result<Broker, String>> = OnceLock::new();
    started(BROKER.get_or_init(|| {
        Server::start(kafka(Lifetime::OfThisProcess))
            .map(Broker)
            .map_err(explain)
    }))
}

/// The server under test: `EVCTL_TEST_KAFKA`, or the default one. It is quicker than others: it
/// looks each second for transactions that took too long, and lets members ask for short sessions.
pub fn kafka(lifetime: Lifetime) -> Options {
    let quick = [
        (
            "transaction.abort.timed.out.transaction.cleanup.interval.ms",
            "1000",
        ),
        ("group.min.session.timeout.ms", "1000"),
    ];
    Options {
        version: env::variable("EVCTL_TEST_KAFKA"),
        properties: quick
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        ..Options::new(lifetime)
    }
}

/// `XDG_CACHE_HOME` for an evctl that is to find the jars this process found.
pub fn cache_home() -> PathBuf {
    env::cache_directory().unwrap().parent().unwrap().to_owned()
}

/// Why there is no broker, with the line that installs what is missing.
pub fn explain(error: SandboxError) -> String {
    let failure = Failure::from(error);
    format!("{failure}\nhint: {}", failure.hints.join("; "))
}

/// Each test says why there is no broker, not only the one that came first.
#[track_caller]
pub fn started<T>(broker: &'static Result<T, String>) -> &'static T {
    match broker {
        Ok(broker) => broker,
        Err(why) => panic!("the tests have no Kafka: {why}"),
    }
}
