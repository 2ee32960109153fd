//! `evctl schema check`: may it take the place of what there is?

use std::{collections::HashMap, path::PathBuf};

use clap::{Args, ValueEnum};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    allow::Approvals,
    args::CompareArgs,
    changed::{self, Compared},
    diff,
    load::{Loader, Text, Unreadable},
    named::Named,
    registry::opinion,
    report::{self, Side},
};
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    output::schema::{Approval, Judgement, RegistrySays, Results, SchemaReport, Unjudged},
    registry::Candidate,
    schema::{Diff, Mode, Severity},
};

/// Arguments of `schema check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The new schema; with --git files and folders
    #[arg(value_name = "SCHEMA", required_unless_present = "git")]
    schemas: Vec<String>,
    /// Old version, can be repeated, oldest first; a subject alone stands for all its versions
    #[arg(long, value_name = "SCHEMA", required_unless_present = "git")]
    against: Vec<String>,
    /// Check every schema that changed between two commits: --git main...HEAD schemas/
    ///
    /// BASE...HEAD looks at what HEAD changed since it left BASE, BASE..HEAD compares the two as they
    /// are, BASE alone compares it with what lies on the disk. Files in .avsc and .proto are schemas,
    /// and those in .json that name a $schema, that did so before, that are named themselves instead
    /// of their folder, or all of them with --schema-type json. A schema that is gone fails the check
    /// unless --allow approves it.
    #[arg(long, value_name = "BASE..HEAD", conflicts_with = "against")]
    git: Option<String>,
    /// Mode to keep [default: the subject's own, else BACKWARD]
    ///
    /// With --against registry: the registry is asked as well, by the subject's own mode. The check
    /// fails (exit 1) when either of the two refuses the schema; the registry's answer counts only
    /// where its mode is the one to keep. Where the two differ, both answers are shown.
    #[arg(long, value_name = "MODE")]
    mode: Option<Mode>,
    /// How bad a change may not be
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Break)]
    fail_on: FailOn,
    /// Changes that were approved: a TOML file with [[allow]] entries of fingerprint, reason and
    /// perhaps expires, the first day on which it does not hold
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// Also write a report, can be repeated: junit=FILE, sarif=FILE, github (annotations)
    #[arg(long, value_name = "KIND=FILE")]
    report: Vec<String>,
    #[command(flatten)]
    compare: CompareArgs,
}

/// What fails a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// What the mode does not let in; what is no valid schema fails in any case
    Break,
    /// Also what it lets in and data may suffer from
    Risk,
    /// Any difference
    Any,
}

/// Checks.
///
/// # Errors
/// A schema that is not there or cannot be understood, a report that cannot be written.
pub(super) fn run(context: &Context, args: &CheckArgs) -> Result<Exit, Failure> {
    report::format(context)?;
    let sides: Vec<Side> = args
        .report
        .iter()
        .map(|text| Side::parse(text))
        .collect::<Result<_, _>>()?;
    let inputs = inputs(args);
    sides.iter().try_for_each(|side| side.spare(&inputs))?;
    let mut approvals = match &args.allow {
        Some(path) => Approvals::read(path, today(context), &context.cancel)?,
        None => Approvals::default(),
    };
    let Compared {
        mut reports,
        unjudged,
    } = match &args.git {
        Some(range) => changed::compare(context, range, &args.schemas, &args.compare)?,
        None => {
            let mut compared = Compared::default();
            match one(context, args) {
                Ok(report) => compared.reports.push(report),
                Err(unreadable) => compared.fail(&args.schemas.join(" "), unreadable),
            }
            compared
        }
    };
    for report in &mut reports {
        if report.judgement.is_none() {
            let mode = args.mode.unwrap_or(Mode::Backward);
            let from = if args.mode.is_some() {
                "--mode"
            } else {
                "default"
            };
            report.judgement = Some(judgement(mode, from.to_owned(), None));
        }
        judge(report, args.fail_on, &mut approvals);
    }
    let (unjudged, failures) = unapproved(context, unjudged, &mut approvals);
    approvals.tell(context);
    let results = Results {
        reports: &reports,
        unjudged: &unjudged,
    };
    for side in &sides {
        side.write(&context.ui, results)?;
    }
    let nothing = reports.is_empty() && unjudged.is_empty();
    if nothing {
        context.ui.note("no schema changed");
    }
    let shown = match args.git {
        Some(_) => !nothing,
        None => !reports.is_empty(),
    };
    if shown || context.global.output.is_some() {
        report::print(context, results, args.git.is_some())?;
    }
    // What cannot be understood is worse than what is incompatible, and does not hide it.
    let worst = failures.iter().map(|failure| failure.exit).max();
    let mut failures = failures.into_iter().rev();
    if let Some(mut last) = failures.next() {
        last.exit = worst.unwrap_or(last.exit);
        for failure in failures.rev() {
            context.ui.failure(&failure, false);
        }
        return Err(last);
    }
    Ok(if results.pass() { Exit::Ok } else { Exit::No })
}

/// The files that are read, as they are named; also names that are no files.
fn inputs(args: &CheckArgs) -> Vec<PathBuf> {
    let references = args.compare.read.reference.iter();
    let referred = references.filter_map(|text| text.split_once('=').map(|(_, file)| file));
    let named = args.schemas.iter().chain(&args.against);
    let named = named.map(String::as_str).chain(referred);
    named.map(PathBuf::from).chain(args.allow.clone()).collect()
}

/// What could not be judged and was not approved either.
fn unapproved(
    context: &Context,
    unjudged: Vec<(Unjudged, Failure)>,
    approvals: &mut Approvals,
) -> (Vec<Unjudged>, Vec<Failure>) {
    let mut left = Vec::new();
    for (unjudged, failure) in unjudged {
        let fingerprint = unjudged.fingerprint.as_deref();
        match fingerprint.and_then(|fingerprint| approvals.of(fingerprint)) {
            Some(approval) => context.ui.note(format_args!(
                "{} is gone; allowed: {approval}",
                unjudged.name
            )),
            None => left.push((unjudged, failure)),
        }
    }
    left.into_iter().unzip()
}

fn today(context: &Context) -> jiff::civil::Date {
    let now = Timestamp::from_millisecond(context.now).unwrap_or_default();
    now.to_zoned(TimeZone::UTC).date()
}

/// One schema against what `--against` names.
fn one(context: &Context, args: &CheckArgs) -> Result<SchemaReport, Unreadable> {
    let [new] = args.schemas.as_slice() else {
        return Err(Failure::usage("one schema is checked at a time")
            .hint("old versions are named by --against, files of a commit by --git")
            .into());
    };
    let mut loader = Loader::new(context, &args.compare.read)?;
    let mut texts = Vec::new();
    for old in &args.against {
        texts.extend(loader.load(old, true)?);
    }
    let new = diff::the_one(loader.load(new, false)?)?;
    loader.tell_unused();
    let mut report = diff::compare(&texts, &new, &args.compare)?;
    if let Some(subject) = only_subject(&args.against)? {
        report.judgement = Some(ask_registry(&mut loader, &subject, &new, args.mode)?);
    }
    Ok(report)
}

/// The subject, when everything to check against is one.
fn only_subject(against: &[String]) -> Result<Option<String>, Failure> {
    let mut subjects = Vec::new();
    for name in against {
        match Named::parse(name)? {
            Named::Registry { subject, .. } => subjects.push(subject),
            _ => return Ok(None),
        }
    }
    subjects.dedup();
    Ok(subjects.pop().filter(|_| subjects.is_empty()))
}

/// The subject's own mode, and what its registry thinks of the schema.
fn ask_registry(
    loader: &mut Loader<'_>,
    subject: &str,
    new: &Text,
    mode: Option<Mode>,
) -> Result<Judgement, Failure> {
    let registry = loader.registry()?;
    let level = registry.level(subject)?;
    let (mode, from) = match mode {
        Some(mode) => (mode, "--mode".to_owned()),
        None => (level, format!("the subject {subject}")),
    };
    // It knows schemas by its own references only.
    let says = if new.references.is_empty() && new.sources.len() == 1 {
        let candidate = Candidate {
            schema_type: new.format,
            schema: new.sources[0].text.to_string(),
            references: Vec::new(),
        };
        Some(opinion(registry, (subject, level), &candidate, false)?)
    } else {
        None
    };
    Ok(judgement(mode, from, says))
}

fn judgement(mode: Mode, mode_from: String, registry: Option<RegistrySays>) -> Judgement {
    Judgement {
        mode,
        mode_from,
        passes: true,
        failing: Vec::new(),
        allowed: Vec::new(),
        registry,
    }
}

/// The approvals of changes by the index of the first one that is the same: who approves of a change
/// of a shared definition at one place approves of it at all of them.
fn approvals_of(diff: &Diff, approvals: &mut Approvals) -> HashMap<usize, Approval> {
    let mut approved = HashMap::new();
    for (index, found) in diff.changes.iter().enumerate() {
        if let Some(approval) = approvals.of(&found.fingerprint) {
            let first = found.same_as.unwrap_or(index);
            approved.entry(first).or_insert(approval);
        }
    }
    approved
}

/// Finds what fails.
fn judge(report: &mut SchemaReport, fail_on: FailOn, approvals: &mut Approvals) {
    let Some(judgement) = &mut report.judgement else {
        return;
    };
    let approved = approvals_of(&report.diff, approvals);
    for (index, found) in report.diff.changes.iter().enumerate() {
        let breaks = found.modes.contains(&judgement.mode);
        let fails = match fail_on {
            FailOn::Break => breaks,
            FailOn::Risk => breaks || found.change.severity == Severity::Risk,
            FailOn::Any => true,
        };
        // What is no valid schema cannot take the place of one.
        if !fails && !found.is_validation_error() {
            continue;
        }
        match approved.get(&found.same_as.unwrap_or(index)) {
            Some(approval) => judgement.allowed.push((index, approval.clone())),
            None => judgement.failing.push(index),
        }
    }
    // A verdict without a change to blame would pass unseen.
    let blamed = report
        .diff
        .changes
        .iter()
        .any(|found| found.modes.contains(&judgement.mode));
    let let_in = blamed || report.diff.is_compatible(judgement.mode);
    // Where the subject's own mode counts, its registry has the last word.
    let refused = (judgement.registry.as_ref())
        .is_some_and(|says| says.compatible == Some(false) && says.mode == judgement.mode);
    judgement.passes = judgement.failing.is_empty() && let_in && !refused;
}
