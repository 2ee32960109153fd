//! A replay as the arguments of `evctl replay` that make the same replay again.

use super::ReplayRequest;
use crate::{
    codec::shell::{self, CommandLine},
    select::duration_text,
};

impl ReplayRequest {
    /// What stands after `evctl replay`. Options at their defaults are left out.
    #[must_use]
    pub fn arguments(&self) -> String {
        let line = CommandLine::arguments();
        let line = self.spec.sources.iter().fold(line, CommandLine::operand);
        let words = self.words();
        words
            .iter()
            .fold(line, |line, word| line.and(word))
            .to_string()
    }

    fn words(&self) -> Vec<String> {
        let (spec, options) = (&self.spec, &self.options);
        let selection = &spec.selection;
        let isolation = selection.isolation.map(|level| level.name().to_owned());
        let limit = selection.limit.map(|limit| limit.to_string());
        let max_gap = options.max_gap.map(duration_text);
        let stall_timeout = options.stall_timeout.map(duration_text);
        let mut words = Words::default();
        words.value("--to-topic", spec.to_topic.as_ref());
        words.value("--to-profile", self.to_profile.as_ref());
        words.flag("--in-place", spec.in_place);
        words.value("--from", selection.from.as_ref());
        words.value("--to", selection.to.as_ref());
        words.value("--as-group", selection.as_group.as_ref());
        words.value("--last", selection.last.as_ref());
        words.value("--tz", selection.tz.as_ref());
        words.value("--partition", selection.partition.as_ref());
        words.value("--offsets", selection.offsets.as_ref());
        words.value("--key", selection.key.as_ref());
        words.flag("--key-partition", selection.key_partition);
        words.values("--header", &selection.header);
        words.value("--event-type", selection.event_type.as_ref());
        words.value("--grep", selection.grep.as_ref());
        words.value("--filter", selection.filter.as_ref());
        words.value("--isolation", isolation.as_ref());
        words.value("--limit", limit.as_ref());
        words.value("--late", spec.late.as_ref());
        words.value("--by-time", spec.by_time.as_ref());
        words.value("--timestamps", spec.timestamps.as_ref());
        words.value("--partitions", spec.partitions.as_ref());
        words.flag("--no-mark", spec.no_mark);
        words.values("--set-header", &spec.set_header);
        words.values("--drop-header", &spec.drop_header);
        words.values("--redact", &spec.redact);
        words.value("--transform", spec.transform.as_ref());
        words.value("--dedupe", spec.dedupe.as_ref());
        words.value("--speed", options.speed.as_ref());
        words.value("--rate", options.rate.as_ref());
        words.value("--max-gap", max_gap.as_ref());
        words.flag("--exactly-once", options.exactly_once);
        words.flag("--share", options.share);
        words.value("--id", options.id.as_ref());
        words.flag("--exact", options.exact);
        words.flag("--allow-unmatched-redact", options.allow_unmatched_redact);
        words.value("--stall-timeout", stall_timeout.as_ref());
        words.flag("--allow-truncated", options.allow_truncated);
        words.0
    }
}

/// Options of a command line, each with its value.
#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn flag(&mut self, name: &str, is_set: bool) {
        self.0.extend(is_set.then(|| name.to_owned()));
    }

    fn value(&mut self, name: &str, value: Option<&String>) {
        self.0.extend(value.map(|value| shell::option(name, value)));
    }

    fn values(&mut self, name: &str, values: &[String]) {
        let each = values.iter().map(|value| shell::option(name, value));
        self.0.extend(each);
    }
}
