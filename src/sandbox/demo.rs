//! The steps of `evctl sandbox demo`, with the files and topics that they use.

/// The events and schemas of an order system.
pub const FILES: &[(&str, &str)] = &[
    (
        "order-v1.avsc",
        include_str!("../../fixtures/schema/order-v1.avsc"),
    ),
    (
        "order-v2.avsc",
        include_str!("../../fixtures/schema/order-v2.avsc"),
    ),
    (
        "orders.ndjson",
        include_str!("../../fixtures/events/orders.ndjson"),
    ),
    (
        "payments.ndjson",
        include_str!("../../fixtures/events/payments.ndjson"),
    ),
];

/// The topics of the demo and their partitions.
pub const TOPICS: &[(&str, i32)] = &[("orders", 3), ("payments", 2)];

/// A command of the demo.
#[derive(Clone, Copy, Debug)]
pub struct DemoStep {
    /// What it shows; empty when it belongs to the step before.
    pub why: &'static str,
    /// The arguments of evctl.
    pub line: &'static [&'static str],
    /// The most lines of output that are shown.
    pub lines: usize,
    /// The exit code that it has to end with.
    pub exit: u8,
}

/// The steps, in order.
pub const STEPS: &[DemoStep] = &[
    DemoStep {
        why: "Write two topics from files of records, with keys, headers and timestamps.",
        line: &["produce", "orders", "orders.ndjson", "-i", "json"],
        lines: 3,
        exit: 0,
    },
    DemoStep {
        why: "",
        line: &["produce", "payments", "payments.ndjson", "-i", "json"],
        lines: 3,
        exit: 0,
    },
    DemoStep {
        why: "Read a topic, up to its end at the start of the command.",
        line: &["consume", "orders", "-o", "pretty", "-n", "2"],
        lines: 40,
        exit: 0,
    },
    DemoStep {
        why: "The same record complete, in the form that produce reads and captures hold.",
        line: &["consume", "orders", "-o", "json", "-n", "1"],
        lines: 3,
        exit: 0,
    },
    DemoStep {
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
        exit: 0,
    },
    DemoStep {
        why: "Keep records for which a jq expression is true, print the result of another.",
        line: &[
            "consume",
            "orders",
            "--filter",
            ".value.total > 500",
            "--jq",
            "[.key, .value.customer, .value.total]",
        ],
        lines: 8,
        exit: 0,
    },
    DemoStep {
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
        exit: 0,
    },
    DemoStep {
        why: "Save both topics in a file, merged by time, and check it.",
        line: &["capture", "orders", "payments", "-O", "shop.ndjson.zst"],
        lines: 3,
        exit: 0,
    },
    DemoStep {
        why: "",
        line: &["capture", "verify", "shop.ndjson.zst"],
        lines: 10,
        exit: 0,
    },
    DemoStep {
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
        exit: 0,
    },
    DemoStep {
        why: "A group that reads ten records and stops.",
        line: &[
            "consume", "orders", "--group", "billing", "-n", "10", "-f", "%k ",
        ],
        lines: 3,
        exit: 0,
    },
    DemoStep {
        why: "How far it is behind: in records, and in time.",
        line: &["lag", "billing"],
        lines: 10,
        exit: 0,
    },
    DemoStep {
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
        exit: 1,
    },
    DemoStep {
        why: "Move it back to a time: what it will read again, and how to undo it.",
        line: &[
            "groups",
            "seek",
            "billing",
            "--from",
            "2026-01-02T10:00:00Z",
            "--yes",
        ],
        lines: 16,
        exit: 0,
    },
    DemoStep {
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
        exit: 0,
    },
    DemoStep {
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
        exit: 0,
    },
    DemoStep {
        why: "Replayed records name their origin, which finds records that are missing or doubled.",
        line: &["consume", "orders.replay", "-o", "json", "-n", "1"],
        lines: 3,
        exit: 0,
    },
    DemoStep {
        why: "",
        line: &["replay", "verify", "five-minutes"],
        lines: 8,
        exit: 0,
    },
    DemoStep {
        why: "A new version of a schema: what changed, who breaks, and a value that proves it.",
        line: &["schema", "diff", "order-v1.avsc", "order-v2.avsc"],
        lines: 40,
        exit: 0,
    },
    DemoStep {
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
        exit: 1,
    },
    DemoStep {
        why: "All topics.",
        line: &["topics", "list"],
        lines: 6,
        exit: 0,
    },
];
