//! `evctl lag`: how far groups are behind, in one look, in several, or served as metrics.

mod args;
mod repeat;
mod select;

use std::{collections::HashSet, num::NonZeroUsize, time::Duration};

pub use args::LagArgs;

use self::select::Wanted;
use super::{cluster, show};
use crate::{
    command::Context,
    event::Timestamp,
    exit::{Done, Exit},
    failure::Failure,
    kafka::{
        admin::{LagDetail, LagSnapshot, lag_snapshot},
        wire::Client,
    },
    lag::{GroupLag, LagReport, LagRow, Limit, Limits, Status, arrange},
    output::{
        lag::{LagResult, write_burrow},
        prom::{self, PromNames},
        report::{CommandResult, ReportFormat},
    },
    pipeline::Signal,
    ui::counted,
};

/// How far apart two looks are when a verdict cannot be read from commits.
const SAMPLE: Duration = Duration::from_secs(10);

/// Looks, judges, prints.
///
/// # Errors
/// No group that was named exists or may be seen, or the cluster cannot be asked.
pub fn run(context: &mut Context, args: &LagArgs) -> Result<Exit, Failure> {
    let limits = args.limits()?;
    let format = Format::of(context, args)?;
    let names = PromNames::parse(&args.names).ok_or_else(|| {
        Failure::usage(format!("{:?} is not a family of metric names", args.names))
            .hint("there are lag-exporter, kafka_exporter and evctl")
    })?;
    let wanted = Wanted::new(args)?;
    let (_, client) = cluster::connect_to_ask(context)?;
    let detail = LagDetail {
        view: args.view(),
        time: args.wants_time(),
        count: args.count.then_some(args.count_max),
        include_abandoned: args.include_abandoned,
        window_ms: (args.verdict || args.burrow || args.fails_on_a_verdict())
            .then(|| i64::try_from(args.window.as_millis()).unwrap_or(i64::MAX)),
    };
    let mut lag = Lag {
        context,
        args,
        wanted,
        detail,
        limits,
        format,
        names,
        client,
    };
    if let Some(address) = &args.serve {
        return lag.serve(address);
    }
    if let Some(every) = args.watch {
        return lag.watch(every);
    }
    if let Some(condition) = &args.wait {
        return lag.wait(condition);
    }
    let look = lag.look()?;
    lag.finish(look)
}

/// In which form the answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Report(ReportFormat),
    Prom,
}

impl Format {
    fn of(context: &Context, args: &LagArgs) -> Result<Self, Failure> {
        match context.global.output.as_deref() {
            Some("prom") => Ok(Self::Prom),
            None => Ok(Self::Report(ReportFormat::default())),
            Some(_) if args.burrow => {
                Err(Failure::usage("--burrow is an output of its own").hint("leave out -o"))
            }
            Some(name) => ReportFormat::parse(name).map(Self::Report).map_err(|_| {
                Failure::usage(format!("-o {name:?} is not an output of this command"))
                    .hint("there are table, wide, json, ndjson, csv, markdown and prom")
            }),
        }
    }
}

/// A snapshot, and groups that were named and cannot be asked.
#[derive(Debug)]
struct Look {
    snapshot: LagSnapshot,
    /// Why each of them cannot be asked.
    missing: Vec<(String, Failure)>,
}

/// A command under way.
struct Lag<'c> {
    context: &'c Context,
    args: &'c LagArgs,
    wanted: Wanted,
    detail: LagDetail,
    limits: Limits,
    format: Format,
    names: PromNames,
    client: Client,
}

impl Lag<'_> {
    /// The answer, after one look or two.
    fn look(&mut self) -> Result<Look, Failure> {
        let mut first = self.look_once(None)?;
        let blind = first.snapshot.history.refused.clone();
        if let Some(why) = &blind {
            let text = format_args!("no commits for a verdict, so two looks instead: {why}");
            self.context.ui.note(text);
        }
        let apart = self.args.sample.or_else(|| blind.map(|_| SAMPLE));
        match apart {
            Some(apart) if self.pause(apart) => match self.look_once(Some(&first)) {
                // What was seen stands.
                Err(failure) if failure.exit == Exit::Unreachable => {
                    let why = show::one_line(&failure);
                    let text = format!("no rates, as there was no second look: {why}");
                    first.snapshot.failures.push(text);
                    Ok(first)
                }
                second => second,
            },
            Some(_) => {
                let ui = &self.context.ui;
                ui.warn("no rates: there was no time for the second look");
                Ok(first)
            }
            None => Ok(first),
        }
    }

    fn look_once(&mut self, earlier: Option<&Look>) -> Result<Look, Failure> {
        let elapsed = self.context.started.elapsed().as_millis();
        let now = self.context.now + i64::try_from(elapsed).unwrap_or(0);
        let cancel = &self.context.cancel;
        // Each look is about the topics that have the names now.
        self.client.forget_topic_ids();
        let mut selected = self.wanted.select(&mut self.client)?;
        let topics = self.wanted.topics();
        let mut snapshot = lag_snapshot(
            &mut self.client,
            &selected.groups,
            topics,
            &self.detail,
            now,
            earlier.map(|look| &look.snapshot),
            cancel,
        );
        selected.failures.append(&mut snapshot.failures);
        // One broker may have left several questions without an answer.
        let mut seen = HashSet::new();
        selected
            .failures
            .retain(|failure| seen.insert(failure.clone()));
        snapshot.failures = selected.failures;
        if topics.is_some() && snapshot.groups.is_empty() && !selected.groups.is_empty() {
            return Err(Failure::new(
                Exit::NotFound,
                "none of these groups reads a topic that --topic names",
            )
            .hint("`evctl groups describe GROUP` shows what a group reads"));
        }
        if !snapshot.groups.is_empty() {
            let hidden = (selected.missing.iter()).filter(|(_, why)| why.exit != Exit::NotFound);
            let hidden = hidden.map(|(group, why)| GroupLag::unseen(group, show::one_line(why)));
            snapshot.groups.extend(hidden);
        }
        Ok(Look {
            snapshot,
            missing: selected.missing,
        })
    }

    /// Sleeps; false when a signal came.
    fn pause(&self, time: Duration) -> bool {
        self.context.cancel.sleep(time)
    }

    /// Prints what was seen, and judges it.
    fn finish(&self, look: Look) -> Result<Exit, Failure> {
        if look.snapshot.groups.is_empty() {
            return self.nothing(look);
        }
        let limits = self.judge(&look);
        let exit = self.verdict(&look, &limits);
        self.print(look, limits)?;
        Ok(exit)
    }

    fn judge(&self, look: &Look) -> Vec<Limit> {
        (look.snapshot.groups.iter())
            .flat_map(|group| self.limits.judge(group))
            .collect()
    }

    /// The exit code of an answer; what it is about is said.
    fn verdict(&self, look: &Look, limits: &[Limit]) -> Exit {
        let ui = &self.context.ui;
        for (_, failure) in &look.missing {
            show::warn_of(self.context, failure);
        }
        for failure in &look.snapshot.failures {
            ui.warn(failure);
        }
        for limit in limits.iter().filter(|limit| !limit.ok) {
            ui.warn(limit.sentence());
        }
        let limited = |group: &&GroupLag| limits.iter().any(|limit| limit.group == group.group);
        for group in look.snapshot.groups.iter().filter(limited) {
            let (name, unknown) = (&group.group, group.unknown_partitions);
            if group.partition_count == 0 && group.status == Status::NoCommit {
                ui.warn(format_args!(
                    "group {name:?}: no offset is committed, so limits do not cover it; \
                     --fail-on NO_COMMIT does"
                ));
            } else if unknown > 0 {
                ui.warn(format_args!(
                    "group {name:?}: limits do not count {} of unknown lag; --fail-on NO_COMMIT does",
                    counted(unknown, "partition")
                ));
            }
        }
        let incomplete = !look.missing.is_empty()
            || !look.snapshot.failures.is_empty()
            || (look.snapshot.groups.iter()).any(|group| {
                group.status.is_incomplete()
                    || group
                        .partitions
                        .iter()
                        .any(|row| row.status.is_incomplete())
                    || (self.wanted.is_single() && group.status == Status::Unsupported)
            });
        match self.context.cancel.raised() {
            Some(signal @ (Signal::Interrupt | Signal::Terminate)) => signal.into(),
            _ if limits.iter().any(|limit| !limit.ok) => Exit::No,
            _ if incomplete => Exit::Partial,
            // The time of --timeout was over before all ages were known.
            Some(signal @ Signal::Deadline) => Exit::stopped(signal, Done::Something),
            _ => Exit::Ok,
        }
    }

    /// No group at all: because none was to be had, or because none is wanted.
    fn nothing(&self, mut look: Look) -> Result<Exit, Failure> {
        look.missing.sort_by_key(|(_, failure)| failure.exit);
        if let Some((_, failure)) = look.missing.drain(..).next() {
            return Err(failure);
        }
        if let Some(failure) = look.snapshot.failures.pop() {
            return Err(
                Failure::new(Exit::Unreachable, "no group could be looked at").cause(failure),
            );
        }
        self.context.ui.note("no groups");
        self.print(look, Vec::new())?;
        Ok(Exit::Ok)
    }

    /// What a row is.
    fn row(&self, groups: usize) -> LagRow {
        match self.args.by {
            Some(by) => by.into(),
            None if groups == 1 && self.wanted.is_single() => LagRow::Partition,
            None => LagRow::Group,
        }
    }

    /// What is printed of a look, and what a row of it is.
    fn report(&self, mut look: Look, limits: Vec<Limit>) -> (LagReport, LagRow) {
        let row = self.row(look.snapshot.groups.len());
        let order = self.args.sort.map(Into::into).unwrap_or_default();
        let top = self.args.top.map(NonZeroUsize::get);
        arrange(
            &mut look.snapshot.groups,
            row,
            order,
            top,
            self.args.problems,
        );
        let report = LagReport {
            limits,
            ..self.whole(look)
        };
        (report, row)
    }

    /// A look as a report, with nothing left out.
    fn whole(&self, look: Look) -> LagReport {
        LagReport {
            kind: "evctl.lag/1",
            at: Timestamp(look.snapshot.at).to_string(),
            cluster_id: self.client.cluster_id().map(str::to_owned),
            groups: look.snapshot.groups,
            limits: Vec::new(),
            failures: (look.snapshot.failures.into_iter())
                .chain(look.missing.iter().map(|(_, why)| show::one_line(why)))
                .collect(),
        }
    }

    fn print(&self, look: Look, limits: Vec<Limit>) -> Result<(), Failure> {
        if self.args.burrow {
            let cluster = self.client.cluster_id().unwrap_or_default();
            let LagSnapshot {
                at,
                groups,
                history,
                ..
            } = &look.snapshot;
            super::print(self.context, |out| {
                write_burrow(out, groups, history, *at, cluster)
            })?;
            return Ok(());
        }
        let format = match self.format {
            Format::Prom => {
                let at = look.snapshot.at;
                let report = self.whole(look);
                super::print(self.context, |out| {
                    prom::write(out, &report, self.names, at)
                })?;
                return Ok(());
            }
            Format::Report(format) => format,
        };
        let (report, row) = self.report(look, limits);
        let result = LagResult {
            report: &report,
            row,
        };
        let screen = show::screen(self.context);
        super::print_passing(self.context, show::passes(format), |out| {
            result.write(out, format, &screen)
        })?;
        Ok(())
    }
}
