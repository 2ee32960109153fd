//! Completions and manual pages, generated from the command line's own definition.

use clap_complete::Shell;
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

use crate::exit;

/// The completion script of `shell`.
#[must_use]
pub fn completion_script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut visible(), "evctl", &mut script);
    script
}

/// The command line without what the scripts themselves call: clap_complete names hidden commands,
/// too, and clap has no way to take one away.
fn visible() -> clap::Command {
    let whole = super::command();
    let shown = whole.get_subcommands().filter(|sub| !sub.is_hide_set());
    let version = whole.get_version().unwrap_or_default().to_owned();
    clap::Command::new("evctl")
        .version(version)
        .disable_help_subcommand(true)
        .args(whole.get_arguments())
        .subcommands(shown)
}

/// Every manual page as (file name, roff), evctl's own first.
#[must_use]
pub fn man_pages() -> Vec<(String, Vec<u8>)> {
    let mut command = super::command();
    command.build();
    let mut pages = Vec::new();
    render(&command, "evctl", &mut pages);
    pages
}

fn render(command: &clap::Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) {
    let titled = command
        .clone()
        .name(name.to_owned())
        .disable_help_flag(true);
    let man = Man::new(titled).title(name.to_uppercase());
    let mut page = Vec::new();
    // Writing to memory cannot fail.
    let _ = man.render(&mut page);
    let mut page = as_typed(&page);
    let _ = exit_status().to_writer(&mut page);
    pages.push((format!("{name}.1"), page));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        render(sub, &format!("{name}-{}", sub.get_name()), pages);
    }
}

/// Takes examples, which are indented, out of roff's filling: it would break long ones in two, and
/// widen the spaces between their words.
fn as_typed(page: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(page.len());
    let mut inside = false;
    for line in page.split_inclusive(|byte| *byte == b'\n') {
        let example = line.starts_with(b"  ");
        match (inside, example) {
            (false, true) => out.extend_from_slice(b".nf\n"),
            (true, false) => out.extend_from_slice(b".fi\n"),
            _ => {}
        }
        inside = example;
        out.extend_from_slice(line);
    }
    out
}

fn exit_status() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in exit::TABLE {
        roff.control("TP", []);
        roff.text([bold(code.code().to_string())]);
        roff.text([roman(*meaning)]);
    }
    roff
}
