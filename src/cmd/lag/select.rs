//! Which groups are looked at.

use super::args::LagArgs;
use crate::{
    cmd::groups::find,
    event::{GroupListing, GroupType},
    exit::Exit,
    failure::Failure,
    kafka::wire::Client,
    select::NameGlobs,
};

/// What was typed about groups and topics.
#[derive(Debug)]
pub(super) struct Wanted {
    names: Vec<String>,
    /// Beside those that are named; `None` when no pattern was.
    matching: Option<NameGlobs>,
    wanted: NameGlobs,
    excludes_nothing: bool,
    /// Whether groups that hold the progress of replays are wanted where no name or pattern is.
    replays: bool,
    types: Vec<GroupType>,
    states: Vec<&'static str>,
    /// `None` for all topics.
    topics: Option<NameGlobs>,
}

/// Groups that were found, and those that were named and are not to be had.
#[derive(Debug, Default)]
pub(super) struct Selected {
    pub(super) groups: Vec<GroupListing>,
    /// Why others that were named are not to be had.
    pub(super) missing: Vec<(String, Failure)>,
    /// Brokers that did not answer.
    pub(super) failures: Vec<String>,
}

impl Wanted {
    pub(super) fn new(args: &LagArgs) -> Result<Self, Failure> {
        let mut names = args.groups.clone();
        names.sort();
        names.dedup();
        Ok(Self {
            names,
            matching: (!args.matching.is_empty())
                .then(|| NameGlobs::new(&args.matching, &args.exclude))
                .transpose()?,
            wanted: NameGlobs::new(&[], &args.exclude)?,
            excludes_nothing: args.exclude.is_empty(),
            replays: args.all,
            types: args.group_type.clone(),
            states: args.state.clone(),
            topics: (!args.topic.is_empty())
                .then(|| NameGlobs::new(&args.topic, &[]))
                .transpose()?,
        })
    }

    /// Whether one group was named and no more can come.
    pub(super) fn is_single(&self) -> bool {
        self.names.len() == 1 && self.matching.is_none()
    }

    /// The topics that count; `None` for all.
    pub(super) fn topics(&self) -> Option<&NameGlobs> {
        self.topics.as_ref()
    }

    /// Lists the groups and picks those that are wanted.
    pub(super) fn select(&self, client: &mut Client) -> Result<Selected, Failure> {
        let listed = client.list_groups()?;
        let mut selected = Selected {
            failures: listed.failures.iter().map(ToString::to_string).collect(),
            ..Selected::default()
        };
        for name in &self.names {
            if listed.items.iter().any(|group| *group.name == **name) {
                continue;
            }
            let why = find::missing(client, name, &listed)?;
            selected.missing.push((name.clone(), why));
        }
        if let Some(matching) = &self.matching
            && self.names.is_empty()
            && !listed.items.is_empty()
            && !listed
                .items
                .iter()
                .any(|group| matching.matches(&group.name))
            && self.excludes_nothing
        {
            return Err(Failure::new(Exit::NotFound, "no group matches --match")
                .hint("`evctl groups list` shows those there are"));
        }
        let all = self.names.is_empty() && self.matching.is_none();
        selected.groups = listed.items;
        selected.groups.retain(|group| {
            let named = self.names.iter().any(|name| *group.name == **name);
            let matches = self
                .matching
                .as_ref()
                .is_some_and(|globs| globs.matches(&group.name));
            let kind = self.types.is_empty() || self.types.contains(&group.kind);
            let state = self.states.is_empty()
                || (self.states.iter()).any(|state| state.eq_ignore_ascii_case(&group.state));
            let all = all && (self.replays || !group.is_of_replay());
            (all || named || matches) && self.wanted.matches(&group.name) && kind && state
        });
        Ok(selected)
    }
}
