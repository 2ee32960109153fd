//! `evctl profile`: the profiles of evctl.toml.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::{Args, Subcommand};

use super::{cluster::connect_to, show};
use crate::{
    codec::shell::CommandLine,
    command::Context,
    config::{
        Chosen, Cluster, Config, ConfigError, Origin, Profile, Scope, SecretSource, Setting, Value,
        edit, env::Environment,
    },
    exit::Exit,
    failure::Failure,
    kafka::{
        Settings,
        property::{self, Part},
        wire::Client,
    },
    output::{
        profile::{Broker, ProfileList, ProfileSettings, ProfileTest},
        report::ReportFormat,
    },
    redact::RedactPath,
    ui::counted,
};

/// Show, test and change the profiles of evctl.toml
///
/// A profile holds the connection settings of a cluster. Profiles are read from evctl.toml of the
/// project (in the working directory or above it, up to the repository's root) and from
/// $XDG_CONFIG_HOME/evctl/config.toml; EVCTL_CONFIG names one file instead of both. Flags override
/// EVCTL_BROKERS and EVCTL_REGISTRY, these override the project's file, which overrides the user's. A
/// profile chosen with -P takes its brokers and registry from its own section; the environment
/// overrides the default profile only, which is the one that EVCTL_PROFILE names, or `default`.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// List all profiles
    ///
    ///   evctl profile list -o json
    #[command(verbatim_doc_comment)]
    List,
    /// Show the settings of a profile, secrets masked
    ///
    ///   evctl profile show prod --origin
    #[command(verbatim_doc_comment)]
    Show(ShowArgs),
    /// Add a profile, from the options -b, -X, --registry and --cluster
    ///
    ///   evctl profile add dev -b localhost:9092
    ///   evctl profile add prod -b kafka-1:9093 --protected --cluster orders-prod \
    ///     -X security.protocol=SASL_SSL -X sasl.mechanism=SCRAM-SHA-512 \
    ///     -X sasl.username=oncall --secret 'sasl.password=command:pass kafka/prod'
    #[command(verbatim_doc_comment)]
    Add(AddArgs),
    /// Make a profile the default
    ///
    ///   evctl profile use dev
    #[command(verbatim_doc_comment)]
    Use(ChangeArgs),
    /// Remove a profile
    ///
    ///   evctl profile remove dev
    #[command(verbatim_doc_comment)]
    Remove(ChangeArgs),
    /// Allow the project's evctl.toml to fetch secrets and to choose the default profile
    ///
    /// Read the file first. Before it is trusted, a repository's evctl.toml fetches no secret from a
    /// command, a file or a variable, and makes no profile of the user's file the default. Trust is
    /// kept by path and content in $XDG_STATE_HOME/evctl, and ends when the file changes. The user's
    /// file and one that EVCTL_CONFIG names need no trust.
    ///
    ///   evctl profile trust
    ///   evctl profile trust --dry-run
    #[command(verbatim_doc_comment)]
    Trust,
    /// Test the connection of a profile, and show the cluster's brokers
    ///
    ///   evctl profile test prod
    ///   evctl -b kafka-1:9093 -X security.protocol=SSL profile test
    #[command(verbatim_doc_comment)]
    Test(TestArgs),
}

/// Arguments of `profile show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The profile [default: that of -P, or the default profile]
    name: Option<String>,
    /// Show the origin of each setting
    #[arg(long)]
    origin: bool,
}

/// Arguments of `profile add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The new profile's name
    name: String,
    /// Ask for the cluster's name before every change in it
    #[arg(long)]
    protected: bool,
    /// Mask this path in all output, e.g. card.pan (can be repeated)
    #[arg(long, value_name = "PATH")]
    redact: Vec<String>,
    /// Read the secret of a property from env:NAME, command:LINE or file:PATH (can be repeated)
    #[arg(long, value_name = "KEY=SOURCE")]
    secret: Vec<String>,
    /// Replace an existing profile of this name
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    scope: ScopeArgs,
}

/// Arguments of `profile use` and `profile remove`.
#[derive(Debug, Args)]
pub struct ChangeArgs {
    /// The profile
    name: String,
    #[command(flatten)]
    scope: ScopeArgs,
}

/// Arguments of `profile test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// The profile [default: that of -P, or the default profile]
    name: Option<String>,
}

/// The file to change.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct ScopeArgs {
    /// Change the user's file
    #[arg(long)]
    user: bool,
    /// Change the project's file
    #[arg(long)]
    project: bool,
}

impl ScopeArgs {
    fn chosen(&self) -> Option<Scope> {
        match (self.user, self.project) {
            (false, false) => None,
            (_, true) => Some(Scope::Project),
            (true, false) => Some(Scope::User),
        }
    }
}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(context: &mut Context, command: &ProfileCommand) -> Result<Exit, Failure> {
    let environment = Environment::read();
    let config = match command {
        ProfileCommand::Add(_) => Config::load_to_add(environment.clone(), &context.cancel)?,
        _ => Config::load(environment.clone(), &context.cancel)?,
    };
    match command {
        ProfileCommand::Trust => trust(context, &config),
        ProfileCommand::List => list(context, &config),
        ProfileCommand::Show(args) => show(context, &config, args),
        ProfileCommand::Add(args) => add(context, &config, &environment, args),
        ProfileCommand::Use(args) => make_default(context, &config, environment, args),
        ProfileCommand::Remove(args) => remove(context, &config, args),
        ProfileCommand::Test(args) => test(context, &config, args),
    }
}

fn list(context: &Context, config: &Config) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let list = ProfileList::of(config);
    if list.profiles.is_empty() {
        context
            .ui
            .note("no profiles yet; `evctl profile add NAME -b HOST:PORT` makes one");
        if matches!(format, ReportFormat::Table | ReportFormat::Wide) {
            return Ok(Exit::Ok);
        }
    }
    show::print(context, &list, format)
}

fn show(context: &Context, config: &Config, args: &ShowArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let chosen = choose(context, config, args.name.as_ref())?;
    let name = chosen.name.as_ref();
    let mut settings = ProfileSettings::new(
        name.map(|name| name.value.as_str()),
        name.map(|name| name.origin.to_string()),
        args.origin,
    );
    for shown in chosen.profile.shown() {
        let reaches = shown.property.then(|| {
            property::class(shown.name).map_or("unknown".to_owned(), |class| class.to_string())
        });
        settings.add(shown, reaches);
    }
    match &chosen.name {
        Some(name) => context
            .ui
            .note(format_args!("profile {:?} ({})", name.value, name.origin)),
        None => context.ui.note("no profile, only flags and environment"),
    }
    if settings.settings.is_empty() && matches!(format, ReportFormat::Table | ReportFormat::Wide) {
        return Ok(Exit::Ok);
    }
    show::print(context, &settings, format)
}

fn add(
    context: &Context,
    config: &Config,
    environment: &Environment,
    args: &AddArgs,
) -> Result<Exit, Failure> {
    let mut profile = described(context, args)?;
    profile.make_paths_absolute(&environment.directory, environment.home.as_deref());
    if profile.brokers.is_none() && profile.registry.is_none() {
        return Err(Failure::usage(format!(
            "profile {:?} would name no brokers and no registry",
            args.name
        ))
        .hint(
            CommandLine::evctl("profile add")
                .operand(&args.name)
                .and("-b HOST:PORT")
                .to_string(),
        ));
    }
    let path = config.file(args.scope.chosen().unwrap_or(Scope::User))?;
    let exists = config.files_with(&args.name).any(|file| file == path);
    if exists && !args.replace {
        return Err(ConfigError::Exists {
            name: args.name.clone(),
            path: path.to_owned(),
        }
        .into());
    }
    if !context.global.dry_run {
        edit::add(path, &args.name, &profile, args.replace)?;
        keep_trust(context, config)?;
    }
    if profile.holds_clear_secret() {
        context.ui.warn(
            "the file holds a secret in clear text; --secret KEY=env:NAME, command:LINE or \
             file:PATH names one without holding it",
        );
    }
    let done = if exists {
        ["replaced", "would replace"]
    } else {
        ["added", "would add"]
    };
    said(context, done, &args.name, path);
    Ok(Exit::Ok)
}

/// The profile that the command line describes.
fn described(context: &Context, args: &AddArgs) -> Result<Profile, Failure> {
    let flag = Origin::Flag("profile add");
    let mut profile = context.overrides().layer()?;
    for pair in &args.secret {
        let (name, source) = pair
            .split_once('=')
            .and_then(|(name, source)| Some((name, SecretSource::parse(source)?)))
            .ok_or_else(|| {
                Failure::usage("--secret is not KEY=env:NAME, KEY=command:LINE or KEY=file:PATH")
            })?;
        profile.set(name, Value::Secret(source), flag.clone());
    }
    profile.protected = args.protected.then(|| Setting {
        value: true,
        origin: flag.clone(),
    });
    profile.cluster = context.global.cluster.clone().map(|value| Setting {
        value,
        origin: flag.clone(),
    });
    for path in &args.redact {
        RedactPath::parse(path).map_err(|error| Failure::usage(format!("--redact: {error}")))?;
    }
    profile.redact = (!args.redact.is_empty()).then(|| Setting {
        value: args.redact.clone(),
        origin: flag,
    });
    let names: BTreeMap<_, _> = profile
        .kafka
        .keys()
        .map(|name| (name.clone(), name.clone()))
        .collect();
    let brokers = profile
        .brokers
        .as_ref()
        .map(|brokers| brokers.value.clone());
    Settings::check_names(&brokers.unwrap_or_default(), &names)?;
    Ok(profile)
}

fn trust(context: &Context, config: &Config) -> Result<Exit, Failure> {
    let (path, secrets) = config.project_secrets()?;
    for line in secrets.iter().chain(&config.project_default()) {
        context.ui.note(line);
    }
    if !context.global.dry_run {
        config.trust_project()?;
    }
    let verb = if context.global.dry_run {
        "would trust"
    } else {
        "trusted"
    };
    context.ui.note(format_args!(
        "{verb} {}, which fetches {}",
        path.display(),
        counted(secrets.len() as u64, "secret"),
    ));
    Ok(Exit::Ok)
}

/// Trusts the project's file again after a change by evctl itself.
fn keep_trust(context: &Context, before: &Config) -> Result<(), Failure> {
    if before.trusts_project() {
        let now = Config::load(Environment::read(), &context.cancel)?;
        if !now.trusts_project() {
            now.trust_project()?;
        }
    }
    Ok(())
}

fn make_default(
    context: &Context,
    config: &Config,
    environment: Environment,
    args: &ChangeArgs,
) -> Result<Exit, Failure> {
    let holder = holder(config, args)?;
    // Where a default is named already, that one would win over a weaker file's.
    let path = match args.scope.chosen() {
        Some(scope) => config.file(scope)?.to_owned(),
        None => config.file_with_default().map_or(holder, Into::into),
    };
    if !context.global.dry_run {
        edit::set_default(&path, &args.name)?;
        keep_trust(context, config)?;
        let now = Config::load(environment, &context.cancel)?.default_profile();
        if let Some(now) = now.filter(|now| now.value != args.name) {
            context.ui.warn(format_args!(
                "the default stays {:?}: {} wins",
                now.value, now.origin
            ));
        }
    }
    let done = ["made the default", "would make the default"];
    said(context, done, &args.name, &path);
    Ok(Exit::Ok)
}

fn remove(context: &Context, config: &Config, args: &ChangeArgs) -> Result<Exit, Failure> {
    let path = holder(config, args)?;
    if !context.global.dry_run {
        if edit::remove(&path, &args.name)? {
            context.ui.note("it was the default, there is none now");
        }
        keep_trust(context, config)?;
    }
    said(context, ["removed", "would remove"], &args.name, &path);
    Ok(Exit::Ok)
}

/// The file that holds the profile; the strongest one, or that of the scope asked for.
fn holder(config: &Config, args: &ChangeArgs) -> Result<PathBuf, Failure> {
    let scope = args.scope.chosen();
    let asked = scope.map(|scope| config.file(scope)).transpose()?;
    let mut files = config.files_with(&args.name);
    let found = match asked {
        Some(asked) => files.find(|file| *file == asked),
        None => files.next(),
    };
    found.map(PathBuf::from).ok_or_else(|| {
        let origin = Origin::Flag("profile");
        let value = args.name.clone();
        config.unknown(&Setting { value, origin }).into()
    })
}

fn said(context: &Context, [done, would]: [&str; 2], name: &str, path: &Path) {
    let verb = if context.global.dry_run { would } else { done };
    context
        .ui
        .note(format_args!("{verb} {name:?} in {}", path.display()));
}

fn test(context: &Context, config: &Config, args: &TestArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let cluster = choose(context, config, args.name.as_ref())?.resolve(&context.cancel)?;
    for warning in &cluster.warnings {
        context.ui.warn(warning);
    }
    let started = Instant::now();
    let client = check(context, &cluster)?;
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let settings = client.settings();
    let sasl = settings.sasl.as_ref();
    let brokers = client.brokers().iter();
    let brokers = brokers.map(|(&id, address)| Broker { address, id });
    let answer = ProfileTest {
        brokers: brokers.collect(),
        cluster_id: client.cluster_id(),
        kind: ProfileTest::KIND,
        ms,
        name: cluster.profile.as_deref(),
        sasl_mechanism: sasl.map(|sasl| sasl.mechanism.name()),
        sasl_username: sasl.map(|sasl| sasl.username.as_str()),
        security_protocol: settings.protocol().name(),
    };
    show::print(context, &answer, format)
}

/// Connects as every command does, and asks who the brokers are.
fn check(context: &Context, cluster: &Cluster) -> Result<Client, Failure> {
    let mut client = connect_to(context, cluster, &[Part::Reading])?;
    client.refresh_brokers()?;
    Ok(client)
}

/// The profile named as an argument, else as every command chooses it.
fn choose(
    context: &Context,
    config: &Config,
    name: Option<&String>,
) -> Result<Chosen, ConfigError> {
    let mut overrides = context.overrides();
    if let Some(name) = name {
        overrides.profile = Some(name.clone());
    }
    config.choose(&overrides)
}
