//! What was changed can be brought back by the line that is printed.

use super::{filled, group, offsets, store};
use crate::support::{Home, Output, broker, members::list_groups};

/// Runs a change in `home`, and then what it says that undoes it, as a shell would.
#[track_caller]
fn undo(home: &Home, done: &Output) {
    let said = &done.stderr;
    let undo = said
        .lines()
        .find_map(|line| line.strip_prefix("to undo it: "))
        .unwrap_or_else(|| panic!("{said}"));
    for line in undo.split(" && ") {
        // Nothing in it needs quotes here.
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(words[0], "evctl");
        let arguments = [&words[1..], &["--yes"]].concat();
        let _undone = home.evctl(&arguments).without_terminal().run().ok();
    }
}

fn run(home: &Home, arguments: &[&str]) -> Output {
    let arguments = [&["groups"], arguments, &["--yes", "-b", broker().address()]].concat();
    home.evctl(&arguments).without_terminal().run().exits(0)
}

#[test]
fn a_seek_is_undone_also_where_nothing_was_stored_before() {
    let topic = filled("undo-seek", 3, 10);
    let group = group(&topic);
    store(&group, &topic, &[(0, 5), (2, 6)]);
    let home = Home::new();
    let done = run(&home, &["seek", &group, "--from", "earliest"]);
    assert_eq!(offsets(&group, &topic), [(0, 0), (1, 0), (2, 0)]);
    undo(&home, &done);
    assert_eq!(offsets(&group, &topic), [(0, 5), (2, 6)]);
}

#[test]
fn the_line_that_undoes_a_change_can_be_pasted_whatever_the_group_is_called() {
    let topic = filled("undo-paste", 1, 10);
    let home = Home::new();
    for name in [
        "-rf ~",
        "it's; $(touch gone) `touch gone` \"",
        "two\nlines\u{1b}[2J",
    ] {
        let group = format!("{name}{}", topic.name);
        store(&group, &topic, &[(0, 5)]);
        let options = ["--from", "earliest", "--yes", "-b", broker().address()];
        let line = [&["groups", "seek"], &options[..], &["--", &group]].concat();
        let done = home.evctl(&line).without_terminal().run().exits(0);
        assert_eq!(offsets(&group, &topic), [(0, 0)]);
        let mut lines = done.stderr.lines();
        let undo = lines.find_map(|line| line.strip_prefix("to undo it: "));
        let shell = format!("evctl() {{ \"$0\" --yes \"$@\"; }}; {}", undo.unwrap());
        let _undone = home.evctl(&[]).within(&shell).run().exits(0);
        assert_eq!(offsets(&group, &topic), [(0, 5)]);
    }
    assert!(!home.path().join("gone").exists());
}

#[test]
fn the_old_offsets_are_in_a_file_before_anything_is_written() {
    let topic = filled("undo-file", 2, 10);
    let group = group(&topic);
    store(&group, &topic, &[(0, 5)]);
    let home = Home::new();
    let _done = run(&home, &["seek", &group, "--from", "earliest"]);
    let folder = home.path().join(".local/state/evctl/groups");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    let name = file.file_name().into_string().unwrap();
    assert!(
        name.starts_with(&group) && name.ends_with("Z.csv"),
        "{name}"
    );
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(
        text.contains(&format!("{group},{},0,5,", topic.name)),
        "{text}"
    );
    assert!(
        text.contains(&format!("{group},{},1,,", topic.name)),
        "{text}"
    );

    // Where it cannot be written, nothing is changed.
    let arguments = [
        "groups",
        "seek",
        &group,
        "--from",
        "latest",
        "--yes",
        "-b",
        broker().address(),
    ];
    let refused = home
        .evctl(&arguments)
        .env("XDG_STATE_HOME", "/dev/null")
        .run()
        .exits(6);
    assert!(
        refused
            .stderr
            .contains("cannot be saved, nothing was changed"),
        "{}",
        refused.stderr
    );
    assert_eq!(offsets(&group, &topic), [(0, 0), (1, 0)]);
}

#[test]
fn deleted_offsets_and_groups_come_back() {
    let topic = filled("undo-delete", 2, 10);
    let group = group(&topic);
    store(&group, &topic, &[(0, 5), (1, 6)]);
    let home = Home::new();
    let done = run(
        &home,
        &["delete-offsets", &group, "--topic", &topic.name, "-p", "1"],
    );
    assert_eq!(offsets(&group, &topic), [(0, 5)]);
    undo(&home, &done);
    assert_eq!(offsets(&group, &topic), [(0, 5), (1, 6)]);

    let done = run(&home, &["delete", &group]);
    assert!(!list_groups(broker().address()).contains(&group));
    undo(&home, &done);
    assert_eq!(offsets(&group, &topic), [(0, 5), (1, 6)]);
}
