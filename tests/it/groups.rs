//! `evctl groups`: groups of every type on a real broker, live and empty.

use crate::support::{
    Topic, broker,
    members::{ClassicMember, ConsumerMember, ShareMember, commit, committed, list_groups},
};

#[test]
fn members_made_by_hand_are_groups_of_every_type() {
    let topic = Topic::with("members", 2, &[]);
    topic.produce(0, &["a", "b"]);
    topic.produce(0, &["c", "d"]);
    let name = |kind: &str| format!("{}-{kind}", topic.name);
    commit(
        broker().address(),
        &name("simple"),
        &[(&topic.name, 0, 1), (&topic.name, 1, 0)],
    );
    let classic = ClassicMember::join(
        broker().address(),
        &name("classic"),
        &[&topic.name],
        &[(&topic.name, 0)],
    );
    classic.commit(&[(&topic.name, 0, 2)]);
    assert_eq!(
        committed(broker().address(), &name("classic")),
        [(topic.name.clone(), 0, 2)]
    );
    if broker().is_before_4() {
        return;
    }
    let consumer = ConsumerMember::join(broker().address(), &name("consumer"), &[&topic.name]);
    consumer.commit(&[(&topic.name, 0, 3)]);
    let mut share = ShareMember::join(broker().address(), &name("share"), &[&topic.name]);
    assert_eq!(share.take(&topic.name, 0, 1), 2);
    let all = list_groups(broker().address());
    for kind in ["simple", "classic", "consumer", "share"] {
        assert!(all.contains(&name(kind)), "{all:?}");
    }
}
