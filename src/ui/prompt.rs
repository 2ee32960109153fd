//! Questions. They are read from the terminal itself, so that stdin may carry data.

use dialoguer::{FuzzySelect, Input, theme::ColorfulTheme};

use super::stdout::{Passes, guarded};
use crate::{
    output::screen::{cut_middle, width},
    pipeline::Gate,
};

/// The columns that dialoguer puts around a question, or before a choice, and one that stays free.
const AROUND: usize = 8;

/// As long as a signal takes to whoever handles it.
const HANDED_ON: std::time::Duration = std::time::Duration::from_millis(100);

/// Asks on the terminal, when there is one.
#[derive(Debug, Default)]
pub struct Prompt;

impl Prompt {
    fn terminal() -> Option<console::Term> {
        let tty = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/tty")
            .ok()?;
        let term = console::Term::read_write_pair(tty.try_clone().ok()?, tty);
        term.features().is_attended().then_some(term)
    }

    /// What to ask in one line, with room for an answer of so many columns. dialoguer miscounts the
    /// lines of a longer question and leaves a part of it: it is written before, and `short` asked.
    fn ask(term: &console::Term, question: &str, short: &str, answer: usize) -> Option<String> {
        let question = guarded(question, Passes::Text).into_owned();
        if fits(&question, answer, usize::from(term.size().1)) {
            return Some(question);
        }
        term.write_line(&question).ok()?;
        Some(short.to_owned())
    }

    /// Lets one of `items` be chosen by typing a part of it; `None` when there is no terminal or
    /// the choice was left with Esc.
    #[must_use]
    pub fn choose(&self, question: &str, items: &[String]) -> Option<usize> {
        let term = Self::terminal()?;
        // A choice that takes two lines is not cleared when the choice moves on.
        let columns = usize::from(term.size().1).saturating_sub(AROUND);
        let items = items.iter().map(|item| {
            let shown = guarded(item, Passes::Text);
            cut_middle(&shown, columns).into_owned()
        });
        FuzzySelect::with_theme(&ColorfulTheme::default())
            .with_prompt(guarded(question, Passes::Text))
            .items(items)
            .default(0)
            .max_length(15)
            .interact_on_opt(&term)
            .ok()?
    }
}

impl Gate for Prompt {
    fn confirm(&mut self, question: &str) -> Option<bool> {
        let term = Self::terminal()?;
        // A whole line: of single keys the last one counts, and "nay" has a y in it.
        let prompt = Self::ask(&term, &format!("{question} [y/N]"), "go on? [y/N]", 4)?;
        let answer: Result<String, _> = Input::with_theme(&ColorfulTheme::default())
            .with_prompt(prompt)
            .allow_empty(true)
            .interact_text_on(&term);
        let Ok(answer) = answer else {
            // Ctrl-C: whoever asked is told by the signal, which may end the process.
            let _ = term.write_line("");
            std::thread::sleep(HANDED_ON);
            return Some(false);
        };
        let answer = answer.trim().to_lowercase();
        Some(matches!(answer.as_str(), "y" | "yes"))
    }

    fn retype(&mut self, question: &str, name: &str) -> Option<bool> {
        let term = Self::terminal()?;
        let question = format!("{question}; type {name} to go on");
        let prompt = Self::ask(&term, &question, "name", width(name))?;
        let typed: String = Input::with_theme(&ColorfulTheme::default())
            .with_prompt(prompt)
            .allow_empty(true)
            .interact_text_on(&term)
            .ok()?;
        Some(typed == name)
    }
}

/// Whether a question and an answer of `answer` columns stand in one line of a terminal.
fn fits(question: &str, answer: usize, columns: usize) -> bool {
    width(question) + answer + AROUND <= columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_reaches_the_edge_of_the_terminal_is_written_before() {
        // dialoguer writes "? QUESTION › ANSWER".
        for (length, fit) in [
            (67, true),
            (68, true),
            (69, false),
            (74, false),
            (80, false),
        ] {
            assert_eq!(fits(&"x".repeat(length), 4, 80), fit, "{length}");
        }
        assert!(!fits(&"猫".repeat(35), 4, 80));
        assert!(fits(&"é".repeat(35), 4, 80));
        assert!(fits(&"x".repeat(100), 4, 200));
    }
}
