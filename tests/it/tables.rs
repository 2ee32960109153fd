//! Tables and reports as users see them: standard output, standard error and the exit code.
//!
//! Numbers and rules are tested with their verbs; here a column that goes, a heading that changes
//! or a line that moves is seen. Names of topics are replaced by their labels, sizes, durations and
//! addresses by a word, and columns stand two spaces apart, as their widths depend on the names.

use regex::Regex;

use crate::support::{Home, Output, Record, Topic, broker, members::commit, replay_line};

/// 2026-01-01T10:00:00Z
const TEN: i64 = 1_767_261_600_000;

/// What `output` shows, with each of `names` replaced by its label.
fn shown(output: &Output, names: &[(&str, &str)]) -> String {
    let mut text = output.text().trim_end().to_owned();
    if !output.stderr.is_empty() {
        text.push_str(&format!("\n-- stderr --\n{}", output.stderr.trim_end()));
    }
    if output.code != 0 {
        text.push_str(&format!("\n-- exit {} --", output.code));
    }
    for (name, label) in names {
        text = text.replace(name, label);
    }
    text = text.replace(broker().address(), "BROKER");
    for (pattern, word) in [
        (r"\b\d+(\.\d+)?(ms|s|m|h|d)( \d+(ms|s|m|h))?\b", "TIME"),
        (r"\b\d+(\.\d+)? s\b", "TIME"),
        (r"[\d,.]+( \w+)?/s\b", "RATE"),
        (r"\b[0-9a-f]{8}\b|\b[0-9a-f]{64}\b", "HASH"),
        (r"\b\d+ (B|bytes)\b", "SIZE"),
        (r"(\s)[\w-]{22}(\s)", "${1}ID${2}"),
        (r"20\d\d-\d\d-\d\dT[\d:.]+Z", "DATE"),
        (r"[^\S\n]{2,}", "  "),
        (r"-{3,}", "---"),
        (r"[^\S\n]+\n", "\n"),
    ] {
        text = Regex::new(pattern)
            .unwrap()
            .replace_all(&text, word)
            .into_owned();
    }
    text
}

fn run(home: &Home, arguments: &[&str]) -> Output {
    let connect = ["-b", broker().address()];
    home.evctl(&[arguments, &connect].concat()).run()
}

/// A topic with two partitions: three keyed records in the first one, two in the second one.
fn orders(label: &str) -> Topic {
    let topic = Topic::with(label, 2, &[]);
    let record = |number: i64| Record {
        timestamp: Some(TEN + number * 1_000),
        ..Record::keyed("k", r#"{"total":1}"#)
    };
    topic.produce_records(0, &[0, 1, 2].map(record));
    topic.produce_records(1, &[3, 4].map(record));
    topic
}

#[test]
fn records_as_a_table_and_as_text() {
    let topic = orders("table");
    let names = [(&*topic.name, "TOPIC")];
    let home = Home::new();
    let consume = ["consume", &topic.name, "-p", "0"];
    let table = run(&home, &[&consume[..], &["-o", "table"]].concat());
    insta::assert_snapshot!(shown(&table, &names), @r#"
    TOPIC  PARTITION  OFFSET  TIMESTAMP  KEY  VALUE
    TOPIC  0  0  1767261600000  k  {"total":1}
    TOPIC  0  1  1767261601000  k  {"total":1}
    TOPIC  0  2  1767261602000  k  {"total":1}
    "#);
    let pretty = run(
        &home,
        &[&consume[..], &["-n", "1", "-o", "pretty"]].concat(),
    );
    insta::assert_snapshot!(shown(&pretty, &names), @r#"
    DATE  TOPIC/0@0  k  {"total": 1}
    "#);
}

#[test]
fn the_lag_of_a_group() {
    let topic = orders("lag-table");
    let group = format!("{}-group", topic.name);
    let names = [(&*group, "GROUP"), (&*topic.name, "TOPIC")];
    commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    let home = Home::new();
    let lag = |more: &[&str]| {
        let line = [&["lag", &group, "--time", "off"], more].concat();
        shown(&run(&home, &line), &names)
    };
    insta::assert_snapshot!(lag(&[]), @r"
    TOPIC  PART  STATUS  COMMITTED  END  LAG  TIME  LOST
    TOPIC  0  -  1  3  ≤2  -  0
    TOPIC  1  NO_COMMIT  -  2  -  -  -
    GROUP: 2 partitions, 1 unknown, lag ≤2 (≤2 if the rest is read from the end, ≤4 from the beginning), NO_COMMIT
    ");
    insta::assert_snapshot!(lag(&["-o", "wide"]), @r"
    TOPIC  PART  STATUS  COMMITTED  END  LAG  TIME  LOST  START  STABLE END  NEXT  METHOD  SPAN  MARGIN  HOST  NOTES
    TOPIC  0  -  1  3  ≤2  -  0  0  3  -  -  -  1  -  nothing tells whether anybody reads on; --verdict looks at its commits
    TOPIC  1  NO_COMMIT  -  2  -  -  -  0  2  -  -  -  -  -  -
    GROUP: 2 partitions, 1 unknown, lag ≤2 (≤2 if the rest is read from the end, ≤4 from the beginning), NO_COMMIT
    ");
    insta::assert_snapshot!(lag(&["-o", "markdown"]), @r"
    | topic | part | status | committed | end | lag | time | lost | start | stable end | next | method | span | margin | host | notes |
    |---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|
    | TOPIC | 0 | - | 1 | 3 | ≤2 | - | 0 | 0 | 3 | - | - | - | 1 | - | nothing tells whether anybody reads on; --verdict looks at its commits |
    | TOPIC | 1 | NO_COMMIT | - | 2 | - | - | - | 0 | 2 | - | - | - | - | - | - |
    ");
    insta::assert_snapshot!(lag(&["--max-lag", "1"]), @r#"
    TOPIC  PART  STATUS  COMMITTED  END  LAG  TIME  LOST
    TOPIC  0  -  1  3  ≤2  -  0
    TOPIC  1  NO_COMMIT  -  2  -  -  -
    GROUP: 2 partitions, 1 unknown, lag ≤2 (≤2 if the rest is read from the end, ≤4 from the beginning), NO_COMMIT
    -- stderr --
    warning: group "GROUP": lag 2 is over --max-lag 1
    warning: group "GROUP": limits do not count 1 partition of unknown lag; --fail-on NO_COMMIT does
    -- exit 1 --
    "#);
}

#[test]
fn groups_and_what_they_stand_at() {
    let topic = orders("groups-table");
    let group = format!("{}-group", topic.name);
    let names = [(&*group, "GROUP"), (&*topic.name, "TOPIC")];
    let offsets = [(&*topic.name, 0, 1), (&topic.name, 1, 2)];
    commit(broker().address(), &group, &offsets);
    let home = Home::new();
    let groups = |line: &[&str]| shown(&run(&home, &[&["groups"], line].concat()), &names);
    let seek = ["seek", &group, "--from", "latest", "--dry-run"];
    insta::assert_snapshot!(groups(&["list", &group]), @r"
    GROUP  TYPE  STATE  MEMBERS  COORDINATOR
    GROUP  simple  Empty  0  1
    ");
    insta::assert_snapshot!(groups(&["describe", &group]), @r"
    GROUP  TYPE  STATE  MEMBERS  ASSIGNOR  COORDINATOR  HOST
    GROUP  simple  Empty  0  -  1  BROKER

    TOPIC  PARTITION  COMMITTED  FIRST  END  OWNER
    TOPIC  0  1  0  3  -
    TOPIC  1  2  0  2  -
    ");
    insta::assert_snapshot!(groups(&["export", &group]), @r"
    group,topic,partition,offset,leader_epoch,metadata
    GROUP,TOPIC,0,1,,
    GROUP,TOPIC,1,2,,
    ");
    insta::assert_snapshot!(groups(&seek), @r#"
    TOPIC  PARTITION  OLD  NEW  AGAIN  SKIPPED  FROM TIME  TO TIME
    TOPIC  0  1  3  0  ≤2  DATE  DATE
    -- stderr --
    group "GROUP": 1 partition of 1 topic will be moved; up to 2 records will never be read; 1 partition stays where it is
    dry run: nothing was done
    "#);
    insta::assert_snapshot!(groups(&["delete", &group, "--dry-run"]), @r"
    GROUP  TYPE  TOPICS  PARTITIONS
    GROUP  simple  1  2
    -- stderr --
    1 group will be deleted with all that is stored for them
    dry run: nothing was done
    ");
}

#[test]
fn topics_and_their_partitions() {
    let topic = orders("topics-table");
    let names = [(&*topic.name, "TOPIC")];
    let home = Home::new();
    let topics = |line: &[&str]| shown(&run(&home, &[&["topics"], line].concat()), &names);
    let alter = ["alter", &topic.name, "--partitions", "3", "--dry-run"];
    let trim = ["trim", &topic.name, "--before", "+1", "--dry-run"];
    insta::assert_snapshot!(topics(&["list", &topic.name]), @r"
    TOPIC  PARTITIONS  REPLICATION  RECORDS  FIRST  LAST  CLEANUP POLICY  SIZE
    TOPIC  2  1  5  DATE  DATE  delete  SIZE
    ");
    insta::assert_snapshot!(topics(&["describe", &topic.name]), @r"
    TOPIC  ID  PARTITIONS  REPLICATION  MIN ISR  CLEANUP  RETENTION
    TOPIC  ID  2  1  1  delete  forever

    RECORDS  SIZE  FIRST  LAST
      5  SIZE  DATE  DATE

    PARTITION  LEADER  REPLICAS  IN SYNC  START  END  RECORDS  SIZE  STATUS
      0  1  1  1  0  3  3  SIZE  ok
      1  1  1  1  0  2  2  SIZE  ok

    CONFIG  VALUE  SOURCE
    min.insync.replicas  1  dynamic-broker
    retention.ms  -1  static-broker
    ");
    insta::assert_snapshot!(topics(&alter), @r#"
    KEY  OLD  OLD SOURCE  NEW  NEW SOURCE
    partitions  2  -  3  -
    -- stderr --
    warning: more partitions move keys: records of one key that are written from now on may go to another partition than those before
    topic "TOPIC" will be altered:
    dry run: nothing was done
    "#);
    insta::assert_snapshot!(topics(&trim), @r#"
    PARTITION  OLD START  NEW START  RECORDS
      0  0  1  ≤1
      1  0  1  ≤1
    -- stderr --
    topic "TOPIC": up to 2 records will be removed for ever
    no group that you may see stands before the new starts
    dry run: nothing was done
    "#);
    insta::assert_snapshot!(topics(&["delete", &topic.name, "--dry-run"]), @r"
    TOPIC  PARTITIONS  RECORDS  SIZE  GROUPS
    TOPIC  2  ≤5  SIZE
    -- stderr --
    these topics will be deleted for ever:
    dry run: nothing was done
    ");
}

#[test]
fn a_replay_is_planned_done_and_verified() {
    let (from, to) = (
        orders("replay-table"),
        Topic::with("replay-table-to", 2, &[]),
    );
    let id = format!("id-{}", from.name);
    let names = [(&*id, "ID"), (&*to.name, "TARGET"), (&*from.name, "SOURCE")];
    let home = Home::new();
    let replay = |line: &[&str]| shown(&run(&home, &[&["replay"], line].concat()), &names);
    let line = replay_line(&from, &to, &id);
    insta::assert_snapshot!(replay(&[&line[..], &["--dry-run"]].concat()), @r#"
    TOPIC  PARTITION  START  END  IN WINDOW  BYTES  FIRST  LAST  OUT OF ORDER
    SOURCE  0  0  3  3  SIZE  DATE  DATE  0.0%
    SOURCE  1  0  2  2  SIZE  DATE  DATE  0.0%
    -- stderr --
    replay ID: 5 records of 5 offsets
    SOURCE -> TARGET (2 partitions)
    partitions kept, timestamps original, speed max, at least once
    progress is kept in group "evctl.replay.ID";
    "evctl replay cancel ID" deletes it
    dry run: nothing was written
    "#);
    insta::assert_snapshot!(replay(&line), @r#"

    -- stderr --
    replay ID: 5 records of 5 offsets
    SOURCE -> TARGET (2 partitions)
    partitions kept, timestamps original, speed max, at least once
    progress is kept in group "evctl.replay.ID";
    "evctl replay cancel ID" deletes it
    TOPIC  PARTITION  START  END  IN WINDOW  BYTES  FIRST  LAST  OUT OF ORDER
    SOURCE  0  0  3  3  SIZE  DATE  DATE  0.0%
    SOURCE  1  0  2  2  SIZE  DATE  DATE  0.0%
    5 records written (SIZE) in TIME
    "#);
    insta::assert_snapshot!(replay(&["status", &id]), @r"
    TOPIC  PARTITION  START  NEXT  END  PASSED  PRODUCED
    SOURCE  0  0  3  3  100%  3
    SOURCE  1  0  2  2  100%  2
    -- stderr --
    replay ID is done: 5 records written
    SOURCE -> TARGET
    window from the beginning to the end
    SOURCE --to-topic TARGET --id ID
    ");
    insta::assert_snapshot!(replay(&["verify", &id]), @r"
    ID  EXPECTED  FOUND  MISSING  DOUBLED  FIRST MISSING  FIRST DOUBLED
    ID  5  5  0  0
    -- stderr --
    5 records found, each once
    ");
}

#[test]
fn a_capture_is_made_and_verified() {
    let topic = orders("capture-table");
    let names = [(&*topic.name, "TOPIC")];
    let home = Home::new();
    let made = run(&home, &["capture", &topic.name, "-O", "a.ndjson"]);
    insta::assert_snapshot!(shown(&made, &names), @r"

    -- stderr --
    captured 5 records to a.ndjson
    ");
    let verified = home.evctl(&["capture", "verify", "a.ndjson"]).run();
    insta::assert_snapshot!(shown(&verified, &names), @r"
    a.ndjson: sound, 5 records, sha256 HASH verified
      TOPIC: 2 of 2 partitions, 5 offsets
    ");
    let missing = home.evctl(&["capture", "verify", "b.ndjson"]).run();
    insta::assert_snapshot!(shown(&missing, &names), @r#"

    -- stderr --
    error: cannot open "b.ndjson"
      caused by: No such file or directory (os error 2)
    -- exit 4 --
    "#);
}

#[test]
fn schemas_are_compared_and_checked() {
    let home = Home::new();
    let record = |fields: &str| format!(r#"{{"type":"record","name":"O","fields":[{fields}]}}"#);
    let id = r#"{"name":"id","type":"long"}"#;
    home.write("old.avsc", record(id));
    home.write(
        "new.avsc",
        record(&format!(r#"{id},{{"name":"n","type":"int"}}"#)),
    );
    let schema = |line: &[&str]| shown(&home.evctl(&[&["schema"], line].concat()).run(), &[]);
    insta::assert_snapshot!(schema(&["diff", "old.avsc", "new.avsc"]), @r#"
    old.avsc -> new.avsc (AVRO, rules of confluent)

    BREAKS NEW CONSUMERS
      x avro/reader-field-missing-default  /fields/1
      a field that the data lacks has no default: n
      now n: int
      new.avsc:1:67 /fields/1
      fix: add "default": 0 to "n"
      witness: {"id":1}
      fingerprint d0332f591b5e

    MODE  COMPATIBLE  AGAINST
    BACKWARD  no  old.avsc
    BACKWARD_TRANSITIVE  no  old.avsc
    FORWARD  yes  old.avsc
    FORWARD_TRANSITIVE  yes  old.avsc
    FULL  no  old.avsc
    FULL_TRANSITIVE  no  old.avsc
    NONE  yes  -
    upgrade producers first, then consumers
    "#);
    let check = ["check", "new.avsc", "--against", "old.avsc"];
    insta::assert_snapshot!(schema(&check), @r#"
    old.avsc -> new.avsc (AVRO, rules of confluent)

    BREAKS NEW CONSUMERS
      x avro/reader-field-missing-default  /fields/1
      a field that the data lacks has no default: n
      now n: int
      new.avsc:1:67 /fields/1
      fix: add "default": 0 to "n"
      witness: {"id":1}
      fingerprint d0332f591b5e

    MODE  COMPATIBLE  AGAINST
    BACKWARD  no  old.avsc
    BACKWARD_TRANSITIVE  no  old.avsc
    FORWARD  yes  old.avsc
    FORWARD_TRANSITIVE  yes  old.avsc
    FULL  no  old.avsc
    FULL_TRANSITIVE  no  old.avsc
    NONE  yes  -
    upgrade producers first, then consumers
    fails BACKWARD (default)
    -- exit 1 --
    "#);
}

#[test]
fn profiles_are_listed_and_shown() {
    let home = Home::new();
    let folder = home.path().to_str().unwrap();
    let names = [(folder, "HOME")];
    let profile = |line: &[&str]| shown(&home.evctl(&[&["profile"], line].concat()).run(), &names);
    insta::assert_snapshot!(profile(&["list"]), @r"

    -- stderr --
    no profiles yet; `evctl profile add NAME -b HOST:PORT` makes one
    ");
    insta::assert_snapshot!(profile(&["add", "prod", "-b", "kafka:9092"]), @r#"

    -- stderr --
    added "prod" in HOME/.config/evctl/config.toml
    "#);
    insta::assert_snapshot!(profile(&["list"]), @r"
    NAME  BROKERS  REGISTRY  PROTECTED  FILES
    prod  kafka:9092  -  no  HOME/.config/evctl/config.toml
    ");
    insta::assert_snapshot!(profile(&["show", "prod"]), @r#"
    SETTING  VALUE  REACHES
    brokers  kafka:9092
    -- stderr --
    profile "prod" (flag -P)
    "#);
}

#[test]
fn errors_name_the_thing_the_cause_and_what_to_type() {
    let topic = orders("errors");
    commit(broker().address(), &topic.name, &[(&topic.name, 0, 1)]);
    let home = Home::new();
    let failed = |line: &[&str]| shown(&run(&home, line), &[]);
    insta::assert_snapshot!(failed(&["consume", "no-such-topic-at-all"]), @r#"

    -- stderr --
    error: topic "no-such-topic-at-all" does not exist
    hint: check the name and the cluster; evctl topics create makes topics
    -- exit 4 --
    "#);
    insta::assert_snapshot!(failed(&["lag", "no-such-group-at-all"]), @r#"

    -- stderr --
    error: group "no-such-group-at-all" does not exist
    hint: `evctl groups list` shows those that you may see
    -- exit 4 --
    "#);
    insta::assert_snapshot!(failed(&["consume", "--from", "2h", "x"]), @r#"

    -- stderr --
    error: --from: "TIME" is a duration, not a position
    hint: did you mean -TIME (TIME before now)?
    -- exit 2 --
    "#);
    insta::assert_snapshot!(failed(&["replay", "resume", "no-such"]), @r#"

    -- stderr --
    error: this machine knows no replay "no-such"
    hint: evctl replay list shows those it knows
    hint: to resume one that another machine began, type its whole line with --id no-such
    -- exit 4 --
    "#);
    insta::assert_snapshot!(failed(&["tail", "-f", "orders"]), @r"

    -- stderr --
    error: --format: no % and so nothing of a record (a template is '%k: %s\n', a format is -o json) at column 1
      orders
      ^
    hint: %s value, %k key, %t topic, %p partition, %o offset, %T timestamp in ms, %h headers, %S and %K lengths, %R binary length, %% a percent sign; \n \r \t \e \0 \xNN
    hint: tail follows without an option: evctl tail orders
    -- exit 2 --
    ");
    let future = [
        "consume",
        "--from",
        "2999-01-01T00:00:00Z",
        "no-such-topic-at-all",
    ];
    insta::assert_snapshot!(failed(&future), @r#"

    -- stderr --
    --from is in the future: no record with an earlier timestamp is selected
    error: topic "no-such-topic-at-all" does not exist
    hint: check the name and the cluster; evctl topics create makes topics
    -- exit 4 --
    "#);
}
