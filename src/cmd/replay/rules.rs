//! What was typed, understood: what is asked of each record and done to it.

use super::args::select_args;
use crate::{
    cmd::read::profile_redacts,
    command::Context,
    event::Record,
    failure::Failure,
    filter::Filter,
    replay::{
        Dedupe, EventTime, Lateness, Mark, Marker, Pace, Placing, ReplayRequest, Rewrite,
        Timestamps, believable, parse_rate, parse_speed,
    },
    select::{Position, Selection, Window},
};

/// Everything that is asked of a record and done to it, but for where it goes.
pub(super) struct Rules {
    pub(super) selection: Selection,
    pub(super) filter: Filter,
    pub(super) event_time: EventTime,
    pub(super) lateness: Lateness,
    pub(super) timestamps: Timestamps,
    /// `None` until the partitions of both topics are known.
    pub(super) placing: Option<Placing>,
    pub(super) rewrite: Rewrite,
    pub(super) dedupe: Option<Dedupe>,
    pub(super) pace: Pace,
}

/// What is to become of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// It is to be written; its time, when it has one.
    Wanted(Option<i64>),
    /// It is older than the window.
    Before,
    /// It is younger than the window.
    After,
    /// It has no time of the kind that --by-time names.
    Timeless,
    /// The filter does not want it.
    Filtered,
}

impl Rules {
    /// Understands what was typed.
    ///
    /// # Errors
    /// An option that cannot be understood, named; options that do not go together.
    pub(super) fn parse(context: &Context, request: &ReplayRequest) -> Result<Self, Failure> {
        let (what, how) = (&request.spec, &request.options);
        let option = |name: &'static str| move |error: String| usage(name, &error);
        let selection = select_args(&request.spec.selection)
            .selection(context.now, request.spec.selection.limit)?;
        let pace = Pace {
            speed: parse_speed(how.speed()).map_err(|error| usage("--speed", &error))?,
            rate: (how.rate.as_deref())
                .map(parse_rate)
                .transpose()
                .map_err(|error| usage("--rate", &error))?,
            max_gap: how.max_gap,
            clock: believable(context.now),
        };
        if how.max_gap.is_some() && pace.speed.is_none() {
            return Err(Failure::usage("--max-gap is about the records' own time")
                .hint("--speed 1x replays at it"));
        }
        let mut rules = Self {
            // The window is asked for apart: it may be one of another time.
            filter: select_args(&request.spec.selection).filter(Window::default())?,
            event_time: EventTime::parse(what.by_time())
                .map_err(|error| option("--by-time")(error.to_string()))?,
            lateness: Lateness::parse(what.late()).map_err(|error| usage("--late", &error))?,
            timestamps: Timestamps::parse(what.timestamps())
                .map_err(|error| usage("--timestamps", &error))?,
            placing: (what.partitions.as_deref())
                .map(Placing::parse)
                .transpose()
                .map_err(|error| usage("--partitions", &error))?,
            rewrite: Rewrite::new(what.transform.as_deref(), &what.redact)?,
            dedupe: (what.dedupe.as_deref())
                .map(Dedupe::parse)
                .transpose()
                .map_err(|error| usage("--dedupe", &error))?,
            selection,
            pace,
        };
        rules.agree(request)?;
        if !what.redact.is_empty() || profile_redacts(context)? {
            rules.withhold_reasons();
        }
        // Headers that cannot be set are found before anything is asked.
        Self::marker(request, "", "")?;
        Ok(rules)
    }

    /// Keeps texts of errors back, which quote what is redacted.
    fn withhold_reasons(&mut self) {
        self.filter.withhold_reasons();
        self.event_time.withhold_reasons();
        self.rewrite.withhold_reasons();
        if let Some(dedupe) = &mut self.dedupe {
            dedupe.withhold_reasons();
        }
    }

    fn agree(&self, request: &ReplayRequest) -> Result<(), Failure> {
        if self.selection.from == Position::Stored || self.selection.to == Some(Position::Stored) {
            return Err(
                Failure::usage("stored is the offset of a group, and a replay has none")
                    .hint("--from takes a time, an offset, earliest, -N or +N"),
            );
        }
        if !request.options.share {
            return Ok(());
        }
        let not_shared = [
            (self.dedupe.is_some(), "--dedupe"),
            (request.spec.selection.limit.is_some(), "--limit"),
        ];
        match not_shared.into_iter().find(|(typed, _)| *typed) {
            Some((_, option)) => Err(Failure::usage(format!(
                "{option} looks at all records together, and with --share no process sees them all"
            ))
            .hint("leave out one of both")),
            None => Ok(()),
        }
    }

    /// Whether `record` is to be written, by its time and by the filter.
    pub(super) fn judge(&mut self, window: &Window, record: &Record<'_>) -> Judged {
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

    /// What sets the headers of the replay called `id`, of records of `cluster`.
    ///
    /// # Errors
    /// A header or a pattern that cannot be.
    pub(super) fn marker(
        request: &ReplayRequest,
        id: &str,
        cluster: &str,
    ) -> Result<Marker, Failure> {
        let what = &request.spec;
        let mark = (!what.no_mark).then(|| Mark {
            id: id.to_owned(),
            cluster: cluster.to_owned(),
        });
        Ok(Marker::new(mark, &what.drop_header, &what.set_header)?)
    }
}

fn usage(option: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("{option}: {error}"))
}
