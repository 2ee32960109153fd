//! The way to the schema registry that profile, environment and flags name together.

use std::time::Duration;

use crate::{
    cmd::cluster,
    command::Context,
    config::{Cluster, env},
    failure::Failure,
    registry::{Registry, RegistryError, RegistrySettings},
    schema_source::SchemaName,
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

/// The registry, when one of `names` is in it.
///
/// # Errors
/// As [`connect`].
pub(super) fn for_names(
    context: &Context,
    names: &[SchemaName],
) -> Result<Option<Registry>, Failure> {
    let mut names = names.iter();
    let is_needed = names.any(|name| matches!(name, SchemaName::Registry { .. }));
    is_needed.then(|| connect(context)).transpose()
}

/// The registry of `cluster`.
///
/// # Errors
/// As [`connect`].
pub(super) fn of(context: &Context, cluster: &Cluster) -> Result<Registry, Failure> {
    let url = cluster
        .registry
        .as_deref()
        .ok_or_else(Failure::no_registry)?;
    let patience = context.global.timeout.unwrap_or(PATIENCE);
    let mut settings = RegistrySettings::from_properties(url, &cluster.properties, patience)
        .map_err(RegistryError::from)?;
    settings.deadline =
        (context.global.timeout).and_then(|timeout| context.started.checked_add(timeout));
    settings.trace = cluster::trace(context);
    let cache = env::cache_directory().map(|cache| cache.join("registry"));
    Ok(Registry::new(settings, cache.as_deref())?)
}
