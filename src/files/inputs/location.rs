//! The place of a record in its input, small enough to travel with it through librdkafka.

use std::path::{Path, PathBuf};

/// Input and line, packed into the one number that librdkafka carries for each record: nothing is
/// kept for the records that are acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputLocation {
    /// Index into the list of inputs.
    pub input: u32,
    /// The line it begins in, from 1; 0 when the whole input is the record.
    pub line: u64,
    /// Whether the input states the partition, so that it is not the partitioner's choice.
    pub has_partition: bool,
    /// Whether the input states the timestamp, so that it is not the time of sending.
    pub has_timestamp: bool,
}

/// 22 bits of input, 40 bits of line (a million million), two flags.
const LINE_BITS: u32 = 40;
const INPUT_MAX: u64 = (1 << 22) - 1;
const LINE_MAX: u64 = (1 << LINE_BITS) - 1;

impl InputLocation {
    /// Line `line` of the input with index `input`.
    #[must_use]
    pub fn line(input: u32, line: u64) -> Self {
        Self {
            input,
            line,
            ..Self::default()
        }
    }

    /// As one number. What does not fit is cut to the largest that does.
    #[must_use]
    pub fn pack(self) -> u64 {
        let input = u64::from(self.input).min(INPUT_MAX);
        let line = self.line.min(LINE_MAX);
        (input << LINE_BITS | line) << 2
            | u64::from(self.has_timestamp) << 1
            | u64::from(self.has_partition)
    }

    /// The inverse of [`InputLocation::pack`].
    #[must_use]
    pub fn unpack(packed: u64) -> Self {
        Self {
            input: u32::try_from(packed >> (LINE_BITS + 2)).unwrap_or(u32::MAX),
            line: (packed >> 2) & LINE_MAX,
            has_timestamp: packed & 2 != 0,
            has_partition: packed & 1 != 0,
        }
    }

    /// `FILE:LINE`, or `FILE` for a whole input.
    #[must_use]
    pub fn show(self, inputs: &[PathBuf]) -> String {
        let name = inputs
            .get(self.input as usize)
            .map_or_else(|| "command line".to_owned(), |path| input_name(path));
        match self.line {
            0 => name,
            line => format!("{name}:{line}"),
        }
    }
}

/// The name of an input in messages: its path, or `stdin`.
#[must_use]
pub fn input_name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "stdin".to_owned()
    } else {
        path.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_the_trip() {
        for (input, line, has_partition, has_timestamp) in [
            (0, 0, false, false),
            (7, 2_000_000_001, true, false),
            (4_194_303, LINE_MAX, false, true),
        ] {
            let location = InputLocation {
                input,
                line,
                has_partition,
                has_timestamp,
            };
            assert_eq!(InputLocation::unpack(location.pack()), location);
        }
    }

    #[test]
    fn a_place_reads_as_file_and_line() {
        let inputs = [PathBuf::from("a.txt"), PathBuf::from("-")];
        assert_eq!(InputLocation::line(0, 12).show(&inputs), "a.txt:12");
        assert_eq!(InputLocation::line(1, 3).show(&inputs), "stdin:3");
        assert_eq!(InputLocation::line(0, 0).show(&inputs), "a.txt");
        assert_eq!(InputLocation::line(0, 0).show(&[]), "command line");
    }
}
