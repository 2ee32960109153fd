//! Where data and notes go, and whether a person is looking.

use std::{
    borrow::Cow,
    fmt::Display,
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
};

use console::Style;

use super::{
    closed_stdout::check_stdout,
    stdout::{Output, Passes, guarded, guarded_message},
};
use crate::failure::Failure;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much to say on stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// Errors, warnings and notes.
    #[default]
    Normal,
    /// Also how things were decided (`-v`).
    Verbose,
    /// Also every request and librdkafka's log (`-vv`).
    Debug,
}

/// The owner of stdout and stderr.
#[derive(Clone, Debug)]
pub struct Ui {
    verbosity: Verbosity,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    color_stdout: bool,
    color_stderr: bool,
    show_progress: bool,
}

impl Ui {
    /// The user interface of this process; `no_color` is what `NO_COLOR` says.
    #[must_use]
    pub fn new(color: Color, no_color: bool, verbosity: Verbosity, show_progress: bool) -> Self {
        let stdout_is_terminal = io::stdout().is_terminal();
        let stderr_is_terminal = io::stderr().is_terminal();
        let on = |terminal: bool| match color {
            Color::Auto => terminal && !no_color,
            Color::Always => true,
            Color::Never => false,
        };
        Self {
            verbosity,
            stdout_is_terminal,
            stderr_is_terminal,
            color_stdout: on(stdout_is_terminal),
            color_stderr: on(stderr_is_terminal),
            show_progress,
        }
    }

    /// Standard output, without line buffering or a lock. On a terminal it lets pass what `passes`
    /// says, and escapes every other control character.
    ///
    /// # Errors
    /// The process has no standard output.
    pub fn stdout(&self, passes: Passes) -> io::Result<Output> {
        check_stdout()?;
        let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let passes = match passes {
            Passes::Colors if !self.color_stdout => Passes::Text,
            passes => passes,
        };
        Ok(Output::new(file, self.stdout_is_terminal, passes))
    }

    /// `text` as it may be sent to a terminal among escape sequences of evctl's own.
    #[must_use]
    pub fn guarded<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let passes = if self.color_stdout {
            Passes::Colors
        } else {
            Passes::Text
        };
        guarded(text, passes)
    }

    /// Whether data goes to a person's terminal.
    #[must_use]
    pub fn stdout_is_terminal(&self) -> bool {
        self.stdout_is_terminal
    }

    /// Whether notes go to a person's terminal.
    #[must_use]
    pub fn stderr_is_terminal(&self) -> bool {
        self.stderr_is_terminal
    }

    /// Whether a progress bar may be drawn.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        self.show_progress && self.stderr_is_terminal && self.verbosity > Verbosity::Quiet
    }

    /// Whether data may be coloured.
    #[must_use]
    pub fn colors(&self) -> bool {
        self.color_stdout
    }

    /// Whether notes may be coloured.
    #[must_use]
    pub fn note_colors(&self) -> bool {
        self.color_stderr
    }

    /// The width of the terminal in columns; 80 where there is none.
    #[must_use]
    pub fn width(&self) -> usize {
        console::Term::stdout()
            .size_checked()
            .map_or(80, |(_, columns)| usize::from(columns))
    }

    /// The height of the terminal in lines; 24 where there is none.
    #[must_use]
    pub fn height(&self) -> usize {
        console::Term::stdout()
            .size_checked()
            .map_or(24, |(lines, _)| usize::from(lines))
    }

    /// How much is said.
    #[must_use]
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// Says something worth knowing; silent with `-q`.
    pub fn note(&self, text: impl Display) {
        if self.verbosity >= Verbosity::Normal {
            self.say(text);
        }
    }

    /// Says something of several lines; silent with `-q`. A line break in a name stays one: names in
    /// `text` are quoted.
    pub fn note_lines(&self, text: &str) {
        if self.verbosity >= Verbosity::Normal {
            write_line(&guarded(text, Passes::Text));
        }
    }

    /// Says what `Screen::paint` coloured; silent with `-q`.
    pub fn painted_note(&self, text: &str) {
        if self.verbosity >= Verbosity::Normal {
            write_line(&guarded(text, Passes::Colors));
        }
    }

    /// Warns; silent with `-q`.
    pub fn warn(&self, text: impl Display) {
        if self.verbosity >= Verbosity::Normal {
            self.say_marked(Style::new().yellow().bold(), "warning:", text);
        }
    }

    /// Says how something was decided; only with `-v`.
    pub fn detail(&self, text: impl Display) {
        if self.verbosity >= Verbosity::Verbose {
            self.say(text);
        }
    }

    /// Prints a failure: as text, or as one line of JSON when `json` is asked for.
    pub fn failure(&self, failure: &Failure, json: bool) {
        if json {
            let line = serde_json::json!({
                "kind": "evctl.error/1",
                "code": failure.exit.code(),
                "message": failure.message,
                "cause": (!failure.causes.is_empty()).then(|| failure.causes.join(": ")),
                "hint": (!failure.hints.is_empty()).then(|| failure.hints.join("; ")),
            });
            self.say(line);
            return;
        }
        self.say_marked(Style::new().red().bold(), "error:", &failure.message);
        for cause in &failure.causes {
            self.say(format_args!("  caused by: {cause}"));
        }
        for hint in &failure.hints {
            self.say_marked(Style::new().cyan(), "hint:", hint);
        }
    }

    /// Writes a report that goes to stderr, also with `-q`: the user asked for it.
    ///
    /// # Errors
    /// What stderr failed with.
    pub fn report(&self, text: &str) -> io::Result<()> {
        let text = guarded(text, Passes::Text);
        io::stderr().lock().write_all(text.as_bytes())
    }

    /// Writes `text` to stderr. Wherever stderr goes, no control character of the text goes with it.
    fn say(&self, text: impl Display) {
        write_line(&guarded_message(&text.to_string()));
    }

    /// [`Ui::say`] behind a coloured word.
    fn say_marked(&self, style: Style, mark: &str, text: impl Display) {
        let style = style.for_stderr().force_styling(self.color_stderr);
        let text = text.to_string();
        write_line(&format!(
            "{} {}",
            style.apply_to(mark),
            guarded_message(&text)
        ));
    }
}

/// Writes one line to stderr. A stderr that is gone is nobody's loss.
fn write_line(line: &str) {
    let _ = io::stderr()
        .lock()
        .write_all(format!("{line}\n").as_bytes());
}

/// Prints what clap says about a command line that it refuses; the words that were typed may hold
/// anything.
pub fn print_refusal(text: &str, colors: bool) {
    let text = text.trim_end_matches('\n');
    let (mark, rest) = match text.strip_prefix("error:") {
        Some(rest) => ("error:", rest),
        None => ("", text),
    };
    let style = Style::new().red().bold().for_stderr();
    let mark = style.force_styling(colors).apply_to(mark);
    write_line(&format!("{mark}{}", guarded(rest, Passes::Text)));
}
