//! From what was typed to records that are written: plan, permit, run, report.

use std::{collections::BTreeMap, time::Instant};

use super::{
    args::{select_args, truncated},
    clusters::Clusters,
    conflict::{another, lost_progress, other_safety},
    decider::{Changes, Decider},
    planning, resume,
    show::{self, End},
    stopped, topic_ids,
};
use crate::{
    cmd::{self, cluster, read::Sources},
    command::Context,
    event::REPLAY_TOPIC,
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        wire::{Client, ReadOptions, ReadOrder},
        write::{Durability, ProducerOptions, Transactional},
    },
    pipeline::{Fault, Permit, Progress, Watch},
    replay::{
        AHEAD_MS, CheckpointLocation, Checkpoints, Placing, Plan, ReplayRequest, Rules, Stamping,
        TopicIds, checkpoint_group, is_valid_id, new_id,
    },
    transfer::{
        CheckpointStore, Claim, CompactedTopic, Delivery, Files, GroupOffsets, KafkaDelivery,
        LastWords, Lock, Membership, NoCheckpoints, OpenSource, PlannedReplay, ShutdownDeadline,
        StateFile, Timing, Topics, Transfer, TransferParts, TransferWatch, end_offsets,
        refuse_shared, size_limit, store_first_checkpoint, take_over, this_run, topic_spans,
    },
    ui::{Bar, Ui},
};

/// Plans, asks, replays, reports.
///
/// # Errors
/// See [`super::run`].
pub(super) fn run(context: &Context, mut request: ReplayRequest) -> Result<Exit, Failure> {
    show::format(context)?;
    let sources = Sources::parse(&request.spec.sources)?;
    planning::rules(context, &request)?;
    let deadline = show::shutdown_deadline(context);
    if request.options.share && matches!(sources, Sources::Files(..)) {
        return Err(
            Failure::usage("--share divides partitions, and files have none")
                .hint("leave out --share"),
        );
    }
    let mut clusters = Clusters::connect(context, &request, &sources)?;
    if request.options.share && request.options.exactly_once && !clusters.same {
        return Err(Failure::usage(
            "--share with --exactly-once works within one cluster: another cluster does not know \
             whose turn it is",
        )
        .hint("leave out one of both"));
    }
    let source = clusters.source.as_ref().and_then(Client::cluster_id);
    request.spec.source_cluster = source.map(str::to_owned);
    request.spec.target_cluster = clusters.target.cluster_id().map(str::to_owned);
    let request = &request;
    let hash = request.spec.hash();
    let id = match &request.options.id {
        Some(id) if is_valid_id(id) => id.clone(),
        Some(id) => {
            return Err(Failure::usage(format!("--id {id:?} is not a name"))
                .hint("use letters, digits, dots, hyphens and underscores, 100 at most"));
        }
        None => new_id(context.now, &name_of(&sources)),
    };
    let saved = StateFile::load(&id)?;
    if let Some(saved) = &saved
        && saved.request.spec.hash() != hash
    {
        return Err(another(&id, &saved.plan.hash, &hash));
    }
    if let Some(saved) = &saved
        && saved.request.options.exactly_once != request.options.exactly_once
    {
        return Err(
            other_safety(&id, saved.request.options.exactly_once).hint(format!(
                "{} keeps what was typed",
                show::command(&saved.plan)
            )),
        );
    }
    let known = match &saved {
        Some(saved) => Some(saved.plan.clone()),
        // What came over standard input is read once.
        None if request.options.id.is_some() && !sources.reads_stdin() => {
            elsewhere(context, request, &mut clusters, &sources, (&id, &hash))?
        }
        None => None,
    };
    let work = Work {
        context,
        request,
        sources,
        clusters,
        deadline,
    };
    match known {
        Some(plan) => work.go_on(plan),
        None => work.begin(&id, &hash),
    }
}

/// The first topic, or the first file's name without its endings.
fn name_of(sources: &Sources) -> String {
    match sources {
        Sources::Topics(names) => names.first().cloned().unwrap_or_default(),
        Sources::Files(first, _) => {
            let name = first.file_stem().unwrap_or_default().to_string_lossy();
            name.split('.').next().unwrap_or_default().to_owned()
        }
    }
}

/// The plan of a replay that another machine began, from what is kept on the cluster; `None` when
/// nobody did.
fn elsewhere(
    context: &Context,
    request: &ReplayRequest,
    clusters: &mut Clusters,
    sources: &Sources,
    (id, hash): (&str, &str),
) -> Result<Option<Plan>, Failure> {
    let location = if clusters.same {
        CheckpointLocation::Group
    } else {
        CheckpointLocation::Topic
    };
    let target = &mut clusters.target;
    let progress = if location == CheckpointLocation::Group {
        let group = checkpoint_group(id);
        let groups = target.list_groups()?.items;
        match groups.iter().find(|listed| *listed.name == *group) {
            Some(listed) => GroupOffsets::read_only(target, &group, listed.coordinator)?,
            None => Checkpoints::new(),
        }
    } else {
        CompactedTopic::read_all(target, &context.cancel)?
            .remove(id)
            .unwrap_or_default()
    };
    let Some(first) = progress.values().next() else {
        return Ok(None);
    };
    if !request.spec.has_hash(&first.metadata.replay) {
        return Err(another(id, &first.metadata.replay, hash));
    }
    // Progress outside of transactions says where the targets ended.
    let exactly_once = progress.values().all(|one| one.metadata.ends.is_none());
    if exactly_once != request.options.exactly_once {
        return Err(other_safety(id, exactly_once));
    }
    let (source_cluster, topics) = match sources {
        Sources::Files(first, others) => {
            let found = planning::inventory(context, request, (first, others))?;
            (found.cluster, found.topics)
        }
        Sources::Topics(_) => {
            let cluster = clusters.source.as_ref().and_then(Client::cluster_id);
            let topics = progress.keys().map(|at| (at.topic.clone(), 1));
            let topics: BTreeMap<_, _> = topics.collect();
            (cluster.map(str::to_owned), topics.into_iter().collect())
        }
    };
    let blank = Plan {
        id: id.to_owned(),
        hash: hash.to_owned(),
        begun: context.now,
        source_cluster,
        target_cluster: clusters.target.cluster_id().map(str::to_owned),
        checkpoint_location: location,
        files: clusters.source.is_none(),
        from_ms: None,
        to_ms: None,
        base_ms: context.now,
        routes: planning::routes(&mut clusters.target, request, &topics)?,
        ranges: Vec::new(),
        span: None,
        before: Vec::new(),
        kept: true,
        ids: TopicIds::default(),
    };
    Ok(blank.with_checkpoints(&progress))
}

/// What was typed, with both clusters at hand.
struct Work<'w> {
    context: &'w Context,
    request: &'w ReplayRequest,
    sources: Sources,
    clusters: Clusters,
    deadline: ShutdownDeadline,
}

impl Work<'_> {
    /// Begins a replay.
    fn begin(mut self, id: &str, hash: &str) -> Result<Exit, Failure> {
        let context = self.context;
        let planned = planning::plan(
            context,
            self.request,
            &mut self.clusters,
            &self.sources,
            (id, hash),
        )?;
        if context.cancel.is_raised() {
            return Err(stopped(context));
        }
        let rules = planning::rules(context, self.request)?;
        show::plan(context, &planned, self.request, &rules.pace)?;
        let empty = planned
            .samples
            .values()
            .all(|sample| sample.estimate.records == 0);
        if empty && let Some(client) = &mut self.clusters.source {
            show::empty(context, &planned, &topic_spans(client, &planned.plan));
        }
        for warning in &planned.verdict.warnings {
            context.ui.warn(warning);
        }
        if !planned.verdict.refusals.is_empty() {
            return Err(Failure::preflight(&planned.verdict.refusals));
        }
        if context.global.dry_run {
            context.ui.note("dry run: nothing was written");
            return Ok(Exit::Ok);
        }
        let PlannedReplay {
            mut plan,
            placing,
            isolation,
            ..
        } = planned;
        if plan.checkpoint_location == CheckpointLocation::Nowhere {
            let what = "standard input is read once: this replay cannot be gone on with";
            context.ui.note(what);
        }
        let permit = self.ask(&plan, "replay")?;
        // The question may have stood for a while.
        topic_ids::compare(&mut self.clusters, &plan.routes).map_err(cluster::before_writing)?;
        plan.before = end_offsets(&mut self.clusters.target, &plan.targets())?;
        let lock = self.lock(&plan)?;
        if plan.checkpoint_location != CheckpointLocation::Nowhere {
            self.save(&plan)?;
        }
        self.replay(plan, (placing, isolation), permit, lock.as_ref(), true)
    }

    /// Goes on with a replay.
    fn go_on(mut self, mut plan: Plan) -> Result<Exit, Failure> {
        let context = self.context;
        topic_ids::expect(&plan.ids, &mut self.clusters);
        topic_ids::compare(&mut self.clusters, &plan.routes)
            .map_err(|error| topic_ids::refused_resume(error, &self.state(&plan)))?;
        plan.ids = topic_ids::topic_ids(&self.clusters, &plan.routes);
        let rules = planning::rules(context, self.request)?;
        show::known(context, &plan);
        let placing = match rules.placing {
            Some(placing) => placing,
            None => planning::default_placing(
                context,
                self.request,
                &mut self.clusters,
                &self.sources,
                &plan,
            )?,
        };
        if context.global.dry_run {
            context.ui.note("dry run: nothing was written");
            return Ok(Exit::Ok);
        }
        let isolation = select_args(&self.request.spec.selection)
            .isolation
            .map(Into::into);
        let isolation = isolation
            .or_else(|| Some(self.clusters.source.as_ref()?.settings().isolation))
            .unwrap_or(Isolation::Committed);
        let permit = self.ask(&plan, "go on with replay")?;
        let lock = self.lock(&plan)?;
        self.save(&plan)?;
        self.replay(plan, (placing, isolation), permit, lock.as_ref(), false)
    }

    fn ask(&self, plan: &Plan, verb: &str) -> Result<Permit, Failure> {
        let names: Vec<String> = plan
            .targets()
            .iter()
            .map(|(name, _)| format!("{name:?}"))
            .collect();
        let action = format!("{verb} {} into {}", plan.id, names.join(", "));
        cluster::permit_always(self.context, &self.clusters.profile, &action)
    }

    /// One process of this machine at a time, but for those that share.
    fn lock(&mut self, plan: &Plan) -> Result<Option<Lock>, Failure> {
        if self.request.options.share {
            return Ok(None);
        }
        if let Some(source) = &mut self.clusters.source {
            refuse_shared(source, plan)?;
        }
        Ok(Some(Lock::take_alone(&plan.id)?))
    }

    fn save(&self, plan: &Plan) -> Result<(), Failure> {
        Ok(self.state(plan).store()?)
    }

    fn state(&self, plan: &Plan) -> StateFile {
        let connection = resume::connection(self.context);
        StateFile::new(plan.clone(), self.request.clone(), connection)
    }

    fn replay(
        mut self,
        mut plan: Plan,
        (placing, isolation): (Placing, Isolation),
        permit: Permit,
        lock: Option<&Lock>,
        is_new: bool,
    ) -> Result<Exit, Failure> {
        let (context, request) = (self.context, self.request);
        let is_shared = request.options.share;
        if plan.checkpoint_location != CheckpointLocation::Nowhere {
            let resume = LastWords::Resume(show::command(&plan));
            self.deadline.set_last_words(resume);
        }
        let options = self.producer_options(&plan)?;
        let settings = self.clusters.target.settings();
        let mut delivery = Box::new(KafkaDelivery::new(settings, options, permit)?);
        take_over(&mut *delivery, &mut self.clusters.target, &plan, permit)?;
        let mut store = self.store(&plan, permit)?;
        let (checkpoints, is_first) = self.checkpoints(&mut plan, &mut *store, &mut *delivery)?;
        if plan.is_done(&checkpoints) && !is_new {
            return show::done_before(context, &plan, &checkpoints);
        }
        let claim = Claim {
            cluster: &mut self.clusters.target,
            store: &mut *store,
            delivery: &mut *delivery,
            plan: &plan,
            cancel: &context.cancel,
            owner: this_run(context.now),
            ended: lock.and_then(Lock::last_owner),
            is_first: is_first || (is_new && is_shared),
            is_shared,
        };
        let claimed = claim.claim(checkpoints)?;
        if let (Some(lock), Some(owner)) = (lock, &claimed.owner) {
            lock.set_last_owner(owner);
        }
        let mut decider = self.decider(&plan, &claimed.checkpoints, placing)?;
        let membership = self.membership(&plan, permit)?;
        let line = request.arguments();
        let Self {
            clusters,
            sources,
            deadline,
            ..
        } = self;
        let Clusters {
            mut source,
            mut target,
            ..
        } = clusters;
        let read = options_of_reading(context, request, &plan, isolation, decider.is_paced());
        let mut opener = opener(context, request, source.as_mut(), &sources, read)?;
        let begun = Instant::now();
        let mut watch = ReplayWatch::new(&context.ui);
        let transfer = Transfer::new(TransferParts {
            plan: &plan,
            decide: &mut decider,
            delivery,
            cluster: &mut target,
            store: &mut *store,
            claimed,
            membership,
            watch: &mut watch,
            cancel: context.cancel.clone(),
            permit,
            stall: request.options.stall_timeout(),
            suspension: deadline.suspension(),
            timing: Timing::default(),
            now: context.now,
        });
        let (ended, outcome) = transfer.run(&mut *opener);
        watch.bar.finish();
        let end = End {
            plan: &plan,
            outcome: &outcome,
            decider: &decider,
            elapsed: begun.elapsed(),
            exactly_once: request.options.exactly_once,
            line: &line,
        };
        let exit = show::report(context, request, &end, ended);
        deadline.set_last_words(LastWords::Nothing);
        exit
    }

    /// The checkpoints, and whether there were none before: then the first one is stored.
    fn checkpoints(
        &mut self,
        plan: &mut Plan,
        store: &mut dyn CheckpointStore<Client>,
        delivery: &mut dyn Delivery,
    ) -> Result<(Checkpoints, bool), Failure> {
        let cancel = &self.context.cancel;
        let is_shared = self.request.options.share;
        let target = &mut self.clusters.target;
        let mut checkpoints = store.read(target, cancel)?;
        let is_first = checkpoints.is_empty();
        if is_first {
            // A run that was killed before this has written nothing.
            if plan.kept {
                return Err(lost_progress(&plan.id));
            }
            store_first_checkpoint(plan, target, store, delivery, is_shared)?;
            checkpoints = store.read(target, cancel)?;
        } else if let Some(other) = checkpoints
            .values()
            .find(|one| one.metadata.replay != plan.hash)
        {
            return Err(another(&plan.id, &other.metadata.replay, &plan.hash));
        }
        let is_others = !is_first && !plan.kept;
        if (is_shared || is_others)
            && let Some(agreed) = plan.clone().with_checkpoints(&checkpoints)
        {
            // Several may have planned at once: the checkpoints are what they agree on.
            *plan = agreed;
            topic_ids::expect(&plan.ids, &mut self.clusters);
        }
        if !plan.kept && plan.checkpoint_location != CheckpointLocation::Nowhere {
            plan.kept = true;
            self.save(plan)?;
        }
        Ok((checkpoints, is_first))
    }

    /// What the producer is to be.
    fn producer_options(&mut self, plan: &Plan) -> Result<ProducerOptions, Failure> {
        let how = &self.request.options;
        let mut topics: Vec<String> = (plan.targets().iter())
            .map(|(name, _)| name.to_string())
            .collect();
        if plan.checkpoint_location == CheckpointLocation::Topic {
            topics.push(REPLAY_TOPIC.to_owned());
        }
        let transactional = how.exactly_once.then(|| {
            let group = plan.group();
            let id = if how.share {
                format!("{group}.{}", own_name(self.context))
            } else {
                group
            };
            let answer = how.stall_timeout();
            Transactional { id, answer }
        });
        let partitions: i32 = plan.targets().iter().map(|(_, count)| *count).sum();
        Ok(ProducerOptions {
            topics,
            durability: Durability::Idempotent,
            spread: usize::try_from(partitions).unwrap_or(1),
            connections: 1,
            compression: None,
            max_message_bytes: size_limit(&mut self.clusters.target, plan)?,
            transactional,
        })
    }

    /// Where the checkpoints are stored.
    fn store(
        &mut self,
        plan: &Plan,
        permit: Permit,
    ) -> Result<Box<dyn CheckpointStore<Client>>, Failure> {
        let (target, cancel) = (&mut self.clusters.target, &self.context.cancel);
        Ok(match plan.checkpoint_location {
            CheckpointLocation::Nowhere => Box::new(NoCheckpoints),
            CheckpointLocation::Topic => {
                let index = plan.targets().len();
                Box::new(CompactedTopic::new(plan.id.clone(), index, permit))
            }
            CheckpointLocation::Group => {
                match GroupOffsets::find(target, plan.group(), cancel, permit)? {
                    Some(offsets) => Box::new(offsets),
                    None => return Err(stopped(self.context)),
                }
            }
        })
    }

    fn decider(
        &self,
        plan: &Plan,
        checkpoints: &Checkpoints,
        placing: Placing,
    ) -> Result<Decider, Failure> {
        let rules = planning::rules(self.context, self.request)?;
        let cluster = plan.source_cluster.as_deref().unwrap_or("-");
        let changes = Changes {
            marker: Rules::marker(&self.request.spec, &plan.id, cluster)?,
            stamping: Stamping::new(rules.timestamps, plan.base_ms, plan.begun),
            placing,
        };
        Ok(Decider::new(plan, checkpoints, rules, changes))
    }

    fn membership(&self, plan: &Plan, permit: Permit) -> Result<Option<Membership>, Failure> {
        let source = self.clusters.source.as_ref();
        let Some(source) = source.filter(|_| self.request.options.share) else {
            return Ok(None);
        };
        Ok(Some(Membership::join(source.settings(), plan, permit)?))
    }
}

fn opener<'o>(
    context: &Context,
    request: &ReplayRequest,
    source: Option<&'o mut Client>,
    sources: &'o Sources,
    options: ReadOptions,
) -> Result<Box<dyn OpenSource + 'o>, Failure> {
    Ok(match (source, sources) {
        (Some(client), _) => Box::new(Topics {
            client,
            options,
            is_shared: request.options.share,
        }),
        (None, Sources::Files(first, others)) => Box::new(Files {
            first,
            others,
            truncated: truncated(&request.options),
            selection: select_args(&request.spec.selection).selection(context.now, None)?,
        }),
        (None, Sources::Topics(_)) => return Err(Failure::usage("no source is named")),
    })
}

/// How topics are read.
fn options_of_reading(
    context: &Context,
    request: &ReplayRequest,
    plan: &Plan,
    isolation: Isolation,
    paced: bool,
) -> ReadOptions {
    let future = context.now.saturating_add(AHEAD_MS);
    let by_record = request.spec.by_time() == "record";
    ReadOptions {
        isolation,
        order: if paced {
            ReadOrder::Time
        } else {
            ReadOrder::Arrival
        },
        from_ms: plan.from_ms.filter(|_| by_record),
        to_ms: Some(
            plan.to_ms
                .filter(|_| by_record)
                .map_or(future, |to| to.min(future)),
        ),
        stall_timeout: request.options.stall_timeout(),
    }
}

/// Tells the processes that share a replay apart.
fn own_name(context: &Context) -> String {
    format!("{:x}-{:x}", std::process::id(), context.now)
}

/// Shows how far a replay has come.
struct ReplayWatch<'u> {
    ui: &'u Ui,
    bar: Bar,
}

impl<'u> ReplayWatch<'u> {
    fn new(ui: &'u Ui) -> Self {
        let bar = Bar::new(ui, "replaying");
        Self { ui, bar }
    }
}

impl Watch for ReplayWatch<'_> {
    fn progress(&mut self, progress: Progress) {
        self.bar.progress(progress);
    }
}

impl TransferWatch for ReplayWatch<'_> {
    fn recovering(&mut self, fault: &Fault) {
        let note = format_args!("{fault}; going on from what was committed");
        self.ui.note(note);
    }

    fn redacted(&mut self, paths: &[String]) {
        let warning = cmd::read::redacted("stdin", paths);
        warning.iter().for_each(|text| self.ui.warn(text));
    }
}
