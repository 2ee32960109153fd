//! A transaction that its coordinator has ended and a partition has not: what is in it must not come
//! to light with the next commit.

use bytes::BytesMut;
use evctl::sandbox::{Lifetime, Options, Server};
use kafka_protocol::{
    messages::{
        ApiKey, DescribeProducersRequest, DescribeProducersResponse, ProduceRequest,
        ProduceResponse, WriteTxnMarkersRequest, WriteTxnMarkersResponse,
        describe_producers_request::TopicRequest,
        describe_producers_response::ProducerState,
        produce_request::{PartitionProduceData, TopicProduceData},
        write_txn_markers_request::{WritableTxnMarker, WritableTxnMarkerTopic},
    },
    records::{Compression, Record, RecordBatchEncoder, RecordEncodeOptions, TimestampType},
};
use rustix::process::Signal;

use super::*;
use crate::support::{
    admin, kafka, until,
    wire::{ask, text, topic_name},
};

const RECORDS: u32 = 2_000;

/// The producer that wrote to partition 0 of `to`.
fn producer(broker: &str) -> ProducerState {
    let topic = TopicRequest::default()
        .with_name(topic_name("to"))
        .with_partition_indexes(vec![0]);
    let request = DescribeProducersRequest::default().with_topics(vec![topic]);
    let answer: DescribeProducersResponse = ask(broker, ApiKey::DescribeProducers, 0, &request);
    answer.topics[0].partitions[0].active_producers[0].clone()
}

/// Writes a record that seems to come late, of a transaction that is over.
fn write_late(broker: &str, of: &ProducerState) {
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
    let topic = TopicProduceData::default()
        .with_name(topic_name("to"))
        .with_partition_data(vec![data]);
    let request = ProduceRequest::default()
        .with_transactional_id(Some(text("evctl.replay.again").into()))
        .with_acks(-1)
        .with_timeout_ms(30_000)
        .with_topic_data(vec![topic]);
    let answer: ProduceResponse = ask(broker, ApiKey::Produce, 8, &request);
    let written = &answer.responses[0].partition_responses[0];
    assert_eq!(written.error_code, 0, "{:?}", written.error_message);
}

/// What `kafka-transactions.sh abort` sends.
fn close(broker: &str, hanging: &ProducerState) {
    let topic = WritableTxnMarkerTopic::default()
        .with_name(topic_name("to"))
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
fn what_hangs_of_an_earlier_run_is_not_committed_with_the_next_one() {
    let mut options: Options = kafka(Lifetime::OfThisProcess);
    // Kafka's own guard, which late records slip through where a partition has no leader.
    let guard = "transaction.partition.verification.enable";
    options.properties = vec![(guard.to_owned(), "false".to_owned())];
    let server = Server::start(options).unwrap();
    let broker = server.address();
    admin::create_topic(broker, "from", 1, &[]);
    admin::create_topic(broker, "to", 1, &[]);
    bulk::fill(broker, "from", 0, 0..RECORDS);
    let home = Home::new();
    let line = [
        "replay",
        "from",
        "--to-topic",
        "to",
        "--id",
        "again",
        "--yes",
    ];
    let more = ["--exactly-once", "--rate", "500/s", "-b", broker];
    let running = home.evctl(&[&line[..], &more].concat()).spawn();
    until("something was committed", || {
        !counts(broker, "to", 1).is_empty()
    });
    running.signal(Signal::INT);
    let _ = running.finish().exits(130);
    let before = counts(broker, "to", 1);

    write_late(broker, &producer(broker));
    let hanging = producer(broker);
    let start = hanging.current_txn_start_offset;
    let resume = ["replay", "resume", "again", "--yes", "--rate", "1000000/s"];
    let output = home.evctl(&resume).run().exits(5);
    says(
        &output,
        &format!("is still open in to/0 from offset {start}"),
    );
    says(&output, "its coordinator ended it without a marker there");
    let closes = format!("abort --topic to --partition 0 --start-offset {start}");
    says(&output, &closes);
    assert_eq!(counts(broker, "to", 1), before);

    close(broker, &hanging);
    let _ = home.evctl(&resume).run().ok();
    assert_all(&counts(broker, "to", 1), RECORDS, true);
}
