//! Summaries of many subjects, asked for side by side.

use std::{
    sync::{Mutex, PoisonError},
    thread,
};

use super::{Registered, Registry, RegistryError, Version};
use crate::schema::Mode;

/// Requests that are open at the same time.
const CONCURRENT_REQUESTS: usize = 8;

/// A subject as a whole.
#[derive(Clone, Debug)]
pub struct SubjectSummary {
    /// The numbers of its versions, oldest first.
    pub versions: Vec<u32>,
    /// The newest version.
    pub latest: Registered,
    /// Its compatibility mode; `None` when the registry does not say.
    pub level: Option<Mode>,
}

/// Summaries of `subjects`, in their order; `deleted` counts soft-deleted versions, too. A registry that
/// leaves one request open to the deadline is asked no more: every further one would take as long.
#[must_use]
pub fn subject_summaries(
    registry: &Registry,
    subjects: &[String],
    deleted: bool,
) -> Vec<Result<SubjectSummary, RegistryError>> {
    let rows: Vec<Mutex<Option<Result<SubjectSummary, RegistryError>>>> =
        subjects.iter().map(|_| Mutex::new(None)).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let away: Mutex<Option<String>> = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..CONCURRENT_REQUESTS.min(subjects.len()) {
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
                        None => summary(registry, subject, deleted),
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

fn summary(
    registry: &Registry,
    subject: &str,
    deleted: bool,
) -> Result<SubjectSummary, RegistryError> {
    let versions = registry.versions(subject, deleted)?;
    let newest = versions
        .last()
        .map_or(Version::Latest, |version| Version::Number(*version));
    Ok(SubjectSummary {
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
            let rows = subject_summaries(&registry, &subjects, false);
            assert_eq!(rows.len(), 100);
            for row in rows {
                let error = row.err().unwrap().to_string();
                assert!(error.contains("no answer within 0.2 s"), "{error}");
            }
            let asked = asked.load(Ordering::Relaxed);
            assert!(asked <= CONCURRENT_REQUESTS, "{beginning:?}: {asked}");
        }
    }
}
