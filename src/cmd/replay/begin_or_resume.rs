//! From what was typed to records that are written: plan, permit, run, report.

use std::time::Instant;

use super::{
    args::{select_args, truncated},
    clusters::Clusters,
    other_machine, planning,
    report::{self, End},
    resume, stopped, topic_ids,
    watch::ReplayWatch,
};
use crate::{
    cmd::{cluster, read::Sources},
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        wire::{Client, ReadOptions, ReadOrder},
        write::Transactional,
    },
    output::replay::{ReplayPlan, ReplayResult, empty_window},
    pipeline::Permit,
    replay::{
        AHEAD_MS, Changes, CheckpointLocation, Checkpoints, Decider, Placing, Plan, ReplayRequest,
        Rules, Stamping, is_valid_id, new_id,
    },
    transfer::{
        CheckpointStore, Claim, Delivery, Files, KafkaDelivery, LastWords, Lock, Membership,
        OpenSource, PlannedReplay, ShutdownDeadline, StateFile, Timing, Topics, Transfer,
        TransferParts, end_offsets, find_checkpoint_store, producer_options, refuse_shared,
        size_limit, store_first_checkpoint, take_over, this_run, topic_spans,
    },
};

/// Plans, asks, replays, reports.
///
/// # Errors
/// See [`super::run`].
pub(super) fn run(context: &Context, mut request: ReplayRequest) -> Result<Exit, Failure> {
    report::format(context)?;
    let sources = Sources::parse(&request.spec.sources)?;
    planning::rules(context, &request)?;
    let deadline = report::shutdown_deadline(context);
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
        return Err(Failure::another_replay(&id, &saved.plan.hash, &hash));
    }
    if let Some(saved) = &saved
        && saved.request.options.exactly_once != request.options.exactly_once
    {
        return Err(
            Failure::other_guarantee(&id, saved.request.options.exactly_once).hint(format!(
                "{} keeps what was typed",
                report::command(&saved.plan)
            )),
        );
    }
    let known = match &saved {
        Some(saved) => Some(saved.plan.clone()),
        // What came over standard input is read once.
        None if request.options.id.is_some() && !sources.reads_stdin() => {
            other_machine::plan(context, request, &mut clusters, &sources, (&id, &hash))?
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
        let shown = ReplayPlan {
            planned: &planned,
            request: self.request,
            pace: &rules.pace,
        };
        report::plan(context, &shown)?;
        let empty = planned
            .samples
            .values()
            .all(|sample| sample.estimate.records == 0);
        if empty && let Some(client) = &mut self.clusters.source {
            let spans = topic_spans(client, &planned.plan);
            context.ui.note(empty_window(&planned, &spans));
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
            let what = "standard input is read once: this replay cannot be resumed";
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
        report::known(context, &plan);
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
        let permit = self.ask(&plan, "resume replay")?;
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
            let resume = LastWords::Resume(report::command(&plan));
            self.deadline.set_last_words(resume);
        }
        let mut delivery = self.delivery(&plan, permit)?;
        let target = &mut self.clusters.target;
        let store = find_checkpoint_store(target, &plan, &context.cancel, permit)?;
        let mut store = store.ok_or_else(|| stopped(context))?;
        let (checkpoints, is_first) = self.checkpoints(&mut plan, &mut *store, &mut *delivery)?;
        if plan.is_done(&checkpoints) && !is_new {
            return report::done_before(context, &plan, &checkpoints);
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
        watch.finish();
        let delay = decider.delay();
        let end = End {
            result: ReplayResult {
                plan: &plan,
                options: &request.options,
                outcome: &outcome,
                dedupe: decider.dedupe_counts(),
                last_delay: delay.last,
                most_delay: delay.most,
                elapsed: begun.elapsed(),
            },
            decider: &decider,
            line: &line,
        };
        let exit = report::report(context, &end, ended);
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
                return Err(Failure::expired_checkpoints(&plan.id));
            }
            store_first_checkpoint(plan, target, store, delivery, is_shared)?;
            checkpoints = store.read(target, cancel)?;
        } else if let Some(other) = checkpoints
            .values()
            .find(|one| one.metadata.replay != plan.hash)
        {
            return Err(Failure::another_replay(
                &plan.id,
                &other.metadata.replay,
                &plan.hash,
            ));
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

    /// Takes over what an earlier run has written to.
    fn delivery(&mut self, plan: &Plan, permit: Permit) -> Result<Box<KafkaDelivery>, Failure> {
        let how = &self.request.options;
        let transactional = how.exactly_once.then(|| Transactional {
            id: match how.share {
                true => format!("{}.{}", plan.group(), own_name(self.context)),
                false => plan.group(),
            },
            answer: how.stall_timeout(),
        });
        let target = &mut self.clusters.target;
        let options = producer_options(plan, transactional, size_limit(target, plan)?);
        let delivery = KafkaDelivery::new(target.settings(), options, permit)?;
        let mut delivery = Box::new(delivery);
        take_over(&mut *delivery, target, plan, permit)?;
        Ok(delivery)
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
