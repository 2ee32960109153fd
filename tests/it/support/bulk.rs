//! Many numbered records on any broker: enough that a reader can be met in the middle, and
//! numbered so that a gap and a double show.

use std::{ops::Range, time::Duration};

use rdkafka::{
    ClientConfig,
    producer::{BaseProducer, BaseRecord, Producer},
};

use super::{DEADLINE, until};

/// Bytes of each record's value.
const SIZE: usize = 2_000;

/// Writes one record for each of `numbers` to a partition, its number first.
pub fn fill(broker: &str, topic: &str, partition: i32, numbers: Range<u32>) {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", broker)
        .set("linger.ms", "5")
        .set("enable.idempotence", "true")
        .create()
        .unwrap();
    for number in numbers {
        let value = format!("{number:<SIZE$}");
        until("librdkafka's queue has room", || {
            producer.poll(Duration::ZERO);
            let record = BaseRecord::<[u8], str>::to(topic).partition(partition);
            producer.send(record.payload(&value)).is_ok()
        });
    }
    producer.flush(DEADLINE).unwrap();
}

/// The numbers of printed values, in their order.
pub fn numbers(printed: &str) -> Vec<u32> {
    let lines = printed.lines();
    lines.map(|line| line.trim_end().parse().unwrap()).collect()
}
