//! What is said about a new schema: for people, for programs, for CI.

mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;
mod unjudged;

use std::{fmt, io};

use crate::{
    output::Screen,
    schema::{
        Breaks, Diff, DiffEntry, Direction, Format, Mode, Rules, SchemaLocation, Severity, rule,
    },
};

pub use self::{json::JSON_SCHEMA, unjudged::Unjudged};

/// A new schema, what it was compared with, and what came of it.
#[derive(Clone, Debug)]
pub struct SchemaReport {
    /// The kind of the new schema.
    pub format: Format,
    /// Whose rules decided.
    pub rules: Rules,
    /// The new schema's name.
    pub new: String,
    /// The changes.
    pub diff: Diff,
    /// What a check made of it; `None` for a mere diff.
    pub judgement: Option<Judgement>,
}

/// Whether a new schema may pass.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The mode that it has to keep.
    pub mode: Mode,
    /// Where the mode was found: `--mode`, `the subject orders-value`.
    pub mode_from: String,
    /// Whether it passes.
    pub passes: bool,
    /// The changes that it does not pass because of, by their place in [`Diff::changes`].
    pub failing: Vec<usize>,
    /// Those that were approved, and why.
    pub allowed: Vec<(usize, Approval)>,
    /// What the registry said when it was asked the same.
    pub registry: Option<RegistrySays>,
}

/// The approval of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Why it was approved.
    pub reason: String,
    /// The first day on which it does not hold; `None` when it always does.
    pub expires: Option<String>,
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        match &self.expires {
            Some(date) => write!(f, " (expires {date})"),
            None => Ok(()),
        }
    }
}

/// What a check came to.
#[derive(Clone, Copy, Debug)]
pub struct Results<'r> {
    /// The schemas that were compared.
    pub reports: &'r [SchemaReport],
    /// Those that could not be.
    pub unjudged: &'r [Unjudged],
}

impl Results<'_> {
    /// Whether every schema was judged and passes.
    #[must_use]
    pub fn pass(self) -> bool {
        self.unjudged.is_empty() && self.reports.iter().all(SchemaReport::passes)
    }
}

/// A registry's own verdict.
#[derive(Clone, Debug)]
pub struct RegistrySays {
    /// Its address.
    pub url: String,
    /// The mode by which it judges.
    pub mode: Mode,
    /// Its verdict; `None` when it has nothing to compare with, or cannot judge.
    pub compatible: Option<bool>,
    /// Its reasons.
    pub messages: Vec<String>,
    /// Why it cannot judge; `None` when it did.
    pub failure: Option<String>,
}

/// How reports are written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaFormat {
    /// For people.
    Text,
    /// One object.
    Json,
    /// One object for each change.
    Ndjson,
    /// For a pull request.
    Markdown,
}

impl SchemaFormat {
    /// The format called `name`; `None` when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "table" | "text" | "wide" | "pretty" => Some(Self::Text),
            "json" => Some(Self::Json),
            "ndjson" => Some(Self::Ndjson),
            "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// Writes `results` to standard output; `several` also sums them up.
///
/// # Errors
/// Those of `out`.
pub fn write(
    out: &mut dyn io::Write,
    results: Results<'_>,
    format: SchemaFormat,
    several: bool,
    screen: &Screen,
) -> io::Result<()> {
    match format {
        SchemaFormat::Text => text::write(out, results, several, screen),
        SchemaFormat::Json => json::write(out, results, several),
        SchemaFormat::Ndjson => json::write_lines(out, results),
        SchemaFormat::Markdown => markdown::write(out, results, several),
    }
}

/// A report beside the one on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideReport {
    /// `JUnit` XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

impl SideReport {
    /// Its text.
    #[must_use]
    pub fn render(self, results: Results<'_>) -> String {
        match self {
            Self::Junit => junit::render(results),
            Self::Sarif => sarif::render(results),
            Self::Github => github::render(results),
        }
    }
}

impl SchemaReport {
    /// Whether the check passed; a mere diff does.
    #[must_use]
    pub fn passes(&self) -> bool {
        let judgement = self.judgement.as_ref();
        judgement.is_none_or(|judgement| judgement.passes)
    }

    /// How many changes fail the check, and how many are breaks in any mode, risks, and safe.
    fn counts(&self) -> [usize; 4] {
        let failing = self.shown().filter(|(index, _)| self.is_failing(*index));
        let failing = failing.count() + usize::from(self.refusal().is_some());
        let [breaks, risks, safe] = [Severity::Break, Severity::Risk, Severity::Safe]
            .map(|severity| self.diff.count(severity));
        [failing, breaks, risks, safe]
    }

    /// The changes with their indexes; one of a shared definition once.
    fn shown(&self) -> impl Iterator<Item = (usize, &DiffEntry)> {
        let changes = self.diff.changes.iter().enumerate();
        changes.filter(|(_, found)| found.same_as.is_none())
    }

    /// The approval of a change: an approved break is none any more.
    fn approval(&self, index: usize) -> Option<&Approval> {
        let allowed = &self.judgement.as_ref()?.allowed;
        let entry = allowed.iter().find(|(one, _)| *one == index)?;
        Some(&entry.1)
    }

    /// Why a schema fails that fails by none of its changes.
    fn refusal(&self) -> Option<String> {
        let judgement = self.judgement.as_ref()?;
        if judgement.passes || !judgement.failing.is_empty() {
            return None;
        }
        let says = judgement.registry.as_ref();
        let Some(says) = says.filter(|says| says.compatible == Some(false)) else {
            return Some(format!("incompatible by {}", judgement.mode));
        };
        let reasons = says.messages.join("; ");
        Some(match reasons.as_str() {
            "" => "the registry refuses it".to_owned(),
            reasons => format!("the registry refuses it: {reasons}"),
        })
    }

    /// The registry's verdict where it is not ours.
    fn disagreement(&self) -> Option<String> {
        let judgement = self.judgement.as_ref()?;
        let says = judgement.registry.as_ref()?;
        let theirs = says.compatible.filter(|_| says.mode == judgement.mode)?;
        let ours = self.diff.is_compatible(judgement.mode);
        let word = |compatible| match compatible {
            true => "compatible",
            false => "incompatible",
        };
        (theirs != ours).then(|| {
            format!(
                "the registry says {}, evctl says {} by {} and the rules of {}",
                word(theirs),
                word(ours),
                judgement.mode,
                self.rules.name()
            )
        })
    }

    fn is_failing(&self, index: usize) -> bool {
        let judgement = self.judgement.as_ref();
        judgement.is_some_and(|judgement| judgement.failing.contains(&index))
    }

    /// The versions it was compared with, in words.
    fn olds(&self) -> String {
        match self.diff.against.as_slice() {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [first, .., last] => format!("{first} … {last} ({} versions)", self.diff.against.len()),
        }
    }
}

/// The title of a change's rule. Registries look for what old consumers cannot read by comparing
/// the other way round; Avro's titles speak of readers and writers in any case.
fn title(found: &DiffEntry) -> String {
    let change = &found.change;
    let title = rule(change.id).map_or("", |rule| rule.title);
    if change.refused == [Direction::Forward] && !change.id.starts_with("avro/") {
        return format!("from new to old: {title}");
    }
    title.to_owned()
}

/// What the registry adds to the title; `None` when that says it all.
fn detail(found: &DiffEntry) -> Option<&str> {
    let change = &found.change;
    let message = Some(change.message.as_str());
    message.filter(|message| !message.is_empty() && *message != change.path)
}

/// Title and detail on one line. What registries say is often but a name, or begins with the title;
/// what only we find says everything.
fn message(found: &DiffEntry) -> String {
    let Some(detail) = detail(found) else {
        return title(found);
    };
    if found.change.registry_type.is_none() {
        return detail.to_owned();
    }
    let plain = rule(found.change.id).map_or("", |rule| rule.title);
    match detail.strip_prefix(plain) {
        Some(rest) => format!("{}{rest}", title(found)),
        None => format!("{}: {detail}", title(found)),
    }
}

/// Where else a change of a shared definition was found: the first places, and how many more.
fn repeats(report: &SchemaReport, index: usize) -> Option<String> {
    const MOST: usize = 5;
    let mut others = report.diff.repeats(index);
    let mut text: Vec<&str> = others
        .by_ref()
        .take(MOST)
        .map(|found| &*found.change.path)
        .collect();
    let more = match others.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    text.dedup();
    (!text.is_empty()).then(|| format!("also at {}{more}", text.join(", ")))
}

/// The same with the place that it is about, where nothing else is shown.
fn line(found: &DiffEntry) -> String {
    match found.change.path.as_str() {
        "" | "/" => message(found),
        path => format!("{path}: {}", message(found)),
    }
}

/// Where a change is to be looked at: in the new schema, or where it was in the old one.
fn place(found: &DiffEntry) -> Option<&SchemaLocation> {
    let change = &found.change;
    change
        .new_location
        .as_ref()
        .or(change.old_location.as_ref())
}

/// The heading under which a change stands.
fn heading(found: &DiffEntry) -> &'static str {
    let change = &found.change;
    if found.is_validation_error() {
        return INVALID;
    }
    let has = |who| change.breaks.contains(&who);
    match change.severity {
        Severity::Break => match (has(Breaks::NewConsumers), has(Breaks::OldConsumers)) {
            (true, true) => "BREAKS NEW AND OLD CONSUMERS",
            (_, true) => "BREAKS OLD CONSUMERS",
            (true, _) => "BREAKS NEW CONSUMERS",
            _ => "BREAKS",
        },
        Severity::Risk if has(Breaks::NewConsumers) || has(Breaks::OldConsumers) => {
            "RISK: ACCEPTED, AND DATA MAY SUFFER"
        }
        Severity::Risk if has(Breaks::Json) => "RISK: JSON ONLY",
        Severity::Risk if has(Breaks::GeneratedCode) => "RISK: GENERATED CODE ONLY",
        Severity::Risk => "RISK: ACCEPTED, AND DATA MAY SUFFER",
        Severity::Safe => "BREAKS NOBODY",
    }
}

const INVALID: &str = "NOT A VALID SCHEMA: REGISTRIES REFUSE IT";

/// The headings in the order in which they are shown.
const HEADINGS: [&str; 9] = [
    INVALID,
    "BREAKS NEW AND OLD CONSUMERS",
    "BREAKS NEW CONSUMERS",
    "BREAKS OLD CONSUMERS",
    "BREAKS",
    "RISK: ACCEPTED, AND DATA MAY SUFFER",
    "RISK: JSON ONLY",
    "RISK: GENERATED CODE ONLY",
    "BREAKS NOBODY",
];

/// What somebody with this schema has to know about the order of an upgrade from the last version, and
/// which older versions that says nothing of.
fn advice(diff: &Diff) -> String {
    use crate::schema::UpgradeOrder as Order;
    let order = diff.upgrade_order();
    let advice = match order {
        Order::ConsumersFirst => "upgrade consumers first, then producers",
        Order::ProducersFirst => "upgrade producers first, then consumers",
        Order::Any => "upgrade in any order",
        Order::None => "no order is safe: stop and drain, or use a new topic",
    };
    let safe = match order {
        Order::ConsumersFirst => Mode::BackwardTransitive,
        Order::ProducersFirst => Mode::ForwardTransitive,
        Order::Any => Mode::FullTransitive,
        Order::None => return advice.to_owned(),
    };
    match (diff.is_compatible(safe), diff.against.last()) {
        (false, Some(last)) => format!(
            "from {last} {advice}; data and clients of older versions break: no order is safe for them"
        ),
        _ => advice.to_owned(),
    }
}
