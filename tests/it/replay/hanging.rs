//! A transaction that its coordinator has ended and a partition has not: it ends there as its
//! coordinator has decided, and where that is not known, it is told.

use bytes::BytesMut;
use evctl::sandbox::{Lifetime, Server};
use kafka_protocol::{
    messages::{
        ApiKey, DescribeProducersRequest, DescribeProducersResponse,
        IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, ProduceRequest,
        ProduceResponse, WriteTxnMarkersRequest, WriteTxnMarkersResponse,
        describe_producers_request::TopicRequest,
        describe_producers_response::ProducerState,
        incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig},
        produce_request::{PartitionProduceData, TopicProduceData},
        write_txn_markers_request::{WritableTxnMarker, WritableTxnMarkerTopic},
    },
    records::{Compression, Record, RecordBatchEncoder, RecordEncodeOptions, TimestampType},
};
use rustix::process::Signal;

use super::*;
use crate::support::{
    Running, admin, kafka, until,
    wire::{ask, text, topic_name},
};

const RECORDS: u32 = 2_000;

/// The producer that wrote to partition 0 of `topic`.
fn producer(broker: &str, topic: &str) -> ProducerState {
    let topic = TopicRequest::default()
        .with_name(topic_name(topic))
        .with_partition_indexes(vec![0]);
    let request = DescribeProducersRequest::default().with_topics(vec![topic]);
    let answer: DescribeProducersResponse = ask(broker, ApiKey::DescribeProducers, 0, &request);
    answer.topics[0].partitions[0].active_producers[0].clone()
}

/// Writes a record to the topic that gives the replay its name, in a transaction that is over: it
/// looks like one that came late, and like one that a marker was left out for.
fn write_late(broker: &str, topic: &str) -> ProducerState {
    let of = producer(broker, topic);
    let record = Record {
        transactional: true,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: 0,
        producer_id: of.producer_id.0,
        producer_epoch: i16::try_from(of.producer_epoch).unwrap(),
        timestamp_type: TimestampType::Creation,
        offset: 0,
        sequence: of.last_sequence + 1,
        timestamp: TEN,
        key: None,
        value: Some("late".into()),
        headers: kafka_protocol::indexmap::IndexMap::new(),
    };
    let mut bytes = BytesMut::new();
    let options = RecordEncodeOptions {
        version: 2,
        compression: Compression::None,
    };
    RecordBatchEncoder::encode(&mut bytes, [&record], &options).unwrap();
    let data = PartitionProduceData::default().with_records(Some(bytes.freeze()));
    let data = TopicProduceData::default()
        .with_name(topic_name(topic))
        .with_partition_data(vec![data]);
    let request = ProduceRequest::default()
        .with_transactional_id(Some(text(&format!("evctl.replay.{topic}")).into()))
        .with_acks(-1)
        .with_timeout_ms(30_000)
        .with_topic_data(vec![data]);
    // The guard goes a moment after it was told to.
    until("the late record was taken", || {
        let answer: ProduceResponse = ask(broker, ApiKey::Produce, 8, &request);
        answer.responses[0].partition_responses[0].error_code == 0
    });
    producer(broker, topic)
}

/// Kafka's own guard, which a record of a transaction that is over does not get past.
fn verify(broker: &str, on: bool) {
    let name = "transaction.partition.verification.enable";
    let config = AlterableConfig::default()
        .with_name(text(name))
        .with_value(Some(text(&on.to_string())));
    let resource = AlterConfigsResource::default()
        .with_resource_type(4)
        .with_resource_name(text("1"))
        .with_configs(vec![config]);
    let request = IncrementalAlterConfigsRequest::default().with_resources(vec![resource]);
    let answer: IncrementalAlterConfigsResponse =
        ask(broker, ApiKey::IncrementalAlterConfigs, 0, &request);
    assert_eq!(answer.responses[0].error_code, 0);
}

/// A replay of `from` that writes slowly, to the topic that gives it its name.
fn begin(home: &Home, broker: &str, to: &str) -> Running {
    let line = [
        "replay",
        "from",
        "--to-topic",
        to,
        "--id",
        to,
        "--yes",
        "-b",
        broker,
    ];
    let slowly = [
        "--exactly-once",
        "--rate",
        "500/s",
        "-X",
        "transaction.timeout.ms=2000",
    ];
    let running = home.evctl(&[&line[..], &slowly].concat()).spawn();
    until("something was committed", || {
        !counts(broker, to, 1).is_empty()
    });
    running
}

/// What `kafka-transactions.sh abort` sends.
fn close(broker: &str, topic: &str, hanging: &ProducerState) {
    let topic = WritableTxnMarkerTopic::default()
        .with_name(topic_name(topic))
        .with_partition_indexes(vec![0]);
    let marker = WritableTxnMarker::default()
        .with_producer_id(hanging.producer_id)
        .with_producer_epoch(i16::try_from(hanging.producer_epoch).unwrap())
        .with_coordinator_epoch(hanging.coordinator_epoch.max(0))
        .with_transaction_result(false)
        .with_topics(vec![topic]);
    let request = WriteTxnMarkersRequest::default().with_markers(vec![marker]);
    let answer: WriteTxnMarkersResponse = ask(broker, ApiKey::WriteTxnMarkers, 1, &request);
    assert_eq!(answer.markers[0].topics[0].partitions[0].error_code, 0);
}

#[test]
fn a_transaction_that_hangs_ends_as_its_coordinator_has_decided() {
    let server = Server::start(kafka(Lifetime::OfThisProcess)).unwrap();
    let broker = server.address();
    for topic in ["from", "committed", "aborted", "unknown"] {
        admin::create_topic(broker, topic, 1, &[]);
    }
    bulk::fill(broker, "from", 0, 0..RECORDS);
    let home = Home::new();
    let resume = |id: &str| {
        let line = ["replay", "resume", id, "--yes", "--rate", "1000000/s"];
        home.evctl(&line).run()
    };

    let ids = ["committed", "unknown", "aborted"];
    for id in &ids[..2] {
        let running = begin(&home, broker, id);
        let _ = running.end_by(Signal::INT).exits(130);
    }
    let state = || admin::transaction_state(broker, "evctl.replay.aborted");
    let aborted = begin(&home, broker, "aborted");
    until("it is killed within a transaction", || {
        aborted.signal(Signal::STOP);
        let open = state() == "Ongoing";
        aborted.signal(if open { Signal::KILL } else { Signal::CONT });
        open
    });
    let _ = aborted.finish();
    until("it is aborted", || state() == "CompleteAbort");

    verify(broker, false);
    let open = ids.map(|id| write_late(broker, id));
    // It may have come late, and then it counts for nothing.
    let start = open[1].current_txn_start_offset;
    let before = counts(broker, "unknown", 1);
    let output = resume("unknown").exits(5);
    says(
        &output,
        &format!("is still open in unknown/0 from offset {start}"),
    );
    says(&output, "its coordinator ended it without a marker there");
    let closes = format!("abort --topic unknown --partition 0 --start-offset {start}");
    says(&output, &closes);
    assert_eq!(counts(broker, "unknown", 1), before);

    verify(broker, true);
    // How it had ended was hidden by who tried.
    let output = resume("unknown").exits(5);
    says(&output, &closes);
    close(broker, "unknown", &open[1]);
    for id in ids {
        let _ = resume(id).ok();
        let mut counts = counts(broker, id, 1);
        let late = counts.remove("late");
        assert_eq!(late, (id == "committed").then_some(1), "{id}");
        assert_all(&counts, RECORDS, true);
    }
}
