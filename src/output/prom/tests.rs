//! Reports as plain values, and what Prometheus is told of them.

use std::sync::Arc;

use super::{PromNames, strict, write};
use crate::{
    event::GroupType,
    lag::{GroupFacts, GroupLag, LagReport, Owner, PartitionLag, Status, group_lag},
};

const AT: i64 = 1_767_225_600_250;

fn group(name: &str, partitions: Vec<PartitionLag>) -> GroupLag {
    let facts = GroupFacts {
        name: Arc::from(name),
        kind: GroupType::Classic,
        state: "Stable".to_owned(),
        coordinator: 1,
        members: Some(1),
    };
    group_lag(facts, partitions, false)
}

fn report(groups: Vec<GroupLag>) -> LagReport {
    LagReport {
        kind: "evctl.lag/1",
        at: "2026-01-01T00:00:00.25Z".to_owned(),
        cluster_id: Some("c1".to_owned()),
        groups,
        limits: Vec::new(),
        failures: Vec::new(),
    }
}

/// A partition of which all is known.
fn known(partition: i32) -> PartitionLag {
    PartitionLag {
        committed: Some(40),
        low: Some(10),
        stable_end: Some(45),
        end: Some(50),
        lag: Some(10),
        time_lag_ms: Some(1_500),
        lost: Some(0),
        retention_margin: Some(30),
        txn_records: Some(5),
        rate_in: Some(1.0),
        rate_out: Some(3.0),
        eta_s: Some(5.0),
        owner: Some(Owner {
            member_id: "c-1".to_owned(),
            instance_id: None,
            client_id: "c".to_owned(),
            host: "/10.0.0.1".to_owned(),
        }),
        ..PartitionLag::new(Arc::from("orders"), partition, Status::CatchingUp)
    }
}

/// A partition on which the group has not committed.
fn without_commit(partition: i32) -> PartitionLag {
    PartitionLag {
        low: Some(0),
        stable_end: Some(7),
        end: Some(7),
        if_earliest: Some(7),
        if_latest: Some(0),
        ..PartitionLag::new(Arc::from("orders"), partition, Status::NoCommit)
    }
}

fn text(report: &LagReport, names: PromNames) -> String {
    let mut out = Vec::new();
    write(&mut out, report, names, AT).unwrap();
    let text = String::from_utf8(out).unwrap();
    if let Err(wrong) = strict::read(&text) {
        panic!("{wrong}\n\n{text}");
    }
    text
}

/// The series whose name begins so.
fn series(text: &str, name: &str) -> Vec<String> {
    text.lines()
        .filter(|line| line.starts_with(name))
        .map(str::to_owned)
        .collect()
}

#[test]
fn names_are_read_back() {
    for names in PromNames::ALL {
        assert_eq!(PromNames::parse(names.name()), Some(names));
    }
    assert_eq!(
        PromNames::parse("Kafka-Exporter"),
        Some(PromNames::KafkaExporter)
    );
    assert_eq!(PromNames::parse("burrow"), None);
    assert_eq!(PromNames::default().name(), "lag-exporter");
}

#[test]
fn a_small_report_under_the_names_of_kafka_lag_exporter() {
    let report = report(vec![group("billing", vec![known(0), without_commit(1)])]);
    insta::assert_snapshot!(text(&report, PromNames::LagExporter), @r#"
    # HELP kafka_consumergroup_group_offset Offset that the group has committed: of the next record to read.
    # TYPE kafka_consumergroup_group_offset gauge
    kafka_consumergroup_group_offset{cluster_name="c1",group="billing",topic="orders",partition="0",member_host="/10.0.0.1",consumer_id="c-1",client_id="c"} 40
    # HELP kafka_consumergroup_group_lag Unread records of a partition.
    # TYPE kafka_consumergroup_group_lag gauge
    kafka_consumergroup_group_lag{cluster_name="c1",group="billing",topic="orders",partition="0",member_host="/10.0.0.1",consumer_id="c-1",client_id="c"} 10
    # HELP kafka_consumergroup_group_lag_seconds Age of the next unread record of a partition; 0 when there is none.
    # TYPE kafka_consumergroup_group_lag_seconds gauge
    kafka_consumergroup_group_lag_seconds{cluster_name="c1",group="billing",topic="orders",partition="0",member_host="/10.0.0.1",consumer_id="c-1",client_id="c"} 1.5
    # HELP kafka_consumergroup_group_max_lag Unread records of the group's worst partition.
    # TYPE kafka_consumergroup_group_max_lag gauge
    kafka_consumergroup_group_max_lag{cluster_name="c1",group="billing"} 10
    # HELP kafka_consumergroup_group_max_lag_seconds Age of the group's oldest unread record.
    # TYPE kafka_consumergroup_group_max_lag_seconds gauge
    kafka_consumergroup_group_max_lag_seconds{cluster_name="c1",group="billing"} 1.5
    # HELP kafka_consumergroup_group_sum_lag Unread records of the group, of those partitions where that is known.
    # TYPE kafka_consumergroup_group_sum_lag gauge
    kafka_consumergroup_group_sum_lag{cluster_name="c1",group="billing"} 10
    # HELP kafka_consumergroup_group_topic_sum_lag Unread records of the group in a topic, of those partitions where that is known.
    # TYPE kafka_consumergroup_group_topic_sum_lag gauge
    kafka_consumergroup_group_topic_sum_lag{cluster_name="c1",group="billing",topic="orders"} 10
    # HELP kafka_partition_latest_offset End of a partition: its high watermark.
    # TYPE kafka_partition_latest_offset gauge
    kafka_partition_latest_offset{cluster_name="c1",topic="orders",partition="0"} 50
    kafka_partition_latest_offset{cluster_name="c1",topic="orders",partition="1"} 7
    # HELP kafka_partition_earliest_offset First offset of a partition that can be read.
    # TYPE kafka_partition_earliest_offset gauge
    kafka_partition_earliest_offset{cluster_name="c1",topic="orders",partition="0"} 10
    kafka_partition_earliest_offset{cluster_name="c1",topic="orders",partition="1"} 0
    # HELP evctl_consumergroup_status 1 for the worst status of the group's partitions.
    # TYPE evctl_consumergroup_status gauge
    evctl_consumergroup_status{cluster_name="c1",group="billing",status="NO_COMMIT"} 1
    # HELP evctl_consumergroup_unknown_partitions Partitions whose lag is not known, and in no sum: without a commit, or not to be asked.
    # TYPE evctl_consumergroup_unknown_partitions gauge
    evctl_consumergroup_unknown_partitions{cluster_name="c1",group="billing"} 1
    # HELP evctl_consumergroup_members Members of the group.
    # TYPE evctl_consumergroup_members gauge
    evctl_consumergroup_members{cluster_name="c1",group="billing"} 1
    # HELP evctl_consumergroup_records_lost Records that were removed before the group read them.
    # TYPE evctl_consumergroup_records_lost gauge
    evctl_consumergroup_records_lost{cluster_name="c1",group="billing"} 0
    # HELP evctl_consumergroup_eta_seconds Seconds until the group has read everything; absent when a partition is not draining.
    # TYPE evctl_consumergroup_eta_seconds gauge
    evctl_consumergroup_eta_seconds{cluster_name="c1",group="billing"} 5
    # HELP evctl_partition_transaction_blocked Records behind an open transaction; absent when none is open.
    # TYPE evctl_partition_transaction_blocked gauge
    evctl_partition_transaction_blocked{cluster_name="c1",topic="orders",partition="0"} 5
    # HELP evctl_lag_collected_timestamp_seconds When these numbers were collected.
    # TYPE evctl_lag_collected_timestamp_seconds gauge
    evctl_lag_collected_timestamp_seconds 1767225600.25
    # HELP evctl_lag_collect_failures Brokers and groups that could not be asked at that time.
    # TYPE evctl_lag_collect_failures gauge
    evctl_lag_collect_failures 0
    "#);
}

#[test]
fn a_small_report_under_the_names_of_kafka_exporter() {
    let report = report(vec![group("billing", vec![known(0), without_commit(1)])]);
    insta::assert_snapshot!(text(&report, PromNames::KafkaExporter), @r#"
    # HELP kafka_consumergroup_current_offset Offset that the group has committed: of the next record to read.
    # TYPE kafka_consumergroup_current_offset gauge
    kafka_consumergroup_current_offset{consumergroup="billing",topic="orders",partition="0"} 40
    # HELP kafka_consumergroup_lag Unread records of a partition.
    # TYPE kafka_consumergroup_lag gauge
    kafka_consumergroup_lag{consumergroup="billing",topic="orders",partition="0"} 10
    # HELP kafka_consumergroup_current_offset_sum Sum of the offsets that the group has committed in a topic.
    # TYPE kafka_consumergroup_current_offset_sum untyped
    kafka_consumergroup_current_offset_sum{consumergroup="billing",topic="orders"} 40
    # HELP kafka_consumergroup_lag_sum Unread records of the group in a topic, of those partitions where that is known.
    # TYPE kafka_consumergroup_lag_sum untyped
    kafka_consumergroup_lag_sum{consumergroup="billing",topic="orders"} 10
    # HELP kafka_consumergroup_members Members of the group.
    # TYPE kafka_consumergroup_members gauge
    kafka_consumergroup_members{consumergroup="billing"} 1
    # HELP kafka_topic_partition_current_offset End of a partition: its high watermark.
    # TYPE kafka_topic_partition_current_offset gauge
    kafka_topic_partition_current_offset{topic="orders",partition="0"} 50
    kafka_topic_partition_current_offset{topic="orders",partition="1"} 7
    # HELP kafka_topic_partition_oldest_offset First offset of a partition that can be read.
    # TYPE kafka_topic_partition_oldest_offset gauge
    kafka_topic_partition_oldest_offset{topic="orders",partition="0"} 10
    kafka_topic_partition_oldest_offset{topic="orders",partition="1"} 0
    # HELP evctl_consumergroup_status 1 for the worst status of the group's partitions.
    # TYPE evctl_consumergroup_status gauge
    evctl_consumergroup_status{cluster_name="c1",group="billing",status="NO_COMMIT"} 1
    # HELP evctl_consumergroup_unknown_partitions Partitions whose lag is not known, and in no sum: without a commit, or not to be asked.
    # TYPE evctl_consumergroup_unknown_partitions gauge
    evctl_consumergroup_unknown_partitions{cluster_name="c1",group="billing"} 1
    # HELP evctl_consumergroup_members Members of the group.
    # TYPE evctl_consumergroup_members gauge
    evctl_consumergroup_members{cluster_name="c1",group="billing"} 1
    # HELP evctl_consumergroup_records_lost Records that were removed before the group read them.
    # TYPE evctl_consumergroup_records_lost gauge
    evctl_consumergroup_records_lost{cluster_name="c1",group="billing"} 0
    # HELP evctl_consumergroup_eta_seconds Seconds until the group has read everything; absent when a partition is not draining.
    # TYPE evctl_consumergroup_eta_seconds gauge
    evctl_consumergroup_eta_seconds{cluster_name="c1",group="billing"} 5
    # HELP evctl_partition_transaction_blocked Records behind an open transaction; absent when none is open.
    # TYPE evctl_partition_transaction_blocked gauge
    evctl_partition_transaction_blocked{cluster_name="c1",topic="orders",partition="0"} 5
    # HELP evctl_lag_collected_timestamp_seconds When these numbers were collected.
    # TYPE evctl_lag_collected_timestamp_seconds gauge
    evctl_lag_collected_timestamp_seconds 1767225600.25
    # HELP evctl_lag_collect_failures Brokers and groups that could not be asked at that time.
    # TYPE evctl_lag_collect_failures gauge
    evctl_lag_collect_failures 0
    "#);
}

#[test]
fn a_small_report_under_our_own_names() {
    let report = report(vec![group("billing", vec![known(0), without_commit(1)])]);
    insta::assert_snapshot!(text(&report, PromNames::Evctl), @r#"
    # HELP evctl_consumergroup_partition_committed_offset Offset that the group has committed: of the next record to read.
    # TYPE evctl_consumergroup_partition_committed_offset gauge
    evctl_consumergroup_partition_committed_offset{cluster_name="c1",group="billing",topic="orders",partition="0"} 40
    # HELP evctl_consumergroup_partition_lag Unread records of a partition.
    # TYPE evctl_consumergroup_partition_lag gauge
    evctl_consumergroup_partition_lag{cluster_name="c1",group="billing",topic="orders",partition="0"} 10
    # HELP evctl_consumergroup_partition_lag_seconds Age of the next unread record of a partition; 0 when there is none.
    # TYPE evctl_consumergroup_partition_lag_seconds gauge
    evctl_consumergroup_partition_lag_seconds{cluster_name="c1",group="billing",topic="orders",partition="0"} 1.5
    # HELP evctl_consumergroup_partition_records_lost Records of a partition that were removed before the group read them.
    # TYPE evctl_consumergroup_partition_records_lost gauge
    evctl_consumergroup_partition_records_lost{cluster_name="c1",group="billing",topic="orders",partition="0"} 0
    # HELP evctl_consumergroup_partition_retention_margin Records that may still be removed before any unread one is.
    # TYPE evctl_consumergroup_partition_retention_margin gauge
    evctl_consumergroup_partition_retention_margin{cluster_name="c1",group="billing",topic="orders",partition="0"} 30
    # HELP evctl_consumergroup_partition_written_per_second Records written in a second, where two samples were taken.
    # TYPE evctl_consumergroup_partition_written_per_second gauge
    evctl_consumergroup_partition_written_per_second{cluster_name="c1",group="billing",topic="orders",partition="0"} 1
    # HELP evctl_consumergroup_partition_read_per_second Records that the group read in a second, where two samples were taken.
    # TYPE evctl_consumergroup_partition_read_per_second gauge
    evctl_consumergroup_partition_read_per_second{cluster_name="c1",group="billing",topic="orders",partition="0"} 3
    # HELP evctl_consumergroup_topic_lag Unread records of the group in a topic, of those partitions where that is known.
    # TYPE evctl_consumergroup_topic_lag gauge
    evctl_consumergroup_topic_lag{cluster_name="c1",group="billing",topic="orders"} 10
    # HELP evctl_consumergroup_lag Unread records of the group, of those partitions where that is known.
    # TYPE evctl_consumergroup_lag gauge
    evctl_consumergroup_lag{cluster_name="c1",group="billing"} 10
    # HELP evctl_consumergroup_lag_if_earliest Unread records of the group if partitions without a commit are read from their beginning.
    # TYPE evctl_consumergroup_lag_if_earliest gauge
    evctl_consumergroup_lag_if_earliest{cluster_name="c1",group="billing"} 17
    # HELP evctl_consumergroup_lag_if_latest Unread records of the group if partitions without a commit are read from their end.
    # TYPE evctl_consumergroup_lag_if_latest gauge
    evctl_consumergroup_lag_if_latest{cluster_name="c1",group="billing"} 10
    # HELP evctl_consumergroup_max_partition_lag Unread records of the group's worst partition.
    # TYPE evctl_consumergroup_max_partition_lag gauge
    evctl_consumergroup_max_partition_lag{cluster_name="c1",group="billing"} 10
    # HELP evctl_consumergroup_lag_seconds Age of the group's oldest unread record.
    # TYPE evctl_consumergroup_lag_seconds gauge
    evctl_consumergroup_lag_seconds{cluster_name="c1",group="billing"} 1.5
    # HELP evctl_consumergroup_partitions Partitions that the group reads, with those whose lag is not known.
    # TYPE evctl_consumergroup_partitions gauge
    evctl_consumergroup_partitions{cluster_name="c1",group="billing"} 2
    # HELP evctl_partition_start_offset First offset of a partition that can be read.
    # TYPE evctl_partition_start_offset gauge
    evctl_partition_start_offset{cluster_name="c1",topic="orders",partition="0"} 10
    evctl_partition_start_offset{cluster_name="c1",topic="orders",partition="1"} 0
    # HELP evctl_partition_stable_end_offset Last stable offset of a partition: where its first open transaction begins, or its end.
    # TYPE evctl_partition_stable_end_offset gauge
    evctl_partition_stable_end_offset{cluster_name="c1",topic="orders",partition="0"} 45
    evctl_partition_stable_end_offset{cluster_name="c1",topic="orders",partition="1"} 7
    # HELP evctl_partition_end_offset End of a partition: its high watermark.
    # TYPE evctl_partition_end_offset gauge
    evctl_partition_end_offset{cluster_name="c1",topic="orders",partition="0"} 50
    evctl_partition_end_offset{cluster_name="c1",topic="orders",partition="1"} 7
    # HELP evctl_consumergroup_status 1 for the worst status of the group's partitions.
    # TYPE evctl_consumergroup_status gauge
    evctl_consumergroup_status{cluster_name="c1",group="billing",status="NO_COMMIT"} 1
    # HELP evctl_consumergroup_unknown_partitions Partitions whose lag is not known, and in no sum: without a commit, or not to be asked.
    # TYPE evctl_consumergroup_unknown_partitions gauge
    evctl_consumergroup_unknown_partitions{cluster_name="c1",group="billing"} 1
    # HELP evctl_consumergroup_members Members of the group.
    # TYPE evctl_consumergroup_members gauge
    evctl_consumergroup_members{cluster_name="c1",group="billing"} 1
    # HELP evctl_consumergroup_records_lost Records that were removed before the group read them.
    # TYPE evctl_consumergroup_records_lost gauge
    evctl_consumergroup_records_lost{cluster_name="c1",group="billing"} 0
    # HELP evctl_consumergroup_eta_seconds Seconds until the group has read everything; absent when a partition is not draining.
    # TYPE evctl_consumergroup_eta_seconds gauge
    evctl_consumergroup_eta_seconds{cluster_name="c1",group="billing"} 5
    # HELP evctl_partition_transaction_blocked Records behind an open transaction; absent when none is open.
    # TYPE evctl_partition_transaction_blocked gauge
    evctl_partition_transaction_blocked{cluster_name="c1",topic="orders",partition="0"} 5
    # HELP evctl_lag_collected_timestamp_seconds When these numbers were collected.
    # TYPE evctl_lag_collected_timestamp_seconds gauge
    evctl_lag_collected_timestamp_seconds 1767225600.25
    # HELP evctl_lag_collect_failures Brokers and groups that could not be asked at that time.
    # TYPE evctl_lag_collect_failures gauge
    evctl_lag_collect_failures 0
    "#);
}

#[test]
fn a_partition_that_two_groups_read_has_its_ends_once() {
    let blind = PartitionLag::new(Arc::from("orders"), 0, Status::Error);
    let report = report(vec![
        group("a", vec![blind]),
        group("b", vec![known(0)]),
        group("c", vec![known(0)]),
    ]);
    let text = text(&report, PromNames::LagExporter);
    // The first group could not see them, the others could.
    assert_eq!(
        series(&text, "kafka_partition_"),
        [
            r#"kafka_partition_latest_offset{cluster_name="c1",topic="orders",partition="0"} 50"#,
            r#"kafka_partition_earliest_offset{cluster_name="c1",topic="orders",partition="0"} 10"#,
        ]
    );
    let blocked = series(&text, "evctl_partition_transaction_blocked");
    assert_eq!(
        blocked,
        [
            r#"evctl_partition_transaction_blocked{cluster_name="c1",topic="orders",partition="0"} 5"#
        ]
    );
}

#[test]
fn what_is_not_known_has_no_series() {
    let rows = vec![
        PartitionLag::new(Arc::from("orders"), 0, Status::NoLeader),
        PartitionLag::new(Arc::from("orders"), 1, Status::Error),
    ];
    let mut unknown = group("billing", rows);
    unknown.members = None;
    let mut report = report(vec![unknown]);
    report.cluster_id = None;
    report.failures = vec!["broker 2: refused".to_owned()];
    for names in PromNames::ALL {
        let text = text(&report, names);
        let mut left: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter(|line| !line.starts_with("evctl_consumergroup_partitions"))
            .collect();
        left.sort_unstable();
        assert_eq!(
            left,
            [
                r#"evctl_consumergroup_status{cluster_name="",group="billing",status="ERROR"} 1"#,
                r#"evctl_consumergroup_unknown_partitions{cluster_name="",group="billing"} 2"#,
                "evctl_lag_collect_failures 1",
                "evctl_lag_collected_timestamp_seconds 1767225600.25",
            ],
            "{}",
            names.name()
        );
    }
}

#[test]
fn an_eta_that_is_no_number_has_no_series() {
    let mut billing = group("billing", vec![known(0)]);
    billing.eta_s = Some(f64::INFINITY);
    let text = text(&report(vec![billing]), PromNames::LagExporter);
    assert!(!text.contains("evctl_consumergroup_eta_seconds"));
}

#[test]
fn labels_are_escaped() {
    let mut row = known(0);
    row.owner = row.owner.map(|owner| Owner {
        client_id: "back\\slash".to_owned(),
        ..owner
    });
    let report = report(vec![group("say \"hi\"\nthere, ünïcode} 1", vec![row])]);
    for names in PromNames::ALL {
        let text = text(&report, names);
        assert!(text.contains(r#"group="say \"hi\"\nthere, ünïcode} 1""#));
    }
    let text = text(&report, PromNames::LagExporter);
    assert!(text.contains(r#"client_id="back\\slash""#));
}

#[test]
fn order_and_doubles_of_a_report_do_not_show() {
    let at = |topic: &str, partition| PartitionLag {
        topic: Arc::from(topic),
        ..known(partition)
    };
    let straight = report(vec![
        group("a", vec![known(2), known(10)]),
        group("b", vec![at("new", 0), known(2)]),
    ]);
    let crooked = report(vec![
        group("b", vec![known(2), at("new", 0)]),
        group("a", vec![known(10), known(2), known(2)]),
        group("b", vec![]),
    ]);
    let of_groups = |report| series(&text(report, PromNames::KafkaExporter), "kafka_");
    let straight = of_groups(&straight);
    assert_eq!(straight, of_groups(&crooked));
    // Partition 2 comes before 10: by number, not by letter.
    let first = straight.iter().position(|line| line.contains("\"2\""));
    assert!(first < straight.iter().position(|line| line.contains("\"10\"")));
}

#[test]
fn sums_leave_out_abandoned_partitions_unless_the_group_has_them() {
    let rows = || {
        let abandoned = PartitionLag {
            topic: Arc::from("old"),
            status: Status::Abandoned,
            lag: Some(1_000),
            ..known(0)
        };
        vec![known(0), abandoned]
    };
    let without = report(vec![group("billing", rows())]);
    let text_without = text(&without, PromNames::LagExporter);
    assert_eq!(
        series(&text_without, "kafka_consumergroup_group_topic_sum_lag"),
        [
            r#"kafka_consumergroup_group_topic_sum_lag{cluster_name="c1",group="billing",topic="orders"} 10"#
        ]
    );
    assert_eq!(
        series(&text_without, "kafka_consumergroup_group_max_lag{"),
        [r#"kafka_consumergroup_group_max_lag{cluster_name="c1",group="billing"} 10"#]
    );

    let mut with = without;
    let facts = GroupFacts {
        name: Arc::from("billing"),
        kind: GroupType::Classic,
        state: "Stable".to_owned(),
        coordinator: 1,
        members: Some(1),
    };
    with.groups = vec![group_lag(facts, rows(), true)];
    let text_with = text(&with, PromNames::LagExporter);
    let sums = series(&text_with, "kafka_consumergroup_group_topic_sum_lag");
    assert_eq!(sums.len(), 2);
    assert!(sums[0].ends_with(r#"topic="old"} 1000"#));
    assert_eq!(
        series(&text_with, "kafka_consumergroup_group_sum_lag"),
        [r#"kafka_consumergroup_group_sum_lag{cluster_name="c1",group="billing"} 1010"#]
    );
}

#[test]
fn an_empty_report_still_says_when_it_was_collected() {
    let text = text(&report(Vec::new()), PromNames::Evctl);
    assert_eq!(
        text.lines().filter(|line| !line.starts_with('#')).count(),
        2
    );
}
