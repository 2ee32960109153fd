//! Help is the manual: every command has an example, and nothing is wider than a terminal.

use clap::Command;
use evctl::cli;

use crate::support::{Home, evctl};

/// Every command with the words that name it, groups and evctl itself included.
fn commands() -> Vec<(String, Command)> {
    let mut root = cli::command();
    root.build();
    let mut open = vec![("evctl".to_owned(), root)];
    let mut found = Vec::new();
    while let Some((name, command)) = open.pop() {
        for sub in command.get_subcommands() {
            open.push((format!("{name} {}", sub.get_name()), sub.clone()));
        }
        found.push((name, command));
    }
    found
}

fn long_help(command: &Command) -> String {
    command
        .clone()
        .term_width(100)
        .render_long_help()
        .to_string()
}

#[test]
fn every_command_shows_an_example_of_itself() {
    for (name, command) in commands() {
        let is_group = command.has_subcommands() && command.get_arguments().next().is_none();
        let help = long_help(&command);
        let example = help
            .lines()
            .any(|line| line.trim_start().starts_with(&name));
        assert!(
            example || is_group || command.has_subcommands(),
            "{name}:\n{help}"
        );
    }
}

#[test]
fn no_line_of_help_is_wider_than_a_hundred_columns() {
    for (name, command) in commands() {
        for line in long_help(&command).lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
    }
}

#[test]
fn descriptions_fill_a_narrow_terminal() {
    const WIDTH: usize = 80;
    for (name, command) in commands() {
        let help = long_help(&command.term_width(WIDTH));
        let (description, _) = help.split_once("Usage:").unwrap();
        let lines: Vec<&str> = description.lines().collect();
        for pair in lines.windows(2) {
            let flows = |line: &str| !line.is_empty() && !line.starts_with(' ');
            let word = pair[1].split(' ').next().unwrap_or_default();
            let fits = pair[0].chars().count() + 1 + word.chars().count() <= WIDTH;
            assert!(
                !(flows(pair[0]) && flows(pair[1]) && fits),
                "{name}: {pair:?}"
            );
        }
    }
}

/// The lines of a command's description that are indented: its examples.
fn examples(command: &Command) -> Vec<String> {
    let about = command.get_long_about().or(command.get_about());
    let text = about.map(ToString::to_string).unwrap_or_default();
    let lines = text.lines().filter(|line| line.starts_with("  "));
    lines.map(str::to_owned).collect()
}

#[test]
fn no_example_is_broken_in_two() {
    for (name, command) in commands() {
        let help = long_help(&command);
        for example in examples(&command) {
            assert!(
                help.lines().any(|line| line == example),
                "{name}: {example}"
            );
        }
    }
    let narrow = commands()
        .into_iter()
        .filter(|(name, _)| name.starts_with("evctl replay"));
    for (name, command) in narrow {
        for example in examples(&command) {
            assert!(example.chars().count() <= 80, "{name}: {example}");
        }
    }
}

#[test]
fn manual_pages_keep_examples_as_typed() {
    for (name, page) in cli::man_pages() {
        let page = String::from_utf8(page).unwrap();
        let mut filled = true;
        let mut examples = 0;
        for line in page.lines() {
            match line {
                ".nf" => filled = false,
                ".fi" => filled = true,
                _ if line.starts_with("  ") => {
                    assert!(!filled, "{name}: {line}");
                    examples += 1;
                }
                _ => assert!(filled, "{name}: {line}"),
            }
        }
        assert!(
            filled && (examples > 0 || !page.contains("  evctl")),
            "{name}"
        );
    }
}

#[test]
fn every_option_says_what_it_is_for() {
    for (name, command) in commands() {
        for argument in command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set())
        {
            assert!(
                argument.get_help().is_some(),
                "{name}: {}",
                argument.get_id()
            );
        }
    }
}

#[test]
fn the_list_of_commands_reads_well() {
    let help = cli::command().term_width(80).render_help().to_string();
    let list: Vec<_> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .collect();
    let list: Vec<_> = list
        .into_iter()
        .take_while(|line| !line.is_empty())
        .collect();
    insta::assert_snapshot!(list.join("\n"), @r"
    Commands:
      produce      Write records to a topic
      consume      Read records from topics or files
      tail         Follow topics, merged by time
      capture      Save records in a capture file
      replay       Replay records into a topic
      lag          Show the lag of consumer groups in records and in time, and
                   whether they catch up
      groups       List, describe, move, export and delete groups
      topics       List, describe, create, change, trim and delete topics
      schema       Compare schemas, and read and write a registry
      profile      Show, test and change the profiles of evctl.toml
      sandbox      Run a real Kafka on this machine
      completions  Print the completion script of a shell
      man          Print a manual page
    ");
}

#[test]
fn help_and_version_are_words_too() {
    for (words, option) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "consume"], &["consume", "--help"]),
        (&["help", "groups", "seek"], &["groups", "seek", "--help"]),
        (&["version"], &["--version"]),
    ] {
        let said = evctl(words).ok();
        assert!(!said.is_empty());
        assert_eq!(said, evctl(option).ok(), "{words:?}");
    }
    assert_eq!(evctl(&["help", "nonsense"]).code, 2);
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    for words in [&["--help"][..], &["help", "consume"], &["--version"]] {
        let full = "exec \"$0\" \"$@\" >/dev/full";
        let output = Home::new().evctl(words).within(full).run().exits(5);
        assert!(
            output.stderr.contains("cannot be written"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn options_of_other_tools_lead_to_ours() {
    for (words, hint) in [
        (&["consume", "-t", "orders"][..], "evctl consume TOPIC"),
        (&["consume", "orders", "-e"], "leave it out"),
        (
            &["consume", "orders", "--from-beginning"],
            "--from earliest",
        ),
        (&["consume", "orders", "--max-messages", "5"], "-n N"),
        (&["consume", "orders", "--max-messages=5"], "-n N"),
        (&["topics", "--list"], "evctl topics list"),
        (&["consume", "--topic", "x"], "option: evctl consume TOPIC"),
        (&["produce", "--topic", "x"], "option: evctl produce TOPIC"),
        (
            &["topics", "describe", "-t", "x"],
            "option: evctl topics describe TOPIC",
        ),
        (&["tail", "--from-beginning"], "--from earliest"),
        (&["lag", "--topics", "x"], "evctl lag --topic TOPIC"),
        (&["lag", "--group", "g"], "option: evctl lag GROUP"),
        (
            &["groups", "describe", "--group", "g"],
            "option: evctl groups describe GROUP",
        ),
        (&["-L"], "evctl topics list"),
    ] {
        let output = evctl(words).exits(2);
        assert!(output.stderr.contains(hint), "{words:?}: {}", output.stderr);
        assert!(
            !output.stderr.contains("tip:"),
            "{words:?}: {}",
            output.stderr
        );
    }
    for (words, tip) in [
        (&["help", "nope"][..], None),
        (&["complet"], Some("'completions'")),
        (&["consumr"], Some("'consume'")),
    ] {
        let said = evctl(words).exits(2).stderr;
        assert_eq!(said.contains("tip:"), tip.is_some(), "{said}");
        assert!(said.contains(tip.unwrap_or_default()), "{said}");
        assert!(!said.contains("'complete'"), "{said}");
    }
    let said = evctl(&["--bootstrap-server", "127.0.0.1:1", "topics", "list"]).exits(3);
    assert!(said.stderr.contains("127.0.0.1:1"), "{}", said.stderr);
}
