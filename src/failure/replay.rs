//! Failures of replays.

use super::{Failure, STATE_DIRECTORY};
use crate::{
    codec::shell::CommandLine,
    exit::Exit,
    replay::{MarkError, Refusal, RewriteError, RulesError, Stamping, Tried},
    transfer::{StateFileError, VerificationError},
};

impl From<RewriteError> for Failure {
    fn from(error: RewriteError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<MarkError> for Failure {
    fn from(error: MarkError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<StateFileError> for Failure {
    fn from(error: StateFileError) -> Self {
        let message = error.to_string();
        match error {
            StateFileError::InvalidId(_) => Self::usage(message)
                .hint("use letters, digits, dots, hyphens and underscores, 100 at most"),
            StateFileError::NoHome => Self::usage(message).hint("set XDG_STATE_HOME"),
            StateFileError::Io { verb, source, .. } => {
                let failure = Self::new(Exit::Refused, message).cause(source);
                match verb {
                    "write" => failure.hint(STATE_DIRECTORY),
                    _ => failure,
                }
            }
            StateFileError::Malformed { source, .. } => Self::new(Exit::Refused, message)
                .cause(source)
                .hint("a newer evctl may have written it; evctl replay cancel forgets it"),
            StateFileError::Version { kind, .. } => Self::new(Exit::Refused, message)
                .cause(format!("it is of the kind {kind}"))
                .hint("use the evctl that wrote it"),
            StateFileError::Running(_) => Self::new(Exit::Refused, message)
                .hint("--share lets several processes divide the work"),
        }
    }
}

impl From<RulesError> for Failure {
    fn from(error: RulesError) -> Self {
        let message = error.to_string();
        match error {
            RulesError::Invalid { .. } => Self::usage(message),
            RulesError::GapWithoutSpeed => Self::usage(message).hint("--speed 1x replays at it"),
            RulesError::Stored => {
                Self::usage(message).hint("--from takes a time, an offset, earliest, -N or +N")
            }
            RulesError::NotShared(_) => Self::usage(message).hint("leave out one of both"),
            RulesError::Rewrite(error) => error.into(),
            RulesError::Mark(error) => error.into(),
        }
    }
}

impl From<VerificationError> for Failure {
    fn from(error: VerificationError) -> Self {
        match error {
            VerificationError::Unreadable(_) => Self::new(Exit::Unreachable, error.to_string()),
            VerificationError::Wire(error) => error.into(),
            VerificationError::Read(fault) => fault.into(),
        }
    }
}

impl Failure {
    /// The replay called `id` has the hash `one`, and what was typed has `other`.
    #[must_use]
    pub fn another_replay(id: &str, one: &str, other: &str) -> Self {
        let status = CommandLine::evctl("replay status").operand(id);
        Self::usage(format!(
            "replay {id:?} is another one: its plan is {one}, this one {other}"
        ))
        .hint("--id NAME begins a new one")
        .hint(format!("{status} shows what it does"))
    }

    /// A replay that was begun with `--exactly-once` is resumed without, or the other way round.
    #[must_use]
    pub fn other_guarantee(id: &str, was_exactly_once: bool) -> Self {
        if was_exactly_once {
            Self::usage(format!("replay {id:?} was begun with --exactly-once"))
                .hint("type --exactly-once again")
        } else {
            Self::usage(format!("replay {id:?} was begun without --exactly-once"))
                .cause("what it has written may be there twice already")
                .hint("leave out --exactly-once, or begin a new one with --id NAME")
        }
    }

    /// The checkpoints of the replay called `id` have expired.
    #[must_use]
    pub fn expired_checkpoints(id: &str) -> Self {
        let cancel = CommandLine::evctl("replay cancel").operand(id);
        Self::new(
            Exit::Refused,
            format!("the committed offsets of replay {id:?} have expired, nothing was written"),
        )
        .cause("the offsets of a group without members expire (offsets.retention.minutes)")
        .hint(format!("{cancel} forgets it, so that it can begin anew"))
    }

    /// A replay that its preflight refused.
    #[must_use]
    pub fn preflight(refusals: &[Refusal]) -> Self {
        let failure = Self::new(Exit::Refused, "refused, nothing was written");
        let failure = refusals.iter().fold(failure, Self::cause);
        let mut hints: Vec<String> = refusals.iter().map(advice).collect();
        hints.dedup();
        hints.into_iter().fold(failure, Self::hint)
    }
}

/// What to type instead of a replay that was refused.
fn advice(refusal: &Refusal) -> String {
    let correct = |what: &str, tried: &Tried| {
        let exact = if tried.exact {
            ""
        } else {
            "; --exact tries it on every record"
        };
        format!("correct {what}{exact}")
    };
    match refusal {
        Refusal::ReadsItsTarget { .. } => {
            "--in-place instead of --to-topic writes into the source itself; --to-topic NAME names \
             another one"
                .to_owned()
        }
        Refusal::NotAuthorised { .. } => {
            "an administrator grants it: kafka-acls --add --allow-principal User:NAME --operation \
             Write --topic TOPIC"
                .to_owned()
        }
        Refusal::NoPartition { topic, .. } => format!(
            "--partitions key chooses by key; {} adds some",
            alter(topic, "--partitions N")
        ),
        Refusal::NullKey { .. } => {
            "--filter '.key != null' leaves them out; --transform can make keys".to_owned()
        }
        Refusal::TooLarge { topic, written, .. } => format!(
            "{} takes it",
            alter(topic, &format!("--set max.message.bytes={written}"))
        ),
        Refusal::Expired {
            topic, stamping, ..
        } => format!(
            "--timestamps {} writes them as new; {} keeps them",
            other_timestamps(*stamping),
            alter(topic, "--set retention.ms=-1")
        ),
        Refusal::TooOld {
            topic, stamping, ..
        } => taken(topic, *stamping, "message.timestamp.before.max.ms"),
        Refusal::TooNew {
            topic, stamping, ..
        } => taken(topic, *stamping, "message.timestamp.after.max.ms"),
        Refusal::NoTime { tried, .. } => correct("--by-time", tried),
        Refusal::TransformFails { tried, .. } => correct("--transform", tried),
        Refusal::DedupeFails { tried, .. } => correct("--dedupe", tried),
        Refusal::NothingRedacted { tried, .. } => format!(
            "{}; --allow-unmatched-redact goes ahead without a match",
            correct("the path", tried)
        ),
    }
}

fn taken(topic: &str, stamping: Stamping, key: &str) -> String {
    format!(
        "--timestamps {} writes them as new; {} takes them",
        other_timestamps(stamping),
        alter(topic, &format!("--set {key}=MS"))
    )
}

/// The values of `--timestamps` that write records as new.
fn other_timestamps(stamping: Stamping) -> &'static str {
    match stamping {
        Stamping::Shift(_) => "now",
        _ => "now or shift",
    }
}

/// The command that changes the topic called `name`.
fn alter(name: &str, change: &str) -> CommandLine {
    CommandLine::evctl("topics alter").operand(name).and(change)
}
