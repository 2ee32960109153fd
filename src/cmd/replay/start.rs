//! From what was typed to records that are written: plan, permit, run, report.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    args::{select_args, truncated},
    clusters::Clusters,
    conflict::{another, lost_progress, other_safety},
    draw::{self, Drawn},
    farewell::Farewell,
    feed::Origin,
    forward::{Forward, Parts},
    hanging::{TAKE_OVER, take_over},
    inventory::Inventory,
    keeper::{self, PROGRESS_TOPIC},
    look,
    member::{self, Member},
    ownership::{Claim, Claimed, claimed},
    preflight,
    recover::Troubles,
    resume,
    rules::Rules,
    run::{self, Run},
    show::{self, End},
    stopped, topic_ids,
};
use crate::{
    cmd::{cluster, read::Sources},
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        wire::{Client, ReadOptions, ReadOrder},
        write::{Durability, Producer, ProducerOptions, Transactional},
    },
    pipeline::Permit,
    replay::{
        AHEAD_MS, Checkpoint, CheckpointLocation, Checkpoints, PartitionRange, Placing, Plan,
        ReplayRequest, Schedule, Stamping, TopicIds, checkpoint_group, is_valid_id, new_id,
    },
    transfer::{Lock, StateFile},
    ui::Bar,
};

const PAUSE: Duration = Duration::from_millis(50);

/// Plans, asks, replays, reports.
///
/// # Errors
/// See [`super::run`].
pub(super) fn run(context: &Context, mut request: ReplayRequest) -> Result<Exit, Failure> {
    show::format(context)?;
    let sources = Sources::parse(&request.spec.sources)?;
    Rules::parse(context, &request)?;
    let farewell = Farewell::watch(context);
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
        farewell,
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
    let coordinator = if location == CheckpointLocation::Group {
        let group = checkpoint_group(id);
        let groups = clusters.target.list_groups()?;
        let found = groups
            .items
            .into_iter()
            .find(|listed| *listed.name == *group);
        found.map(|group| group.coordinator)
    } else {
        None
    };
    let target = &mut clusters.target;
    let progress = keeper::read(target, location, id, coordinator, &context.cancel)?;
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
            let selection = select_args(&request.spec.selection).selection(context.now, None)?;
            let files = (first.as_path(), others.as_slice());
            let truncated = truncated(&request.options);
            let found = Inventory::take(context, files, truncated, &selection)?;
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
        routes: draw::routes(&mut clusters.target, request, &topics)?,
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
    farewell: Farewell,
}

impl Work<'_> {
    /// Begins a replay.
    fn begin(mut self, id: &str, hash: &str) -> Result<Exit, Failure> {
        let context = self.context;
        let drawn = draw::draw(
            context,
            self.request,
            &mut self.clusters,
            &self.sources,
            (id, hash),
        )?;
        if context.cancel.is_raised() {
            return Err(stopped(context));
        }
        let rules = Rules::parse(context, self.request)?;
        show::plan(context, &drawn, self.request, &rules.pace)?;
        let empty = drawn
            .looks
            .values()
            .all(|looked| looked.estimate.records == 0);
        if empty && let Some(client) = &mut self.clusters.source {
            show::empty(context, &drawn, &look::why_empty(client, &drawn.plan));
        }
        for warning in &drawn.verdict.warnings {
            context.ui.warn(warning);
        }
        if !drawn.verdict.refusals.is_empty() {
            return Err(show::refused(&drawn.verdict.refusals));
        }
        if context.global.dry_run {
            context.ui.note("dry run: nothing was written");
            return Ok(Exit::Ok);
        }
        let Drawn {
            mut plan,
            placing,
            isolation,
            ..
        } = drawn;
        if plan.checkpoint_location == CheckpointLocation::Nowhere {
            let what = "standard input is read once: this replay cannot be gone on with";
            context.ui.note(what);
        }
        let permit = self.ask(&plan, "replay")?;
        // The question may have stood for a while.
        topic_ids::compare(&mut self.clusters, &plan.routes).map_err(cluster::before_writing)?;
        plan.before = keeper::each_end(&mut self.clusters.target, &plan.targets())?;
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
        let rules = Rules::parse(context, self.request)?;
        show::known(context, &plan);
        let placing = match rules.placing {
            Some(placing) => placing,
            None => draw::usual_again(
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
            member::refuse_shared(source, plan)?;
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
        let transactional = request.options.exactly_once;
        if plan.checkpoint_location != CheckpointLocation::Nowhere {
            self.farewell.resumes_by(show::command(&plan));
        }
        let remake = self.producer_options(&plan)?;
        let mut producer = self.producer(&plan, &remake, permit)?;
        let coordinator = self.coordinator(&plan, permit)?;
        let (progress, is_first) = self.progress(&mut plan, &mut producer, coordinator, permit)?;
        if run::is_done(&plan, &progress) && !is_new {
            return show::done_before(context, &plan, &progress);
        }
        let claim = Claim {
            context,
            client: &mut self.clusters.target,
            producer: &mut producer,
            plan: &plan,
            coordinator,
            permit,
            lock,
        };
        let is_first = is_first || (is_new && request.options.share);
        let Claimed {
            owner,
            progress,
            duplicates,
        } = claimed(claim, &request.options, progress, is_first)?;
        let forward = self.forward(&plan, placing, producer, &progress)?;
        let member = self.member(&plan, permit)?;
        let line = self.request.arguments();
        let Self {
            clusters,
            sources,
            farewell,
            ..
        } = self;
        let Clusters {
            mut source,
            mut target,
            ..
        } = clusters;
        let begun = Instant::now();
        let mut run = Run {
            context,
            plan: &plan,
            safe: forward.tally.clone(),
            forward,
            asking: &mut target,
            coordinator,
            transactional,
            permit,
            progress,
            kept_at: begun,
            troubles: Troubles::default(),
            committing: None,
            suspension: farewell.suspension(),
            options: remake,
            looked_at: None,
            torn: false,
            stall: request.options.stall_timeout(),
            member,
            ours: Vec::new(),
            gaps: Vec::new(),
            lowest: BTreeMap::new(),
            behind: 0,
            leaving: Vec::new(),
            owner,
            tail: keeper::Tail::default(),
            is_replaced: false,
            ends_here: false,
            duplicates,
            bar: Bar::new(&context.ui, "replaying"),
        };
        let read = options(context, request, &plan, isolation, run.forward.is_paced());
        let mut origin = origin(context, request, source.as_mut(), &sources, read)?;
        let ended = run.go(&mut origin);
        run.bar.finish();
        if let Some(member) = run.member.take() {
            member.group.close(TAKE_OVER);
        }
        let end = End {
            plan: &plan,
            tally: &run.safe,
            forward: &run.forward,
            progress: &run.progress,
            gaps: &run.gaps,
            behind: run.behind,
            is_replaced: run.is_replaced,
            doubled: run.duplicates.count(),
            elapsed: begun.elapsed(),
            exactly_once: transactional,
            line: &line,
        };
        let outcome = show::report(context, request, &end, ended);
        farewell.is_said();
        outcome
    }

    /// How far it has come; where it begins is kept first, when it has not begun, and whether that
    /// was so.
    fn progress(
        &mut self,
        plan: &mut Plan,
        producer: &mut Producer,
        coordinator: Option<i32>,
        permit: Permit,
    ) -> Result<(Checkpoints, bool), Failure> {
        let target = &mut self.clusters.target;
        let location = plan.checkpoint_location;
        let mut progress = keeper::read(
            target,
            location,
            &plan.id,
            coordinator,
            &self.context.cancel,
        )?;
        let is_first = progress.is_empty();
        if is_first {
            // One that was killed before this has written nothing.
            if plan.kept {
                return Err(lost_progress(&plan.id));
            }
            self.keep_beginning(producer, plan, coordinator, permit)?;
            let target = &mut self.clusters.target;
            progress = keeper::read(
                target,
                location,
                &plan.id,
                coordinator,
                &self.context.cancel,
            )?;
        } else if let Some(other) = progress
            .values()
            .find(|one| one.metadata.replay != plan.hash)
        {
            return Err(another(&plan.id, &other.metadata.replay, &plan.hash));
        }
        let is_others = !is_first && !plan.kept;
        if (self.request.options.share || is_others)
            && let Some(agreed) = plan.clone().with_checkpoints(&progress)
        {
            // Several may have planned at once: what is kept is what they agree on.
            *plan = agreed;
            topic_ids::expect(&plan.ids, &mut self.clusters);
        }
        if !plan.kept && location != CheckpointLocation::Nowhere {
            plan.kept = true;
            self.save(plan)?;
        }
        Ok((progress, is_first))
    }

    fn producer(
        &mut self,
        plan: &Plan,
        options: &ProducerOptions,
        permit: Permit,
    ) -> Result<Producer, Failure> {
        let target = &mut self.clusters.target;
        let mut producer = Producer::new(target.settings(), options, permit)?;
        if let Some(Transactional { id, .. }) = &options.transactional {
            take_over(&mut producer, id, target, plan, permit)?;
        }
        Ok(producer)
    }

    /// What the producer is to be.
    fn producer_options(&mut self, plan: &Plan) -> Result<ProducerOptions, Failure> {
        let how = &self.request.options;
        let mut topics: Vec<String> = (plan.targets().iter())
            .map(|(name, _)| name.to_string())
            .collect();
        if plan.checkpoint_location == CheckpointLocation::Topic {
            topics.push(PROGRESS_TOPIC.to_owned());
        }
        let transactional = how.exactly_once.then(|| {
            let group = plan.group();
            let id = if how.share {
                format!("{group}.{}", own_name(self.context))
            } else {
                group
            };
            let answer = self.request.options.stall_timeout();
            Transactional { id, answer }
        });
        let partitions: i32 = plan.targets().iter().map(|(_, count)| *count).sum();
        Ok(ProducerOptions {
            topics,
            durability: Durability::Idempotent,
            spread: usize::try_from(partitions).unwrap_or(1),
            connections: 1,
            compression: None,
            max_message_bytes: preflight::size_limit(&mut self.clusters.target, plan)?,
            transactional,
        })
    }

    fn coordinator(&mut self, plan: &Plan, permit: Permit) -> Result<Option<i32>, Failure> {
        if plan.checkpoint_location != CheckpointLocation::Group {
            return Ok(None);
        }
        let group = plan.group();
        let target = &mut self.clusters.target;
        target.refresh_brokers()?;
        let deadline = Instant::now() + TAKE_OVER;
        loop {
            // Kafka's topic of offsets may have been made for this very question.
            match target.find_coordinator(&group, permit) {
                Ok(coordinator) => return Ok(Some(coordinator)),
                Err(error) if !error.cause.is_retriable() || Instant::now() > deadline => {
                    return Err(error.into());
                }
                Err(_) if !self.context.cancel.sleep(PAUSE) => return Err(stopped(self.context)),
                Err(_) => {}
            }
        }
    }

    /// Keeps where each range begins, so that the replay can be gone on with from anywhere.
    fn keep_beginning(
        &mut self,
        producer: &mut Producer,
        plan: &Plan,
        coordinator: Option<i32>,
        permit: Permit,
    ) -> Result<(), Failure> {
        let target = &mut self.clusters.target;
        let transactional = self.request.options.exactly_once;
        let ends = if transactional || plan.checkpoint_location == CheckpointLocation::Nowhere {
            None
        } else {
            Some(keeper::ends(target, &plan.targets())?)
        };
        let beginning: Checkpoints = (plan.ranges.iter())
            .map(|range| {
                let metadata = plan.checkpoint_metadata(range, 0, ends);
                (
                    range.at(),
                    Checkpoint {
                        next: range.start,
                        metadata,
                    },
                )
            })
            .collect();
        match (plan.checkpoint_location, coordinator) {
            (CheckpointLocation::Group, Some(coordinator)) => {
                let kept = keeper::commit(target, plan, coordinator, &beginning, permit);
                // With --share another may have begun meanwhile, and is in the group.
                kept.or_else(|unkept| {
                    if self.request.options.share {
                        Ok(())
                    } else {
                        Err(unkept.into())
                    }
                })
            }
            (CheckpointLocation::Topic, _) => {
                keeper::make_topic(target, permit)?;
                keeper::write(producer, plan, &beginning, transactional)
            }
            _ => Ok(()),
        }
    }

    fn forward(
        &self,
        plan: &Plan,
        placing: Placing,
        producer: Producer,
        progress: &Checkpoints,
    ) -> Result<Forward, Failure> {
        let rules = Rules::parse(self.context, self.request)?;
        let cluster = plan.source_cluster.as_deref().unwrap_or("-");
        let marker = Rules::marker(self.request, &plan.id, cluster)?;
        let paced = !rules.pace.is_unbounded();
        let schedule = paced.then(|| Schedule::new(rules.pace));
        let stamping = Stamping::new(rules.timestamps, plan.base_ms, plan.begun);
        let mut forward = Forward::new(
            plan,
            Parts {
                rules,
                marker,
                stamping,
                placing,
                producer,
                schedule,
                begun: Instant::now(),
                transactional: self.request.options.exactly_once,
                cancel: self.context.cancel.clone(),
                stall: self.request.options.stall_timeout(),
                suspension: self.farewell.suspension(),
                now: self.context.now,
            },
        );
        let next = |range: &PartitionRange| {
            progress
                .get(&range.at())
                .map_or(range.start, |one| one.next)
        };
        let sent = progress.values().map(|one| one.metadata.sent).sum();
        forward.begin_at(plan.ranges.iter().map(next).collect(), sent);
        Ok(forward)
    }

    fn member(&self, plan: &Plan, permit: Permit) -> Result<Option<Member>, Failure> {
        let Some(source) = self
            .clusters
            .source
            .as_ref()
            .filter(|_| self.request.options.share)
        else {
            return Ok(None);
        };
        let topics = run::sources(plan);
        Ok(Some(Member::join(
            source.settings(),
            &plan.group(),
            &topics,
            permit,
        )?))
    }
}

fn origin<'o>(
    context: &Context,
    request: &ReplayRequest,
    source: Option<&'o mut Client>,
    sources: &'o Sources,
    options: ReadOptions,
) -> Result<Origin<'o>, Failure> {
    Ok(match (source, sources) {
        (Some(client), _) => Origin::Topics {
            client,
            options,
            share: request.options.share,
        },
        (None, Sources::Files(first, others)) => Origin::Files {
            first,
            others,
            truncated: truncated(&request.options),
            range: select_args(&request.spec.selection).selection(context.now, None)?,
        },
        (None, Sources::Topics(_)) => return Err(Failure::usage("no source is named")),
    })
}

/// How topics are read.
fn options(
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
