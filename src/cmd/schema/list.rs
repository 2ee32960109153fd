//! `evctl schema list`: the registry's subjects.

use std::{
    sync::{Mutex, PoisonError},
    thread,
};

use clap::Args;

use super::registry;
use crate::{
    cmd::show,
    command::Context,
    exit::Exit,
    failure::Failure,
    output::report::{Cell, Column, Report},
    registry::{Registered, Registry, RegistryError, Version},
    schema::Mode,
    select::NameGlobs,
};

/// Questions that are asked at the same time.
const SIDE_BY_SIDE: usize = 8;

/// Arguments of `schema list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Patterns of subjects: 'orders-*'
    #[arg(value_name = "PATTERN")]
    patterns: Vec<String>,
    /// Also those that were soft-deleted
    #[arg(long)]
    deleted: bool,
    /// Names only, which is one question
    #[arg(long)]
    brief: bool,
}

/// What is known of a subject.
struct Row {
    versions: Vec<u32>,
    latest: Registered,
    level: Option<Mode>,
}

/// Lists.
///
/// # Errors
/// No registry, no answer.
pub(super) fn run(context: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let globs = NameGlobs::new(&args.patterns, &[])?;
    let registry = registry::connect(context)?;
    let mut subjects = registry.subjects(args.deleted)?;
    subjects.retain(|subject| globs.matches(subject));
    if subjects.is_empty() {
        context.ui.note("no subject fits");
    }
    if args.brief {
        let columns = [Column::new("subject")];
        let mut report = Report::new("evctl.schema-list/1", "subjects", &columns);
        report.rows = subjects
            .into_iter()
            .map(|subject| vec![Cell::Text(subject)])
            .collect();
        return show::print(context, &report, format);
    }
    let rows = ask(&registry, &subjects, args.deleted);
    let mut failed = 0;
    let mut report = Report::new("evctl.schema-list/1", "subjects", &COLUMNS);
    for (subject, row) in subjects.iter().zip(rows) {
        let cells = match row {
            Ok(row) => cells(&row),
            Err(error) => {
                failed += 1;
                let failure = Failure::from(error);
                context
                    .ui
                    .warn(format_args!("{subject}: {}", failure.message));
                Vec::new()
            }
        };
        let name = Cell::Text(subject.clone());
        report
            .rows
            .push(std::iter::once(name).chain(cells).collect());
    }
    show::print(context, &report, format)?;
    Ok(if failed > 0 { Exit::Partial } else { Exit::Ok })
}

const COLUMNS: [Column; 8] = [
    Column::new("subject"),
    Column::new("type"),
    Column::new("latest"),
    Column::new("id"),
    Column::new("versions"),
    Column::if_room("compatibility"),
    Column::if_room("references"),
    Column::wide("guid"),
];

fn cells(row: &Row) -> Vec<Cell> {
    let latest = &row.latest;
    vec![
        Cell::Text(latest.schema_type.to_string()),
        Cell::Integer(latest.version.into()),
        Cell::Integer(latest.id),
        Cell::Integer(i64::try_from(row.versions.len()).unwrap_or(i64::MAX)),
        row.level
            .map_or(Cell::Unknown, |level| Cell::Text(level.name().to_owned())),
        Cell::Integer(i64::try_from(latest.references.len()).unwrap_or(i64::MAX)),
        latest.guid.clone().map_or(Cell::Unknown, Cell::Text),
    ]
}

/// Asks about each subject, some at a time. A registry that leaves one question open to the deadline is
/// asked no more: every further one would take as long.
fn ask(registry: &Registry, subjects: &[String], deleted: bool) -> Vec<Result<Row, RegistryError>> {
    let rows: Vec<Mutex<Option<Result<Row, RegistryError>>>> =
        subjects.iter().map(|_| Mutex::new(None)).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let away: Mutex<Option<String>> = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE.min(subjects.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let (Some(subject), Some(row)) = (subjects.get(index), rows.get(index)) else {
                        return;
                    };
                    let known = away.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    let answer = match known {
                        Some(reason) => Err(RegistryError::Unreachable {
                            url: registry.url().to_owned(),
                            reason,
                        }),
                        None => one(registry, subject, deleted),
                    };
                    if let Err(RegistryError::Unreachable { reason, .. }) = &answer {
                        *away.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.clone());
                    }
                    *row.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
                }
            });
        }
    });
    let rows = rows.into_iter();
    rows.filter_map(|row| row.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

fn one(registry: &Registry, subject: &str, deleted: bool) -> Result<Row, RegistryError> {
    let versions = registry.versions(subject, deleted)?;
    let newest = versions
        .last()
        .map_or(Version::Latest, |version| Version::Number(*version));
    Ok(Row {
        latest: registry.version(subject, newest, deleted)?,
        level: match registry.level(subject) {
            Err(error @ RegistryError::Unreachable { .. }) => return Err(error),
            level => level.ok(),
        },
        versions,
    })
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        time::Duration,
    };

    use super::*;
    use crate::registry::RegistrySettings;

    /// The address of a registry that sends a beginning, and then a byte now and again for ever; and
    /// how many questions it was asked.
    fn dribbles(beginning: &'static str) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let count = Arc::new(AtomicUsize::new(0));
        let asked = Arc::clone(&count);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                asked.fetch_add(1, Ordering::Relaxed);
                thread::spawn(move || {
                    let _ = stream.read(&mut [0; 4096]);
                    let _ = stream.write_all(beginning.as_bytes());
                    while stream.write_all(b"a").is_ok() {
                        thread::sleep(Duration::from_millis(10));
                    }
                });
            }
        });
        (url, count)
    }

    #[test]
    fn a_registry_that_dribbles_is_given_up_after_one_deadline() {
        for beginning in [
            "HTTP/1.1 200 O",
            "HTTP/1.1 200 OK\r\nX-Long:",
            "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n[",
        ] {
            let (url, asked) = dribbles(beginning);
            let none = std::collections::BTreeMap::new();
            let patience = Duration::from_millis(200);
            let settings = RegistrySettings::from_properties(&url, &none, patience).unwrap();
            let registry = Registry::new(settings, None).unwrap();
            let subjects: Vec<String> = (0..100).map(|index| format!("s{index}")).collect();
            let rows = ask(&registry, &subjects, false);
            assert_eq!(rows.len(), 100);
            for row in rows {
                let error = row.err().unwrap().to_string();
                assert!(error.contains("no answer within 0.2 s"), "{error}");
            }
            let asked = asked.load(Ordering::Relaxed);
            assert!(asked <= SIDE_BY_SIDE, "{beginning:?}: {asked}");
        }
    }
}
