//! The environment, read here and nowhere else.

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
