//! `replay list`, `cancel` and `verify`.

use super::*;

#[test]
fn verify_finds_a_doubled_and_a_missing_record() {
    let [from, to, again] = ["verify-from", "verify-to", "verify-again"].map(Topic::new);
    from.produce(0, &["a", "b", "c"]);
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let _ = copy(&home, &from, &to, &["--id", &id]).ok();
    let verify = |exit| {
        let output = replay(&home, &["verify", &id, "-o", "json"])
            .run()
            .exits(exit);
        serde_json::from_str::<Value>(output.text()).unwrap()["replays"][0].clone()
    };
    let found = verify(0);
    assert_eq!(
        (&found["missing"], &found["doubled"]),
        (&0.into(), &0.into())
    );
    assert_eq!(found["found"], 3);
    // One of them twice, the marks and all: captured and produced again.
    let line = [
        "capture",
        &to.name,
        "-n",
        "1",
        "-O",
        "one.ndjson",
        "-b",
        broker().address(),
    ];
    let _ = home.evctl(&line).run().exits(0);
    let line = [
        "produce",
        &to.name,
        "-i",
        "json",
        "one.ndjson",
        "-b",
        broker().address(),
    ];
    let _ = home.evctl(&line).run().exits(0);
    let found = verify(1);
    assert_eq!(
        (&found["missing"], &found["doubled"]),
        (&0.into(), &1.into())
    );
    // And two of them away.
    to.trim(0, 2);
    let found = verify(1);
    assert_eq!(found["missing"], 1, "the first stands there once more");
    drop(again);
}

#[test]
fn replays_are_listed_and_forgotten() {
    let [from, to] = ["list-from", "list-to"].map(Topic::new);
    from.produce(0, &["a"]);
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let _ = copy(&home, &from, &to, &["--id", &id]).ok();
    let state = || {
        let list = report(&replay(&home, &["list", "-o", "json"]).run());
        let rows = list["replays"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|row| row["id"] == *id);
        row.map(|row| row["state"].clone())
    };
    assert_eq!(state(), Some("done".into()));
    let _ = replay(&home, &["cancel", &id, "--yes"]).run().ok();
    assert_eq!(state(), None);
    let _ = replay(&home, &["status", &id]).run().exits(4);
    let _ = replay(&home, &["resume", &id, "--yes"]).run().exits(4);
}
