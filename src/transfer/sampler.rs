//! Reads samples of a source before anything is written.

use crate::{
    event::Record,
    kafka::wire::{Client, ReadOptions, ReadOrder, ReadRange, Reader},
    pipeline::{Cancel, Fault, Flow, Sink, Watch, drive},
    replay::{PLACES, PartitionRange, SampleCollector, Samples, SamplingRules, sampled_span},
};

/// Reads some records of each range: at its beginning, at its end and in between.
///
/// # Errors
/// What broke the reading.
pub fn sample_some(
    client: &mut Client,
    ranges: &[PartitionRange],
    options: &ReadOptions,
    rules: &mut SamplingRules<'_>,
    cancel: &Cancel,
) -> Result<Samples, Fault> {
    let mut sampler = Sampler(SampleCollector::new(rules, true));
    let mut reader = Reader::new(client, Vec::new(), arrival(options));
    for place in 0..PLACES {
        for range in ranges.iter().filter(|range| range.start < range.end) {
            if let Some((start, end)) = sampled_span(range, place) {
                reader.add(ReadRange {
                    partition: range.at(),
                    start,
                    end: Some(end),
                });
            }
        }
        drive(&mut reader, &mut sampler, &mut (), cancel)?;
    }
    Ok(sampler.0.of_some(ranges))
}

/// Reads every record of each range.
///
/// # Errors
/// What broke the reading.
pub fn sample_all(
    client: &mut Client,
    ranges: &[PartitionRange],
    options: &ReadOptions,
    rules: &mut SamplingRules<'_>,
    watch: &mut dyn Watch,
    cancel: &Cancel,
) -> Result<Samples, Fault> {
    let reads = ranges.iter().map(|range| ReadRange {
        partition: range.at(),
        start: range.start,
        end: Some(range.end),
    });
    let mut sampler = Sampler(SampleCollector::new(rules, false));
    let mut reader = Reader::new(client, reads.collect(), arrival(options));
    drive(&mut reader, &mut sampler, watch, cancel)?;
    Ok(sampler.0.of_all(ranges))
}

/// The sink of the records that are sampled.
pub struct Sampler<'j, 'a>(pub SampleCollector<'j, 'a>);

impl Sink for Sampler<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.0.collect(record);
        Ok(Flow::Continue)
    }
}

fn arrival(options: &ReadOptions) -> ReadOptions {
    ReadOptions {
        order: ReadOrder::Arrival,
        ..options.clone()
    }
}
