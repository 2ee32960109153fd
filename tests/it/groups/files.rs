//! Offsets as files: `groups export`, and `groups seek --from-file`.

use super::{command, filled, group, groups, offsets, store};
use crate::support::{Home, broker, members::ShareMember};

#[test]
fn what_is_exported_brings_a_group_back_in_every_form() {
    let topic = filled("files-forms", 2, 10);
    let group = group(&topic);
    let home = Home::new();
    for form in ["csv", "json", "ndjson", "kafka"] {
        store(&group, &topic, &[(0, 3), (1, 4)]);
        let exported = groups(&["export", &group, "-o", form]).ok();
        home.write("offsets", &exported);
        store(&group, &topic, &[(0, 9), (1, 9)]);
        let seek = ["seek", &group, "--from-file", "offsets", "--yes"];
        let _moved = command(&home, &seek).run().ok();
        assert_eq!(offsets(&group, &topic), [(0, 3), (1, 4)], "{form}");
    }
    assert_eq!(
        groups(&["export", &group]).ok(),
        format!(
            "group,topic,partition,offset,leader_epoch,metadata\n\
             {group},{0},0,3,,\n{group},{0},1,4,,\n",
            topic.name
        )
    );
    assert_eq!(
        groups(&["export", &group, "-o", "kafka"]).ok(),
        format!("{0},0,3\n{0},1,4\n", topic.name)
    );
}

#[test]
fn a_file_of_kafkas_own_tool_is_taken_as_it_is() {
    let topic = filled("files-kafka", 2, 10);
    let group = group(&topic);
    store(&group, &topic, &[(0, 9), (1, 9)]);
    let home = Home::new();
    // kafka-consumer-groups --reset-offsets … --export, with one group and with several.
    let one = format!("{0},0,3\n\"{0}\",1,4\n", topic.name);
    let seek = ["seek", &group, "--from-file", "-", "--yes"];
    let _moved = home
        .evctl(&[&["groups"], seek.as_slice(), &["-b", broker().address()]].concat())
        .stdin(one)
        .run()
        .ok();
    assert_eq!(offsets(&group, &topic), [(0, 3), (1, 4)]);
    home.write(
        "all.csv",
        format!("other,{0},0,8\n{group},{0},0,5\n", topic.name),
    );
    let seek = ["seek", &group, "--from-file", "all.csv", "--yes"];
    let _moved = command(&home, &seek).run().ok();
    assert_eq!(offsets(&group, &topic), [(0, 5), (1, 4)]);
    let other = [
        "seek",
        "third",
        "--create",
        "--from-file",
        "all.csv",
        "--yes",
    ];
    let said = command(&home, &other).run().exits(2).stderr;
    assert!(said.contains("not of \"third\""), "{said}");
}

#[test]
fn a_file_of_one_group_serves_another_one() {
    let topic = filled("files-other", 1, 10);
    let [from, to] = ["from", "to"].map(|name| format!("{}-{name}", topic.name));
    store(&from, &topic, &[(0, 6)]);
    let home = Home::new();
    home.write("from.csv", groups(&["export", &from]).ok());
    let seek = ["seek", &to, "--create", "--from-file", "from.csv", "--yes"];
    let moved = command(&home, &seek).run().exits(0);
    assert!(
        moved
            .stderr
            .contains(&format!("are those of group {from:?}")),
        "{}",
        moved.stderr
    );
    assert_eq!(offsets(&to, &topic), [(0, 6)]);
}

#[test]
fn lines_that_cannot_be_done_say_so_and_the_rest_is_done() {
    let topic = filled("files-partial", 1, 10);
    let group = group(&topic);
    store(&group, &topic, &[(0, 9)]);
    let home = Home::new();
    home.write(
        "some.csv",
        format!("{0},0,3\n{0},7,1\nfiles-no-topic,0,1\n", topic.name),
    );
    let seek = [
        "seek",
        &group,
        "--from-file",
        "some.csv",
        "--yes",
        "-o",
        "csv",
    ];
    let output = command(&home, &seek).run().exits(5);
    let rows = output.lines();
    assert_eq!(rows.len(), 4, "{rows:#?}");
    assert!(
        output.text().contains("the topic has no partition 7"),
        "{rows:#?}"
    );
    assert!(
        output.text().contains("UNKNOWN_TOPIC_OR_PARTITION"),
        "{rows:#?}"
    );
    assert_eq!(offsets(&group, &topic), [(0, 3)]);
    home.write("none.csv", "files-no-topic,0,1\n");
    let seek = ["seek", &group, "--from-file", "none.csv", "--yes"];
    let _nothing = command(&home, &seek).run().exits(4);
}

#[test]
fn a_file_of_something_else_is_refused_by_line() {
    let topic = filled("files-wrong", 1, 1);
    let group = group(&topic);
    store(&group, &topic, &[(0, 1)]);
    let home = Home::new();
    home.write("wrong.csv", "orders,0,1\norders,zero,1\n");
    let seek = ["seek", &group, "--from-file", "wrong.csv", "--yes"];
    let said = command(&home, &seek).run().exits(2).stderr;
    assert!(
        said.contains("line 2: \"zero\" is not a partition"),
        "{said}"
    );
    let seek = ["seek", &group, "--from-file", "absent.csv", "--yes"];
    let _absent = command(&home, &seek).run().exits(4);
}

#[test]
fn a_share_group_has_nothing_to_export() {
    let topic = filled("files-share", 1, 1);
    let group = group(&topic);
    if broker().is_before_4() {
        let _unknown = groups(&["export", &group]).exits(4);
        return;
    }
    let _member = ShareMember::join(broker().address(), &group, &[&topic.name]);
    let said = groups(&["export", &group]).exits(3).stderr;
    assert!(
        said.contains("is a share group, which stores no offsets"),
        "{said}"
    );
}
