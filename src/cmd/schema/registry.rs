//! The way to the schema registry that profile, environment and flags name together.

use std::time::Duration;

use crate::{
    cmd::cluster,
    command::Context,
    config::{Cluster, env},
    failure::Failure,
    registry::{Candidate, Registry, RegistryError, RegistrySettings, Version},
    schema::{Mode, RegistryVerdict},
};

/// How long one question may take without `--timeout`.
const PATIENCE: Duration = Duration::from_secs(30);

/// The registry; nothing is asked yet.
///
/// # Errors
/// None is named, or it cannot be reached that way.
pub(super) fn connect(context: &Context) -> Result<Registry, Failure> {
    let cluster = context.cluster()?;
    of(context, &cluster)
}

/// The registry of `cluster`.
///
/// # Errors
/// As [`connect`].
pub(super) fn of(context: &Context, cluster: &Cluster) -> Result<Registry, Failure> {
    let url = cluster.registry.as_deref().ok_or_else(unnamed)?;
    let patience = context.global.timeout.unwrap_or(PATIENCE);
    let mut settings = RegistrySettings::from_properties(url, &cluster.properties, patience)
        .map_err(RegistryError::from)?;
    settings.deadline =
        (context.global.timeout).and_then(|timeout| context.started.checked_add(timeout));
    settings.trace = cluster::trace(context);
    let cache = env::cache_directory().map(|cache| cache.join("registry"));
    Ok(Registry::new(settings, cache.as_deref())?)
}

/// What `registry` thinks of `candidate`, by the `mode` of the subject. One that chokes on a schema,
/// as Apicurio does on references, has no opinion; what has none, it would not take.
///
/// # Errors
/// It is not there, or does not let us ask.
pub(super) fn opinion(
    registry: &Registry,
    (subject, mode): (&str, Mode),
    candidate: &Candidate,
    normalize: bool,
) -> Result<RegistryVerdict, RegistryError> {
    let mut says = RegistryVerdict {
        url: registry.url().to_owned(),
        mode,
        compatible: None,
        messages: Vec::new(),
        failure: None,
    };
    // Without a version some registries judge by all of them, whatever the mode is.
    let against = (!mode.is_transitive()).then_some(Version::Latest);
    match registry.judge(subject, against, candidate, normalize) {
        Ok(Some(said)) => {
            says.compatible = Some(said.is_compatible);
            says.messages = said.messages;
        }
        Ok(None) => {}
        Err(RegistryError::Refused {
            status: 422,
            message,
            ..
        }) if candidate.references.is_empty() => {
            says.compatible = Some(false);
            says.messages = vec![message];
        }
        Err(error @ (RegistryError::Refused { .. } | RegistryError::Odd { .. })) => {
            says.failure = Some(error.to_string());
        }
        Err(error) => return Err(error),
    }
    Ok(says)
}

/// No registry is named.
pub(super) fn unnamed() -> Failure {
    Failure::usage("no schema registry is named").hint(
        "name it: --registry URL, EVCTL_REGISTRY, registry = \"URL\" in a profile, or \
         `evctl sandbox start --registry`",
    )
}
