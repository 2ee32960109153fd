//! Plans a replay: which offsets are read, what they amount to, and what stands against it.

use std::sync::Arc;

use super::{
    preflight::{live_readers, target_facts},
    sampler::{Sampler, sample_all, sample_some},
    time_lookup::{cut_ends, expired_records, newest_records},
};
use crate::{
    event::{TimestampType, TopicPartition},
    files::capture::CaptureReader,
    kafka::{
        Isolation,
        wire::{Client, ReadOptions, ReadOrder, cause::WireError},
    },
    pipeline::{Cancel, Ended, Fault, FileSelection, Source, Watch, drive},
    replay::{
        MarkError, OptionTrial, Placing, Plan, PreflightFacts, Reach, ReplayRequest, Rules,
        SampleCollector, Samples, SamplingRules, Stamping, TargetFacts, Timestamps, Verdict,
        live_readers_warnings, preflight, widest,
    },
    select::FileRange,
};

/// A plan with everything that is known about it.
pub struct PlannedReplay {
    /// What is read and written.
    pub plan: Plan,
    /// What the records are like.
    pub samples: Samples,
    /// Whether every record was read for that.
    pub exact: bool,
    /// How far behind the window each topic is read.
    pub reaches: Vec<(Arc<str>, Reach)>,
    /// What stands against the replay.
    pub verdict: Verdict,
    /// Where partitions go.
    pub placing: Placing,
    /// Which records of transactions are read.
    pub isolation: Isolation,
}

/// What is known of the source.
pub struct SampledSource {
    /// What the records are like.
    pub samples: Samples,
    /// Whether every record was read for that.
    pub exact: bool,
    /// How far behind the window each topic is read; empty for files.
    pub reaches: Vec<(Arc<str>, Reach)>,
    /// Which records of transactions are read.
    pub isolation: Isolation,
    /// Where partitions go unless the request says so.
    pub default_placing: Placing,
    /// The topics that are written to.
    pub targets: Vec<TargetFacts>,
}

/// What files hold.
pub struct SampledFiles {
    /// What the records are like; one entry, for all files.
    pub samples: Samples,
    /// The topics of the records, each with as many partitions as have to be there.
    pub topics: Vec<(Arc<str>, i32)>,
    /// Records of the files, selected or not.
    pub records: i64,
}

/// How the topics of a source are configured.
struct SourceTopics {
    reaches: Vec<(Arc<str>, Reach)>,
    /// The largest batch that any of them may hold.
    largest: u64,
    /// Whether all are compacted.
    compacted: bool,
}

/// Plans one replay.
pub struct Planner<'p> {
    /// What was asked for.
    pub request: &'p ReplayRequest,
    /// The same, understood.
    pub rules: Rules,
    /// Options that are tried on records.
    pub trial: OptionTrial,
    /// The plan, as far as it is known.
    pub plan: Plan,
    /// Milliseconds since 1970.
    pub now: i64,
    /// Ends the reading of samples.
    pub cancel: &'p Cancel,
}

impl<'p> Planner<'p> {
    /// For a plan without routes and ranges.
    ///
    /// # Errors
    /// A header that cannot be set.
    pub fn new(
        request: &'p ReplayRequest,
        mut rules: Rules,
        plan: Plan,
        now: i64,
        cancel: &'p Cancel,
    ) -> Result<Self, MarkError> {
        let marker = marker(request, &plan)?;
        Ok(Self {
            request,
            trial: OptionTrial::of(&mut rules, marker),
            rules,
            plan,
            now,
            cancel,
        })
    }

    /// The files are of the cluster called `cluster`; `None` when they name none.
    ///
    /// # Errors
    /// A header that cannot be set.
    pub fn set_source_cluster(&mut self, cluster: Option<String>) -> Result<(), MarkError> {
        self.plan.source_cluster = cluster;
        self.trial.mark_with(marker(self.request, &self.plan)?);
        Ok(())
    }

    fn sampling(&mut self) -> (&mut Plan, SamplingRules<'_>) {
        let rules = SamplingRules {
            window: self.plan.window(),
            event_time: &mut self.rules.event_time,
            filter: &mut self.rules.filter,
            trial: &mut self.trial,
            now: self.now,
        };
        (&mut self.plan, rules)
    }

    /// Cuts the plan's ranges at the end of the window, and samples what is left. `partitions` are
    /// the numbers of partitions of the source topics.
    ///
    /// # Errors
    /// What broke the reading; a cluster that cannot be asked.
    pub fn sample_topics(
        &mut self,
        (source, target): (&mut Client, &mut Client),
        partitions: &[i32],
        isolation: Isolation,
        watch: &mut dyn Watch,
    ) -> Result<SampledSource, Fault> {
        let (cancel, now) = (self.cancel, self.now);
        let exact = self.request.options.exact;
        let options = ReadOptions {
            isolation,
            order: ReadOrder::Arrival,
            from_ms: None,
            to_ms: None,
            stall_timeout: self.request.options.stall_timeout(),
        };
        let topics = self.source_topics(source)?;
        let (plan, mut rules) = self.sampling();
        if let Some(to) = plan.to_ms {
            let ranges = &mut plan.ranges;
            cut_ends(
                source,
                ranges,
                &topics.reaches,
                to,
                &options,
                &mut rules,
                cancel,
            )?;
        }
        let targets = target_facts(target, &target_names(plan))?;
        // Whether a record would be refused is only known for certain when each was read.
        let risky = targets.iter().any(|target| {
            (target.is_compacted() && !topics.compacted)
                || target
                    .max_message_bytes()
                    .is_some_and(|limit| limit < topics.largest)
        });
        let exact = exact || risky;
        let samples = if exact {
            let by_record = rules.event_time.is_records();
            let options = ReadOptions {
                from_ms: by_record.then_some(plan.from_ms).flatten(),
                ..options
            };
            sample_all(source, &plan.ranges, &options, &mut rules, watch, cancel)?
        } else {
            let mut samples = sample_some(source, &plan.ranges, &options, &mut rules, cancel)?;
            let ahead = targets.iter().filter_map(TargetFacts::ahead).min();
            if let Some(ahead) = ahead {
                let newest = newest_records(source, &plan.ranges, now.saturating_add(ahead));
                let found = sample_some(source, &newest, &options, &mut rules, cancel)?;
                for (at, seen) in found {
                    samples.entry(at).or_default().see_newest(&seen);
                }
            }
            samples
        };
        Ok(SampledSource {
            samples,
            exact,
            reaches: topics.reaches,
            isolation,
            default_placing: Placing::default_of_topics(partitions, &self.plan.routes),
            targets,
        })
    }

    fn source_topics(&self, client: &mut Client) -> Result<SourceTopics, WireError> {
        const KEYS: [&str; 3] = [
            "message.timestamp.type",
            "max.message.bytes",
            "cleanup.policy",
        ];
        let mut topics = SourceTopics {
            reaches: Vec::new(),
            largest: 0,
            compacted: true,
        };
        for route in &self.plan.routes {
            let config = client.topic_config(&route.source, &KEYS)?;
            let config = config.unwrap_or_default();
            let value = |key: &str| config.get(key).map(String::as_str);
            let by = match value("message.timestamp.type") {
                Some("LogAppendTime") => TimestampType::LogAppend,
                _ => TimestampType::Create,
            };
            let reach = self.rules.lateness.reach(by);
            topics.reaches.push((route.source.clone(), reach));
            let limit = value("max.message.bytes").and_then(|bytes| bytes.parse().ok());
            topics.largest = topics.largest.max(limit.unwrap_or(u64::MAX));
            topics.compacted &= value("cleanup.policy") == Some("compact");
        }
        Ok(topics)
    }

    /// Reads files to their end; `None` when the planner is cancelled before. `name` stands for all
    /// of them.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn sample_files(
        &mut self,
        reader: &mut CaptureReader,
        range: FileRange,
        name: &Arc<str>,
        watch: &mut dyn Watch,
    ) -> Result<Option<SampledFiles>, Fault> {
        let cancel = self.cancel;
        let (_, mut rules) = self.sampling();
        let mut sampler = Sampler(SampleCollector::new(&mut rules, false));
        let mut selected = FileSelection::of(range, &mut sampler);
        if drive(reader, &mut selected, watch, cancel)? == Ended::Cancelled {
            return Ok(None);
        }
        let records = i64::try_from(reader.progress().records).unwrap_or(i64::MAX);
        let collector = sampler.0;
        let mut all = collector.together();
        all.estimate.offsets = records.unsigned_abs();
        all.estimate.looked_at = records.unsigned_abs();
        Ok(Some(SampledFiles {
            samples: Samples::from([(TopicPartition::new(name.clone(), 0), all)]),
            topics: collector.topics().collect(),
            records,
        }))
    }

    /// Asks what the targets of files take.
    ///
    /// # Errors
    /// No broker answered.
    pub fn files(
        &self,
        target: &mut Client,
        samples: Samples,
        topics: &[(Arc<str>, i32)],
        exact: bool,
    ) -> Result<SampledSource, WireError> {
        Ok(SampledSource {
            samples,
            exact,
            reaches: Vec::new(),
            isolation: Isolation::Committed,
            default_placing: Placing::default_of_files(topics, &self.plan.routes),
            targets: target_facts(target, &target_names(&self.plan))?,
        })
    }

    /// Judges what was sampled. `source` is `None` for files; `same` says that both are one cluster.
    #[must_use]
    pub fn finish(
        mut self,
        source: Option<&mut Client>,
        target: &mut Client,
        same: bool,
        sampled: SampledSource,
    ) -> PlannedReplay {
        let SampledSource {
            samples,
            exact,
            reaches,
            isolation,
            default_placing,
            targets,
        } = sampled;
        let stamps = (samples.values()).fold(None, |all, sample| widest(all, sample.stamps));
        self.plan.span = samples
            .values()
            .map(|sample| sample.estimate.earliest.zip(sample.estimate.latest))
            .fold(None, widest);
        self.plan.base_ms = (self.plan.from_ms)
            .or(stamps.map(|(oldest, _)| oldest))
            .unwrap_or(self.now);
        let placing = self.rules.placing.take().unwrap_or(default_placing);
        let expired = match (self.rules.timestamps, stamps, source) {
            (Timestamps::Original, Some((oldest, _)), Some(client)) => {
                expired_records(client, &self.plan, &targets, oldest, self.now)
            }
            _ => 0,
        };
        let mut verdict = preflight(&PreflightFacts {
            plan: &self.plan,
            spec: &self.request.spec,
            targets: &targets,
            samples: &samples,
            placing: &placing,
            stamping: Stamping::new(self.rules.timestamps, self.plan.base_ms, self.plan.begun),
            same,
            expired,
            now: self.now,
        });
        (self.trial).judge(self.request, &self.rules, exact, &mut verdict);
        let readers = live_readers(target, &self.plan.targets());
        verdict.warnings.extend(live_readers_warnings(&readers));
        // Small partitions are read whole.
        let whole = !self.plan.files && samples.values().all(|sample| sample.estimate.is_exact());
        PlannedReplay {
            plan: self.plan,
            samples,
            exact: exact || whole,
            reaches,
            verdict,
            placing,
            isolation,
        }
    }
}

fn marker(request: &ReplayRequest, plan: &Plan) -> Result<crate::replay::Marker, MarkError> {
    let cluster = plan.source_cluster.as_deref().unwrap_or("-");
    Rules::marker(&request.spec, &plan.id, cluster)
}

fn target_names(plan: &Plan) -> Vec<Arc<str>> {
    plan.targets().into_iter().map(|(name, _)| name).collect()
}
