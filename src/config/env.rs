//! The environment, read here and nowhere else.

use std::path::{Path, PathBuf};

/// The value of `name`; `None` when unset, empty or not UTF-8.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The name of this machine, or of the container.
#[must_use]
pub fn host_name() -> String {
    let names = rustix::system::uname();
    names.nodename().to_string_lossy().into_owned()
}

/// Whether colour is unwanted (`NO_COLOR`, <https://no-color.org>).
#[must_use]
pub fn no_color() -> bool {
    variable("NO_COLOR").is_some()
}

/// Where things go that can be made again: `$XDG_CACHE_HOME/evctl` or `~/.cache/evctl`; `None`
/// without a home directory.
#[must_use]
pub fn cache_directory() -> Option<PathBuf> {
    base_directory("XDG_CACHE_HOME", ".cache")
}

/// Where things go that must survive: `$XDG_STATE_HOME/evctl` or `~/.local/state/evctl`; `None`
/// without a home directory.
#[must_use]
pub fn state_directory() -> Option<PathBuf> {
    base_directory("XDG_STATE_HOME", ".local/state")
}

/// The XDG base directory specification: a relative path in the variable counts as unset.
fn base_directory(name: &str, below_home: &str) -> Option<PathBuf> {
    variable(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(Path::new(&variable("HOME")?).join(below_home)))
        .map(|base| base.join("evctl"))
}

/// What the environment says about clusters and where configuration lies.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `EVCTL_PROFILE`: the default profile, instead of the one that the files name.
    pub profile: Option<String>,
    /// `EVCTL_BROKERS`
    pub brokers: Option<String>,
    /// `EVCTL_REGISTRY`
    pub registry: Option<String>,
    /// `EVCTL_CONFIG`: the only configuration file, instead of project's and user's.
    pub config: Option<PathBuf>,
    /// `$XDG_CONFIG_HOME`, or `~/.config`; `None` when there is no home either.
    pub config_home: Option<PathBuf>,
    /// `$XDG_STATE_HOME/evctl`, or `~/.local/state/evctl`; `None` without a home.
    pub state: Option<PathBuf>,
    /// `HOME`
    pub home: Option<PathBuf>,
    /// The working directory.
    pub directory: PathBuf,
}

impl Environment {
    /// Reads it once.
    #[must_use]
    pub fn read() -> Self {
        let home = variable("HOME").map(PathBuf::from);
        Self {
            profile: variable("EVCTL_PROFILE"),
            brokers: variable("EVCTL_BROKERS"),
            registry: variable("EVCTL_REGISTRY"),
            config: variable("EVCTL_CONFIG").map(PathBuf::from),
            // A relative one is to be ignored, says the XDG Base Directory Specification.
            config_home: variable("XDG_CONFIG_HOME")
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
                .or_else(|| home.as_ref().map(|home| home.join(".config"))),
            state: state_directory(),
            home,
            directory: std::env::current_dir().unwrap_or_default(),
        }
    }
}
