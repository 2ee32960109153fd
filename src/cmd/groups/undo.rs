//! The way back from a change of offsets: the old ones are saved, and the commands that restore them
//! are printed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    codec::shell::CommandLine,
    command::Context,
    config::env,
    exit::Exit,
    failure::{Failure, STATE_DIRECTORY},
    files::save_offsets,
    kafka::property,
    offsets::{StoredOffset, write_csv},
    output::groups::UndoSteps,
};

/// How a change of offsets is undone.
#[derive(Debug, Default)]
pub(super) struct Undo {
    /// The file that holds the old offsets; `None` when there were none.
    file: Option<PathBuf>,
    /// The commands that restore them.
    commands: Vec<String>,
}

impl Undo {
    /// Saves `offsets` of `group` in evctl's state directory. A group that `is_gone` when they are
    /// restored has to be created again.
    ///
    /// # Errors
    /// The file cannot be written: then nothing may be changed.
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

    /// Says how to undo the change.
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
}

/// The undo steps of several changes, for a result.
pub(super) fn undo_steps<'u>(undos: impl IntoIterator<Item = &'u Undo>) -> UndoSteps {
    let mut steps = UndoSteps::default();
    for undo in undos {
        let file = undo.file.iter().map(|file| file.display().to_string());
        steps.files.extend(file);
        steps.commands.extend(undo.commands.iter().cloned());
    }
    steps
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
        .hint(STATE_DIRECTORY)
    };
    let directory = env::state_directory().ok_or_else(|| refused("there is no HOME".to_owned()))?;
    let directory = directory.join("groups");
    save_offsets(&directory, group, context.now, &write_csv(offsets))
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
