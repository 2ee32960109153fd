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
