//! What a profile redacts, and what `--redact` names, reaches no stream and no file.

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::support::{Home, Output, Topic, broker};

/// Stands in every part that is to be hidden, and nowhere else.
const SECRET: &str = "hush4242";

/// Stands in parts that stay.
const PLAIN: &str = "open";

fn home(more: &str) -> Home {
    let home = Home::new();
    let profile = format!(
        "default = \"prod\"\n[profiles.prod]\nbrokers = [\"{}\"]\n\
         redact = [\"card.pan\", \"items.email\", \"key.email\", \"headers.authorization\"]\n{more}",
        broker().address()
    );
    home.write("evctl.toml", profile);
    home
}

/// A JSON text in which secrets stand at the redacted paths of a value.
fn value() -> impl Strategy<Value = String> {
    let hidden = prop_oneof![
        Just(format!("\"{SECRET}\"")),
        Just(format!("\"\\u0068{}\"", &SECRET[1..])),
        Just(format!("{{\"deep\":[\"{SECRET}\",1]}}")),
        Just(format!("[\"{SECRET}\", {{\"x\":\"{SECRET}\"}}]")),
    ];
    let name = prop_oneof![Just("pan"), Just("p\\u0061n")];
    let other = prop_oneof![Just("1.50"), Just("null"), Just("\"open\""), Just("[{}]")];
    (hidden, name, other, 0..9_u8, "[ \n\t]{0,2}").prop_map(
        |(hidden, name, other, shape, space)| {
            match shape {
                0 => format!("{{{space}\"card\":{{\"{name}\":{space}{hidden}}},\"a\":{other}}}"),
                1 => {
                    format!("{{\"a\":{other},\"items\":[[{{\"email\":{hidden}}}{space}],{other}]}}")
                }
                2 => format!("{space}[{{\"card\":[{{\"{name}\":{hidden},\"{name}\":{hidden}}}]}}]"),
                // Not JSON: nobody knows where it stands.
                3 => format!("{SECRET} {other}"),
                4 => format!("{{\"card\":{{\"pan\":{hidden}}}"),
                // Scalars where a path goes on, and JSON within JSON strings.
                5 => format!("{{\"card\":\"{SECRET}\",\"a\":{other}}}"),
                6 => format!("{{\"items\":[\"{{\\\"email\\\":\\\"{SECRET}\\\"}}\",{other}]}}"),
                7 => format!("{space}\"{{\\\"card\\\":{{\\\"pan\\\":\\\"{SECRET}\\\"}}}}\""),
                _ => format!("{{\"card\":{{\"pan\":{hidden}}}}} {space}{{}}"),
            }
        },
    )
}

/// Lines of records with secrets in keys, values and headers.
fn records(count: usize) -> String {
    let key = prop_oneof![
        Just(json!({"json": {"email": SECRET, "id": 7}})),
        Just(json!(format!("customer-{SECRET}"))),
        Just(Value::Null),
    ];
    let header = prop_oneof![
        Just("authorization"),
        Just("Authorization"),
        Just("AUTHORIZATION")
    ];
    let any = (key, value(), header, any::<bool>());
    let mut runner = TestRunner::deterministic();
    let mut lines = String::new();
    for number in 0..count {
        let (key, value, header, binary) = any.new_tree(&mut runner).unwrap().current();
        let value = if binary && number % 5 == 0 {
            // `\xff` and the secret.
            json!({"base64": "/2h1c2g0MjQy"})
        } else {
            json!(value)
        };
        let record = json!({
            "key": key, "value": value, "timestamp": 1_767_261_600_000_u64 + number as u64,
            "headers": [["x", PLAIN], [header, SECRET], [header, null]],
        });
        lines += &format!("{record}\n");
    }
    lines
}

/// Whether the secret shows anywhere in `output` or in the files that it names.
#[track_caller]
fn hides(home: &Home, output: &Output, files: &[&str], command: &[&str]) {
    let texts = files.iter().map(|file| home.read(file));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    for text in texts.chain([stdout, output.stderr.clone()]) {
        let at = text.find(SECRET);
        let shown = at.map(|at| text[at.saturating_sub(200)..].chars().take(400).collect());
        assert_eq!(shown, None::<String>, "{command:?}");
    }
}

#[test]
fn planted_secrets_show_in_no_stream_and_no_file() {
    let topic = Topic::with("redacted", 2, &[("retention.ms", "-1")]);
    let home = home("");
    home.write("all.ndjson", records(120));
    let produce = ["produce", &topic.name, "-i", "json", "all.ndjson", "-vv"];
    let output = home.evctl(&produce).run().exits(0);
    hides(&home, &output, &[], &produce);
    let columns = "key,value,headers,.value.card.pan,.key.email,header.Authorization,id,size";
    let shown: [&[&str]; 14] = [
        &["-o", "value", "-vv"],
        &["-o", "raw"],
        &["-o", "json"],
        &["-o", "pretty"],
        &["-o", "csv", "--columns", columns],
        &["-o", "table", "--columns", columns],
        &["-f", "%k %K %s %S %h\\n"],
        &["--jq", "."],
        &["--jq", ".value.card.pan, .key.email, .headers"],
        &["--jq", ".value.card.pan.x"],
        &["--jq", "error(.)"],
        &["--filter", ".value.card.pan.x.y"],
        &["--filter", "error([.value, .key, .header_list])"],
        &["--filter", ".key + 1", "--grep", SECRET],
    ];
    let mut masks = 0;
    for source in [topic.name.as_str(), "./all.ndjson"] {
        for options in shown {
            for verb in [&["consume"][..], &["tail", "--no-follow", "-n", "1000"]] {
                if verb[0] == "tail" && options[0] == "-f" {
                    continue;
                }
                let command = [verb, &[source], options].concat();
                let output = home.evctl(&command).run();
                hides(&home, &output, &[], &command);
                masks += output.text().matches("[redacted]").count();
            }
        }
    }
    assert!(masks > 1_000, "{masks}");
    for options in [
        &["-v"][..],
        &["--grep", SECRET],
        &["--filter", "error(.)"],
        &["-o", "json"],
    ] {
        let command = [&["capture", &topic.name, "-O", "saved.ndjson"], options].concat();
        let output = home.evctl(&command).run();
        hides(&home, &output, &["saved.ndjson"], &command);
        let header = home.read("saved.ndjson").lines().next().unwrap().to_owned();
        let header: Value = serde_json::from_str(&header).unwrap();
        assert_eq!(header["redacted"][0], "card.pan", "{header}");
        std::fs::remove_file(home.path().join("saved.ndjson")).unwrap();
    }
    let target = Topic::with("redacted-replay", 1, &[("retention.ms", "-1")]);
    let some = "if (.value | type) == \"object\" then . else error(.) end";
    for (options, code) in [
        (["--transform", some], 5),
        (["--transform", "error(.)"], 6),
        (["--dedupe", "error(.)"], 6),
        (["--by-time", ".key"], 6),
    ] {
        let to = ["--to-topic", &target.name, "--yes"];
        let command = [&["replay", "all.ndjson"], &to[..], &options].concat();
        let output = home.evctl(&command).run();
        hides(&home, &output, &[], &command);
        let _ = output.exits(code);
    }
    // A configuration that is a pipe is read once.
    let script = "mkfifo pipe; cat evctl.toml > pipe & EVCTL_CONFIG=pipe exec \"$0\" \"$@\"";
    let command = ["consume", &topic.name, "-o", "json"];
    let piped = home.evctl(&command).within(script).run().exits(0);
    hides(&home, &piped, &[], &command);
    // The secrets are there: it is the redaction that hides them.
    let open = home
        .evctl(&["consume", &topic.name, "--no-redact"])
        .run()
        .exits(0);
    let open = String::from_utf8_lossy(&open.stdout);
    assert!(open.matches(SECRET).count() > 60);
}

#[test]
fn what_is_masked_is_chosen_by_the_profile_and_the_command_line() {
    let home = home("");
    home.write(
        "a.ndjson",
        format!(
            "{{\"value\":{{\"json\":{{\"card\":{{\"pan\":1}},\"mail\":2}}}},\"key\":\"k\",\"headers\":[]}}\n\
             {{\"value\":\"{PLAIN}\",\"key\":{{\"json\":{{\"email\":3}}}}}}\n"
        ),
    );
    let consume = |options: &[&str]| {
        home.evctl(&[&["consume", "a.ndjson"], options].concat())
            .run()
    };
    let masked = [
        "{\"card\":{\"pan\":\"[redacted]\"},\"mail\":2}",
        "[redacted]",
    ];
    assert_eq!(consume(&[]).lines(), masked);
    let both = consume(&["--redact", "mail", "--redact", "mial"]);
    assert_eq!(
        both.lines()[0],
        "{\"card\":{\"pan\":\"[redacted]\"},\"mail\":\"[redacted]\"}"
    );
    // The second value, which is not JSON, is masked whole; that finds no path.
    let warning = "--redact \"mial\" was found in no record";
    assert!(both.stderr.contains(warning), "{}", both.stderr);
    assert_eq!(both.stderr.matches("warning").count(), 1, "{}", both.stderr);
    let unfound = consume(&["--redact", "mial", "-n", "1"]);
    assert!(
        unfound
            .stderr
            .contains("--redact \"mial\" was found in no record"),
        "{}",
        unfound.stderr
    );
    assert_eq!(consume(&["--no-redact"]).lines()[1], PLAIN);
    let _ = consume(&["--no-redact", "--redact", "a"]).exits(2);
    let refused = consume(&["--redact", "a..b"]).exits(2);
    assert!(
        refused.stderr.contains("--redact: \"a..b\" is not a path"),
        "{}",
        refused.stderr
    );
    home.write(
        "bad.toml",
        "default = \"x\"\n[profiles.x]\nredact = [\"a..b\"]\n",
    );
    let bad = home
        .evctl(&["consume", "a.ndjson"])
        .env("EVCTL_CONFIG", "bad.toml");
    let refused = bad.run().exits(2);
    let says = "bad.toml:3: \"a..b\" is not a path";
    assert!(refused.stderr.contains(says), "{}", refused.stderr);
    // Records are found by what is hidden in them.
    let found = consume(&["--filter", ".key.email == 3", "--jq", "[.key, .value]"]);
    assert_eq!(
        found.lines(),
        ["[{\"email\":\"[redacted]\"},\"[redacted]\"]"]
    );
}

#[test]
fn a_redact_list_of_a_profile_that_matches_nothing_is_told_once() {
    let home = home("");
    let note = "no path of the profile's redact is in these records: \
                card.pan, items.email, key.email, headers.authorization\n";
    let consume = |values: &[&str], options: &[&str]| {
        let lines = values
            .iter()
            .map(|value| format!("{}\n", json!({"value": value})));
        home.write("a.ndjson", lines.collect::<String>());
        let output = home
            .evctl(&[&["consume", "a.ndjson"], options].concat())
            .run();
        output.exits(0).stderr
    };
    let (other, text) = (r#"{"card":{"pna":1}}"#, "not json");
    for (values, options, told) in [
        (&[other, other, text][..], &[][..], 1),
        (&[text, other], &["--redact", "card.pna"], 1),
        (&[other], &["-q"], 0),
        (&[other], &["--no-redact"], 0),
        // One path of the list is enough, and so is what nobody can look into.
        (&[other, r#"{"card":{"pan":1}}"#], &[], 0),
        (&[text, text], &[], 0),
        (&[], &[], 0),
    ] {
        let stderr = consume(values, options);
        assert_eq!(
            stderr.matches(note).count(),
            told,
            "{values:?} {options:?} {stderr}"
        );
        assert!(!stderr.contains("warning"), "{stderr}");
    }
}

#[test]
fn a_redact_path_that_names_nothing_is_not_added_to_a_profile() {
    let home = Home::new();
    for path in ["card..pan", "headers.", ""] {
        let add = ["profile", "add", "x", "--redact", "email", "--redact", path];
        let refused = home.evctl(&add).run().exits(2);
        let says = format!("error: --redact: {path:?} is not a path");
        assert!(refused.stderr.starts_with(&says), "{}", refused.stderr);
    }
    assert_eq!(home.evctl(&["profile", "list"]).run().text(), "");
}

#[test]
fn a_protected_profile_is_shown_bare_only_to_whoever_names_its_cluster() {
    let home = home("protected = true\ncluster = \"orders-prod\"\n");
    home.write("a.ndjson", "{\"value\":\"text\"}\n");
    let bare = ["consume", "a.ndjson", "--no-redact"];
    let run = |more: &[&str]| home.evctl(&[&bare, more].concat()).without_terminal().run();
    for more in [&[][..], &["--yes"], &["--yes", "--cluster", "orders-test"]] {
        let refused = run(more).exits(6);
        assert_eq!(refused.text(), "");
        let says = "error: --no-redact was refused, nothing was read";
        assert!(refused.stderr.starts_with(says), "{}", refused.stderr);
    }
    assert_eq!(run(&["--yes", "--cluster", "orders-prod"]).ok(), "text\n");
}

#[test]
fn a_file_that_is_redacted_is_warned_of_before_it_is_written_to_a_topic() {
    let home = home("");
    let topic = Topic::new("redacted-file");
    topic.produce(0, &["{\"card\":{\"pan\":1}}"]);
    let saved = [
        "capture",
        &topic.name,
        "-O",
        "saved.ndjson",
        "--redact",
        "headers.x",
    ];
    let planned = home.evctl(&[&saved[..], &["--dry-run"]].concat()).run();
    let captured = home.evctl(&saved).run().exits(0);
    let redacted = "redacted: card.pan, items.email, key.email, headers.authorization, headers.x\n";
    let says = format!("captured 1 record to saved.ndjson, {redacted}");
    assert!(captured.stderr.ends_with(&says), "{}", captured.stderr);
    let says = format!("would read 1 offset into saved.ndjson, {redacted}");
    assert!(planned.stderr.contains(&says), "{}", planned.stderr);
    let first = home.read("saved.ndjson");
    let header: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    let paths = [
        "card.pan",
        "items.email",
        "key.email",
        "headers.authorization",
        "headers.x",
    ];
    assert_eq!(header["redacted"], json!(paths));
    let verify = ["capture", "verify", "saved.ndjson"];
    let verified = home.evctl(&verify).run();
    assert!(verified.ok().contains(&format!("  {redacted}")));
    let verified = home.evctl(&[&verify[..], &["-o", "json"]].concat()).run();
    let verified: Value = serde_json::from_str(&verified.ok()).unwrap();
    assert_eq!(verified["redacted"], json!(paths));
    let target = Topic::new("redacted-target");
    let warns = |output: &Output| {
        let redacted = "are redacted (card.pan, headers.authorization, headers.x";
        output.stderr.contains(redacted) && output.stderr.contains("saved.ndjson")
    };
    let produce = ["produce", &target.name, "-i", "json"];
    let dry = home
        .evctl(&[&produce[..], &["saved.ndjson", "--dry-run"]].concat())
        .run()
        .exits(0);
    assert!(
        dry.stderr.contains("are redacted (card.pan, "),
        "{}",
        dry.stderr
    );
    let piped = home.evctl(&produce).stdin(first.clone()).run().exits(0);
    assert!(
        piped.stderr.contains("records of \"stdin\" are redacted"),
        "{}",
        piped.stderr
    );
    let replay = [
        "replay",
        "saved.ndjson",
        "--to-topic",
        &target.name,
        "--dry-run",
    ];
    let replayed = home.evctl(&replay).run().exits(0);
    assert!(warns(&replayed), "{}", replayed.stderr);
    let applies = "the profile's redact does not apply to records that are written; --redact does";
    assert!(replayed.stderr.contains(applies), "{}", replayed.stderr);
    let address = broker().address();
    let other = format!("default = \"x\"\n[profiles.x]\nbrokers = [\"{address}\"]\n");
    home.write("other.toml", other);
    let without = home.evctl(&replay).env("EVCTL_CONFIG", "other.toml");
    assert!(!without.run().exits(0).stderr.contains(applies));
    let replay = ["replay", "-", "--to-topic", &target.name, "--yes"];
    let piped = home.evctl(&replay).stdin(first).run().exits(0);
    assert!(
        piped.stderr.contains("records of \"stdin\" are redacted"),
        "{}",
        piped.stderr
    );
}
