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
