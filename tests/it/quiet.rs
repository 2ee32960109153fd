//! `-q` prints errors and the data that was asked for, and nothing else.

use serde_json::Value;

use crate::support::{Home, Topic, broker, members::commit};

#[test]
fn quiet_commands_print_errors_and_data_alone() {
    let [topic, target] = ["quiet", "quiet-target"].map(Topic::new);
    let home = Home::new();
    let run = |arguments: &[&str], input: &str| {
        let line = [arguments, &["-q", "-b", broker().address()]].concat();
        home.evctl(&line).stdin(input).run()
    };
    let name = topic.name.as_str();
    let made = format!("{name}-made");
    commit(broker().address(), name, &[(name, 0, 0)]);
    let silent: [(&[&str], &str); 5] = [
        // A byte order mark is noted, and so is what `auto` makes of the input.
        (&["produce", name, "-i", "auto"], "\u{feff}a\n"),
        (&["capture", name, "-O", "a.ndjson"], ""),
        (&["replay", name, "--to-topic", &target.name, "--yes"], ""),
        (&["groups", "seek", name, "--from", "latest", "--yes"], ""),
        (&["topics", "create", &made, "--yes"], ""),
    ];
    for (line, input) in silent {
        let output = run(line, input).exits(0);
        assert_eq!((output.text(), &*output.stderr), ("", ""), "{line:?}");
    }
    assert_eq!(topic.seen(0).len(), 1);
    assert_eq!(target.seen(0).len(), 1);

    for line in [
        &["capture", name, "-O", "b.ndjson", "-o", "json"][..],
        &["produce", name, "-o", "json"],
        &["topics", "describe", &made, "-o", "json"],
    ] {
        let output = run(line, "b\n").exits(0);
        let _: Value = serde_json::from_str(output.text()).unwrap();
        assert_eq!(output.stderr, "", "{line:?}");
    }
    for (line, exit) in [
        (&["produce", "no-such-topic"][..], 4),
        (&["capture", name, "-O", "a.ndjson"], 6),
        (&["topics", "create", &made, "--yes"], 6),
    ] {
        let output = run(line, "c\n");
        assert!(
            output.stderr.starts_with("error: "),
            "{line:?}: {}",
            output.stderr
        );
        assert_eq!(output.text(), "", "{line:?}");
        let _ = output.exits(exit);
    }
    let _ = run(&["topics", "delete", &made, "--yes"], "").exits(0);
}
