//! Questions. They are read from the terminal itself, so that stdin may carry data.

use dialoguer::{FuzzySelect, Input, theme::ColorfulTheme};

use super::stdout::{Passes, guarded};
use crate::pipeline::Gate;

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

    /// Lets one of `items` be chosen by typing a part of it; `None` when there is no terminal or
    /// the choice was left with Esc.
    #[must_use]
    pub fn choose(&self, question: &str, items: &[String]) -> Option<usize> {
        let term = Self::terminal()?;
        let items = items.iter().map(|item| guarded(item, Passes::Text));
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
        let answer: Result<String, _> = Input::with_theme(&ColorfulTheme::default())
            .with_prompt(format!("{} [y/N]", guarded(question, Passes::Text)))
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
        let typed: String = Input::with_theme(&ColorfulTheme::default())
            .with_prompt(guarded(
                &format!("{question}; type {name} to go on"),
                Passes::Text,
            ))
            .allow_empty(true)
            .interact_text_on(&term)
            .ok()?;
        Some(typed == name)
    }
}
