//! `evctl groups delete` and `evctl groups delete-offsets`.

use super::{filled, group, groups, json as json_of, offsets, store};
use crate::support::{
    broker,
    members::{CLIENT_ID, ClassicMember, ConsumerMember, ShareMember, list_groups},
};

fn exists(group: &str) -> bool {
    list_groups(broker().address())
        .iter()
        .any(|name| name == group)
}

#[test]
fn groups_of_every_type_are_deleted_when_nobody_is_in_them() {
    let topic = filled("delete-types", 1, 3);
    let at = broker().address();
    let name = |kind: &str| format!("{}-{kind}", topic.name);
    store(&name("simple"), &topic, &[(0, 1)]);
    let classic = ClassicMember::join(at, &name("classic"), &[&topic.name], &[(&topic.name, 0)]);
    classic.commit(&[(&topic.name, 0, 1)]);
    drop(classic);
    let mut all = vec![name("simple"), name("classic")];
    if !broker().is_before_4() {
        drop(ConsumerMember::join(at, &name("consumer"), &[&topic.name]));
        drop(ShareMember::join(at, &name("share"), &[&topic.name]));
        all.extend([name("consumer"), name("share")]);
    }
    assert!(all.iter().all(|group| exists(group)));
    let names: Vec<&str> = all.iter().map(String::as_str).collect();
    let plan = json_of(&[["delete", "--dry-run"].as_slice(), &names].concat());
    assert_eq!(plan["dry_run"], true);
    assert_eq!(plan["groups"].as_array().unwrap().len(), all.len());
    let _refused = groups(&[["delete"].as_slice(), &names].concat()).exits(6);
    assert!(all.iter().all(|group| exists(group)));
    let done = json_of(&[["delete", "--yes"].as_slice(), &names].concat());
    for row in done["groups"].as_array().unwrap() {
        assert_eq!(row["deleted"], true, "{row}");
    }
    assert!(!done["undo_files"].as_array().unwrap().is_empty(), "{done}");
    assert!(!all.iter().any(|group| exists(group)));
}

#[test]
fn one_live_or_unknown_group_among_several_keeps_all_of_them() {
    let topic = filled("delete-live", 1, 3);
    let [empty, live] = ["empty", "live"].map(|name| format!("{}-{name}", topic.name));
    store(&empty, &topic, &[(0, 1)]);
    let member = ClassicMember::join(
        broker().address(),
        &live,
        &[&topic.name],
        &[(&topic.name, 0)],
    );
    let output = groups(&["delete", &empty, &live, "--yes"]).exits(6);
    let said = &output.stderr;
    assert!(
        said.contains(&format!(
            "member {CLIENT_ID:?} on 127.0.0.1 ({})",
            member.id
        )),
        "{said}"
    );
    let dry = groups(&["delete", &empty, &live, "--dry-run"]).exits(6);
    assert_eq!(dry.lines().len(), 3, "the plan is shown: {}", dry.text());
    let said = &dry.stderr;
    for text in [
        "2 groups will be deleted with all that is stored",
        "dry run: nothing was done",
        "the real run would be refused",
        &member.id,
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    let said = groups(&["delete", &empty, "delete-nobody", "--yes"])
        .exits(4)
        .stderr;
    assert!(said.contains("\"delete-nobody\" does not exist"), "{said}");
    assert!(exists(&empty) && exists(&live));
}

#[test]
fn offsets_of_one_topic_go_and_the_others_stay() {
    let [one, two] = ["delete-one", "delete-two"].map(|label| filled(label, 2, 3));
    let group = group(&one);
    store(&group, &one, &[(0, 1), (1, 1)]);
    store(&group, &two, &[(0, 2)]);
    let done = json_of(&[
        "delete-offsets",
        &group,
        "--topic",
        &one.name,
        "-p",
        "0",
        "--yes",
    ]);
    assert_eq!(done["partitions"][0]["deleted"], true);
    assert_eq!(offsets(&group, &one), [(1, 1)]);
    assert_eq!(offsets(&group, &two), [(0, 2)]);
    let said = groups(&[
        "delete-offsets",
        &group,
        "--topic",
        &one.name,
        "-p",
        "0",
        "--yes",
    ])
    .exits(4)
    .stderr;
    assert!(
        said.contains("has no offsets in those partitions"),
        "{said}"
    );
    let wrong = format!("{}x", two.name);
    let said = groups(&["delete-offsets", &group, "--topic", &wrong, "--yes"])
        .exits(4)
        .stderr;
    assert!(
        said.contains(&format!("did you mean {:?}?", two.name)),
        "{said}"
    );
}

#[test]
fn a_topic_that_a_member_wants_keeps_its_offsets_and_one_that_none_wants_does_not() {
    let [wanted, left] = ["delete-wanted", "delete-left"].map(|label| filled(label, 1, 3));
    let at = broker().address();
    let check = |group: &str, id: &str| {
        let arguments = ["delete-offsets", group, "--topic", &wanted.name, "--yes"];
        let said = groups(&arguments).exits(6).stderr;
        assert!(said.contains("is subscribed to topic"), "{said}");
        assert!(said.contains(&format!("({id})")), "{said}");
        let dry = [&arguments[..4], &["--dry-run"]].concat();
        let dry = groups(&dry).exits(6);
        assert!(dry.text().contains(&wanted.name), "{}", dry.text());
        assert!(dry.stderr.contains("would be refused"), "{}", dry.stderr);
        assert_eq!(offsets(group, &wanted), [(0, 1)]);
        let _done = groups(&["delete-offsets", group, "--topic", &left.name, "--yes"]).ok();
        assert_eq!(offsets(group, &left), []);
    };
    let both = [(wanted.name.as_str(), 0, 1), (left.name.as_str(), 0, 1)];
    let classic = format!("{}-classic", wanted.name);
    let member = ClassicMember::join(at, &classic, &[&wanted.name], &[(&wanted.name, 0)]);
    member.commit(&both);
    check(&classic, &member.id);
    if broker().is_before_4() {
        return;
    }
    let consumer = format!("{}-consumer", wanted.name);
    let member = ConsumerMember::join(at, &consumer, &[&wanted.name]);
    member.commit(&both);
    check(&consumer, &member.id);
}

#[test]
fn a_share_group_keeps_its_start_offsets() {
    let topic = filled("delete-share", 1, 3);
    let group = group(&topic);
    let arguments = ["delete-offsets", &group, "--topic", &topic.name, "--yes"];
    if broker().is_before_4() {
        let _unknown = groups(&arguments).exits(4);
        return;
    }
    drop(ShareMember::join(
        broker().address(),
        &group,
        &[&topic.name],
    ));
    let said = groups(&arguments).exits(6).stderr;
    assert!(
        said.contains("kafka-share-groups --delete-offsets"),
        "{said}"
    );
}
