//! What `produce` says at the end, and the code it ends with.

use std::{path::Path, time::Duration};

use serde_json::json;

use super::{
    failures::error_chain,
    outcome::{Outcome, Shown},
    place::Place,
    send::{GaveUp, Stopped, ZeroTimestamps},
    topic_watch::{Recreated, Split},
};
use crate::{
    cmd,
    codec::shell::CommandLine,
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::write::{Producer, WriteError},
    ui::counted,
};

/// How the sending ended.
#[derive(Debug)]
pub struct End<'a> {
    /// The topic's name.
    pub topic: &'a str,
    /// Why the inputs were read no further.
    pub stopped: Stopped,
    /// Why the producer was given up.
    pub gave_up: Option<GaveUp>,
    /// Where the last record stood that was handed over.
    pub reached: Option<Place>,
    /// Place of the last record that was handed over or reported as not sent.
    pub taken: Option<Place>,
    /// Records whose timestamp could not be written.
    pub zero: ZeroTimestamps,
    /// `--failures`
    pub failures: Option<&'a Path>,
    /// `--stall-timeout`
    pub stall: Duration,
    /// What a signal ends with.
    pub interrupted: Exit,
    /// `-o json`
    pub json: bool,
}

/// Says what was done, and what was not.
///
/// # Errors
/// Something was not acknowledged, or an input was wrong.
pub fn report(
    context: &Context,
    producer: &Producer,
    outcome: &mut Outcome,
    end: End<'_>,
) -> Result<Exit, Failure> {
    let kept = outcome.finish();
    let seconds = context.started.elapsed().as_secs_f64();
    context.ui.note(format_args!(
        "{} acknowledged ({}) by topic {:?} in {seconds:.3} s",
        counted(producer.acknowledged(), "record"),
        counted(producer.bytes(), "byte"),
        end.topic,
    ));
    if end.zero.count > 0 {
        context.ui.warn(format_args!(
            "{} with the timestamp 0, which librdkafka takes for now: what was written carries the \
             time of writing (the first: {})",
            counted(end.zero.count, "record"),
            outcome.show(end.zero.first),
        ));
    }
    if end.json {
        let result = json(producer, outcome, &end, seconds);
        cmd::print(context, |out| writeln!(out, "{result}"))?;
    }
    match kept {
        Ok(()) => conclude(producer, outcome, end),
        Err(error) => {
            // Nothing is kept there, so no hint may name it.
            let end = End {
                failures: None,
                ..end
            };
            let unwritten = "the file of --failures could not be written";
            let failure = match conclude(producer, outcome, end) {
                Ok(_) => Failure::new(Exit::Partial, unwritten),
                Err(mut failure) => {
                    failure.hints.clear();
                    failure.cause(unwritten)
                }
            };
            Err(error_chain(&error).fold(failure, Failure::cause))
        }
    }
}

fn json(producer: &Producer, outcome: &Outcome, end: &End<'_>, seconds: f64) -> serde_json::Value {
    let failures: Vec<_> = outcome
        .shown
        .iter()
        .map(|shown| {
            json!({
                "place": shown.place,
                "cause": shown.cause,
                "bytes": shown.size,
                "may_be_written": shown.may_be_written,
            })
        })
        .collect();
    let mut result = json!({
        "kind": "evctl.produce/1",
        "topic": end.topic,
        "acknowledged": producer.acknowledged(),
        "failed": outcome.failed,
        "unknown": outcome.unknown,
        "bytes": producer.bytes(),
        "seconds": seconds,
        "interrupted": matches!(end.stopped, Stopped::Cancelled),
        "failures": failures,
    });
    if let Some(GaveUp::Recreated(Recreated { split, .. })) = &end.gave_up {
        result["acknowledged_by_deleted_topic"] = split.deleted.into();
        result["acknowledged_by_either_topic"] = split.either.into();
    }
    result
}

/// Where the acknowledged records are when the topic was created again.
fn recreated(recreated: &Recreated, acknowledged: u64) -> Failure {
    let Split {
        deleted,
        new,
        either,
    } = recreated.split;
    let mut failure = Failure::new(Exit::Partial, recreated.cause.to_string()).cause(format_args!(
        "of {} acknowledged, {} went to the deleted topic and {} gone, {} to the new one",
        counted(acknowledged, "record"),
        deleted,
        if deleted == 1 { "is" } else { "are" },
        new,
    ));
    if either > 0 {
        failure = failure.cause(format_args!(
            "{} went to one of both: their offsets exist in either",
            counted(either, "record")
        ));
    }
    failure.hint(
        "run the command again to write the whole input to the new topic; what it holds already is \
         written twice then",
    )
}

/// The worst of what happened, as a failure; or all went well.
fn conclude(producer: &Producer, outcome: &Outcome, end: End<'_>) -> Result<Exit, Failure> {
    let acknowledged = producer.acknowledged();
    let some = acknowledged > 0 || outcome.unknown > 0;
    let reached = end.reached.map_or_else(
        || "nothing was sent".to_owned(),
        |place| {
            format!(
                "the last record that was sent stood at {}",
                outcome.show(place)
            )
        },
    );
    // For a topic that was created again the whole input is sent again.
    let recreated_topic = matches!(end.gave_up, Some(GaveUp::Recreated(_)));
    let rest = match (&end.stopped, end.taken) {
        (Stopped::End, _) | (_, None) => None,
        _ if recreated_topic => None,
        (_, Some(place)) => Some(format!(
            "nothing after {} was sent or kept ({} before): send the rest as well",
            outcome.show(place),
            counted(acknowledged + outcome.lost(), "record"),
        )),
    };
    let worst = if some {
        Exit::Partial
    } else {
        Exit::Unreachable
    };
    let failure = match (end.stopped, end.gave_up) {
        (_, Some(GaveUp::Recreated(topic))) => recreated(&topic, acknowledged).cause(reached),
        (Stopped::Cancelled, _) => Failure::new(end.interrupted, "interrupted").cause(reached),
        (Stopped::Input(error), _) => {
            let mut failure = Failure::from(error).cause(reached);
            if some {
                failure.exit = Exit::Partial;
            }
            failure
        }
        (_, Some(GaveUp::Fatal(error))) => fatal(worst, error),
        (_, Some(GaveUp::Stalled)) => {
            let failure = Failure::new(
                worst,
                format!(
                    "no record was acknowledged for {} s",
                    end.stall.as_secs_f64()
                ),
            )
            .cause(reached)
            .hint("--stall-timeout waits longer");
            match producer.trouble() {
                Some((_, reason)) => failure.cause(reason),
                None => failure,
            }
        }
        _ if outcome.lost() == 0 => return Ok(Exit::Ok),
        _ => Failure::new(outcome.exit(acknowledged), lost(outcome)),
    };
    let failure = outcome.shown.iter().map(line).fold(failure, Failure::cause);
    let failure = match end.failures {
        // A device keeps nothing.
        Some(path) if outcome.lost() > 0 && path.is_file() => {
            let line = CommandLine::evctl("produce")
                .operand(end.topic)
                .operand(path.display().to_string())
                .and("-i json");
            failure.hint(format!("{line} tries them again"))
        }
        None if outcome.lost() > 0 => failure.hint(
            "--failures FILE, given from the start, keeps records that were not acknowledged, so \
             that only these are sent again",
        ),
        _ => failure,
    };
    Err(rest.into_iter().fold(failure, Failure::hint))
}

/// In our words first, as for a single record.
fn fatal(exit: Exit, error: WriteError) -> Failure {
    match error {
        WriteError::Fatal { code, reason } => {
            Failure::new(exit, format!("the producer cannot go on: {code}")).cause(reason)
        }
        error => Failure::new(exit, error.to_string()),
    }
}

fn lost(outcome: &Outcome) -> String {
    format!("{} not acknowledged", counted(outcome.lost(), "record"))
}

fn line(shown: &Shown) -> String {
    let Shown { place, cause, .. } = shown;
    if shown.may_be_written {
        format!("{place}: {cause}; it may have been written")
    } else {
        format!("{place}: {cause}")
    }
}
