//! `evctl sandbox demo`: a walk through the main commands, each shown as it is typed and with what
//! it prints. It is the README's first command, so it checks what it shows.

use std::{
    collections::BTreeMap,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use console::Style;

use crate::{
    codec::shell,
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::{Settings, wire::Client},
    pipeline::Permit,
    ui::Passes,
};

/// An order system's events, written for this walk.
const FILES: &[(&str, &str)] = &[
    (
        "order-v1.avsc",
        include_str!("../../../fixtures/schema/order-v1.avsc"),
    ),
    (
        "order-v2.avsc",
        include_str!("../../../fixtures/schema/order-v2.avsc"),
    ),
    (
        "orders.ndjson",
        include_str!("../../../fixtures/events/orders.ndjson"),
    ),
    (
        "payments.ndjson",
        include_str!("../../../fixtures/events/payments.ndjson"),
    ),
];

/// The topics of the walk and their partitions.
const TOPICS: &[(&str, i32)] = &[("orders", 3), ("payments", 2)];

/// One thing to show: why, the command line, how many lines of its output are worth seeing, and how
/// it ends.
struct Stop {
    why: &'static str,
    line: &'static [&'static str],
    lines: usize,
    exit: Exit,
}

const WALK: &[Stop] = &[
    Stop {
        why: "Write two topics from files of records: key, headers and timestamp come along.",
        line: &["produce", "orders", "orders.ndjson", "-i", "json"],
        lines: 3,
        exit: Exit::Ok,
    },
    Stop {
        why: "",
        line: &["produce", "payments", "payments.ndjson", "-i", "json"],
        lines: 3,
        exit: Exit::Ok,
    },
    Stop {
        why: "Read a topic. It stops at the end that it saw when it began.",
        line: &["consume", "orders", "-o", "pretty", "-n", "2"],
        lines: 40,
        exit: Exit::Ok,
    },
    Stop {
        why: "The same record with nothing lost, in the form that produce and every file take.",
        line: &["consume", "orders", "-o", "json", "-n", "1"],
        lines: 3,
        exit: Exit::Ok,
    },
    Stop {
        why: "The last records of several topics, merged by time.",
        line: &[
            "tail",
            "orders",
            "payments",
            "-n",
            "6",
            "--no-follow",
            "--format",
            "%T %t %k %s\\n",
        ],
        lines: 6,
        exit: Exit::Ok,
    },
    Stop {
        why: "Keep what a jq expression likes, print what another one yields.",
        line: &[
            "consume",
            "orders",
            "--filter",
            ".value.total > 500",
            "--jq",
            "[.key, .value.customer, .value.total]",
        ],
        lines: 8,
        exit: Exit::Ok,
    },
    Stop {
        why: "One event type within a window of time.",
        line: &[
            "consume",
            "payments",
            "--event-type",
            "PaymentDeclined",
            "--from",
            "2026-01-02T10:00:00Z",
            "--to",
            "2026-01-02T10:05:00Z",
            "-f",
            "%k %s\\n",
        ],
        lines: 8,
        exit: Exit::Ok,
    },
    Stop {
        why: "Save both topics in a file, merged by time, and check it.",
        line: &["capture", "orders", "payments", "-O", "shop.ndjson.zst"],
        lines: 3,
        exit: Exit::Ok,
    },
    Stop {
        why: "",
        line: &["capture", "verify", "shop.ndjson.zst"],
        lines: 10,
        exit: Exit::Ok,
    },
    Stop {
        why: "A file answers the same questions as a topic, without a broker.",
        line: &[
            "consume",
            "shop.ndjson.zst",
            "--key",
            "order-7",
            "-f",
            "%t %o %k %s\\n",
        ],
        lines: 8,
        exit: Exit::Ok,
    },
    Stop {
        why: "A group that reads ten records, and then nobody reads on.",
        line: &[
            "consume", "orders", "--group", "billing", "-n", "10", "-f", "%k ",
        ],
        lines: 3,
        exit: Exit::Ok,
    },
    Stop {
        why: "How far it is behind: in records, and in time.",
        line: &["lag", "billing"],
        lines: 10,
        exit: Exit::Ok,
    },
    Stop {
        why: "In a runbook a limit is an exit code.",
        line: &[
            "lag",
            "billing",
            "--max-lag",
            "5",
            "-o",
            "csv",
            "--by",
            "group",
        ],
        lines: 5,
        exit: Exit::No,
    },
    Stop {
        why: "Set it back to a time: what it will read again, and the way back.",
        line: &[
            "groups",
            "seek",
            "billing",
            "--from",
            "2026-01-02T10:00:00Z",
            "--yes",
        ],
        lines: 16,
        exit: Exit::Ok,
    },
    Stop {
        why: "A topic for a replay, which keeps records of any age.",
        line: &[
            "topics",
            "create",
            "orders.replay",
            "--partitions",
            "3",
            "--config",
            "retention.ms=-1",
            "--yes",
        ],
        lines: 8,
        exit: Exit::Ok,
    },
    Stop {
        why: "Replay a window of time at 300 times its pace, each record exactly once.",
        line: &[
            "replay",
            "orders",
            "--to-topic",
            "orders.replay",
            "--from",
            "2026-01-02T10:00:00Z",
            "--to",
            "2026-01-02T10:05:00Z",
            "--speed",
            "300x",
            "--exactly-once",
            "--id",
            "five-minutes",
            "--yes",
        ],
        lines: 30,
        exit: Exit::Ok,
    },
    Stop {
        why: "What was written says where it was first; that finds what is missing or doubled.",
        line: &["consume", "orders.replay", "-o", "json", "-n", "1"],
        lines: 3,
        exit: Exit::Ok,
    },
    Stop {
        why: "",
        line: &["replay", "verify", "five-minutes"],
        lines: 8,
        exit: Exit::Ok,
    },
    Stop {
        why: "A new version of a schema: what changed, who breaks, and a value that proves it.",
        line: &["schema", "diff", "order-v1.avsc", "order-v2.avsc"],
        lines: 40,
        exit: Exit::Ok,
    },
    Stop {
        why: "In CI the same is an exit code: may producers go first?",
        line: &[
            "schema",
            "check",
            "order-v2.avsc",
            "--against",
            "order-v1.avsc",
            "--mode",
            "forward",
            "-o",
            "ndjson",
        ],
        lines: 3,
        exit: Exit::No,
    },
    Stop {
        why: "What there is.",
        line: &["topics", "list"],
        lines: 6,
        exit: Exit::Ok,
    },
];

/// Walks through the main commands on the Kafka at `brokers`.
pub(super) fn walk(context: &Context, brokers: &str) -> Result<Exit, Failure> {
    let broken =
        |error: std::io::Error| Failure::new(Exit::Partial, "the demo cannot go on").cause(error);
    let evctl = std::env::current_exe().map_err(broken)?;
    let folder = tempfile::tempdir().map_err(broken)?;
    for (name, content) in FILES {
        std::fs::write(folder.path().join(name), content).map_err(broken)?;
    }
    let settings = Settings::from_properties(&[brokers.to_owned()], &BTreeMap::new())?;
    let mut client = Client::connect(settings)?;
    for (name, partitions) in TOPICS {
        client.create_topic(name, *partitions, Permit::for_own_sandbox())?;
    }
    let mut out = context.ui.stdout(Passes::Colors).map_err(broken)?;
    for stop in WALK {
        if context.cancel.is_raised() {
            return Ok(Exit::Interrupted);
        }
        let shown = show(context, stop, &evctl, folder.path(), brokers).map_err(broken)?;
        match out.write_all(shown.text.as_bytes()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Ok),
            other => other.map_err(broken)?,
        }
        if !shown.worked {
            let line = stop.line.join(" ");
            return Err(Failure::new(
                Exit::Partial,
                format!("evctl {line}: did not work"),
            ));
        }
    }
    context
        .ui
        .note_lines("\nThat was the demo; its Kafka is gone again. Your own: evctl sandbox start");
    Ok(Exit::Ok)
}

struct Shown {
    text: String,
    worked: bool,
}

/// Runs one command of the walk and lays out what there is to see of it.
fn show(
    context: &Context,
    stop: &Stop,
    evctl: &Path,
    folder: &Path,
    brokers: &str,
) -> std::io::Result<Shown> {
    let paint = |style: Style, text: &str| {
        style
            .force_styling(context.ui.colors())
            .apply_to(text)
            .to_string()
    };
    let output = Command::new(evctl)
        .args(stop.line)
        .env("EVCTL_BROKERS", brokers)
        .env_remove("EVCTL_PROFILE")
        .env("EVCTL_CONFIG", "/dev/null")
        .env("XDG_STATE_HOME", folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    let mut text = String::new();
    if !stop.why.is_empty() {
        text.push('\n');
        text.push_str(&paint(Style::new().dim(), &format!("# {}", stop.why)));
        text.push('\n');
    }
    let typed = stop
        .line
        .iter()
        .map(|word| shell::word(word))
        .collect::<Vec<_>>()
        .join(" ");
    text.push_str(&paint(Style::new().bold(), &format!("$ evctl {typed}")));
    text.push('\n');
    for said in [&output.stdout, &output.stderr] {
        let said = String::from_utf8_lossy(said);
        let lines: Vec<&str> = said.lines().collect();
        for line in lines.iter().take(stop.lines) {
            text.push_str(line);
            text.push('\n');
        }
        if lines.len() > stop.lines {
            text.push_str(&format!("… {} more lines\n", lines.len() - stop.lines));
        }
    }
    if stop.exit != Exit::Ok {
        text.push_str(&format!("# exit code {}\n", stop.exit.code()));
    }
    Ok(Shown {
        text,
        worked: output.status.code() == Some(i32::from(stop.exit.code())),
    })
}
