//! The result of `evctl sandbox start` and `status`.

use serde::Serialize;

use super::report::{Column, CommandResult, Report};

/// The sandbox; `None` is a server that does not run, or what is not known of it.
#[derive(Clone, Debug, Serialize)]
pub struct SandboxStatus {
    /// The addresses of Kafka.
    pub brokers: Option<String>,
    /// The data of a Kafka that evctl has started; the same for its process.
    pub directory: Option<String>,
    /// [`SandboxStatus::KIND`].
    pub kind: &'static str,
    /// The process.
    pub pid: Option<i64>,
    /// The URL of the schema registry.
    pub registry: Option<String>,
    /// Its version.
    pub registry_version: Option<String>,
    /// Whether Kafka runs.
    pub running: bool,
    /// Its version.
    pub version: Option<String>,
}

impl SandboxStatus {
    /// What the result is.
    pub const KIND: &'static str = "evctl.sandbox/1";
}

impl CommandResult for SandboxStatus {
    fn rows(&self) -> Report {
        let columns = [
            "running",
            "brokers",
            "version",
            "pid",
            "directory",
            "registry",
            "registry_version",
        ];
        let mut report = Report::new(self.kind, "sandboxes", &columns.map(Column::new));
        report.rows.push(vec![
            self.running.into(),
            self.brokers.clone().into(),
            self.version.clone().into(),
            self.pid.into(),
            self.directory.clone().into(),
            self.registry.clone().into(),
            self.registry_version.clone().into(),
        ]);
        report
    }
}
