//! `evctl sandbox demo`: runs the main commands, and shows each with its output. It is the README's
//! first command, so it checks their exit codes.

use std::{
    collections::BTreeMap,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use console::Style;

use crate::{
    codec::shell,
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::{Settings, wire::Client},
    pipeline::Permit,
    sandbox::{DemoStep, FILES, STEPS, TOPICS},
    ui::Passes,
};

/// Runs the steps on the Kafka at `brokers`.
pub(super) fn walk(context: &Context, brokers: &str) -> Result<Exit, Failure> {
    let broken =
        |error: std::io::Error| Failure::new(Exit::Partial, "the demo cannot go on").cause(error);
    let evctl = std::env::current_exe().map_err(broken)?;
    let folder = tempfile::tempdir().map_err(broken)?;
    for (name, content) in FILES {
        std::fs::write(folder.path().join(name), content).map_err(broken)?;
    }
    let settings = Settings::from_properties(&[brokers.to_owned()], &BTreeMap::new())?;
    let mut client = Client::connect(settings)?;
    for (name, partitions) in TOPICS {
        client.create_topic(name, *partitions, Permit::for_own_sandbox())?;
    }
    let mut out = context.ui.stdout(Passes::Colors).map_err(broken)?;
    for step in STEPS {
        if context.cancel.is_raised() {
            return Ok(Exit::Interrupted);
        }
        let shown = show(context, step, &evctl, folder.path(), brokers).map_err(broken)?;
        match out.write_all(shown.text.as_bytes()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Ok),
            other => other.map_err(broken)?,
        }
        if !shown.worked {
            let line = step.line.join(" ");
            return Err(Failure::new(
                Exit::Partial,
                format!("evctl {line}: did not work"),
            ));
        }
    }
    context
        .ui
        .note_lines("\nThat was the demo; its Kafka is gone again. Your own: evctl sandbox start");
    Ok(Exit::Ok)
}

struct Shown {
    text: String,
    worked: bool,
}

/// Runs one step and lays out its output.
fn show(
    context: &Context,
    step: &DemoStep,
    evctl: &Path,
    folder: &Path,
    brokers: &str,
) -> std::io::Result<Shown> {
    let paint = |style: Style, text: &str| {
        style
            .force_styling(context.ui.colors())
            .apply_to(text)
            .to_string()
    };
    let output = Command::new(evctl)
        .args(step.line)
        .env("EVCTL_BROKERS", brokers)
        .env_remove("EVCTL_PROFILE")
        .env("EVCTL_CONFIG", "/dev/null")
        .env("XDG_STATE_HOME", folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    let mut text = String::new();
    if !step.why.is_empty() {
        text.push('\n');
        text.push_str(&paint(Style::new().dim(), &format!("# {}", step.why)));
        text.push('\n');
    }
    let typed = step
        .line
        .iter()
        .map(|word| shell::word(word))
        .collect::<Vec<_>>()
        .join(" ");
    text.push_str(&paint(Style::new().bold(), &format!("$ evctl {typed}")));
    text.push('\n');
    for said in [&output.stdout, &output.stderr] {
        let said = String::from_utf8_lossy(said);
        let lines: Vec<&str> = said.lines().collect();
        for line in lines.iter().take(step.lines) {
            text.push_str(line);
            text.push('\n');
        }
        if lines.len() > step.lines {
            text.push_str(&format!("… {} more lines\n", lines.len() - step.lines));
        }
    }
    if step.exit != 0 {
        text.push_str(&format!("# exit code {}\n", step.exit));
    }
    Ok(Shown {
        text,
        worked: output.status.code() == Some(i32::from(step.exit)),
    })
}
