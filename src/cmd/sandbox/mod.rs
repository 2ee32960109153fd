//! `evctl sandbox`: a real Kafka on this machine, with no account and no configuration.

mod demo;

use std::{ffi::OsString, io, process::Command};

use super::show;
use crate::{
    command::Context,
    config::env,
    exit::Exit,
    failure::Failure,
    output::{report::ReportFormat, sandbox::SandboxStatus},
    redact::without_password,
    sandbox::{
        ChildError, Lifetime, Options, RegistryServer, Server, Standing, State, answers,
        registry_lacks, run_child,
    },
};

/// A running Kafka that is to be used instead of one of our own. Never `EVCTL_BROKERS`: that may be
/// a real cluster.
const BROKERS: &str = "EVCTL_SANDBOX_BROKERS";

/// Run a real Kafka on this machine
///
/// A released Apache Kafka, one node on loopback. It comes from EVCTL_SANDBOX_BROKERS (host:port of a
/// running one), else from KAFKA_HOME (an unpacked one), else from Maven, whose jars are downloaded
/// to the cache directory once. The last two need Java 17 or later.
#[derive(Debug, clap::Subcommand)]
pub enum SandboxCommand {
    /// Start Kafka, wait until it answers, and leave it running
    ///
    ///   evctl sandbox start
    ///   eval "$(evctl sandbox start)"; evctl produce orders < orders.ndjson
    ///   eval "$(evctl sandbox start --registry)"; evctl schema list
    ///
    /// Prints lines for the shell, also when it runs already. Its data stay in the state directory
    /// until `evctl sandbox stop --purge`. --registry (without a URL) starts a schema registry, too:
    /// Apicurio Registry with Confluent's API, 3.3.3 on Java 21 or later, else 3.0.9, which lacks some
    /// of it.
    #[command(verbatim_doc_comment)]
    Start(StartArgs),
    /// Stop the sandbox
    ///
    ///   evctl sandbox stop
    ///   evctl sandbox stop --purge
    #[command(verbatim_doc_comment)]
    Stop(StopArgs),
    /// Show whether the sandbox runs, and its address
    ///
    ///   evctl sandbox status
    ///   evctl sandbox status -o json
    ///
    /// Exit code 0 when it runs, 1 when it does not.
    #[command(verbatim_doc_comment)]
    Status,
    /// Run a command with a fresh Kafka of its own
    ///
    ///   evctl sandbox run -- cargo test
    ///   evctl sandbox run --registry -- evctl schema list
    ///   evctl sandbox run -- sh -c 'seq 9 | evctl produce numbers && evctl consume numbers'
    ///
    /// EVCTL_BROKERS and KAFKA_BOOTSTRAP_SERVERS hold its address, and EVCTL_REGISTRY that of a schema
    /// registry with --registry. The server ends with the command and leaves nothing behind; the exit
    /// code is the command's.
    #[command(verbatim_doc_comment)]
    Run(RunArgs),
    /// Show the main commands on a temporary Kafka
    ///
    ///   evctl sandbox demo
    #[command(verbatim_doc_comment)]
    Demo,
}

/// Arguments of `sandbox start`.
#[derive(Debug, clap::Args)]
pub struct StartArgs {
    /// Listen on this port [default: the last one, or 9092, or a free one]
    #[arg(long)]
    port: Option<u16>,
    /// Kafka version to fetch with Maven, such as 3.9.2 [default: 4.3.0]
    #[arg(long, value_name = "VERSION")]
    kafka: Option<String>,
}

/// Arguments of `sandbox stop`.
#[derive(Debug, clap::Args)]
pub struct StopArgs {
    /// Remove its topics and all other data
    #[arg(long)]
    purge: bool,
}

/// Arguments of `sandbox run`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Kafka version to fetch with Maven, such as 3.9.2 [default: 4.3.0]
    #[arg(long, value_name = "VERSION")]
    kafka: Option<String>,
    /// The command and its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "CMD"
    )]
    command: Vec<OsString>,
}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(context: &mut Context, command: &SandboxCommand) -> Result<Exit, Failure> {
    match command {
        SandboxCommand::Start(args) => start(context, args),
        SandboxCommand::Stop(args) => stop(context, args),
        SandboxCommand::Status => status(context),
        SandboxCommand::Run(args) => with_kafka(context, args.kafka.as_deref(), |brokers| {
            let registry = match wants_registry(context)? {
                true => Some(RegistryServer::start(Lifetime::OfThisProcess, None, &[])?),
                false => None,
            };
            let url = registry.as_ref().map(RegistryServer::url);
            run_command(context, &args.command, brokers, url)
        }),
        SandboxCommand::Demo => with_kafka(context, None, |brokers| demo::walk(context, brokers)),
    }
}

fn start(context: &Context, args: &StartArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let registry = wants_registry(context)?;
    let standing = Standing::of_this_user()?;
    let kafka = match foreign()? {
        Some(brokers) => Kafka::Foreign(brokers),
        None => match standing.running()? {
            Some(state) => Kafka::Ours(asked_for(state, args)?),
            None => {
                announce(context, args.kafka.as_deref());
                Kafka::Ours(standing.start(args.kafka.as_deref(), args.port)?)
            }
        },
    };
    let registry = match (standing.registry().running()?, registry) {
        (None, true) => {
            context.ui.note("starting Apicurio Registry…");
            Some(standing.registry().start(None, None)?)
        }
        (running, _) => running,
    };
    let sandbox = Sandbox { kafka, registry };
    let seconds = context.started.elapsed().as_secs_f64();
    for line in sandbox.lines() {
        context.ui.note(format_args!("{line} after {seconds:.1} s"));
    }
    if let Kafka::Ours(_) = &sandbox.kafka {
        context.ui.note(format_args!(
            "its data are in {}; evctl sandbox stop ends it",
            standing.directory().display()
        ));
    }
    if !is_text(format) {
        return show::print(context, &result(&standing, Some(&sandbox)), format);
    }
    super::print(context, |out| {
        writeln!(out, "export EVCTL_BROKERS={}", sandbox.brokers())?;
        match &sandbox.registry {
            Some(registry) => writeln!(out, "export EVCTL_REGISTRY={}", registry.address),
            None => Ok(()),
        }
    })
}

/// Whether the result is lines of text, not rows.
fn is_text(format: ReportFormat) -> bool {
    matches!(format, ReportFormat::Table | ReportFormat::Wide)
}

/// Whether `--registry` was given, as a wish for one.
fn wants_registry(context: &Context) -> Result<bool, Failure> {
    match context.global.registry.as_deref() {
        None => Ok(false),
        Some("") => Ok(true),
        Some(_) => Err(Failure::usage(
            "the sandbox starts a registry of its own: --registry takes no URL here",
        )),
    }
}

/// What runs already must be what was asked for.
fn asked_for(state: State, args: &StartArgs) -> Result<State, Failure> {
    let port = args.port.map(|port| format!(":{port}"));
    let other_port = port.is_some_and(|port| !state.address.ends_with(&port));
    let other_version = args
        .kafka
        .as_ref()
        .is_some_and(|version| *version != state.version);
    if other_port || other_version {
        let State {
            version, address, ..
        } = state;
        return Err(
            Failure::usage(format!("Apache Kafka {version} runs already, at {address}"))
                .hint("evctl sandbox stop ends it"),
        );
    }
    Ok(state)
}

fn stop(context: &Context, args: &StopArgs) -> Result<Exit, Failure> {
    let standing = Standing::of_this_user()?;
    let registry = standing.registry().stop()?;
    context.ui.note(if standing.stop()? || registry {
        "stopped"
    } else {
        "it was not running"
    });
    if args.purge {
        standing.purge()?;
        context
            .ui
            .note(format_args!("removed {}", standing.directory().display()));
    }
    Ok(Exit::Ok)
}

fn status(context: &Context) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let standing = Standing::of_this_user()?;
    let kafka = match env::variable(BROKERS) {
        Some(brokers) => answers(&brokers).then_some(Kafka::Foreign(brokers)),
        None => standing.running()?.map(Kafka::Ours),
    };
    let registry = standing.registry().running()?;
    let sandbox = kafka.map(|kafka| Sandbox { kafka, registry });
    if is_text(format) {
        super::print(context, |out| match &sandbox {
            Some(sandbox) => sandbox
                .lines()
                .iter()
                .try_for_each(|line| writeln!(out, "{line}")),
            None => writeln!(out, "not running"),
        })?;
    } else {
        show::print(context, &result(&standing, sandbox.as_ref()), format)?;
    }
    Ok(if sandbox.is_some() {
        Exit::Ok
    } else {
        Exit::No
    })
}

/// What `start` and `status` found.
struct Sandbox {
    kafka: Kafka,
    registry: Option<State>,
}

enum Kafka {
    /// Named by the environment.
    Foreign(String),
    /// Started by `sandbox start`.
    Ours(State),
}

impl Sandbox {
    fn brokers(&self) -> &str {
        match &self.kafka {
            Kafka::Foreign(brokers) => brokers,
            Kafka::Ours(state) => &state.address,
        }
    }

    /// A line for each server.
    fn lines(&self) -> Vec<String> {
        let name = match &self.kafka {
            Kafka::Foreign(_) => format!("the Kafka of {BROKERS}"),
            Kafka::Ours(state) => format!("Apache Kafka {}", state.version),
        };
        let kafka = format!("{name} answers at {}", self.brokers());
        let registry = self.registry.iter().flat_map(|state| {
            let State {
                version, address, ..
            } = state;
            let answers = format!("Apicurio Registry {version} answers at {address}");
            let lacks = registry_lacks(version).map(|lacks| format!("note: {lacks}"));
            std::iter::once(answers).chain(lacks)
        });
        std::iter::once(kafka).chain(registry).collect()
    }
}

fn result(standing: &Standing, sandbox: Option<&Sandbox>) -> SandboxStatus {
    let ours = sandbox.and_then(|sandbox| match &sandbox.kafka {
        Kafka::Foreign(_) => None,
        Kafka::Ours(state) => Some(state),
    });
    let registry = sandbox.and_then(|sandbox| sandbox.registry.as_ref());
    SandboxStatus {
        brokers: sandbox.map(|sandbox| sandbox.brokers().to_owned()),
        directory: ours.map(|_| standing.directory().display().to_string()),
        kind: SandboxStatus::KIND,
        pid: ours.map(|state| state.pid.into()),
        registry: registry.map(|state| state.address.clone()),
        registry_version: registry.map(|state| state.version.clone()),
        running: sandbox.is_some(),
        version: ours.map(|state| state.version.clone()),
    }
}

/// The Kafka that the environment names for the sandbox.
fn foreign() -> Result<Option<String>, Failure> {
    match env::variable(BROKERS) {
        Some(brokers) if !answers(&brokers) => Err(Failure::new(
            Exit::Unreachable,
            format!(
                "{BROKERS} is {:?}, where no Kafka answers",
                without_password(&brokers)
            ),
        )
        .hint(format!("unset {BROKERS} to have one started"))),
        brokers => Ok(brokers),
    }
}

/// Gives `work` the address of a Kafka that ends with it.
fn with_kafka(
    context: &Context,
    version: Option<&str>,
    work: impl FnOnce(&str) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    if let Some(brokers) = foreign()? {
        return work(&brokers);
    }
    announce(context, version);
    let server = Server::start(Options {
        version: version.map(str::to_owned),
        ..Options::new(Lifetime::OfThisProcess)
    })?;
    context.ui.detail(format_args!(
        "Apache Kafka {} answers at {}",
        server.version(),
        server.address()
    ));
    match context.cancel.raised() {
        Some(signal) => Ok(signal.into()),
        None => work(server.address()),
    }
}

fn announce(context: &Context, version: Option<&str>) {
    let version = version.map(|version| format!(" {version}"));
    context.ui.note(format_args!(
        "starting Apache Kafka{}…",
        version.unwrap_or_default()
    ));
}

fn run_command(
    context: &Context,
    command: &[OsString],
    brokers: &str,
    registry: Option<&str>,
) -> Result<Exit, Failure> {
    let [program, arguments @ ..] = command else {
        return Err(Failure::usage("there is no command to run"));
    };
    let mut child = Command::new(program);
    child
        .args(arguments)
        // A profile would win over the address and lead to its own cluster.
        .env_remove("EVCTL_PROFILE")
        .env_remove("EVCTL_REGISTRY")
        .envs(registry.map(|url| ("EVCTL_REGISTRY", url)))
        .env("EVCTL_BROKERS", brokers)
        .env("KAFKA_BOOTSTRAP_SERVERS", brokers);
    let code = run_child(&mut child, &context.cancel).map_err(|error| match error {
        ChildError::Start(error) => {
            let exit = match error.kind() {
                io::ErrorKind::NotFound => Exit::NotFound,
                _ => Exit::Usage,
            };
            Failure::new(exit, format!("cannot run {}", program.display())).cause(error)
        }
        ChildError::Wait(error) => {
            Failure::new(Exit::Partial, "cannot wait for the command").cause(error)
        }
    })?;
    Ok(Exit::Command(code))
}
