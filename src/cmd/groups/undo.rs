//! Before offsets are changed the old ones are saved, and the commands that bring them back said.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::{
    codec::shell::CommandLine,
    command::Context,
    config::env,
    event::Timestamp,
    exit::Exit,
    failure::Failure,
    kafka::property,
    offsets::{StoredOffset, write_csv},
    output::report::Cell,
};

/// The longest part of a file's name that comes from the group's.
const NAME_BYTES: usize = 100;

/// How a change is undone.
#[derive(Debug, Default)]
pub(super) struct Undo {
    /// The file that holds the old offsets; `None` when there were none.
    file: Option<PathBuf>,
    /// The commands that bring them back.
    commands: Vec<String>,
}

impl Undo {
    /// Saves `offsets` of `group` in evctl's state directory. A group that `is_gone` by the time they
    /// are brought back has to be made again.
    ///
    /// # Errors
    /// The file cannot be written: then nothing is to be changed.
    pub(super) fn save(
        context: &Context,
        group: &str,
        offsets: &[StoredOffset],
        is_gone: bool,
    ) -> Result<Self, Failure> {
        let file = save(context, group, offsets)?;
        let commands = commands(context, group, file.as_deref(), offsets, is_gone);
        Ok(Self { file, commands })
    }

    /// Removes the file: nothing was changed.
    pub(super) fn discard(self) {
        if let Some(file) = self.file {
            let _ = fs::remove_file(file);
        }
    }

    /// Says how to get back.
    pub(super) fn tell(&self, context: &Context) {
        if let Some(file) = &self.file {
            context.ui.note(format_args!(
                "the old offsets are saved in {}",
                file.display()
            ));
        }
        if !self.commands.is_empty() {
            context
                .ui
                .note(format_args!("to undo it: {}", self.commands.join(" && ")));
        }
    }

    /// The same as members of a result's JSON: who is told nothing (`-q`) finds it there.
    pub(super) fn members<'u>(
        undos: impl IntoIterator<Item = &'u Self> + Clone,
    ) -> [(&'static str, Cell); 2] {
        let files = undos
            .clone()
            .into_iter()
            .filter_map(|undo| undo.file.as_ref());
        let commands = undos.into_iter().flat_map(|undo| &undo.commands);
        [
            (
                "undo_files",
                Cell::texts(files.map(|file| file.display().to_string())),
            ),
            ("undo", Cell::texts(commands)),
        ]
    }
}

fn save(
    context: &Context,
    group: &str,
    offsets: &[StoredOffset],
) -> Result<Option<PathBuf>, Failure> {
    if offsets.iter().all(|line| line.commit.is_none()) {
        return Ok(None);
    }
    let refused = |cause: String| {
        Failure::new(
            Exit::Refused,
            "the old offsets cannot be saved, nothing was changed",
        )
        .cause(cause)
        .hint("set XDG_STATE_HOME to a directory that can be written")
    };
    let directory = env::state_directory().ok_or_else(|| refused("there is no HOME".to_owned()))?;
    let directory = directory.join("groups");
    write_new(
        &directory,
        &file_name(group, context.now),
        &write_csv(offsets),
    )
    .map(Some)
    .map_err(|error| refused(format!("{}: {error}", directory.display())))
}

fn commands(
    context: &Context,
    group: &str,
    file: Option<&Path>,
    offsets: &[StoredOffset],
    is_gone: bool,
) -> Vec<String> {
    let mut commands = Vec::new();
    if let Some(file) = file {
        let line = CommandLine::evctl("groups seek").operand(group);
        let line = if is_gone { line.and("--create") } else { line };
        let line = line.option("--from-file", file.display().to_string());
        commands.push(reach(context, line).to_string());
    }
    let mut new: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in offsets.iter().filter(|line| line.commit.is_none()) {
        let partitions = new.entry(&line.at.topic).or_default();
        partitions.push(line.at.partition.to_string());
    }
    commands.extend(new.into_iter().map(|(topic, partitions)| {
        let line = CommandLine::evctl("groups delete-offsets").operand(group);
        let line = line.option("--topic", topic);
        reach(context, line.option("-p", partitions.join(","))).to_string()
    }));
    commands
}

/// Adds the options that lead to the same cluster. Secrets are not repeated.
fn reach(context: &Context, mut line: CommandLine) -> CommandLine {
    let global = &context.global;
    if let Some(profile) = &global.profile {
        line = line.option("-P", profile);
    }
    if let Some(brokers) = &global.brokers {
        line = line.option("-b", brokers);
    }
    for pair in &global.properties {
        let name = pair.split_once('=').map_or(pair.as_str(), |(name, _)| name);
        line = if property::is_secret(name) {
            line.and(&format!("-X {name}=…"))
        } else {
            line.option("-X", pair)
        };
    }
    line
}

/// `billing-20260102T100000.123Z`; a group may be called anything.
fn file_name(group: &str, now: i64) -> String {
    let safe = |character: char| match character {
        '.' | '-' | '_' => character,
        _ if character.is_ascii_alphanumeric() => character,
        _ => '_',
    };
    let name: String = group.chars().map(safe).take(NAME_BYTES).collect();
    let time = Timestamp(now).to_string().replace([':', '-'], "");
    // No hidden file, and none of a folder's own names.
    format!("{}-{time}", name.trim_start_matches('.'))
}

/// Writes a file that was not there before, to the disk. Nobody else may read it, and a write that
/// fails leaves none.
fn write_new(directory: &Path, stem: &str, content: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(directory)?;
    let mut number = 1;
    loop {
        let name = match number {
            1 => format!("{stem}.csv"),
            _ => format!("{stem}-{number}.csv"),
        };
        let path = directory.join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
            Ok(mut file) => {
                let written = file
                    .write_all(content.as_bytes())
                    .and_then(|()| file.sync_all());
                if written.is_err() {
                    let _ = fs::remove_file(&path);
                }
                return written.map(|()| path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_group_may_be_called_anything_and_the_file_stays_in_its_folder() {
        let now = 1_767_261_600_123;
        assert_eq!(file_name("billing", now), "billing-20260101T100000.123Z");
        assert_eq!(file_name("../../etc", now), "_.._etc-20260101T100000.123Z");
        assert_eq!(file_name("a b/猫", now), "a_b__-20260101T100000.123Z");
        assert!(file_name(&"x".repeat(1_000), now).len() < 200);
    }

    #[test]
    fn a_file_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let first = write_new(folder.path(), "g", "1").unwrap();
        let second = write_new(folder.path(), "g", "2").unwrap();
        assert_ne!(first, second);
        assert_eq!(fs::read_to_string(first).unwrap(), "1");
        assert_eq!(fs::read_to_string(&second).unwrap(), "2");
        let mode = fs::metadata(second).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
