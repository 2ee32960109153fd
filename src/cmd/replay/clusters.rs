//! The cluster that is read and the one that is written to, which may be the same.

use crate::{
    cmd::{cluster, read::Sources},
    command::Context,
    config::{Cluster, Overrides},
    failure::Failure,
    kafka::{property::Part, wire::Client},
    replay::ReplayRequest,
};

/// Both ends of a replay.
pub(super) struct Clusters {
    /// Who reads; `None` when files are read.
    pub(super) source: Option<Client>,
    /// Who asks the cluster that is written to, and what is known of that.
    pub(super) target: Client,
    pub(super) profile: Cluster,
    /// Whether both are one cluster.
    pub(super) same: bool,
}

impl Clusters {
    /// Connects to both.
    ///
    /// # Errors
    /// One of them cannot be reached, or is not named.
    pub(super) fn connect(
        context: &Context,
        request: &ReplayRequest,
        sources: &Sources,
    ) -> Result<Self, Failure> {
        let here = context.cluster()?;
        let source = match sources {
            Sources::Topics(_) => {
                let mut source = cluster::connect_to(context, &here, &[Part::Reading])?;
                // Which cluster it is stands in the marks.
                source.refresh_brokers()?;
                Some(source)
            }
            Sources::Files(..) => None,
        };
        let profile = match &request.to_profile {
            None => here,
            Some(name) => other(context, name)?,
        };
        let parts = [Part::Reading, Part::Writing, Part::Membership];
        // Questions on the way wait no longer than the records.
        let patience = request.options.stall_timeout();
        let mut target = cluster::connect_within(context, &profile, &parts, patience)?;
        target.refresh_brokers()?;
        let same = source.as_ref().is_some_and(|source| {
            match (source.cluster_id(), target.cluster_id()) {
                (Some(one), Some(other)) => one == other,
                _ => request.to_profile.is_none(),
            }
        });
        Ok(Self {
            source,
            target,
            profile,
            same,
        })
    }
}

/// The cluster of another profile: what was typed for the source is not meant for it.
///
/// # Errors
/// There is no such profile, or it cannot be used.
pub(super) fn other(context: &Context, name: &str) -> Result<Cluster, Failure> {
    let overrides = Overrides {
        profile: Some(name.to_owned()),
        ..Overrides::default()
    };
    context.cluster_of(&overrides)
}
