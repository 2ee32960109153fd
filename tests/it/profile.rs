//! `evctl profile`: which setting wins, where it comes from, and that no secret is ever shown.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A secret that no output may hold.
const SECRET: &str = "hunter2-correct-horse";

/// A home and a project with nothing in them, and a command in a clean environment.
struct Desk {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

/// What a run of evctl said.
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Said {
    fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The message of the error that ended the run with `code`.
    fn error(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        assert!(self.stdout.is_empty(), "{}", self.stdout);
        &self.stderr
    }
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("project/.git")).unwrap();
        fs::create_dir_all(folder.path().join("home/.config/evctl")).unwrap();
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project/evctl.toml")
    }

    fn user(&self) -> PathBuf {
        self.folder.path().join("home/.config/evctl/config.toml")
    }

    fn with_project(self, text: &str) -> Self {
        write(&self.project(), text);
        self
    }

    fn with_user(self, text: &str) -> Self {
        write(&self.user(), text);
        self
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Runs `evctl` with these words; whatever happens, the secret is in neither output.
    fn run(&self, words: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_evctl"))
            .args(words)
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .env("PATH", "/usr/bin:/bin")
            .envs(self.variables.iter().cloned())
            .current_dir(self.folder.path().join("project"))
            .output()
            .unwrap();
        let said = Said {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!said.stdout.contains(SECRET), "{words:?}: {}", said.stdout);
        assert!(!said.stderr.contains(SECRET), "{words:?}: {}", said.stderr);
        said
    }

    /// `name=value origin` of every setting that `profile show` gives.
    fn settings(&self, words: &[&str]) -> Vec<String> {
        let json = self
            .run(&[words, &["profile", "show", "-o", "json"]].concat())
            .json();
        assert_eq!(json["kind"], "evctl.profile/1");
        let folder = format!("{}/", self.folder.path().display());
        let settings = json["settings"].as_array().unwrap();
        let text = |setting: &serde_json::Value, name: &str| {
            setting[name].as_str().unwrap().replace(&folder, "")
        };
        settings
            .iter()
            .map(|setting| {
                let [name, value, origin] = ["name", "value", "origin"].map(|n| text(setting, n));
                format!("{name}={value} {origin}")
            })
            .collect()
    }
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A profile that connects with a password, whose source is `secret`.
fn scram(secret: &str) -> String {
    format!(
        r#"default = "prod"
[profiles.prod]
brokers = ["127.0.0.1:1"]
[profiles.prod.kafka]
"security.protocol" = "SASL_SSL"
"sasl.mechanism" = "SCRAM-SHA-512"
"sasl.username" = "oncall"
"sasl.password" = {secret}
"#
    )
}

const USER: &str = r#"default = "dev"
[profiles.dev]
brokers = ["user:1"]
registry = "http://user"
[profiles.dev.kafka]
"linger.ms" = 1
"#;

#[test]
fn flags_win_over_environment_over_project_over_user_and_show_where_they_stand() {
    let desk = Desk::new().with_user(USER);
    let user = "home/.config/evctl/config.toml";
    assert_eq!(
        desk.settings(&[]),
        [
            format!("brokers=user:1 {user}:3"),
            format!("registry=http://user {user}:4"),
            format!("linger.ms=1 {user}:6"),
        ]
    );
    let desk = desk.with_project("[profiles.dev]\nbrokers = \"project:1\"\n");
    assert_eq!(
        desk.settings(&[])[0],
        "brokers=project:1 project/evctl.toml:2"
    );
    assert_eq!(
        desk.settings(&[])[1],
        format!("registry=http://user {user}:4")
    );
    let desk = desk
        .with("EVCTL_BROKERS", "variable:1")
        .with("EVCTL_REGISTRY", "http://variable");
    assert_eq!(desk.settings(&[])[0], "brokers=variable:1 EVCTL_BROKERS");
    assert_eq!(
        desk.settings(&[])[1],
        "registry=http://variable EVCTL_REGISTRY"
    );
    assert_eq!(
        desk.settings(&[
            "-b",
            "flag:1",
            "--registry",
            "http://flag",
            "-X",
            "linger.ms=9"
        ]),
        [
            "brokers=flag:1 flag -b",
            "registry=http://flag flag --registry",
            "linger.ms=9 flag -X",
        ]
    );
}

#[test]
fn a_profile_that_is_asked_for_ignores_the_environments_brokers() {
    let desk = Desk::new()
        .with_user(USER)
        .with("EVCTL_BROKERS", "variable:1");
    assert_eq!(desk.settings(&[])[0], "brokers=variable:1 EVCTL_BROKERS");
    assert!(desk.settings(&["-P", "dev"])[0].starts_with("brokers=user:1 "));
}

#[test]
fn one_file_can_be_named_instead_of_the_usual_ones() {
    let desk = Desk::new().with_user(USER);
    write(
        &desk.folder.path().join("other.toml"),
        "[profiles.other]\nbrokers = \"127.0.0.1:2\"",
    );
    let desk = desk
        .with("EVCTL_CONFIG", "../other.toml")
        .with("EVCTL_PROFILE", "other");
    assert!(desk.settings(&[])[0].starts_with("brokers=127.0.0.1:2 "));
    desk.run(&["profile", "show", "dev"]).error(2);
}

#[test]
fn secrets_are_had_from_environment_file_and_command_and_never_shown() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("{SECRET}\n")).unwrap();
    for source in [
        format!("\"{SECRET}\""),
        "{ env = \"PASSWORD\" }".to_owned(),
        format!("{{ command = \"printf {SECRET}\" }}"),
        format!("{{ file = {:?} }}", file.path()),
    ] {
        let desk = Desk::new()
            .with_user(&scram(&source))
            .with("PASSWORD", SECRET);
        for words in [
            &["profile", "list"][..],
            &["profile", "list", "-o", "json"],
            &["profile", "show", "--origin", "-v"],
            &["profile", "show", "-o", "json", "-vv"],
            &["profile", "test", "-vv"],
            &["profile", "test", "-o", "json"],
        ] {
            let said = desk.run(words);
            // Nobody listens there.
            let code = if words[1] == "test" { 3 } else { 0 };
            assert_eq!(said.code, Some(code), "{words:?}: {}", said.stderr);
        }
        let shown = desk.settings(&[]);
        assert!(
            shown
                .iter()
                .any(|shown| shown.starts_with("sasl.password=*** ")),
            "{shown:?}"
        );
        assert!(
            shown
                .iter()
                .any(|shown| shown.starts_with("sasl.username=oncall ")),
            "{shown:?}"
        );
    }
}

#[test]
fn showing_a_profile_runs_no_command_and_testing_it_does() {
    let desk = Desk::new().with_user(&scram(
        "{ command = \"echo x > ran; echo asked >&2; echo y\" }",
    ));
    let ran = desk.folder.path().join("project/ran");
    desk.run(&["profile", "list"]);
    desk.run(&["profile", "show"]);
    assert!(!ran.exists());
    let said = desk.run(&["profile", "test"]);
    assert!(ran.exists());
    assert!(
        said.stderr.contains("asked"),
        "its stderr passes through: {}",
        said.stderr
    );
}

#[test]
fn a_secret_that_cannot_be_had_is_named_with_its_place() {
    for (source, cause) in [
        (
            "{ env = \"NOT_SET\" }",
            "the environment variable \"NOT_SET\" is not set",
        ),
        ("{ file = \"missing\" }", "missing\" cannot be read"),
        (
            "{ command = \"exit 3\" }",
            "its command failed with exit status: 3",
        ),
        ("{ command = \"true\" }", "it is empty"),
    ] {
        let said = Desk::new()
            .with_user(&scram(source))
            .run(&["profile", "test"]);
        let error = said.error(2);
        assert!(error.contains("\"sasl.password\""), "{error}");
        assert!(error.contains("config.toml:8"), "{error}");
        assert!(error.contains(cause), "{error}");
    }
}

#[test]
fn errors_never_hold_the_secret_beside_them() {
    for text in [
        format!("{}\"sasl.pasword\" = \"{SECRET}\"", scram("\"x\"")),
        format!("[profiles.prod.kafka]\n\"sasl.password\" = \"{SECRET}"),
        format!("[profiles.prod.kafka]\n\"sasl.password\" = {{ evn = \"{SECRET}\" }}"),
        format!("[profiles.prod]\nsasl.password = \"{SECRET}\""),
    ] {
        let said = Desk::new()
            .with_user(&text)
            .run(&["profile", "test", "prod", "-vv"]);
        assert!(said.error(2).contains("config.toml:"), "{}", said.stderr);
    }
    let desk = Desk::new();
    for typed in ["sasl.password:", "sasl.pasword="] {
        desk.run(&[
            "-b",
            "kafka",
            "-X",
            &format!("{typed}{SECRET}"),
            "profile",
            "test",
        ])
        .error(2);
    }
}

#[test]
fn brokers_beside_a_profile_with_secrets_are_said_and_refused_where_protected() {
    let text = scram(&format!("\"{SECRET}\""));
    let desk = Desk::new().with_user(&text);
    let said = desk.run(&["-b", "127.0.0.1:2", "profile", "test"]);
    assert_eq!(said.code, Some(3), "{}", said.stderr);
    assert!(
        said.stderr
            .contains("warning: the brokers of flag -b are sent \"sasl.password\""),
        "{}",
        said.stderr
    );
    let protected = text.replace("[profiles.prod]\n", "[profiles.prod]\nprotected = true\n");
    let desk = Desk::new().with_user(&protected);
    let said = desk.run(&["-b", "127.0.0.1:2", "profile", "test"]);
    assert!(
        said.error(2).contains("profile \"prod\" is protected"),
        "{}",
        said.stderr
    );
    let desk = desk.with("EVCTL_BROKERS", "127.0.0.1:2");
    desk.run(&["profile", "test"]).error(2);
    assert_eq!(desk.run(&["profile", "test", "prod"]).code, Some(3));
}

#[test]
fn a_projects_file_cannot_draw_the_users_password_to_its_brokers() {
    let desk = Desk::new()
        .with_user(&scram(&format!("\"{SECRET}\"")))
        .with_project("[profiles.prod]\nbrokers = \"evil:1\"\n");
    let said = desk.run(&["profile", "test"]);
    assert!(
        said.error(2)
            .contains("is not sent to brokers that another file names")
    );
}

#[test]
fn a_projects_file_chooses_among_the_users_profiles_only_when_it_is_trusted() {
    let user = "default = \"dev\"\n[profiles.dev]\nbrokers = \"127.0.0.1:2\"\n\
                [profiles.prod]\nbrokers = \"127.0.0.1:3\"\n";
    let foreign = "default = \"prod\"\n";
    let desk = Desk::new().with_user(user).with_project(foreign);
    let said = desk.run(&["topics", "list"]);
    let error = said.error(2);
    assert!(
        error.contains("evctl.toml:1 makes profile \"prod\" of "),
        "{error}"
    );
    for hint in ["-P prod names the profile", "evctl profile trust"] {
        assert!(said.stderr.contains(hint), "{}", said.stderr);
    }
    // Looking at it is harmless.
    assert!(!desk.settings(&[]).is_empty());
    assert_eq!(desk.run(&["-P", "prod", "topics", "list"]).code, Some(3));
    let said = desk.run(&["profile", "trust"]);
    assert!(
        said.stderr.contains("config.toml is the default"),
        "{}",
        said.stderr
    );
    assert_eq!(desk.run(&["topics", "list"]).code, Some(3));
    write(&desk.project(), "# changed\ndefault = \"prod\"\n");
    let said = desk.run(&["topics", "list"]);
    assert!(said.error(2).contains("has changed since it was trusted"));
    // The user's own default, and a profile of the project's own, are no choice of somebody else.
    for project in [
        "default = \"dev\"\n",
        "default = \"here\"\n[profiles.here]\nbrokers = \"127.0.0.1:4\"\n",
    ] {
        write(&desk.project(), project);
        assert_eq!(desk.run(&["topics", "list"]).code, Some(3), "{project}");
    }
}

#[test]
fn unknown_names_are_usage_errors_with_the_nearest_one() {
    let desk = Desk::new().with_user(USER);
    let said = desk.run(&["-P", "dve", "profile", "test"]);
    assert!(said.error(2).contains("there is no profile \"dve\""));
    assert!(
        said.stderr.contains("hint: did you mean \"dev\"?"),
        "{}",
        said.stderr
    );

    let said = desk.run(&["-X", "security.protocl=SSL", "profile", "test"]);
    assert!(
        said.error(2)
            .contains("\"security.protocl\" is not a librdkafka property (flag -X)")
    );
    assert!(
        said.stderr.contains("did you mean \"security.protocol\"?"),
        "{}",
        said.stderr
    );

    let desk = Desk::new().with_user("[profiles.dev]\nbrokrs = \"a\"");
    let said = desk.run(&["profile", "list"]);
    assert!(
        said.error(2)
            .contains("config.toml:2: unknown field `brokrs`"),
        "{}",
        said.stderr
    );
}

#[test]
fn properties_of_java_clients_are_explained_and_never_shown() {
    for (property, hint) in [
        ("ssl.truststore.location", "-X ssl.ca.location=ca.pem"),
        ("ssl.truststore.password", "-X ssl.ca.location=ca.pem"),
        ("ssl.keystore.type", "openssl pkcs12"),
        ("ssl.keystore.location", "openssl pkcs12"),
        ("sasl.jaas.config", "-X sasl.username=USER"),
        ("value.deserializer", "leave it out"),
        ("fetch.max.wait.ms", "librdkafka calls it fetch.wait.max.ms"),
    ] {
        let pair = format!("{property}={SECRET}");
        let said = Desk::new().run(&["-b", "127.0.0.1:1", "-X", &pair, "profile", "test"]);
        assert!(
            said.error(2).contains(&format!("{property:?}")),
            "{}",
            said.stderr
        );
        assert!(said.stderr.contains(hint), "{}", said.stderr);
        assert!(!said.stderr.contains("did you mean"), "{}", said.stderr);
    }
    let said = Desk::new().run(&["-b", "127.0.0.1:1", "-X", "group.id=g", "profile", "test"]);
    assert!(
        said.error(3).contains("group.id has no effect"),
        "{}",
        said.stderr
    );
}

#[test]
fn no_brokers_anywhere_says_what_to_do() {
    let said = Desk::new().run(&["profile", "test"]);
    assert!(said.error(2).contains("no brokers are named"));
    for way in ["-b HOST:PORT", "-P NAME", "evctl sandbox start"] {
        assert!(said.stderr.contains(way), "{}", said.stderr);
    }
}

#[test]
fn a_file_with_a_clear_secret_that_others_can_read_is_warned_about() {
    let desk = Desk::new().with_user(&scram(&format!("\"{SECRET}\"")));
    let said = desk.run(&["profile", "test"]);
    assert!(!said.stderr.contains("warning"), "{}", said.stderr);
    fs::set_permissions(desk.user(), fs::Permissions::from_mode(0o644)).unwrap();
    let said = desk.run(&["profile", "test"]);
    assert_eq!(said.code, Some(3));
    assert!(
        said.stderr
            .contains("holds a secret in clear text and others can read it"),
        "{}",
        said.stderr
    );
}

#[test]
fn properties_without_effect_are_marked() {
    let desk = Desk::new().with_user(
        "default = \"x\"\n[profiles.x.kafka]\n\"linger.ms\" = 5\n\"fetch.min.bytes\" = 1\n\
         \"group.id\" = \"g\"\n\"sasl.kerberos.keytab\" = \"k\"\nnonsense = \"n\"\n",
    );
    let json = desk.run(&["profile", "show", "-o", "json"]).json();
    let reaches: Vec<_> = json["settings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|setting| format!("{}: {}", setting["name"], setting["reaches"]).replace('"', ""))
        .collect();
    assert_eq!(
        reaches,
        [
            "fetch.min.bytes: reading",
            "group.id: nothing",
            "linger.ms: writing",
            "nonsense: unknown",
            "sasl.kerberos.keytab: refused",
        ]
    );
}

#[test]
fn profiles_are_added_chosen_and_removed() {
    let desk = Desk::new();
    let added = desk.run(&[
        "profile",
        "add",
        "prod",
        "-b",
        "kafka-1:9093,kafka-2:9093",
        "--protected",
        "--cluster",
        "orders-prod",
        "-X",
        "security.protocol=SASL_SSL",
        "-X",
        "sasl.mechanism=PLAIN",
        "-X",
        "sasl.username=oncall",
        "--secret",
        "sasl.password=env:PASSWORD",
        "--redact",
        "card.pan",
    ]);
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    assert_eq!(
        fs::read_to_string(desk.user()).unwrap(),
        r#"[profiles.prod]
brokers = ["kafka-1:9093", "kafka-2:9093"]
protected = true
cluster = "orders-prod"
redact = ["card.pan"]

[profiles.prod.kafka]
"sasl.mechanism" = "PLAIN"
"sasl.password" = { env = "PASSWORD" }
"sasl.username" = "oncall"
"security.protocol" = "SASL_SSL"
"#
    );
    desk.run(&["profile", "add", "prod", "-b", "127.0.0.1:2"])
        .error(2);
    desk.run(&[
        "profile",
        "add",
        "dev",
        "-b",
        "localhost",
        "--project",
        "--dry-run",
    ]);
    assert!(!desk.project().exists());
    desk.run(&["profile", "add", "dev", "-b", "localhost", "--project"]);
    assert!(desk.project().exists());

    let names = |desk: &Desk| -> Vec<String> {
        let json = desk.run(&["profile", "list", "-o", "json"]).json();
        assert_eq!(json["kind"], "evctl.profiles/1");
        json["profiles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|profile| format!("{} {}", profile["name"], profile["default"]).replace('"', ""))
            .collect()
    };
    assert_eq!(names(&desk), ["dev false", "prod false"]);
    desk.run(&["profile", "use", "prod"]);
    assert_eq!(names(&desk), ["dev false", "prod true"]);
    desk.run(&["profile", "use", "nobody"]).error(2);
    desk.run(&["profile", "remove", "dev"]);
    desk.run(&["profile", "remove", "prod"]);
    assert!(names(&desk).is_empty());
}

#[test]
fn paths_are_kept_as_they_were_meant_when_typed() {
    let desk = Desk::new();
    desk.run(&[
        "profile",
        "add",
        "x",
        "-b",
        "kafka",
        "-X",
        "ssl.ca.location=ca.pem",
        "--secret",
        "sasl.password=file:secret",
    ]);
    let shown = desk.settings(&["-P", "x"]);
    assert!(
        shown
            .iter()
            .any(|shown| shown.starts_with("ssl.ca.location=project/ca.pem ")),
        "{shown:?}"
    );
    assert!(
        shown
            .iter()
            .any(|shown| shown.ends_with("(file project/secret)")),
        "{shown:?}"
    );
}

#[test]
fn the_one_file_named_is_made_by_adding_to_it() {
    let desk = Desk::new().with("EVCTL_CONFIG", "new.toml");
    desk.run(&["profile", "list"]).error(2);
    assert_eq!(
        desk.run(&["profile", "add", "x", "-b", "kafka"]).code,
        Some(0)
    );
    assert_eq!(
        desk.settings(&["-P", "x"]),
        ["brokers=kafka project/new.toml:2"]
    );
}

#[test]
fn a_file_made_for_a_secret_is_its_owners_alone() {
    let desk = Desk::new();
    let said = desk.run(&[
        "profile",
        "add",
        "prod",
        "-b",
        "kafka",
        "-X",
        &format!("sasl.password={SECRET}"),
    ]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let mode = fs::metadata(desk.user()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn profiles_are_listed_in_a_table_without_boxes() {
    let desk = Desk::new().with_user(USER);
    let said = desk.run(&["profile", "list"]);
    let lines: Vec<_> = said.stdout.lines().collect();
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>(),
        ["NAME", "BROKERS", "REGISTRY", "PROTECTED", "FILES"]
    );
    assert!(
        lines[1].starts_with("*  dev   user:1   http://user  no"),
        "{}",
        lines[1]
    );
    assert_eq!(lines.len(), 2);
}

#[test]
fn errors_are_json_with_json_output() {
    let said = Desk::new().run(&["-P", "x", "profile", "show", "-o", "json"]);
    let error: serde_json::Value = serde_json::from_str(said.error(2)).unwrap();
    assert_eq!(error["kind"], "evctl.error/1");
    assert_eq!(error["code"], 2);
}
