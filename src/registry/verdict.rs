//! A registry's own verdict on a schema that is not registered.

use super::{Candidate, Registry, RegistryError, Version};
use crate::schema::{Mode, RegistryVerdict};

impl Registry {
    /// The verdict on `candidate` by the `mode` of the subject. A registry that fails on a schema, as
    /// Apicurio does on references, has none; a schema that it would not take is incompatible.
    ///
    /// # Errors
    /// No answer, or no permission to ask.
    pub fn verdict(
        &self,
        (subject, mode): (&str, Mode),
        candidate: &Candidate,
        normalize: bool,
    ) -> Result<RegistryVerdict, RegistryError> {
        let mut verdict = RegistryVerdict {
            url: self.url().to_owned(),
            mode,
            compatible: None,
            messages: Vec::new(),
            failure: None,
        };
        // Without a version some registries judge by all of them, whatever the mode is.
        let against = (!mode.is_transitive()).then_some(Version::Latest);
        match self.judge(subject, against, candidate, normalize) {
            Ok(Some(answer)) => {
                verdict.compatible = Some(answer.is_compatible);
                verdict.messages = answer.messages;
            }
            Ok(None) => {}
            Err(RegistryError::Refused {
                status: 422,
                message,
                ..
            }) if candidate.references.is_empty() => {
                verdict.compatible = Some(false);
                verdict.messages = vec![message];
            }
            Err(error @ (RegistryError::Refused { .. } | RegistryError::Odd { .. })) => {
                verdict.failure = Some(error.to_string());
            }
            Err(error) => return Err(error),
        }
        Ok(verdict)
    }
}
