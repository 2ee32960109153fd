//! Failures of the schema registry.

use super::Failure;
use crate::{exit::Exit, registry::RegistryError};

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        use RegistryError as E;
        let (exit, hint) = match &error {
            E::Settings(_) | E::References { .. } => (Exit::Usage, None),
            E::Unreachable { .. } => (
                Exit::Unreachable,
                Some("is it there? `evctl sandbox start --registry` starts one on this machine"),
            ),
            E::Denied { .. } => (
                Exit::Unreachable,
                Some(
                    "say who asks: -X schema.registry.basic.auth.user.info=USER:PASSWORD, or \
                     -X schema.registry.bearer.auth.token=TOKEN",
                ),
            ),
            // Registries number what they miss: 40401 is a subject. No number, no registry.
            E::NotFound { code, .. } if *code < 1_000 => (
                Exit::NotFound,
                Some("is its path right? Apicurio's is /apis/ccompat/v7"),
            ),
            E::NotFound { .. } => (
                Exit::NotFound,
                Some("`evctl schema list` shows what there is"),
            ),
            E::Refused { .. } => (Exit::No, None),
            E::Odd { .. } => (
                Exit::Unreachable,
                Some("does a registry that speaks Confluent's API answer there?"),
            ),
        };
        let failure = Self::new(exit, error.to_string());
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
