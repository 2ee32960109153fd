//! The loop of `produce`: pieces of input in, records out, acknowledgements counted on the way.

use std::time::{Duration, Instant};

use super::{
    input::{Ahead, InputError, Inputs, Next, Piece},
    lines::{Cut, LineRule},
    outcome::Outcome,
    place::Place,
    preflight::TopicFacts,
    text::Text,
    topic_watch::{Recreated, TopicWatch},
};
use crate::{
    event::{HeaderBuf, Record, RecordBuf, TimestampType},
    kafka::write::{
        BATCH_RECORDS, Batch, Code, Plain, Producer, Reports, Sticky, Undelivered, WriteError,
    },
    pipeline::{Cancel, Pace},
};

/// How long we wait for acknowledgements before looking round.
const LOOK: Duration = Duration::from_millis(20);
/// How long acknowledgements take as a rule.
const PROMPT: Duration = Duration::from_millis(10);
/// How long an input may be silent before what we hold is sent.
const LINGER: Duration = Duration::from_millis(5);
/// How long Ctrl-C waits for the answers that are outstanding.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// What every record is given, whatever its input says.
#[derive(Debug, Default)]
pub struct Given {
    /// `-k`
    pub key: Option<Vec<u8>>,
    /// `-H`
    pub headers: HeaderBuf,
    /// `-p`
    pub partition: Option<i32>,
    /// `--timestamp`
    pub timestamp: Option<i64>,
}

/// Why the reading of inputs ended.
#[derive(Debug)]
pub enum Stopped {
    /// All of them were read.
    End,
    /// Ctrl-C.
    Cancelled,
    /// [`Sending::gave_up`] says why.
    GaveUp,
    /// One is not what it should be.
    Input(InputError),
}

/// Why the producer was given up.
#[derive(Debug)]
pub enum GaveUp {
    /// Nothing was acknowledged for too long.
    Stalled,
    /// It can go on no more.
    Fatal(WriteError),
    /// The topic was deleted and created again.
    Recreated(Recreated),
}

/// Records that carry the timestamp 0, which to librdkafka means now.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZeroTimestamps {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Place,
}

/// Sends what the inputs hold.
#[derive(Debug)]
pub struct Sending<'a> {
    producer: &'a mut Producer,
    outcome: &'a mut Outcome,
    rule: &'a LineRule,
    given: &'a Given,
    facts: &'a TopicFacts,
    sticky: Sticky,
    pace: Option<Pace>,
    stall: Duration,
    cancel: &'a Cancel,
    watch: TopicWatch,
    /// Records whose fate was known when something last happened, and when that was.
    moved: (u64, Instant),
    /// The number of the current line of text.
    line: u64,
    /// Where the record stood that was handed over last; `None` before the first.
    pub reached: Option<Place>,
    /// Place of the last record that was handed over or reported as not sent.
    pub taken: Option<Place>,
    /// Records whose timestamp cannot be written.
    pub zero: ZeroTimestamps,
    /// Why nothing more is sent: from then on records are only reported.
    pub gave_up: Option<GaveUp>,
}

/// What a [`Sending`] is made of.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Where records go.
    pub producer: &'a mut Producer,
    /// Where what became of them goes.
    pub outcome: &'a mut Outcome,
    /// How lines become records.
    pub rule: &'a LineRule,
    /// What every record is given.
    pub given: &'a Given,
    /// The topic.
    pub facts: &'a TopicFacts,
    /// Where records without a key go.
    pub sticky: Sticky,
    /// `--rate`
    pub pace: Option<Pace>,
    /// `--stall-timeout`
    pub stall: Duration,
    /// Raised by Ctrl-C.
    pub cancel: &'a Cancel,
    /// Tells the topic from another one of its name.
    pub watch: TopicWatch,
}

impl<'a> Sending<'a> {
    /// Nothing is sent yet.
    #[must_use]
    pub fn new(parts: Parts<'a>) -> Self {
        Self {
            producer: parts.producer,
            outcome: parts.outcome,
            rule: parts.rule,
            given: parts.given,
            facts: parts.facts,
            sticky: parts.sticky,
            pace: parts.pace,
            stall: parts.stall,
            cancel: parts.cancel,
            watch: parts.watch,
            moved: (0, Instant::now()),
            line: 0,
            reached: None,
            taken: None,
            zero: ZeroTimestamps::default(),
            gave_up: None,
        }
    }

    /// Sends `ahead`, which was read before, and what `inputs` still hold, and waits until every
    /// record's fate is known, as far as it can be.
    pub fn run(
        &mut self,
        ahead: Ahead,
        inputs: &Inputs,
        watch: &mut dyn FnMut(&Producer, &Inputs),
    ) -> Stopped {
        let mut stopped = self
            .send_all(ahead, inputs, watch)
            .unwrap_or_else(|stopped| stopped);
        let cancel = self.cancel;
        let stop = || cancel.is_raised();
        let mut settled = self.producer.settle(self.stall, &stop, self.outcome);
        if cancel.is_raised() {
            settled = self
                .producer
                .settle(LAST_WAIT.min(self.stall), &|| false, self.outcome);
            stopped = Stopped::Cancelled;
        }
        // librdkafka settles what it holds by itself when it can go on no more.
        if let Err(error) = self.producer.check() {
            self.give_up(GaveUp::Fatal(error));
        } else if !settled {
            self.give_up(GaveUp::Stalled);
        } else if self.gave_up.is_none() && self.producer.settled() > 0 {
            // Brokers have just answered, so this question does not wait for one that is silent.
            self.gave_up = self.watch.ask().map(GaveUp::Recreated);
        }
        if let Some(GaveUp::Recreated(recreated)) = &mut self.gave_up {
            recreated.split = self.watch.split(self.producer.acknowledgements());
        }
        stopped
    }

    fn send_all(
        &mut self,
        mut ahead: Ahead,
        inputs: &Inputs,
        watch: &mut dyn FnMut(&Producer, &Inputs),
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
                    for (place, record) in records {
                        self.send_decoded(place, &record)?;
                    }
                }
                Next::Piece(Piece::Guessed(_) | Piece::Redacted(..)) => {}
                Next::Nothing => self.producer.hurry(),
            }
            self.producer.poll(Duration::ZERO, self.outcome);
            self.look()?;
            if self.gave_up.is_some() && !self.outcome.keeps_failures() {
                return Ok(Stopped::GaveUp);
            }
            watch(self.producer, inputs);
        }
    }

    /// Plain lines go in one call; with headers, a timestamp or a pace they go one by one.
    fn send_text(&mut self, text: &Text, memory: Batch<'_>) -> Result<Batch<'static>, Stopped> {
        let (rule, given) = (self.rule, self.given);
        let headers = given.headers.as_headers();
        let plain = headers.is_empty() && given.timestamp.is_none() && self.pace.is_none();
        let mut batch = memory.recycle();
        let mut keyed = false;
        if text.first {
            self.line = 0;
        }
        for line in rule.cut(text.bytes()) {
            self.line += 1;
            let place = self.place(text.input);
            let (key, value) = match line {
                Cut::Record { key, value } => (given.key.as_deref().or(key), value),
                Cut::Skipped => continue,
                Cut::NoDelimiter => {
                    self.send_batch(keyed, &mut batch)?;
                    return Err(Stopped::Input(self.no_delimiter(place)));
                }
            };
            keyed |= key.is_some();
            if plain {
                batch.push(key, value, place.pack());
            } else {
                self.offer(
                    place,
                    &mut Record {
                        key,
                        value,
                        headers,
                        ..self.blank()
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
        let partition = match self.given.partition {
            Some(partition) => partition,
            None if keyed => -1,
            None => self.sticky.next(batch.len(), batch.bytes(0..batch.len())),
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
                .send_batch(partition, batch, from, self.outcome);
            if let Some(last) = from.checked_sub(1).and_then(|last| batch.get(last)) {
                self.reached = Some(Place::unpack(last.tag));
                self.taken = self.reached;
            }
            if from < batch.len() {
                self.wait_for_room()?;
            }
        }
        Ok(())
    }

    /// A record that the input described as a whole.
    fn send_decoded(&mut self, place: Place, record: &RecordBuf) -> Result<(), Stopped> {
        let given = self.given;
        let mut both = HeaderBuf::default();
        let own = record.headers.as_headers();
        let headers = if given.headers.as_headers().is_empty() {
            own
        } else {
            for (name, value) in own.iter().chain(given.headers.as_headers().iter()) {
                both.push(name, value);
            }
            both.as_headers()
        };
        let key = given.key.as_deref().or(record.key.as_deref());
        let value = record.value.as_deref();
        let tombstone = self.rule.tombstone;
        let null = tombstone || (value.is_some() && value == self.rule.null.as_deref());
        self.offer(
            place,
            &mut Record {
                partition: given.partition.unwrap_or(record.partition),
                timestamp: given.timestamp.unwrap_or(record.timestamp),
                key: if tombstone { key.or(value) } else { key },
                value: if null { None } else { value },
                headers,
                ..self.blank()
            },
        )
    }

    /// Hands over one record, waiting for its turn and for room.
    fn offer(&mut self, place: Place, record: &mut Record<'_>) -> Result<(), Stopped> {
        let place = Place {
            partition_given: record.partition >= 0,
            timestamp_given: record.timestamp != -1,
            ..place
        };
        self.facts
            .check(record.partition)
            .map_err(|missing| Stopped::Input(missing.at(self.outcome.show(place))))?;
        self.wait_for_turn()?;
        if record.timestamp == 0 {
            if self.zero.count == 0 {
                self.zero.first = place;
            }
            self.zero.count += 1;
        }
        if record.partition < 0 && record.key.is_none() {
            record.partition = self.sticky.next(1, record.size() as u64);
        }
        while self.gave_up.is_none() {
            if self.producer.send(record, place.pack(), self.outcome) {
                self.reached = Some(place);
                self.taken = self.reached;
                return Ok(());
            }
            self.wait_for_room()?;
        }
        self.taken = Some(place);
        self.outcome.undelivered(&Undelivered {
            tag: place.pack(),
            code: Code::GIVEN_UP,
            may_be_written: false,
            record: *record,
        });
        Ok(())
    }

    /// The queue is full: lets acknowledgements make room. When none come at once, what waits for
    /// its batch to fill may be all there is: it is sent.
    fn wait_for_room(&mut self) -> Result<(), Stopped> {
        let settled = self.producer.settled();
        self.producer.poll(PROMPT, self.outcome);
        if self.producer.settled() == settled {
            self.producer.hurry();
            self.producer.poll(LOOK, self.outcome);
        }
        self.look()
    }

    /// Waits until the pace lets the next record pass.
    fn wait_for_turn(&mut self) -> Result<(), Stopped> {
        let Some(pace) = &mut self.pace else {
            return Ok(());
        };
        let due = Instant::now() + pace.next_wait(Instant::now());
        loop {
            let wait = due.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return Ok(());
            }
            if wait > LINGER {
                self.producer.hurry();
            }
            self.producer.poll(wait.min(LOOK), self.outcome);
            self.look()?;
        }
    }

    /// Looks whether to stop: Ctrl-C, a producer that is broken, or one that stands still.
    fn look(&mut self) -> Result<(), Stopped> {
        if self.cancel.is_raised() {
            return Err(Stopped::Cancelled);
        }
        let settled = self.producer.settled();
        if settled != self.moved.0 || self.producer.in_flight() == 0 {
            self.moved = (settled, Instant::now());
        }
        if let Err(error) = self.producer.check() {
            self.give_up(GaveUp::Fatal(error));
        } else if self.moved.1.elapsed() >= self.stall {
            self.give_up(GaveUp::Stalled);
        } else if self.gave_up.is_none()
            && let Some(recreated) = self.watch.look(self.producer.acknowledgements())
        {
            self.give_up(GaveUp::Recreated(recreated));
        }
        Ok(())
    }

    fn give_up(&mut self, why: GaveUp) {
        if self.gave_up.is_none() {
            self.producer.give_up(self.outcome);
            self.gave_up = Some(why);
        }
    }

    fn report_unsent(&mut self, plain: &Plain<'_>) {
        self.taken = Some(Place::unpack(plain.tag));
        self.outcome.undelivered(&Undelivered {
            tag: plain.tag,
            code: Code::GIVEN_UP,
            may_be_written: false,
            record: Record {
                key: plain.key,
                value: plain.value,
                ..self.blank()
            },
        });
    }

    /// The current line of text.
    fn place(&self, input: u32) -> Place {
        Place {
            input,
            line: self.line,
            partition_given: self.given.partition.is_some(),
            timestamp_given: self.given.timestamp.is_some(),
        }
    }

    /// A record that is only what every record is given.
    fn blank(&self) -> Record<'static> {
        Record {
            topic: "",
            partition: self.given.partition.unwrap_or(-1),
            offset: -1,
            timestamp: self.given.timestamp.unwrap_or(-1),
            timestamp_type: TimestampType::Create,
            key: None,
            value: None,
            headers: crate::event::Headers::default(),
        }
    }

    fn no_delimiter(&self, place: Place) -> InputError {
        InputError::Record {
            place: self.outcome.show(place),
            problem: "the delimiter of -K is not in this line".to_owned(),
        }
    }
}
