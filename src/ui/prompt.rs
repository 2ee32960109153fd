//! Questions. They are read from the terminal itself, so that stdin may carry data.

use dialoguer::{Confirm, FuzzySelect, Input, theme::ColorfulTheme};

use crate::pipeline::Gate;

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
        FuzzySelect::with_theme(&ColorfulTheme::default())
            .with_prompt(question)
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
        let answer = Confirm::with_theme(&ColorfulTheme::default())
            .with_prompt(question)
            .default(false)
            // A whole line, so that "yes" leaves nothing behind for the shell.
            .wait_for_newline(true)
            .interact_on(&term);
        Some(answer.unwrap_or_else(|_| {
            // Ctrl-C: whoever asked is told by the signal. A line of its own for what comes next.
            let _ = term.write_line("");
            false
        }))
    }

    fn retype(&mut self, question: &str, name: &str) -> Option<bool> {
        let term = Self::terminal()?;
        let typed: String = Input::with_theme(&ColorfulTheme::default())
            .with_prompt(format!("{question}; type {name} to go on"))
            .allow_empty(true)
            .interact_text_on(&term)
            .ok()?;
        Some(typed == name)
    }
}
