//! `evctl schema register`: shows what a schema breaks, asks, and registers it.

use std::time::Duration;

use clap::Args;

use super::{
    args::ReadArgs,
    comparison::{self, load_new},
    registry,
};
use crate::{
    cmd::{cluster, show},
    command::Context,
    exit::Exit,
    failure::Failure,
    output::schema::{self as written, RegisteredSchema, SchemaFormat},
    registry::{Candidate, Named, Registered, Registry, RegistryError, Version},
    schema::{
        DiffEntry, Format, Judgement, Mode, Rules, Schema, SchemaReport, SchemaResults, Source,
    },
    schema_source::{SchemaName, SchemaText, Versions, parse_subject, registered_references},
};

/// Time to look for values that prove a break.
const WITNESS_BUDGET: Duration = Duration::from_millis(500);

/// Arguments of `schema register`.
#[derive(Debug, Args)]
pub struct RegisterArgs {
    /// Register the schema in this subject
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// The schema: a file, git:REF:path, or - for standard input
    #[arg(value_name = "SCHEMA")]
    schema: String,
    /// Name the version behind a reference, can be repeated: --reference shop.Address=address-value@2
    #[arg(long, value_name = "NAME=SUBJECT@VERSION")]
    reference: Vec<String>,
    /// Have the registry normalize the schema: another layout is then the same schema
    #[arg(long)]
    normalize: bool,
    /// Read a schema of this kind where its name does not tell: avro, json or protobuf
    #[arg(long, value_name = "FORMAT")]
    schema_type: Option<Format>,
}

/// Registers.
///
/// # Errors
/// The schema cannot be understood, the registry refuses it, or somebody said no.
pub(super) fn run(context: &Context, args: &RegisterArgs) -> Result<Exit, Failure> {
    let json = context.wants_json("schema register knows -o table and -o json")?;
    if let Some(subject) = args.subject.strip_prefix("registry:") {
        return Err(
            Failure::usage(format!("{:?} is not a subject", args.subject))
                .hint(format!("name it without the prefix: {subject}")),
        );
    }
    let cluster = context.cluster()?;
    let registry = registry::of(context, &cluster)?;
    let references = references(&registry, &args.reference)?;
    let read = ReadArgs {
        schema_type: args.schema_type,
        reference: Vec::new(),
    };
    let loader = read.loader(Some(&registry))?;
    let mut text = load_new(&loader, &SchemaName::parse(&args.schema)?)?;
    text.references = registered_references(&registry, &references)?;
    let candidate = candidate(&text, references)?;
    let schema = text.parse().map_err(|error| {
        let mut failure = Failure::from(error);
        for hint in &mut failure.hints {
            *hint = hint.replace("=FILE", "=SUBJECT@VERSION");
        }
        failure
    })?;
    if let Some(known) = find(&registry, args, &text, &schema, &candidate)? {
        context.ui.note("already registered");
        return tell(context, json, &args.subject, known.id, Some(known.version));
    }
    let shown = compare(&registry, args, &text, &schema, &candidate)?;
    let passes = shown.as_ref().is_none_or(SchemaReport::passes);
    if shown.is_none() {
        comparison::note_new(context, &text)?;
    }
    if let Some(shown) = shown
        && (!context.global.quiet || context.global.dry_run)
    {
        let mut plan = Vec::new();
        let screen = show::screen_of_notes(context, context.ui.note_colors());
        let results = SchemaResults {
            reports: &[shown],
            unjudged: &[],
        };
        // Writing to memory cannot fail.
        let _ = written::write(&mut plan, results, SchemaFormat::Text, false, &screen);
        context
            .ui
            .painted_note(String::from_utf8_lossy(&plan).trim_end());
    }
    if context.global.dry_run {
        context.ui.note("dry run: nothing was registered");
        return Ok(if passes { Exit::Ok } else { Exit::Refused });
    }
    let action = format!("register the schema as a new version of {:?}", args.subject);
    cluster::permit_always(context, &cluster, &action)?;
    let id = registry
        .register(&args.subject, &candidate, args.normalize)
        .map_err(refused)?;
    let found = find(&registry, args, &text, &schema, &candidate)?;
    let version = found.map(|found| found.version);
    tell(context, json, &args.subject, id, version)
}

/// The version under which the schema is registered. A registry may write it down in another way, but
/// what it answers with is the same schema.
fn find(
    registry: &Registry,
    args: &RegisterArgs,
    text: &SchemaText,
    schema: &Schema,
    candidate: &Candidate,
) -> Result<Option<Registered>, Failure> {
    let Some(found) = registry.find(&args.subject, candidate, args.normalize)? else {
        return Ok(None);
    };
    if found.schema == candidate.schema {
        return Ok(Some(found));
    }
    let label = format!("{}@{}", args.subject, found.version);
    let answer = SchemaText {
        sources: vec![Source::new(&label, &found.schema)],
        label,
        format: found.schema_type,
        references: text.references.clone(),
    };
    let old = comparison::version(&answer)?;
    let Ok(diff) = comparison::within(&[old], schema, Rules::Confluent, None) else {
        return Ok(Some(found));
    };
    // Some registries leave documentation out.
    let differs =
        |entry: &&DiffEntry| !entry.is_validation_error() && entry.change.id != "avro/doc-changed";
    match diff.changes.iter().find(differs) {
        None => Ok(Some(found)),
        Some(other) => Err(Failure::new(
            Exit::Unreachable,
            format!(
                "schema registry {}: the answer is another schema, {:?}, not {:?}: {}",
                registry.url(),
                answer.label,
                text.label,
                other.change.message
            ),
        )
        .hint("does a registry that speaks Confluent's API answer there?")),
    }
}

fn refused(error: RegistryError) -> Failure {
    match error {
        RegistryError::Refused { message, .. } => Failure::new(
            Exit::Refused,
            "the registry refused it, nothing was registered",
        )
        .cause(message),
        error => error.into(),
    }
}

fn tell(
    context: &Context,
    json: bool,
    subject: &str,
    id: i64,
    version: Option<u32>,
) -> Result<Exit, Failure> {
    let registered = RegisteredSchema::new(subject, id, version);
    super::super::print(context, |out| registered.write(out, json))
}

/// `NAME=SUBJECT@VERSION`, with the latest version where none is named.
fn references(registry: &Registry, given: &[String]) -> Result<Vec<Named>, Failure> {
    let mut found = Vec::new();
    for text in given {
        let (name, rest) = text.split_once('=').ok_or_else(|| {
            Failure::usage(format!("--reference {text:?} is not NAME=SUBJECT@VERSION"))
        })?;
        let (subject, versions) = parse_subject(rest)?;
        let version = match versions {
            Some(Versions::One(Version::Number(number))) => number,
            _ => registry.version(&subject, Version::Latest, false)?.version,
        };
        found.push(Named {
            name: name.to_owned(),
            subject,
            version: i32::try_from(version).unwrap_or(i32::MAX),
        });
    }
    Ok(found)
}

fn candidate(text: &SchemaText, references: Vec<Named>) -> Result<Candidate, Failure> {
    let [source] = text.sources.as_slice() else {
        return Err(Failure::usage("a folder is not one schema")
            .hint("register each file with its imports as --reference, imported files first"));
    };
    Ok(Candidate {
        schema_type: text.format,
        schema: source.text.to_string(),
        references,
    })
}

/// What it changes, by our rules and by the registry's own; `None` when it is the first one.
fn compare(
    registry: &Registry,
    args: &RegisterArgs,
    text: &SchemaText,
    schema: &Schema,
    candidate: &Candidate,
) -> Result<Option<SchemaReport>, Failure> {
    let numbers = match registry.versions(&args.subject, false) {
        Err(RegistryError::NotFound { .. }) => Vec::new(),
        other => other?,
    };
    if numbers.is_empty() {
        return Ok(None);
    }
    let mut olds = Vec::new();
    for number in numbers {
        let found = registry.version(&args.subject, Version::Number(number), false)?;
        olds.push(comparison::version(&SchemaText::registered(
            registry, &found,
        )?)?);
    }
    let mode = registry.level(&args.subject).unwrap_or(Mode::None);
    let diff = comparison::within(&olds, schema, Rules::Confluent, Some(WITNESS_BUDGET))
        .map_err(|error| Failure::too_complex(&text.label, &error))?;
    let verdict = registry.verdict((&args.subject, mode), candidate, args.normalize)?;
    let passes = verdict
        .compatible
        .unwrap_or_else(|| diff.is_compatible(mode));
    Ok(Some(SchemaReport {
        format: text.format,
        rules: Rules::Confluent,
        new: text.label.clone(),
        diff,
        judgement: Some(Judgement {
            mode,
            mode_from: format!("the subject {}", args.subject),
            passes,
            failing: Vec::new(),
            allowed: Vec::new(),
            registry: Some(verdict),
        }),
    }))
}
