//! `evctl schema check`: may it take the place of what there is?

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    args::{CompareArgs, ReadArgs, names},
    changed_schemas::{self, Compared},
    comparison::{Unreadable, compare, load_new},
    registry, report,
};
use crate::{
    command::{Context, ReportFile},
    config::ConfigError,
    exit::Exit,
    failure::Failure,
    files,
    finding::{ApprovalRemark, Approvals},
    registry::{Candidate, Registry},
    schema::{self, Judgement, Mode, SchemaReport, SchemaResults, Unjudged},
    schema_source::{SchemaName, SchemaText, Versions},
};

/// Arguments of `schema check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The new schema; with --git files and folders
    #[arg(value_name = "SCHEMA", required_unless_present = "git")]
    schemas: Vec<String>,
    /// Compare with this old version, can be repeated, oldest first; a subject without a version stands
    /// for all its versions
    #[arg(long, value_name = "SCHEMA", required_unless_present = "git")]
    against: Vec<String>,
    /// Check every schema that changed between two commits: --git main...HEAD schemas/
    ///
    /// BASE...HEAD compares HEAD with the commit where it left BASE, BASE..HEAD the two commits, BASE
    /// alone that commit with the files on the disk. Schemas are .avsc and .proto files, and .json files
    /// that have a $schema or had one before, that are named themselves instead of their folder, or all
    /// with --schema-type json. A removed schema fails the check unless --allow approves it.
    #[arg(long, value_name = "BASE..HEAD", conflicts_with = "against")]
    git: Option<String>,
    /// Check this compatibility mode [default: the subject's own, else BACKWARD]
    ///
    /// With --against registry: the registry is asked as well, by the subject's own mode. The check
    /// fails (exit 1) when evctl or the registry refuses the schema; the registry's answer counts only
    /// when its mode is the one that is checked. Both answers are shown where they differ.
    #[arg(long, value_name = "MODE")]
    mode: Option<Mode>,
    /// Fail on changes of this severity or worse
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Break)]
    fail_on: FailOn,
    /// File of approved changes: TOML with [[allow]] entries of fingerprint, reason and, optionally,
    /// expires, the first day on which the approval no longer holds
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// Also write a report of the findings, can be repeated: --report junit=schemas.xml
    ///
    /// Reports are junit=FILE, sarif=FILE, tap=FILE, markdown=FILE, json=FILE, and github for
    /// annotations on standard error (or github=FILE).
    #[arg(long, value_name = "KIND=FILE")]
    report: Vec<String>,
    #[command(flatten)]
    compare: CompareArgs,
}

/// What fails a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Changes that the mode refuses; an invalid schema fails in any case
    Break,
    /// Also changes that the mode accepts and data may suffer from
    Risk,
    /// Any change
    Any,
}

impl From<FailOn> for schema::FailOn {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Break => Self::Break,
            FailOn::Risk => Self::Risk,
            FailOn::Any => Self::Any,
        }
    }
}

/// Checks.
///
/// # Errors
/// A schema that is not there or cannot be understood, a report that cannot be written.
pub(super) fn run(context: &Context, args: &CheckArgs) -> Result<Exit, Failure> {
    report::format(context)?;
    let files = args.report.iter().map(|text| ReportFile::parse(text));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let inputs = inputs(args);
    files.iter().try_for_each(|file| file.spare(&inputs))?;
    let mut approvals = match &args.allow {
        Some(path) => approvals(context, path)?,
        None => Approvals::default(),
    };
    let Compared {
        mut reports,
        unjudged,
    } = match &args.git {
        Some(range) => changed_schemas::compare(context, range, &args.schemas, &args.compare)?,
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
            report.judgement = Some(Judgement::new(mode, from.to_owned(), None));
        }
        report.judge(args.fail_on.into(), &mut approvals);
    }
    let (unjudged, failures) = unapproved(context, unjudged, &mut approvals);
    for remark in approvals.remarks() {
        match remark {
            ApprovalRemark::Expired(remark) => context.ui.warn(remark),
            ApprovalRemark::Unused(remark) => context.ui.note(remark),
        }
    }
    let results = SchemaResults {
        reports: &reports,
        unjudged: &unjudged,
    };
    if !files.is_empty() {
        let findings = results.findings("evctl schema check");
        files
            .iter()
            .try_for_each(|file| file.write(&context.ui, &findings))?;
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
        match fingerprint.and_then(|fingerprint| approvals.approve(fingerprint)) {
            Some(approval) => context.ui.note(format_args!(
                "{} is gone; allowed: {approval}",
                unjudged.name
            )),
            None => left.push((unjudged, failure)),
        }
    }
    left.into_iter().unzip()
}

/// The approvals of a file that hold today.
fn approvals(context: &Context, path: &Path) -> Result<Approvals, Failure> {
    let now = Timestamp::from_millisecond(context.now).unwrap_or_default();
    let today = now.to_zoned(TimeZone::UTC).date();
    files::approvals::read(path, today, &context.cancel).map_err(|error| {
        let path = path.display();
        match context.cancel.raised() {
            Some(signal) => ConfigError::Interrupted(path.to_string(), signal).into(),
            None => Failure::usage(format!("--allow {path}: {error}")),
        }
    })
}

/// One schema against what `--against` names.
fn one(context: &Context, args: &CheckArgs) -> Result<SchemaReport, Unreadable> {
    let [new] = args.schemas.as_slice() else {
        return Err(
            Failure::usage("without --git one schema is checked at a time")
                .hint("--against names old versions, --git the commits whose changes are checked")
                .into(),
        );
    };
    let mut names = names(&args.against)?;
    names.push(SchemaName::parse(new)?);
    let registry = registry::for_names(context, &names)?;
    let loader = args.compare.read.loader(registry.as_ref())?;
    let mut texts = Vec::new();
    let against = &names[..args.against.len()];
    for old in against {
        texts.extend(loader.load(old, Versions::All)?);
    }
    let new = load_new(&loader, &names[args.against.len()])?;
    ReadArgs::warn(context, &loader);
    let mut report = compare(&texts, &new, &args.compare)?;
    if let (Some(registry), Some(subject)) = (&registry, only_subject(against)) {
        report.judgement = Some(ask_registry(registry, subject, &new, args.mode)?);
    }
    Ok(report)
}

/// The subject, when everything to check against is one.
fn only_subject(against: &[SchemaName]) -> Option<&str> {
    let subjects = against.iter().map(|name| match name {
        SchemaName::Registry { subject, .. } => Some(subject.as_str()),
        _ => None,
    });
    let mut subjects = subjects.collect::<Option<Vec<_>>>()?;
    subjects.dedup();
    subjects.pop().filter(|_| subjects.is_empty())
}

/// The subject's own mode, and its registry's verdict on the schema.
fn ask_registry(
    registry: &Registry,
    subject: &str,
    new: &SchemaText,
    mode: Option<Mode>,
) -> Result<Judgement, Failure> {
    let level = registry.level(subject)?;
    let (mode, from) = match mode {
        Some(mode) => (mode, "--mode".to_owned()),
        None => (level, format!("the subject {subject}")),
    };
    // The registry knows schemas by its own references only.
    let verdict = if new.references.is_empty() && new.sources.len() == 1 {
        let candidate = Candidate {
            schema_type: new.format,
            schema: new.sources[0].text.to_string(),
            references: Vec::new(),
        };
        Some(registry.verdict((subject, level), &candidate, false)?)
    } else {
        None
    };
    Ok(Judgement::new(mode, from, verdict))
}
