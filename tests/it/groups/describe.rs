//! `evctl groups describe`.

use serde_json::{Value, json};

use super::{filled, group, groups, json as json_of, store};
use crate::support::{
    broker, evctl,
    members::{CLIENT_ID, ClassicMember, ConsumerMember, ShareMember},
    until,
};

fn partitions(described: &Value) -> Vec<Value> {
    let offsets = described["groups"][0]["offsets"].as_array().unwrap();
    let fields = ["partition", "offset", "first", "end", "owner", "error"];
    let row = |row: &Value| Value::from_iter(fields.map(|field| row[field].clone()));
    offsets.iter().map(row).collect()
}

#[test]
fn a_classic_group_has_members_and_each_partition_its_offsets() {
    let topic = filled("describe-classic", 3, 5);
    topic.trim(1, 2);
    let group = group(&topic);
    let at = broker().address();
    let has = [(topic.name.as_str(), 0), (topic.name.as_str(), 2)];
    let member = ClassicMember::join(at, &group, &[&topic.name], &has);
    member.commit(&[(&topic.name, 0, 4), (&topic.name, 1, 3)]);

    let described = json_of(&["describe", &group]);
    assert_eq!(described["kind"], "evctl.group-describe/1");
    let found = &described["groups"][0];
    assert_eq!(found["type"], "classic");
    assert_eq!(found["state"], "Stable");
    assert_eq!(found["assignor"], "range");
    assert_eq!(found["coordinator"], json!({ "id": 1, "host": at }));
    assert_eq!(found["epoch"], Value::Null, "classic groups have none");
    let seen = &found["members"][0];
    assert_eq!(seen["member"], json!(member.id));
    assert_eq!(seen["client"], CLIENT_ID);
    assert_eq!(seen["host"], "127.0.0.1");
    assert_eq!(seen["subscribed"], json!([topic.name]));
    assert_eq!(seen["assigned"].as_array().unwrap().len(), 2);
    assert_eq!(
        partitions(&described),
        [
            json!([0, 4, 0, 5, CLIENT_ID, null]),
            json!([1, 3, 2, 5, null, null]),
            // It has the partition, and has stored nothing there: unknown, not 0.
            json!([2, null, 0, 5, CLIENT_ID, null]),
        ]
    );

    let table = groups(&["describe", &group]).exits(0);
    let text = table.text();
    assert!(text.contains(&format!("{}:0,2", topic.name)), "{text}");
    assert!(text.contains("TOPIC"), "{text}");
}

#[test]
fn a_group_of_the_new_protocol_has_epochs() {
    let topic = filled("describe-consumer", 2, 3);
    let group = group(&topic);
    if broker().is_before_4() {
        let said = groups(&["describe", &group]).exits(4).stderr;
        assert!(said.contains("does not exist"), "{said}");
        return;
    }
    let member = ConsumerMember::join(broker().address(), &group, &[&topic.name]);
    member.commit(&[(&topic.name, 1, 2)]);
    let described = json_of(&["describe", &group]);
    let found = &described["groups"][0];
    assert_eq!(found["type"], "consumer");
    assert!(found["epoch"].as_i64().unwrap() > 0);
    assert_eq!(found["epoch"], found["assignment_epoch"]);
    assert_eq!(found["members"][0]["member"], json!(member.id));
    assert_eq!(
        partitions(&described),
        [
            json!([0, null, 0, 3, CLIENT_ID, null]),
            json!([1, 2, 0, 3, CLIENT_ID, null]),
        ]
    );
}

#[test]
fn a_share_group_has_start_offsets_and_the_brokers_own_lag() {
    let topic = filled("describe-share", 1, 3);
    let group = group(&topic);
    if broker().is_before_4() {
        let said = groups(&["describe", &group]).exits(4).stderr;
        assert!(said.contains("does not exist"), "{said}");
        return;
    }
    let mut member = ShareMember::join(broker().address(), &group, &[&topic.name]);
    assert_eq!(member.take(&topic.name, 0, 3), 3);
    // The offset that the broker keeps follows with what it writes next.
    topic.produce(0, &["new"]);
    assert_eq!(member.take(&topic.name, 0, 1), 1);
    topic.produce(0, &["newer", "newest"]);
    let mut described = Value::Null;
    until("the broker knows how far the group is", || {
        described = json_of(&["describe", &group]);
        described["groups"][0]["offsets"][0]["lag"] == 2
    });
    assert_eq!(described["groups"][0]["type"], "share");
    let row = &described["groups"][0]["offsets"][0];
    assert_eq!(row["offset"], 3);
    assert_eq!((&row["first"], &row["end"]), (&json!(0), &json!(6)));
    assert_eq!(row["owner"], CLIENT_ID);
    assert_eq!(row["lag_is_upper_bound"], true);
    let text = groups(&["describe", &group]).ok();
    assert!(
        text.contains("START OFFSET") && text.contains("≤2 "),
        "{text}"
    );
}

#[test]
fn several_groups_are_rows_with_their_names_and_a_missing_one_is_told() {
    let topic = filled("describe-two", 2, 2);
    let [one, two] = ["one", "two"].map(|name| format!("{}-{name}", topic.name));
    store(&one, &topic, &[(0, 1)]);
    store(&two, &topic, &[(1, 2)]);
    let csv = groups(&["describe", &two, &one, "-o", "csv"]).ok();
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        &rows[0][..6],
        ["group", "type", "state", "topic", "partition", "offset"]
    );
    assert_eq!(
        &rows[1][..6],
        [&one, "simple", "Empty", &topic.name, "0", "1"]
    );
    assert_eq!(
        &rows[2][..6],
        [&two, "simple", "Empty", &topic.name, "1", "2"]
    );

    let wrong = format!("{one}x");
    let partial = groups(&["describe", &one, &wrong]).exits(5);
    assert!(partial.text().contains(&one));
    assert!(
        partial.stderr.contains(&format!("did you mean {one:?}?")),
        "{}",
        partial.stderr
    );
    let nothing = groups(&["describe", &wrong]).exits(4);
    assert!(nothing.text().is_empty());
}

#[test]
fn whoever_pipes_the_table_on_gets_no_advice() {
    let topic = filled("describe-advice", 1, 3);
    let group = group(&topic);
    store(&group, &topic, &[(0, 1)]);
    let output = groups(&["describe", &group]).exits(0);
    assert!(output.stderr.is_empty(), "{}", output.stderr);
}

#[test]
fn a_partition_is_headed_the_same_in_every_table() {
    let topic = filled("describe-heading", 1, 3);
    let group = group(&topic);
    store(&group, &topic, &[(0, 1)]);
    for arguments in [
        ["groups", "describe", &group].as_slice(),
        &["groups", "seek", &group, "--shift", "1", "--dry-run"],
        &["topics", "describe", &topic.name],
    ] {
        let table = evctl(&[arguments, &["-b", broker().address()]].concat()).ok();
        let words: Vec<&str> = table.split_whitespace().collect();
        assert!(words.contains(&"PARTITION"), "{arguments:?}: {table}");
    }
}
