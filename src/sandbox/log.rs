//! The server's log, as far as it tells why there is no server.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom},
    path::Path,
};

use super::SandboxError;

/// The log as the server writes it, and as it is read here: from its present end, and also after
/// the supervisor has removed it.
pub(super) fn open(directory: &Path) -> Result<(File, File), SandboxError> {
    let path = directory.join("server.log");
    let open = || -> io::Result<_> {
        let written = OpenOptions::new().create(true).append(true).open(&path)?;
        let mut read = File::open(&path)?;
        read.seek(SeekFrom::End(0))?;
        Ok((written, read))
    };
    open().map_err(SandboxError::io("cannot write", &path))
}

/// The errors of a log with what caused them, or else its last lines; in no case a stack.
pub(super) fn telling_lines(log: &str) -> String {
    const MOST: usize = 12;
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| !line.starts_with("\tat "))
        .collect();
    let mut after_an_error = false;
    let errors: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| {
            let error = ["ERROR ", "FATAL ", "Exception in thread"]
                .iter()
                .any(|sign| line.contains(sign));
            let told = error || after_an_error || line.starts_with("Caused by:");
            after_an_error = error;
            told
        })
        .take(MOST)
        .collect();
    if errors.is_empty() {
        lines[lines.len().saturating_sub(MOST)..].join("\n")
    } else {
        errors.join("\n")
    }
}

/// Whether a log says that another process listens on a port which the server wants.
pub(super) fn names_a_taken_port(log: &str) -> bool {
    [
        "Address already in use",
        "seems to be in use by another process",
    ]
    .iter()
    .any(|sign| log.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told_from_other_errors() {
        assert!(names_a_taken_port(
            "ERROR x\njava.net.BindException: Address already in use"
        ));
        assert!(names_a_taken_port(
            "Port 8081 seems to be in use by another process"
        ));
        assert!(!names_a_taken_port("ERROR no.such.Reporter"));
    }

    #[test]
    fn errors_of_a_log_come_before_its_end() {
        let log = "INFO a\nERROR b\njava.lang.E: c\n\tat d\nCaused by: e\n\tat f\nINFO g";
        assert_eq!(telling_lines(log), "ERROR b\njava.lang.E: c\nCaused by: e");
        assert_eq!(telling_lines("a\nb\n\tat c"), "a\nb");
        assert_eq!(telling_lines(""), "");
    }
}
