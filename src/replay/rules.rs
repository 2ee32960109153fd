//! What is asked of each record of a replay, and what is done to it.

use super::{
    Dedupe, EventTime, Lateness, Mark, MarkError, Marker, Pace, Placing, Reach, ReplayRequest,
    ReplaySpec, Rewrite, RewriteError, Timestamps, believable, parse_rate, parse_speed,
};
use crate::{
    envelope::{Event, EventDecoder},
    event::TimestampType,
    filter::{Filter, share_input},
    select::{Position, Selection, Window},
};

/// A [`ReplaySpec`], understood; without the routes.
pub struct Rules {
    /// Decodes the records of the source.
    pub decoder: &'static EventDecoder,
    /// The offsets and times that are read.
    pub selection: Selection,
    /// Which of the records are wanted, but for the window.
    pub filter: Filter,
    /// Which time decides.
    pub event_time: EventTime,
    /// How far behind the window records are looked for.
    pub lateness: Lateness,
    /// Which timestamps are written.
    pub timestamps: Timestamps,
    /// Where partitions go; `None` until the partitions of both topics are known.
    pub placing: Option<Placing>,
    /// What changes keys, values and headers.
    pub rewrite: Rewrite,
    /// What tells duplicates.
    pub dedupe: Option<Dedupe>,
    /// When records are due.
    pub pace: Pace,
}

/// What is to become of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is to be written; its time, when it has one.
    Wanted(Option<i64>),
    /// It is older than the window.
    Before,
    /// It is younger than the window.
    After,
    /// It has no time of the kind that `--by-time` names.
    Timeless,
    /// The filter does not want it.
    Filtered,
}

/// Options that cannot be understood, or do not go together.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// An option's value cannot be understood.
    #[error("{option}: {reason}")]
    Invalid {
        /// The option.
        option: &'static str,
        /// Why.
        reason: String,
    },
    /// `--max-gap` without `--speed`.
    #[error("--max-gap is about the records' own time")]
    GapWithoutSpeed,
    /// A range that begins or ends at an offset of a group.
    #[error("stored is the offset of a group, and a replay has none")]
    Stored,
    /// An option that `--share` excludes.
    #[error("{0} looks at all records together, and with --share no process sees them all")]
    NotShared(&'static str),
    /// `--transform` or `--redact`
    #[error(transparent)]
    Rewrite(#[from] RewriteError),
    /// `--set-header` or `--drop-header`
    #[error(transparent)]
    Mark(#[from] MarkError),
}

impl RulesError {
    fn invalid<E: std::fmt::Display>(option: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::Invalid {
            option,
            reason: error.to_string(),
        }
    }
}

impl Rules {
    /// Understands `request`. `selection` and `filter` are made of [`ReplaySpec::selection`];
    /// `filter` has no window, as that may be of another time. `now` is in milliseconds since 1970.
    ///
    /// # Errors
    /// An option that cannot be understood; options that do not go together.
    pub fn new(
        request: &ReplayRequest,
        selection: Selection,
        filter: Filter,
        now: i64,
    ) -> Result<Self, RulesError> {
        let (spec, options) = (&request.spec, &request.options);
        let pace = Pace {
            speed: parse_speed(options.speed()).map_err(RulesError::invalid("--speed"))?,
            rate: (options.rate.as_deref())
                .map(parse_rate)
                .transpose()
                .map_err(RulesError::invalid("--rate"))?,
            max_gap: options.max_gap,
            clock: believable(now),
        };
        if options.max_gap.is_some() && pace.speed.is_none() {
            return Err(RulesError::GapWithoutSpeed);
        }
        let mut rules = Self {
            decoder: EventDecoder::inferred(),
            filter,
            event_time: EventTime::parse(spec.by_time())
                .map_err(RulesError::invalid("--by-time"))?,
            lateness: Lateness::parse(spec.late()).map_err(RulesError::invalid("--late"))?,
            timestamps: Timestamps::parse(spec.timestamps())
                .map_err(RulesError::invalid("--timestamps"))?,
            placing: (spec.partitions.as_deref())
                .map(Placing::parse)
                .transpose()
                .map_err(RulesError::invalid("--partitions"))?,
            rewrite: Rewrite::new(spec.transform.as_deref(), &spec.redact)?,
            dedupe: (spec.dedupe.as_deref())
                .map(Dedupe::parse)
                .transpose()
                .map_err(RulesError::invalid("--dedupe"))?,
            selection,
            pace,
        };
        rules.agree(request)?;
        rules.share_input();
        // Headers that cannot be set are found before a cluster is asked.
        Self::marker(spec, "", "")?;
        Ok(rules)
    }

    /// Lets all expressions work on one decoded input.
    fn share_input(&mut self) {
        let expressions = [
            self.event_time.jq_mut(),
            self.filter.jq_mut(),
            self.dedupe.as_mut().and_then(Dedupe::jq_mut),
            self.rewrite.jq_mut(),
        ];
        share_input(expressions.into_iter().flatten());
    }

    /// Keeps texts of errors back, which quote what is redacted.
    pub fn withhold_reasons(&mut self) {
        self.filter.withhold_reasons();
        self.event_time.withhold_reasons();
        self.rewrite.withhold_reasons();
        if let Some(dedupe) = &mut self.dedupe {
            dedupe.withhold_reasons();
        }
    }

    fn agree(&self, request: &ReplayRequest) -> Result<(), RulesError> {
        if self.selection.from == Position::Stored || self.selection.to == Some(Position::Stored) {
            return Err(RulesError::Stored);
        }
        if !request.options.share {
            return Ok(());
        }
        let not_shared = [
            (self.dedupe.is_some(), "--dedupe"),
            (request.spec.selection.limit.is_some(), "--limit"),
        ];
        match not_shared.into_iter().find(|(is_given, _)| *is_given) {
            Some((_, option)) => Err(RulesError::NotShared(option)),
            None => Ok(()),
        }
    }

    /// Whether `event` is to be written, by its time and by the filter.
    pub fn judge(&mut self, window: &Window, event: &Event<'_>) -> Judged {
        let time = self.event_time.of(event);
        if time.is_none() && !self.event_time.is_records() {
            return Judged::Timeless;
        }
        if !window.contains(time.unwrap_or(-1)) {
            let older = (window.from_ms).is_some_and(|from| time.is_none_or(|time| time < from));
            return if older { Judged::Before } else { Judged::After };
        }
        if self.filter.keep(event) {
            Judged::Wanted(time)
        } else {
            Judged::Filtered
        }
    }

    /// The selection whose offsets hold every record that may be wanted: by another time than the
    /// records', records may be stamped as much earlier as they may come late.
    #[must_use]
    pub fn covering_selection(&self) -> Selection {
        let mut range = self.selection.clone();
        if self.event_time.is_records() {
            return range;
        }
        if let Position::Time { ms, zone } = self.selection.from {
            range.from = match self.lateness.reach(TimestampType::Create) {
                Reach::Late(late) => Position::Time {
                    ms: ms.saturating_sub(i64::try_from(late.as_millis()).unwrap_or(i64::MAX)),
                    zone,
                },
                Reach::InOrder | Reach::End => Position::Earliest,
            };
        }
        range
    }

    /// What sets the headers of the replay called `id`, of records of `cluster`.
    ///
    /// # Errors
    /// A header or a pattern that cannot be.
    pub fn marker(spec: &ReplaySpec, id: &str, cluster: &str) -> Result<Marker, MarkError> {
        let mark = (!spec.no_mark).then(|| Mark {
            id: id.to_owned(),
            cluster: cluster.to_owned(),
        });
        Marker::new(mark, &spec.drop_header, &spec.set_header)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;
    use crate::{
        codec::decoder::{Decoded, Decoder, InferredFormat},
        envelope::PlainPaths,
        event::RecordBuf,
        filter::{Criteria, Val},
        replay::RunOptions,
    };

    /// Counts how often values are decoded: in part, and whole.
    #[derive(Debug, Default)]
    struct Counts {
        parts: AtomicUsize,
        whole: AtomicUsize,
    }

    impl Decoder for &'static Counts {
        fn key(&self, bytes: &[u8]) -> Decoded {
            InferredFormat.key(bytes)
        }

        fn value(&self, bytes: &[u8]) -> Decoded {
            self.whole.fetch_add(1, Relaxed);
            InferredFormat.value(bytes)
        }

        fn members(&self, bytes: &[u8], names: &[String]) -> Option<Val> {
            self.parts.fetch_add(1, Relaxed);
            InferredFormat.members(bytes, names)
        }
    }

    /// How often the value of a record is decoded on its way, in part and whole, and what is
    /// written.
    fn decodings(filter: &str, transform: Option<&str>) -> (usize, usize, Option<Vec<u8>>) {
        let counts: &'static Counts = Box::leak(Box::default());
        let decoder = EventDecoder::new(Box::new(counts), PlainPaths::default());
        let request = ReplayRequest {
            spec: ReplaySpec {
                by_time: Some(".value.at".to_owned()),
                dedupe: Some(".value.order".to_owned()),
                transform: transform.map(str::to_owned),
                ..ReplaySpec::default()
            },
            options: RunOptions::default(),
            to_profile: None,
        };
        let filter = Filter::new(Criteria {
            filter: Some(filter.to_owned()),
            ..Criteria::default()
        });
        let mut rules = Rules::new(&request, Selection::default(), filter.unwrap(), 0).unwrap();
        rules.decoder = Box::leak(Box::new(decoder));
        let record = RecordBuf {
            value: Some(br#"{"at":5,"order":7,"total":9}"#.to_vec()),
            ..RecordBuf::default()
        };
        let record = record.as_record();
        let event = rules.decoder.event(&record);
        let mut written = None;
        if rules.judge(&Window::default(), &event) == Judged::Wanted(Some(5)) {
            assert!(!rules.dedupe.as_mut().unwrap().is_duplicate(&event));
            let record = rules.rewrite.apply(&event).unwrap().unwrap();
            written = record.value.map(<[u8]>::to_vec);
        }
        (
            counts.parts.load(Relaxed),
            counts.whole.load(Relaxed),
            written,
        )
    }

    #[test]
    fn four_expressions_decode_a_value_once_in_part_and_once_whole() {
        let wanted = br#"{"at":5,"order":7,"total":10}"#.to_vec();
        assert_eq!(
            decodings(".value.total > 1", Some(".value.total += 1")),
            (1, 1, Some(wanted.clone()))
        );
        // A record that is left out is not decoded whole.
        assert_eq!(
            decodings(".value.total > 9", Some(".value.total += 1")),
            (1, 0, None)
        );
        let (parts, whole, _) = decodings(".value.total > 1", None);
        assert_eq!((parts, whole), (1, 0));
        // Where one expression looks at all of it, it is decoded once.
        let (parts, whole, _) = decodings(".value | length > 1", Some(".value.total += 1"));
        assert_eq!((parts, whole), (1, 1));
    }
}
