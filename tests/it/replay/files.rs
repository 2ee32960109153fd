//! Replays of files.

use super::*;

#[test]
fn records_that_name_no_topic_go_to_the_one_that_is_named() {
    let to = Topic::with("nameless", 2, &[]);
    let home = Home::new();
    let lines =
        (0..3).map(|number| format!(r#"{{"key":"k","value":"{number}","timestamp":{TEN}}}"#));
    home.write("min.ndjson", lines.collect::<Vec<_>>().join("\n"));
    for template in ["same", "{topic}.again"] {
        let line = ["min.ndjson", "--to-topic", template, "--yes"];
        let output = replay(&home, &line).run().exits(2);
        says(&output, "name no topic");
    }
    let id = format!("id-{}", to.name);
    let line = ["min.ndjson", "--to-topic", &to.name, "--yes", "--id", &id];
    let output = replay(&home, &line).run().exits(0);
    says(&output, &format!("min.ndjson -> {}", to.name));
    let all = [values(&to, 0), values(&to, 1)].concat();
    assert_eq!(all, ["0", "1", "2"]);
    let verified = replay(&home, &["verify", &id]).run().exits(0);
    says(&verified, "3 records found, each once");
    home.write("none.ndjson", "");
    let line = ["none.ndjson", "--to-topic", &to.name, "--yes"];
    let _ = replay(&home, &line).run().exits(0);
}

#[test]
fn several_files_are_one_stream_in_order_of_time() {
    let home = Home::new();
    let line = |second: i64, value: &str| {
        let timestamp = TEN + second * 1_000;
        format!("{{\"topic\":\"orders\",\"value\":\"{value}\",\"timestamp\":{timestamp}}}\n")
    };
    home.write(
        "a.ndjson",
        [line(0, "0"), line(3, "3"), line(4, "4")].concat(),
    );
    home.write(
        "b.ndjson",
        [line(1, "1"), line(2, "2"), line(5, "5")].concat(),
    );
    let shown = |arguments: &[&str]| home.evctl(arguments).run().ok().replace('\n', "");
    assert_eq!(shown(&["consume", "a.ndjson", "b.ndjson"]), "034125");
    let merged = ["consume", "b.ndjson", "a.ndjson", "--order", "time"];
    assert_eq!(shown(&merged), "012345");
    assert_eq!(shown(&["tail", "b.ndjson", "a.ndjson", "-n", "3"]), "345");
    let to = Topic::new("merged-files");
    let line = [
        "a.ndjson",
        "b.ndjson",
        "--to-topic",
        &to.name,
        "--speed",
        "100x",
        "--yes",
    ];
    let _ = replay(&home, &line).run().exits(0);
    assert_eq!(values(&to, 0).concat(), "012345");
}
