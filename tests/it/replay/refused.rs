//! Records that the target does not take.

use super::*;
use crate::support::proxy::Proxy;

fn now() -> i64 {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

/// A thousand numbered records of now, of which these are so many minutes ahead.
fn ahead(label: &str, ahead: &[(usize, i64)]) -> Topic {
    let topic = Topic::new(label);
    let now = now();
    let values: Vec<String> = (0..1_000).map(|number| number.to_string()).collect();
    let records: Vec<_> = (values.iter().enumerate())
        .map(|(number, value)| {
            let minutes = ahead.iter().find(|(at, _)| *at == number);
            let minutes = minutes.map_or(0, |(_, minutes)| *minutes);
            Record {
                timestamp: Some(now + minutes * MINUTE),
                ..Record::value(value)
            }
        })
        .collect();
    topic.produce_records(0, &records);
    topic
}

fn strict(label: &str) -> Topic {
    Topic::with(label, 1, &[("message.timestamp.after.max.ms", "60000")])
}

#[test]
fn what_stands_before_a_refused_record_is_not_written_again() {
    let from = ahead("refused", &[(130, 30), (140, 40)]);
    let home = Home::new();
    for (label, more) in [
        ("refused-to", &[][..]),
        ("refused-slow", &["--rate", "300/s"]),
    ] {
        let to = strict(label);
        let id = format!("id-{}", to.name);
        // Neither the samples nor the newest record, which is left out, show the first of them.
        let filter = ["--id", &id, "--filter", ".offset != 140", "-o", "json"];
        let output = copy(&home, &from, &to, &[&filter, more].concat()).exits(5);
        let place = format!("{}/0 offset 130", from.name);
        says(&output, &format!("did not take the record of {place}"));
        says(&output, "--filter '.partition != 0 or .offset != 130'");
        says(&output, "--timestamps now");
        says(&output, &format!("evctl replay resume {id}"));
        let end: Value = serde_json::from_str(output.text()).unwrap();
        let written = values(&to, 0);
        assert_eq!(end["produced"], written.len());
        // A broker refuses whole batches: the one that the record is in may begin before it.
        let next = end["partitions"][0]["next"].as_u64().unwrap();
        assert!(next <= 130, "{end}");
        assert_eq!(end["produced_in_all"], next);
        assert_eq!(next > 0, !more.is_empty());
        let again = end["written_again_at_most"].as_u64().unwrap();
        assert_eq!(again, written.len() as u64 - next, "{end}");
        let output = replay(&home, &["resume", &id, "--yes"]).run().exits(5);
        if again > 0 {
            says(&output, "may have been written twice");
        }
        let counts = counts(broker().address(), &to.name, 1);
        let mut before = (0..next).map(|number| counts.get(&number.to_string()));
        assert!(before.all(|count| count == Some(&1)), "{counts:?}");
    }
}

#[test]
fn one_record_ahead_that_no_sample_meets_is_refused_before_anything_is_written() {
    let from = ahead("newest", &[(130, 30)]);
    let to = strict("newest-to");
    let home = Home::new();
    let output = copy(&home, &from, &to, &[]).exits(6);
    says(
        &output,
        &format!("the newest, {}/0 offset 130, is of", from.name),
    );
    assert!(values(&to, 0).is_empty());
    let _ = copy(&home, &from, &to, &["--filter", ".offset != 130"]).ok();
    assert_eq!(values(&to, 0).len(), 999);
}

#[test]
fn progress_of_another_cluster_is_kept_up_to_a_refused_record_too() {
    let to = Topic::with("refused-file", 1, &[("max.message.bytes", "2000")]);
    let home = Home::new();
    let now = now();
    let lines: Vec<String> = (0..50)
        .map(|number| {
            let value = "x".repeat(if number == 30 { 5_000 } else { 5 });
            format!(r#"{{"value":"{number} {value}","timestamp":{now}}}"#)
        })
        .collect();
    home.write("large.ndjson", lines.join("\n"));
    let id = format!("id-{}", to.name);
    // What is rewritten may have any size.
    let line = ["large.ndjson", "--to-topic", &to.name, "--yes", "--id", &id];
    let more = ["--transform", ".", "-o", "json"];
    let output = replay(&home, &[&line[..], &more].concat()).run().exits(5);
    says(&output, "larger than the topic takes");
    let end: Value = serde_json::from_str(output.text()).unwrap();
    assert_eq!(end["partitions"][0]["next"], 30, "{end}");
    assert_eq!(end["produced_in_all"], 30);
}

#[test]
fn records_that_are_written_although_the_answer_refuses_them_are_in_both_bounds() {
    const RECORDS: u32 = 4_000;
    let from = filled("answers", 2, RECORDS);
    for nth in [1, 2, 4] {
        let (home, to) = (Home::new(), Topic::with("answers-to", 2, &[]));
        let proxy = Proxy::refusing(broker().address(), nth);
        let line = ["replay", &from.name, "--to-topic", &to.name, "--yes"];
        let more = ["--id", &to.name, "-o", "json", "-b", proxy.address()];
        let output = home.evctl(&[&line[..], &more].concat()).run().exits(5);
        let first: Value = serde_json::from_str(output.text()).unwrap();
        let resume = ["resume", &to.name, "--yes", "-o", "json"];
        let second = report(&replay(&home, &resume).run());
        let counts = counts(broker().address(), &to.name, 2);
        assert_all(&counts, RECORDS, false);
        let doubled: u64 = counts.values().map(|count| *count as u64 - 1).sum();
        assert!(doubled > 0, "{first} {second}");
        for told in [&first["written_again_at_most"], &second["could_be_doubled"]] {
            let told = told.as_u64().unwrap();
            assert!(doubled <= told, "{doubled} doubled: {first} {second}");
        }
    }
}
