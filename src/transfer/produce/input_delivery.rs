//! Writes the records of inputs to a topic, and counts acknowledgements on the way.

use std::time::{Duration, Instant};

use super::{DeliveryReports, Recreated, TopicFacts, TopicWatch, UndeliveredRecords};
use crate::{
    codec::{Line, LineRule, RecordDefaults},
    event::{HeaderBuf, Record, RecordBuf},
    files::{
        capture::CaptureWriteError,
        inputs::{Ahead, InputError, InputLocation, Inputs, Next, Piece, Text},
    },
    kafka::write::{
        BATCH_RECORDS, Batch, Code, Plain, Producer, Reports, Sticky, Undelivered, WriteError,
    },
    pipeline::{Cancel, Progress, RateLimit, Watch},
    transfer::StallWatch,
};

/// The longest wait for acknowledgements before signals are checked.
const LOOK: Duration = Duration::from_millis(20);
/// How long an input may be silent before records are sent that wait for their batch to fill.
const LINGER: Duration = Duration::from_millis(5);
/// How long outstanding acknowledgements are waited for after a signal.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// Why the reading of inputs ended.
#[derive(Debug)]
pub enum Stopped {
    /// All of them were read.
    End,
    /// A signal came.
    Cancelled,
    /// The producer was given up, see [`ProduceOutcome::gave_up`].
    GaveUp,
    /// An input cannot become records.
    Input(InputError),
}

/// Why the producer was given up.
#[derive(Debug)]
pub enum GaveUp {
    /// Nothing was acknowledged for too long.
    Stalled,
    /// The producer failed for good.
    Fatal(WriteError),
    /// The topic was deleted and created again.
    Recreated(Recreated),
}

/// What became of the records of all inputs.
#[derive(Debug)]
pub struct ProduceOutcome {
    /// Records that were acknowledged.
    pub acknowledged: u64,
    /// Bytes of key and value of the acknowledged records.
    pub bytes: u64,
    /// Records that were not acknowledged.
    pub undelivered: UndeliveredRecords,
    /// Why the inputs were read no further.
    pub stopped: Stopped,
    /// Why the producer was given up; `None` when it was not.
    pub gave_up: Option<GaveUp>,
    /// `FILE:LINE` of the last record that was sent; `None` before the first.
    pub reached: Option<String>,
    /// `FILE:LINE` of the last record that was sent, or reported as not sent.
    pub taken: Option<String>,
    /// Records with the timestamp 0, which librdkafka takes for now.
    pub zero_timestamps: u64,
    /// `FILE:LINE` of the first of them.
    pub first_zero_timestamp: Option<String>,
    /// The last complaint of librdkafka, such as a broker that cannot be reached.
    pub complaint: Option<String>,
    /// Whether the file of failures was written.
    pub failures_file: Result<(), CaptureWriteError>,
}

/// Where, how and how fast the records of inputs are written.
pub struct ProducePlan<'a> {
    /// How lines become records.
    pub rule: &'a LineRule,
    /// Fields that every record gets.
    pub defaults: &'a RecordDefaults,
    /// The topic.
    pub topic: &'a TopicFacts,
    /// The partition of records without a key.
    pub sticky: Sticky,
    /// The most records a second; `None` is as fast as possible.
    pub rate: Option<RateLimit>,
    /// How long acknowledgements may stay away.
    pub stall: Duration,
    /// Bytes of all inputs; `None` when one is a pipe.
    pub total: Option<u64>,
}

/// Writes the records of inputs.
pub struct InputDelivery<'a> {
    plan: ProducePlan<'a>,
    producer: &'a mut Producer,
    reports: DeliveryReports,
    topic_watch: TopicWatch,
    stall_watch: StallWatch,
    cancel: &'a Cancel,
    /// The number of the current line of text.
    line: u64,
    reached: Option<InputLocation>,
    taken: Option<InputLocation>,
    zero_timestamps: u64,
    first_zero_timestamp: Option<InputLocation>,
    /// Why nothing more is sent: from then on records are only reported.
    gave_up: Option<GaveUp>,
}

impl<'a> InputDelivery<'a> {
    /// Nothing is sent yet.
    #[must_use]
    pub fn new(
        plan: ProducePlan<'a>,
        producer: &'a mut Producer,
        reports: DeliveryReports,
        topic_watch: TopicWatch,
        cancel: &'a Cancel,
    ) -> Self {
        Self {
            stall_watch: StallWatch::new(plan.stall),
            plan,
            producer,
            reports,
            topic_watch,
            cancel,
            line: 0,
            reached: None,
            taken: None,
            zero_timestamps: 0,
            first_zero_timestamp: None,
            gave_up: None,
        }
    }

    /// Writes `ahead`, which was read before, and what `inputs` still hold, and waits until every
    /// record's fate is known, as far as it can be.
    pub fn run(mut self, ahead: Ahead, inputs: &Inputs, watch: &mut dyn Watch) -> ProduceOutcome {
        let stopped = self.send_and_settle(ahead, inputs, watch);
        let (acknowledged, bytes) = (self.producer.acknowledged(), self.producer.bytes());
        let show = |location: Option<InputLocation>| Some(self.reports.show(location?));
        let places = [self.reached, self.taken, self.first_zero_timestamp].map(show);
        let [reached, taken, first_zero_timestamp] = places;
        let (undelivered, failures_file) = self.reports.finish();
        ProduceOutcome {
            acknowledged,
            bytes,
            undelivered,
            stopped,
            gave_up: self.gave_up,
            reached,
            taken,
            zero_timestamps: self.zero_timestamps,
            first_zero_timestamp,
            complaint: (self.producer.trouble()).map(|(_, reason)| reason.clone()),
            failures_file,
        }
    }

    fn send_and_settle(&mut self, ahead: Ahead, inputs: &Inputs, watch: &mut dyn Watch) -> Stopped {
        let mut stopped = self
            .send_all(ahead, inputs, watch)
            .unwrap_or_else(|stopped| stopped);
        let cancel = self.cancel;
        let stop = || cancel.is_raised();
        let mut settled = self
            .producer
            .settle(self.plan.stall, &stop, &mut self.reports);
        if cancel.is_raised() {
            settled =
                self.producer
                    .settle(LAST_WAIT.min(self.plan.stall), &|| false, &mut self.reports);
            stopped = Stopped::Cancelled;
        }
        // librdkafka settles what it holds by itself after a fatal error.
        if let Err(error) = self.producer.check() {
            self.give_up(GaveUp::Fatal(error));
        } else if !settled {
            self.give_up(GaveUp::Stalled);
        } else if self.gave_up.is_none() && self.producer.settled() > 0 {
            // Brokers have just answered, so this request does not wait for a silent one.
            self.gave_up = self.topic_watch.ask().map(GaveUp::Recreated);
        }
        if let Some(GaveUp::Recreated(recreated)) = &mut self.gave_up {
            recreated.split = (self.topic_watch).split(self.producer.acknowledgements());
        }
        stopped
    }

    fn send_all(
        &mut self,
        mut ahead: Ahead,
        inputs: &Inputs,
        watch: &mut dyn Watch,
    ) -> Result<Stopped, Stopped> {
        let mut memory = Batch::default();
        loop {
            let found = match ahead.pop_front() {
                Some(piece) => piece.map(Next::Piece),
                None => inputs.next(LINGER),
            };
            match found.map_err(Stopped::Input)? {
                Next::End => return Ok(Stopped::End),
                Next::Piece(Piece::Text(text)) => {
                    memory = self.send_text(&text, memory)?;
                    inputs.recycle(text);
                }
                Next::Piece(Piece::Records(records)) => {
                    for (location, record) in records {
                        self.send_decoded(location, &record)?;
                    }
                }
                Next::Piece(Piece::Guessed(_) | Piece::Redacted(..)) => {}
                Next::Nothing => self.producer.hurry(),
            }
            self.producer.poll(Duration::ZERO, &mut self.reports);
            self.check()?;
            if self.gave_up.is_some() && !self.reports.keeps_failures() {
                return Ok(Stopped::GaveUp);
            }
            if let Some(total) = self.plan.total {
                watch.progress(Progress {
                    done: inputs.passed(),
                    total,
                    records: self.producer.acknowledged(),
                    bytes: self.producer.bytes(),
                });
            }
        }
    }

    /// Sends lines: in one call, or one by one with headers, a timestamp or a rate limit.
    fn send_text(&mut self, text: &Text, memory: Batch<'_>) -> Result<Batch<'static>, Stopped> {
        let (rule, defaults) = (self.plan.rule, self.plan.defaults);
        let headers = defaults.headers.as_headers();
        let plain = headers.is_empty() && defaults.timestamp.is_none() && self.plan.rate.is_none();
        let mut batch = memory.recycle();
        let mut keyed = false;
        if text.first {
            self.line = 0;
        }
        for line in rule.lines(text.bytes()) {
            self.line += 1;
            let location = self.location(text.input);
            let (key, value) = match line {
                Line::Record { key, value } => (defaults.key.as_deref().or(key), value),
                Line::Skipped => continue,
                Line::NoDelimiter => {
                    self.send_batch(keyed, &mut batch)?;
                    return Err(Stopped::Input(self.no_delimiter(location)));
                }
            };
            keyed |= key.is_some();
            if plain {
                batch.push(key, value, location.pack());
            } else {
                self.offer(
                    location,
                    &mut Record {
                        key,
                        value,
                        headers,
                        ..self.plan.defaults.empty_record()
                    },
                )?;
            }
            if batch.len() == BATCH_RECORDS {
                self.send_batch(keyed, &mut batch)?;
                batch = batch.recycle();
            }
        }
        self.send_batch(keyed, &mut batch)?;
        Ok(batch.recycle())
    }

    fn send_batch(&mut self, keyed: bool, batch: &mut Batch<'_>) -> Result<(), Stopped> {
        let partition = match self.plan.defaults.partition {
            Some(partition) => partition,
            None if keyed => -1,
            None => self
                .plan
                .sticky
                .next(batch.len(), batch.bytes(0..batch.len())),
        };
        let mut from = 0;
        while from < batch.len() {
            if self.gave_up.is_some() {
                for index in from..batch.len() {
                    if let Some(plain) = batch.get(index) {
                        self.report_unsent(&plain);
                    }
                }
                return Ok(());
            }
            from = self
                .producer
                .send_batch(partition, batch, from, &mut self.reports);
            if let Some(last) = from.checked_sub(1).and_then(|last| batch.get(last)) {
                self.reached = Some(InputLocation::unpack(last.tag));
                self.taken = self.reached;
            }
            if from < batch.len() {
                self.wait_for_room()?;
            }
        }
        Ok(())
    }

    /// Sends a record that the input states as a whole.
    fn send_decoded(&mut self, location: InputLocation, record: &RecordBuf) -> Result<(), Stopped> {
        let defaults = self.plan.defaults;
        let mut both = HeaderBuf::default();
        let headers = defaults.headers(record.headers.as_headers(), &mut both);
        let key = defaults.key.as_deref().or(record.key.as_deref());
        let value = record.value.as_deref();
        let tombstone = self.plan.rule.tombstone;
        let null = tombstone || (value.is_some() && value == self.plan.rule.null.as_deref());
        self.offer(
            location,
            &mut Record {
                partition: defaults.partition.unwrap_or(record.partition),
                timestamp: defaults.timestamp.unwrap_or(record.timestamp),
                key: if tombstone { key.or(value) } else { key },
                value: if null { None } else { value },
                headers,
                ..self.plan.defaults.empty_record()
            },
        )
    }

    /// Sends one record, waiting for its turn and for room.
    fn offer(&mut self, location: InputLocation, record: &mut Record<'_>) -> Result<(), Stopped> {
        let location = InputLocation {
            has_partition: record.partition >= 0,
            has_timestamp: record.timestamp != -1,
            ..location
        };
        (self.plan.topic)
            .check(record.partition)
            .map_err(|missing| Stopped::Input(missing.at(self.reports.show(location))))?;
        self.wait_for_turn()?;
        if record.timestamp == 0 {
            self.first_zero_timestamp.get_or_insert(location);
            self.zero_timestamps += 1;
        }
        if record.partition < 0 && record.key.is_none() {
            record.partition = self.plan.sticky.next(1, record.size() as u64);
        }
        while self.gave_up.is_none() {
            let tag = location.pack();
            if self.producer.send(record, tag, &mut self.reports) {
                self.reached = Some(location);
                self.taken = self.reached;
                return Ok(());
            }
            self.wait_for_room()?;
        }
        self.taken = Some(location);
        self.reports.undelivered(&Undelivered {
            tag: location.pack(),
            code: Code::GIVEN_UP,
            may_be_written: false,
            record: *record,
        });
        Ok(())
    }

    fn wait_for_room(&mut self) -> Result<(), Stopped> {
        self.producer.make_room(&mut self.reports);
        self.check()
    }

    /// Waits until the rate limit lets the next record pass.
    fn wait_for_turn(&mut self) -> Result<(), Stopped> {
        let Some(rate) = &mut self.plan.rate else {
            return Ok(());
        };
        let due = Instant::now() + rate.next_wait(Instant::now());
        loop {
            let wait = due.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return Ok(());
            }
            if wait > LINGER {
                self.producer.hurry();
            }
            self.producer.poll(wait.min(LOOK), &mut self.reports);
            self.check()?;
        }
    }

    /// Checks whether to stop: a signal, a producer that failed, or one that makes no progress.
    fn check(&mut self) -> Result<(), Stopped> {
        if self.cancel.is_raised() {
            return Err(Stopped::Cancelled);
        }
        let idle = self.producer.in_flight() == 0;
        self.stall_watch.note(self.producer.settled(), idle);
        if let Err(error) = self.producer.check() {
            self.give_up(GaveUp::Fatal(error));
        } else if self.stall_watch.is_stalled() {
            self.give_up(GaveUp::Stalled);
        } else if self.gave_up.is_none()
            && let Some(recreated) = self.topic_watch.check(self.producer.acknowledgements())
        {
            self.give_up(GaveUp::Recreated(recreated));
        }
        Ok(())
    }

    fn give_up(&mut self, why: GaveUp) {
        if self.gave_up.is_none() {
            self.producer.give_up(&mut self.reports);
            self.gave_up = Some(why);
        }
    }

    fn report_unsent(&mut self, plain: &Plain<'_>) {
        self.taken = Some(InputLocation::unpack(plain.tag));
        self.reports.undelivered(&Undelivered {
            tag: plain.tag,
            code: Code::GIVEN_UP,
            may_be_written: false,
            record: Record {
                key: plain.key,
                value: plain.value,
                ..self.plan.defaults.empty_record()
            },
        });
    }

    /// The location of the current line of text.
    fn location(&self, input: u32) -> InputLocation {
        InputLocation {
            input,
            line: self.line,
            has_partition: self.plan.defaults.partition.is_some(),
            has_timestamp: self.plan.defaults.timestamp.is_some(),
        }
    }

    fn no_delimiter(&self, location: InputLocation) -> InputError {
        InputError::Record {
            place: self.reports.show(location),
            problem: "the delimiter of -K is not in this line".to_owned(),
        }
    }
}
