//! What was typed about where to.

use std::{io::Read, path::Path};

use super::SeekArgs;
use crate::{
    command::{Context, calendar},
    event::TopicPartition,
    failure::Failure,
    files,
    offsets::OffsetsFile,
    select::{PartitionSet, Position},
};

/// The most of a file that is read: a line of 300 bytes for each of 200,000 partitions.
const FILE_BYTES: u64 = 64 << 20;

/// What was typed, understood.
pub(super) struct Wanted {
    pub(super) source: Source,
    pub(super) topics: Vec<String>,
    pub(super) partitions: Option<PartitionSet>,
}

/// Where the new offsets come from.
pub(super) enum Source {
    Position(Position),
    Shift(i64),
    Group(String),
    File(OffsetsFile, String),
}

impl Wanted {
    /// Reads what was typed, and the file that was named.
    ///
    /// # Errors
    /// A position that is none, a file that holds something else.
    pub(super) fn parse(context: &Context, args: &SeekArgs) -> Result<Self, Failure> {
        let source = match args {
            SeekArgs {
                from: Some(text), ..
            } => Source::Position(position(context, args, text)?),
            SeekArgs {
                shift: Some(count), ..
            } => Source::Shift(*count),
            SeekArgs {
                to_group: Some(group),
                ..
            } => Source::Group(group.clone()),
            SeekArgs {
                from_file: Some(path),
                ..
            } => Source::File(read(path)?, path.display().to_string()),
            _ => return Err(Failure::usage("nothing says where to move it")),
        };
        let partitions = args.partition.as_deref();
        Ok(Self {
            source,
            topics: args.topics.clone(),
            partitions: partitions.map(PartitionSet::parse).transpose()?,
        })
    }

    /// Whether a partition that has an offset somewhere is meant.
    pub(super) fn includes(&self, at: &TopicPartition) -> bool {
        let named = |topic: &String| **topic == *at.topic;
        let topic = self.topics.is_empty() || self.topics.iter().any(named);
        let partitions = self.partitions.as_ref();
        topic && partitions.is_none_or(|set| set.contains(at.partition))
    }
}

fn position(context: &Context, args: &SeekArgs, text: &str) -> Result<Position, Failure> {
    let position = Position::parse(text, calendar(context.now, args.tz.as_deref())?)?;
    if let Some(doubt) = position.doubt() {
        context.ui.note(doubt);
    }
    match position {
        Position::Stored => Err(Failure::usage(
            "--from stored is where the group stands: that is no move",
        )
        .hint("--shift moves it relative to that, --to-group to where another group stands")),
        _ => Ok(position),
    }
}

fn read(path: &Path) -> Result<OffsetsFile, Failure> {
    let input = files::open_text(path)?;
    let name = input.name().to_owned();
    let mut text = String::new();
    input
        .take(FILE_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("{name} cannot be read")).cause(error))?;
    if text.len() as u64 > FILE_BYTES {
        let most = FILE_BYTES >> 20;
        return Err(Failure::usage(format!("{name} is larger than {most} MiB")));
    }
    OffsetsFile::parse(&text).map_err(|error| {
        Failure::usage(format!("{name} is no file of offsets"))
            .cause(error)
            .hint("`evctl groups export GROUP` and kafka-consumer-groups --export write them")
    })
}
