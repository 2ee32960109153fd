//! What is asked of each record of a replay, and what is done to it.

use super::{
    Dedupe, EventTime, Lateness, Mark, MarkError, Marker, Pace, Placing, Reach, ReplayRequest,
    ReplaySpec, Rewrite, RewriteError, Timestamps, believable, parse_rate, parse_speed,
};
use crate::{
    event::{Record, TimestampType},
    filter::Filter,
    select::{Position, Selection, Window},
};

/// A [`ReplaySpec`], understood; without the routes.
pub struct Rules {
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
        let rules = Self {
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
        // Headers that cannot be set are found before a cluster is asked.
        Self::marker(spec, "", "")?;
        Ok(rules)
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

    /// Whether `record` is to be written, by its time and by the filter.
    pub fn judge(&mut self, window: &Window, record: &Record<'_>) -> Judged {
        let time = self.event_time.of(record);
        if time.is_none() && !self.event_time.is_records() {
            return Judged::Timeless;
        }
        if !window.contains(time.unwrap_or(-1)) {
            let older = (window.from_ms).is_some_and(|from| time.is_none_or(|time| time < from));
            return if older { Judged::Before } else { Judged::After };
        }
        if self.filter.keep(record) {
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
