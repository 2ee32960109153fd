//! Refusals of a permit, before anything was written.

use super::Failure;
use crate::{codec::shell, exit::Exit, pipeline::Refused};

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let failure = Self::new(Exit::Refused, "refused, nothing was written").cause(&refused);
        match refused {
            Refused::NoTerminal => failure.hint("pass --yes to do it without a question"),
            Refused::ClusterNotNamed(name) | Refused::NoTerminalForName(name) => {
                failure.hint(format!("pass --yes {}", shell::option("--cluster", &name)))
            }
            Refused::Declined => failure,
        }
    }
}
