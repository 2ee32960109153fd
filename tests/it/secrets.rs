//! Where secrets may go, who may fetch them, and that no error holds one.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::support::{Home, command::Output, registry::Stub, says, until};

/// A secret that no output may hold.
const SECRET: &str = "hunter2-correct-horse";

/// A home whose user's file is `user` and whose working directory is a repository with the file
/// `project`.
fn home(user: &str, project: &str) -> Home {
    let home = Home::new();
    fs::create_dir_all(home.path().join(".config/evctl")).unwrap();
    fs::create_dir(home.path().join(".git")).unwrap();
    for (name, text) in [(".config/evctl/config.toml", user), ("evctl.toml", project)] {
        home.write(name, text);
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(home.path().join(name), mode).unwrap();
    }
    home
}

#[track_caller]
fn quiet(output: Output) -> Output {
    assert!(!output.stderr.contains(SECRET), "{}", output.stderr);
    assert!(!output.text().contains(SECRET), "{}", output.text());
    output
}

#[test]
fn a_projects_registry_is_never_sent_the_users_secrets() {
    for secret in [
        format!("\"schema.registry.basic.auth.user.info\" = \"me:{SECRET}\""),
        format!("\"schema.registry.bearer.auth.token\" = \"{SECRET}\""),
        "\"schema.registry.bearer.auth.token\" = { env = \"TOKEN\" }".to_owned(),
    ] {
        let registry = Stub::new(&[("GET /subjects", 200, "[]")]);
        let project = format!("[profiles.prod]\nregistry = \"{}\"\n", registry.url());
        let user = format!(
            "default = \"prod\"\n[profiles.prod]\nregistry = \"http://registry\"\n\
             [profiles.prod.kafka]\n{secret}\n"
        );
        let home = home(&user, &project);
        let list = |words: &[&str]| {
            let words = [words, &["schema", "list"]].concat();
            quiet(home.evctl(&words).env("TOKEN", SECRET).run())
        };
        let output = list(&[]).exits(2);
        says(&output, "is not sent to a registry that another file names");
        assert!(registry.asked().is_empty(), "{secret}");
        // What is typed is said, and refused where the profile is protected.
        let url = registry.url();
        let output = list(&["--registry", &url]).exits(0);
        says(&output, "warning: the registry of flag --registry is sent");
        assert!(!registry.asked().is_empty());
        home.write(
            ".config/evctl/config.toml",
            user.replace("[profiles.prod]\n", "[profiles.prod]\nprotected = true\n"),
        );
        let output = list(&["--registry", &url]).exits(2);
        says(&output, "profile \"prod\" is protected");
        let asked = registry.asked().len();
        let output = home
            .evctl(&["schema", "list"])
            .env("EVCTL_REGISTRY", &url)
            .run();
        says(
            &quiet(output).exits(2),
            "not to the registry of EVCTL_REGISTRY",
        );
        assert_eq!(registry.asked().len(), asked);
        fs::remove_file(home.path().join("evctl.toml")).unwrap();
    }
}

/// A port that closes each connection, and how many there were.
fn closing() -> (Arc<AtomicUsize>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    thread::spawn(move || {
        for _connection in listener.incoming() {
            seen.fetch_add(1, Ordering::SeqCst);
        }
    });
    (count, address)
}

#[test]
fn a_project_file_fetches_no_secret_before_it_is_trusted() {
    let (connections, address) = closing();
    let with = |source: &str| {
        format!(
            "default = \"x\"\n[profiles.x]\nbrokers = \"{address}\"\n[profiles.x.kafka]\n\
             \"security.protocol\" = \"SASL_PLAINTEXT\"\n\"sasl.mechanism\" = \"PLAIN\"\n\
             \"sasl.username\" = \"me\"\n\"sasl.password\" = {source}\n"
        )
    };
    for (source, kind) in [
        ("{ command = \"touch ran; echo x\" }", "a command"),
        ("{ file = \"key\" }", "a file"),
        ("{ env = \"KEY\" }", "an environment variable"),
    ] {
        let home = home("", &with(source));
        home.write("key", SECRET);
        let ran = home.path().join("ran");
        let list = |words: &[&str]| quiet(home.evctl(words).env("KEY", SECRET).run());
        let output = list(&["topics", "list"]).exits(2);
        says(&output, &format!("evctl.toml:8) comes from {kind}"));
        says(
            &output,
            "hint: read that file; if you trust it: evctl profile trust",
        );
        assert_eq!(list(&["complete", "topics"]).ok(), "");
        assert!(!ran.exists());

        let trusted = home
            .evctl(&["profile", "trust", "--dry-run"])
            .run()
            .exits(0);
        says(
            &trusted,
            "evctl.toml:8: \"sasl.password\" of profile \"x\" from ",
        );
        let _ = list(&["topics", "list"]).exits(2);
        let _ = home.evctl(&["profile", "trust"]).run().exits(0);
        let before = connections.swap(0, Ordering::SeqCst);
        assert_eq!(before, 0, "nobody was connected to");
        let _ = list(&["topics", "list"]).exits(3);
        assert_ne!(connections.load(Ordering::SeqCst), 0);
        assert_eq!(ran.exists(), kind == "a command");

        // A change by evctl keeps the trust, any other ends it.
        let _ = home
            .evctl(&["profile", "add", "y", "--project", "-b", "a:1"])
            .run()
            .exits(0);
        let _ = list(&["topics", "list"]).exits(3);
        home.write("evctl.toml", with(source) + "# changed\n");
        let output = list(&["topics", "list"]).exits(2);
        says(&output, "has changed since it was trusted");
        // A file that is named is the user's choice.
        let named = home
            .evctl(&["topics", "list"])
            .env("EVCTL_CONFIG", "evctl.toml");
        let _ = quiet(named.env("KEY", SECRET).run()).exits(3);
        connections.store(0, Ordering::SeqCst);
    }
}

/// Command lines with a secret in an address, and a variable of the environment.
fn addresses_with_secrets() -> Vec<(Vec<&'static str>, &'static str, &'static str)> {
    vec![
        (
            vec!["--registry", "htps://me:SECRET@h", "schema", "list"],
            "A",
            "",
        ),
        (vec!["profile", "trust", "sasl.password=SECRET"], "A", ""),
        (vec!["me:SECRET@h:1"], "A", ""),
        (
            vec!["topics", "list", "--timeout", "me:SECRET@h:1"],
            "A",
            "",
        ),
        (
            vec!["schema", "list"],
            "EVCTL_REGISTRY",
            "htps:/me:SECRET@h",
        ),
        (vec!["schema", "list", "-P", "x"], "A", ""),
        (vec!["schema", "list", "-P", "y"], "A", ""),
        (vec!["topics", "list", "-b", "me:SECRET@h:1"], "A", ""),
        (
            vec!["schema", "diff", "http://me:SECRET@h", "x.avsc"],
            "A",
            "",
        ),
        (
            vec!["schema", "diff", "registry:http://me:SECRET@h", "x.avsc"],
            "A",
            "",
        ),
        (
            vec!["schema", "list", "--registry", "http//me:SECRET@h"],
            "A",
            "",
        ),
        (
            vec!["topics", "list", "-b", "me:SECRET,SECRET@h:1"],
            "A",
            "",
        ),
        (
            vec!["topics", "list"],
            "EVCTL_BROKERS",
            "sll://me:SECRET@h:1",
        ),
        (vec!["topics", "list", "-P", "x"], "A", ""),
        (
            vec![
                "topics",
                "list",
                "-X",
                "security.protocol=SSL://me:SECRET@h",
            ],
            "A",
            "",
        ),
        (
            vec!["sandbox", "start"],
            "EVCTL_SANDBOX_BROKERS",
            "me:SECRET@127.0.0.1:1",
        ),
        (
            vec!["schema", "list", "--registry", "http://h:1/?key=SECRET"],
            "A",
            "",
        ),
        (vec!["schema", "list"], "EVCTL_REGISTRY", "http://h?SECRET"),
        (vec!["schema", "list", "-P", "z"], "A", ""),
        (vec!["topics", "list", "-P", "z"], "A", ""),
        (
            vec!["schema", "diff", "http://h:1/?a=b&key=SECRET", "x.avsc"],
            "A",
            "",
        ),
        (
            vec!["schema", "diff", "registry:http://h#SECRET", "x.avsc"],
            "A",
            "",
        ),
        (vec!["topics", "list", "h:1/?token=SECRET"], "A", ""),
    ]
}

#[test]
fn an_error_about_an_address_never_holds_its_password() {
    let home = home("", "");
    for (words, name, value) in addresses_with_secrets() {
        home.write(
            "evctl.toml",
            format!(
                "[profiles.x]\nbrokers = \"me:{SECRET}@h:1\"\nregistry = \"https://me:{SECRET}@h:x\"\n\
                 [profiles.y]\nregistry = \"https://me:7/{SECRET}@h\"\n\
                 [profiles.z]\nbrokers = \"h:1/?key={SECRET}\"\nregistry = \"https://h/?key={SECRET}\"\n"
            ),
        );
        for json in [false, true] {
            let mut words: Vec<_> = words
                .iter()
                .map(|word| word.replace("SECRET", SECRET))
                .collect();
            if json {
                words.extend(["-o".to_owned(), "json".to_owned(), "-vv".to_owned()]);
            }
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let output = home
                .evctl(&words)
                .env(name, value.replace("SECRET", SECRET))
                .run();
            let output = quiet(output);
            assert!(
                [2, 3, 4].contains(&output.code),
                "{words:?}: {}",
                output.stderr
            );
        }
    }
    let shown = quiet(home.evctl(&["profile", "list"]).run()).ok();
    assert!(
        shown.contains("me:***@h:1") && shown.contains("https://me:***@h:x"),
        "{shown}"
    );
    let shown = quiet(home.evctl(&["profile", "show", "x"]).run()).ok();
    assert!(shown.contains("me:***@h:1"), "{shown}");
    let shown = quiet(home.evctl(&["profile", "show", "z"]).run()).ok();
    assert!(
        shown.contains("h:1/?key=***") && shown.contains("https://h/?key=***"),
        "{shown}"
    );
}

fn make_fifo(home: &Home, name: &str) {
    let made = Command::new("mkfifo").arg(home.path().join(name)).status();
    assert!(made.unwrap().success());
}

#[test]
fn the_first_signal_ends_the_wait_for_a_secret_and_its_command() {
    let profile = |source: &str| {
        format!(
            "[profiles.x]\nbrokers = \"a:1\"\n[profiles.x.kafka]\n\"sasl.password\" = {source}\n"
        )
    };
    for (source, signal, code) in [
        (
            "{ command = \"touch started; exec 3>alive; sleep 60\" }",
            Signal::TERM,
            143,
        ),
        (
            "{ command = \"touch started; exec 3>alive; sleep 60; true\" }",
            Signal::INT,
            130,
        ),
        ("{ file = \"fifo\" }", Signal::TERM, 143),
    ] {
        let home = home(&profile(source), "");
        make_fifo(&home, ".config/evctl/fifo");
        make_fifo(&home, "alive");
        let words = ["topics", "list", "-P", "x"];
        let running = home.evctl(&words).without_terminal().spawn();
        if source.contains("command") {
            until("the command runs", || home.path().join("started").exists());
            // Only a command that has ended closes it.
            let alive = home.path().join("alive");
            let mut alive = fs::File::open(alive).unwrap();
            running.signal(signal);
            std::io::copy(&mut alive, &mut std::io::sink()).unwrap();
        } else {
            until("the FIFO is being opened", || threads(running.pid()) > 2);
            running.signal(signal);
        }
        let output = running.finish().exits(code);
        says(&output, "interrupted while waiting for \"sasl.password\"");
    }
    // A configuration that is a pipe.
    let home = home("", "");
    make_fifo(&home, "fifo");
    let running = home
        .evctl(&["topics", "list"])
        .env("EVCTL_CONFIG", "fifo")
        .spawn();
    until("the FIFO is being opened", || threads(running.pid()) > 2);
    says(
        &running.end_by(Signal::INT).exits(130),
        "interrupted while waiting for",
    );
}

#[test]
fn the_first_signal_ends_the_wait_for_a_file_that_is_a_pipe() {
    let home = home("", "");
    make_fifo(&home, "fifo.ndjson");
    for (words, signal, code) in [
        (&["consume", "./fifo.ndjson"][..], Signal::TERM, 143),
        (&["capture", "verify", "./fifo.ndjson"], Signal::INT, 130),
        (&["tail", "./fifo.ndjson", "--no-follow"], Signal::TERM, 143),
    ] {
        let running = home.evctl(words).spawn();
        // The thread that watches signals is there.
        until("signals are watched", || threads(running.pid()) > 1);
        let _ = running.end_by(signal).exits(code);
    }
    // One that is open and silent.
    let pipe = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(home.path().join("fifo.ndjson"))
        .unwrap();
    let running = home.evctl(&["consume", "./fifo.ndjson"]).spawn();
    std::io::Write::write_all(&mut &pipe, b"{\"value\":\"first\"}\n").unwrap();
    running.wait_for("first");
    let _ = running.end_by(Signal::TERM).exits(143);
}

fn threads(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count)
}

#[test]
fn what_a_setting_names_is_read_within_a_bound() {
    let large = |home: &Home| {
        let profiles = (0..90_000).map(|number| format!("[profiles.p{number}]\n"));
        home.write("evctl.toml", profiles.collect::<String>());
    };
    let home = home("", "");
    large(&home);
    says(
        &home.evctl(&["profile", "list"]).run().exits(2),
        "it is longer than 1 MiB",
    );
    fs::remove_file(home.path().join("evctl.toml")).unwrap();
    make_fifo(&home, "evctl.toml");
    says(
        &home.evctl(&["profile", "list"]).run().exits(2),
        "it is not a regular file",
    );
    fs::remove_file(home.path().join("evctl.toml")).unwrap();

    let started = Instant::now();
    for property in [
        "ssl.ca.location",
        "ssl.certificate.location",
        "ssl.key.location",
        "schema.registry.ssl.ca.location",
        "schema.registry.ssl.key.location",
    ] {
        let pair = format!("{property}=/dev/zero");
        let mut words = vec!["-b", "a:1", "--registry", "https://a", "-X", &pair];
        if property.starts_with("schema") {
            words.extend(["-X", "schema.registry.ssl.certificate.location=/dev/zero"]);
            if !property.contains("key") {
                words.extend(["-X", "schema.registry.ssl.key.location=/dev/zero"]);
            }
            words.extend(["schema", "list"]);
        } else {
            words.extend(["-X", "security.protocol=SSL", "topics", "list"]);
        }
        let output = home.evctl(&words).run().exits(2);
        says(&output, property);
        says(&output, "it is not a regular file");
    }
    home.write(
        "evctl.toml",
        "[profiles.x]\nbrokers = \"a:1\"\n[profiles.x.kafka]\n\"sasl.password\" = { file = \"/dev/zero\" }\n",
    );
    let _ = home.evctl(&["profile", "trust"]).run().exits(0);
    let output = home.evctl(&["topics", "list", "-P", "x"]).run().exits(2);
    says(&output, "it is longer than 64 KiB");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_large_configuration_is_read_in_linear_time() {
    let home = home("", "");
    let settings = |number: usize| format!("[profiles.p{number}.kafka]\n\"sasl.mechanism\"=\"\"\n");
    let one_profile = (0..40_000).map(|number| format!("\"x{number}\"=\"\"\n"));
    for text in [
        (0..20_000).map(settings).collect::<String>(),
        "[profiles.p19999.kafka]\n".to_owned() + &one_profile.collect::<String>(),
        (0..55_000)
            .map(|number| format!("[profiles.p{number}]\n"))
            .collect(),
    ] {
        assert!(text.len() < 1 << 20);
        home.write("evctl.toml", text);
        let output = home
            .evctl(&["profile", "use", "p19999", "--project", "--dry-run"])
            .run()
            .exits(0);
        assert!(output.took < Duration::from_secs(10), "{:?}", output.took);
    }
}
