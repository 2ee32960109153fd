//! What this machine keeps of its replays: one file each in the state directory, and a lock.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{args::HowArgs, plan::Typed};
use crate::{
    cmd::read::ReadArgs,
    codec::shell::{self, CommandLine},
    command::Context,
    config::env,
    exit::Exit,
    failure::Failure,
    kafka::property,
    replay::{CheckpointOwner, Plan, is_valid_id},
};

/// The version of the files.
const KIND: &str = "evctl.replay-plan/1";

/// A replay as it was typed and planned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    kind: String,
    pub(super) plan: Plan,
    pub(super) typed: Typed,
    pub(super) to_profile: Option<String>,
    pub(super) how: HowArgs,
    pub(super) read: ReadArgs,
    pub(super) reach: Reach,
}

/// How the source's cluster was named. Secrets are not kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Reach {
    pub(super) profile: Option<String>,
    pub(super) brokers: Option<String>,
    pub(super) properties: Vec<String>,
}

impl Reach {
    fn of(context: &Context) -> Self {
        let global = &context.global;
        let named = |pair: &&String| {
            let name = pair.split_once('=').map_or(pair.as_str(), |(name, _)| name);
            !property::is_secret(name)
        };
        Self {
            profile: global.profile.clone(),
            brokers: global.brokers.clone(),
            properties: global.properties.iter().filter(named).cloned().collect(),
        }
    }
}

impl Saved {
    /// What is to be kept of a replay.
    pub(super) fn new(
        context: &Context,
        plan: &Plan,
        typed: &Typed,
        how: &HowArgs,
        read: &ReadArgs,
    ) -> Self {
        Self {
            kind: KIND.to_owned(),
            plan: plan.clone(),
            to_profile: typed.what.to_profile.clone(),
            typed: typed.clone(),
            how: how.clone(),
            read: read.clone(),
            reach: Reach::of(context),
        }
    }

    /// What decides about the records, much as it was typed.
    pub(super) fn line(&self) -> String {
        let mut words = Vec::new();
        for options in [
            serde_json::to_value(&self.typed.what),
            serde_json::to_value(&self.typed.select),
            serde_json::to_value(&self.how),
        ] {
            for (name, value) in options.iter().filter_map(Value::as_object).flatten() {
                words.extend(option(name, value));
            }
        }
        words.extend(
            self.to_profile
                .as_ref()
                .map(|name| shell::option("--to-profile", name)),
        );
        words.extend(self.typed.limit.map(|limit| format!("--limit {limit}")));
        let line = CommandLine::arguments();
        let line = self.typed.sources.iter().fold(line, CommandLine::operand);
        let line = words.iter().fold(line, |line, word| line.and(word));
        line.to_string()
    }

    /// The one called `id`; `None` when this machine knows none.
    ///
    /// # Errors
    /// A name that is none, a file that cannot be read.
    pub(super) fn load(id: &str) -> Result<Option<Self>, Failure> {
        let path = path(id)?;
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("read", &path, &error)),
            Ok(bytes) => Self::parse(&path, &bytes).map(Some),
        }
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        let saved: Self = serde_json::from_slice(bytes).map_err(|error| {
            cannot("understand", path, &error)
                .hint("a newer evctl may have written it; evctl replay cancel forgets it")
        })?;
        if saved.kind != KIND {
            let kind = format!("it is of the kind {:?}", saved.kind);
            return Err(cannot("understand", path, &kind).hint("use the evctl that wrote it"));
        }
        Ok(saved)
    }

    /// All that this machine knows, and the files that cannot be read.
    pub(super) fn all() -> (Vec<Self>, Vec<Failure>) {
        let entries = directory().ok().and_then(|path| fs::read_dir(path).ok());
        let mut found = Vec::new();
        let mut failed = Vec::new();
        for entry in entries.into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".json")) else {
                continue;
            };
            match Self::load(id) {
                Ok(Some(saved)) => found.push(saved),
                Ok(None) => {}
                Err(failure) => failed.push(failure),
            }
        }
        found.sort_by(|a, b| a.plan.id.cmp(&b.plan.id));
        (found, failed)
    }

    /// Writes it aside and renames it: what is there is whole.
    ///
    /// # Errors
    /// It cannot be written: then nothing is to be replayed.
    pub(super) fn store(&self) -> Result<(), Failure> {
        let path = path(&self.plan.id)?;
        let write = || {
            let directory = path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(directory)?;
            let mut file = tempfile::NamedTempFile::new_in(directory)?;
            serde_json::to_writer_pretty(&mut file, self)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error: io::Error| {
            cannot("write", &path, &error)
                .hint("set XDG_STATE_HOME to a directory that can be written")
        })
    }
}

/// An option as it is typed; none that was left out.
fn option(name: &str, value: &Value) -> Vec<String> {
    let name = format!("--{}", name.replace('_', "-"));
    match value {
        Value::Bool(true) => vec![name],
        Value::String(text) => vec![shell::option(&name, text)],
        Value::Number(number) => vec![format!("{name} {number}")],
        Value::Array(many) => {
            let texts = many.iter().filter_map(Value::as_str);
            texts.map(|text| shell::option(&name, text)).collect()
        }
        Value::Object(gap) if let Some(Value::Number(seconds)) = gap.get("secs") => {
            vec![format!("{name} {seconds}s")]
        }
        _ => Vec::new(),
    }
}

/// Forgets the replay called `id`; whether there was one.
pub(super) fn forget(id: &str) -> Result<bool, Failure> {
    let path = path(id)?;
    // Who waits for the lock has it opened: that it is gone does not hurt.
    let _ = fs::remove_file(path.with_extension("lock"));
    match fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot("remove", &path, &error)),
    }
}

/// Held for as long as a replay runs on this machine, alone. The file names
/// the [`CheckpointOwner`] that had it last.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock of the replay called `id`, which no other process of this machine has.
    ///
    /// # Errors
    /// One has it, or the file cannot be made.
    pub(super) fn take_alone(id: &str) -> Result<Self, Failure> {
        Self::take(id)?.ok_or_else(|| {
            Failure::new(
                Exit::Refused,
                format!("replay {id:?} runs already on this machine"),
            )
            .hint("--share lets several processes divide the work")
        })
    }

    /// The run that held this lock before, and has ended therefore; `None` when there was none, or
    /// the file cannot be read.
    pub(super) fn last_owner(&self) -> Option<CheckpointOwner> {
        let mut file = &self.0;
        let mut text = String::new();
        file.rewind().ok()?;
        file.read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Writes `owner` into the file. Where that fails, the next run does not know that this one has
    /// ended, and counts more records as written twice.
    pub(super) fn set_last_owner(&self, owner: &CheckpointOwner) {
        let mut file = &self.0;
        let text = serde_json::to_vec(owner).unwrap_or_default();
        let _ = (file.set_len(0))
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(&text));
    }

    /// Takes the lock of the replay called `id`; `None` when a process of this machine has it.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(super) fn take(id: &str) -> Result<Option<Self>, Failure> {
        let path = path(id)?.with_extension("lock");
        let open = || {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            let mut options = OpenOptions::new();
            options.create(true).truncate(false).read(true).write(true);
            options.open(&path)
        };
        let file = open().map_err(|error| cannot("open", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(cannot("lock", &path, &error)),
        }
    }
}

fn directory() -> Result<PathBuf, Failure> {
    let state = env::state_directory().ok_or_else(|| {
        Failure::usage("there is no HOME to keep the plan in").hint("set XDG_STATE_HOME")
    })?;
    Ok(state.join("replay"))
}

fn path(id: &str) -> Result<PathBuf, Failure> {
    if !is_valid_id(id) {
        return Err(Failure::usage(format!("{id:?} is not a name for a replay"))
            .hint("use letters, digits, dots, hyphens and underscores, 100 at most"));
    }
    Ok(directory()?.join(format!("{id}.json")))
}

fn cannot(what: &str, path: &Path, cause: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Refused, format!("cannot {what} {}", path.display())).cause(cause)
}
