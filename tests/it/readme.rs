//! The README's console blocks are typed into a shell, and print what they say.

use std::{fmt::Write, path::Path, process::Command};

use crate::support::{Home, broker};

/// A command of a console block, the exit code it ends with, and what it prints.
struct Step {
    line: String,
    code: i32,
    printed: String,
}

/// The commands of every console block, in their order.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if !inside {
        } else if let Some(line) = line.strip_prefix("$ ") {
            steps.push(Step {
                line: line.to_owned(),
                code: 0,
                printed: String::new(),
            });
        } else if let Some(step) = steps.last_mut() {
            match line.strip_prefix("? ") {
                Some(code) => step.code = code.parse().unwrap(),
                None => writeln!(step.printed, "{line}").unwrap(),
            }
        }
    }
    steps
}

#[test]
fn readme_shows_what_really_happens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let steps = steps(&std::fs::read_to_string(root.join("README.md")).unwrap());
    assert!(steps.iter().any(|step| step.line.contains("sandbox start")));
    let home = Home::new();
    std::os::unix::fs::symlink(root.join("fixtures"), home.path().join("fixtures")).unwrap();
    // One shell for all, as what one line sets the next ones use.
    let mut script = String::new();
    for (number, step) in steps.iter().enumerate() {
        let line = &step.line;
        writeln!(
            script,
            "{{ {line}\n}} >{number}.out 2>&1; echo $? >{number}.code"
        )
        .unwrap();
    }
    let evctl = Path::new(env!("CARGO_BIN_EXE_evctl"));
    let path = std::env::join_paths(
        [
            evctl.parent().unwrap(),
            "/usr/bin".as_ref(),
            "/bin".as_ref(),
        ]
        .iter(),
    );
    let status = Command::new("sh")
        .args(["-c", &script])
        .current_dir(home.path())
        .env_clear()
        .env("PATH", path.unwrap())
        .env("HOME", home.path())
        // What the sandbox would start is there already.
        .env("EVCTL_SANDBOX_BROKERS", broker().address())
        .status();
    assert!(status.unwrap().success());
    for (number, step) in steps.iter().enumerate() {
        let printed = home.read(&format!("{number}.out"));
        assert_eq!(
            printed.trim_end(),
            step.printed.trim_end(),
            "$ {}",
            step.line
        );
        let code = home.read(&format!("{number}.code"));
        assert_eq!(code.trim(), step.code.to_string(), "$ {}", step.line);
    }
}
