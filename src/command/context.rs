//! What every command is given: the terminal, the clock, the options, and the way to the cluster.

use std::{
    cell::OnceCell,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::GlobalArgs;
use crate::{
    config::{self, Chosen, Cluster, Config, Overrides},
    failure::Failure,
    files, filter,
    pipeline::{Cancel, Signal},
    ui::{Ui, Verbosity, watch_signals},
};

/// How long a jq expression may run on after the first signal: one that ends by itself is not cut.
const LAST_EXPRESSION: Duration = Duration::from_millis(300);

/// The surroundings of one command.
#[derive(Debug)]
pub struct Context {
    /// The terminal.
    pub ui: Ui,
    /// Options of every command.
    pub global: GlobalArgs,
    /// Raised by Ctrl-C, by `kill` and when the time of `--timeout` is over.
    pub cancel: Cancel,
    /// When the command began.
    pub started: Instant,
    /// Milliseconds since the epoch when the command began: what `now` and `-2h` mean.
    pub now: i64,
    /// Read once: a file that is a pipe cannot be read again.
    config: OnceCell<Config>,
}

impl Context {
    /// Reads the clock once, takes over the signals and starts the time that `--timeout` gives.
    #[must_use]
    pub fn new(global: GlobalArgs) -> Self {
        let verbosity = match (global.quiet, global.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Verbose,
            (false, _) => Verbosity::Debug,
        };
        let ui = Ui::new(
            global.color,
            config::env::no_color(),
            verbosity,
            !global.no_progress,
        );
        let notes = ui.clone();
        files::on_byte_order_mark(move |note| notes.note(note));
        let cancel = Cancel::default();
        if let Err(error) = watch_signals(&cancel) {
            ui.warn(format_args!("Ctrl-C will end evctl at once: {error}"));
        }
        let stop = cancel.clone();
        filter::stop_expressions_when(move || {
            stop.since().is_some_and(|since| since > LAST_EXPRESSION)
        });
        if let Some(timeout) = global.timeout {
            let cancel = cancel.clone();
            thread::spawn(move || {
                thread::sleep(timeout);
                cancel.raise(Signal::Deadline);
            });
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the clock"
        )]
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            ui,
            global,
            cancel,
            started: Instant::now(),
            now: i64::try_from(now.as_millis()).unwrap_or(i64::MAX),
            config: OnceCell::new(),
        }
    }

    /// What the command line says about the cluster.
    #[must_use]
    pub fn overrides(&self) -> Overrides {
        Overrides {
            profile: self.global.profile.clone(),
            brokers: self.global.brokers.clone(),
            registry: self.global.registry.clone().filter(|url| !url.is_empty()),
            properties: self.global.properties.clone(),
        }
    }

    fn config(&self) -> Result<&Config, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let config = Config::load(config::env::Environment::read(), &self.cancel)?;
        Ok(self.config.get_or_init(|| config))
    }

    /// The profile that environment and flags choose, merged with them; no secret is fetched.
    ///
    /// # Errors
    /// A profile that does not exist, a file that cannot be read.
    pub fn profile(&self) -> Result<Chosen, Failure> {
        Ok(self.config()?.choose(&self.overrides())?)
    }

    /// The cluster that profile, environment and flags name together; its warnings are said.
    ///
    /// # Errors
    /// A profile that does not exist, a file that cannot be read, a secret that cannot be had.
    pub fn cluster(&self) -> Result<Cluster, Failure> {
        self.cluster_of(&self.overrides())
    }

    /// [`Context::cluster`] with other flags.
    ///
    /// # Errors
    /// As [`Context::cluster`].
    pub fn cluster_of(&self, overrides: &Overrides) -> Result<Cluster, Failure> {
        let chosen = self.config()?.choose(overrides)?;
        let cluster = chosen.resolve(&self.cancel)?;
        for warning in &cluster.warnings {
            self.ui.warn(warning);
        }
        Ok(cluster)
    }

    /// Whether a result is wanted as JSON, for commands that know no third way to show it.
    ///
    /// # Errors
    /// Another format; `hint` says what there is.
    pub fn wants_json(&self, hint: &str) -> Result<bool, Failure> {
        match self.global.output.as_deref() {
            None | Some("table") => Ok(false),
            Some("json") => Ok(true),
            Some(other) => {
                let message = format!("-o {other:?} is not an output of this command");
                Err(Failure::usage(message).hint(hint))
            }
        }
    }
}
