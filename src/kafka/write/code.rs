//! Error codes of deliveries: Kafka's own, and librdkafka's negative ones.

use std::fmt;

use rdkafka::{bindings::rd_kafka_resp_err_t, types::RDKafkaErrorCode};

/// Why a record was not acknowledged: Kafka's `Errors` codes, or librdkafka's below 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub i32);

impl Code {
    /// The record is larger than the client was told to send.
    pub const TOO_LARGE: Self = Self(10);
    /// The topic does not take the record's timestamp.
    pub const BAD_TIME: Self = Self(32);
    /// The client's queue is full: poll, and try again.
    pub const QUEUE_FULL: Self = Self(-184);
    /// No answer came within `message.timeout.ms`, or no connection.
    pub const TIMED_OUT: Self = Self(-192);
    /// The group does not know the member.
    pub const UNKNOWN_MEMBER: Self = Self(25);
    /// A transaction of which records were not delivered.
    pub const INCONSISTENT: Self = Self(-149);
    /// Given up by us before it was sent.
    pub const GIVEN_UP: Self = Self(-152);
    /// Given up by us while an answer was outstanding.
    pub const GIVEN_UP_IN_FLIGHT: Self = Self(-151);

    /// Whether the cluster could not be reached, or did not let us in.
    #[must_use]
    pub fn is_access(self) -> bool {
        // Not authorised for topic, cluster, transactional id; SASL; librdkafka's transport,
        // resolve, all brokers down, TLS, authentication, timeouts, given up.
        matches!(
            self.0,
            29 | 31 | 53 | 58 | -195 | -193 | -192 | -187 | -185 | -181 | -169 | -152 | -151
        )
    }

    /// Whether an ACL is missing: for a topic, a group, the cluster, a transactional id.
    #[must_use]
    pub fn is_forbidden(self) -> bool {
        matches!(self.0, 29 | 30 | 31 | 53)
    }

    /// Whether nobody answered in time, or the answer was to ask again.
    #[must_use]
    pub fn is_silence(self) -> bool {
        // Leader not available or moved, request timed out, broker gone, network, coordinator
        // loading, gone or moved; librdkafka's transport, timeouts, all brokers down, given up,
        // refused with others.
        matches!(
            self.0,
            5 | 6
                | 7
                | 8
                | 13
                | 14
                | 15
                | 16
                | -195
                | -192
                | -187
                | -185
                | -152
                | -151
                | -149
                | -138
        )
    }

    /// Whether the record itself is refused, so that the same producer may write others.
    #[must_use]
    pub fn blames_record(self) -> bool {
        // Corrupt (also a compacted topic's word for no key, before Kafka 2.4), too large, a batch
        // too large, timestamp, policy, invalid record.
        matches!(self.0, 2 | 10 | 18 | 32 | 44 | 87)
    }

    /// Whether the state of an idempotent or transactional producer stands in the way, whatever the
    /// record: its transaction was aborted, it was fenced, or its place in the sequence is lost. A
    /// new producer can go on from what was committed.
    #[must_use]
    pub fn is_producer_state(self) -> bool {
        // Sequence out of order or doubled, invalid epoch, transaction's state, mapping of the
        // producer's id, concurrent transactions, coordinator fenced, producer unknown or fenced,
        // abortable; librdkafka's erroneous state, fatal, inconsistent, gap, fenced.
        matches!(
            self.0,
            45 | 46 | 47 | 48 | 49 | 51 | 52 | 59 | 90 | 120 | -172 | -150 | -149 | -148 | -144
        )
    }

    /// Whether another producer has the transactional id now.
    #[must_use]
    pub fn is_fenced(self) -> bool {
        matches!(self.0, 47 | 90 | -144)
    }

    /// Whether the record is certainly not written, when librdkafka says so. By default librdkafka
    /// counts a record with any local error as not written, also when it has read an answer that it
    /// does not understand, which the broker sent after it had appended the batch.
    #[must_use]
    pub fn proves_absence(self) -> bool {
        let known = rd_kafka_resp_err_t::try_from(self.0).is_ok();
        // librdkafka's transport, no such partition, no such topic, timeout, queue full, timed out in
        // the queue, given up before it was sent, refused with others, and the states of an
        // idempotent producer: it looks itself whether the batch had been sent.
        let looked_up = matches!(
            self.0,
            -195 | -192 | -190 | -188 | -185 | -184 | -172 | -166 | -152 | -150
                ..=-148 | -144 | -138
        );
        // The broker's own codes refuse; -1 is its internal error.
        known && (self.0 > 0 || looked_up)
    }

    /// Whether the topic, or the partition, is not there.
    #[must_use]
    pub fn is_missing(self) -> bool {
        matches!(self.0, 3 | -188 | -190)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = match self.0 {
            3 => "unknown topic or partition",
            10 => "larger than the topic takes (max.message.bytes)",
            17 => "not a topic that can be written to",
            19 | 20 => "fewer replicas in sync than min.insync.replicas",
            29 => "not authorised to write to the topic",
            31 => "not authorised to write idempotently to the cluster",
            32 => "the topic does not take this timestamp (message.timestamp.*.max.ms)",
            30 => "not authorised to use the group",
            44 => "the cluster's policy refuses it",
            53 => "not authorised to use the transactional id",
            56 => "the broker's disk has failed",
            // The broker's own words are lost: librdkafka 2.12.1 frees them before
            // rd_kafka_message_produce_errstr could return them.
            87 => {
                "the broker refuses the record (no key in a compacted topic, or a timestamp out of \
                 range)"
            }
            -138 => "refused with another record of its batch",
            -172 => "its transaction has ended meanwhile",
            -151 => "no answer yet when evctl gave up",
            -152 => "not sent when evctl gave up",
            -190 => "the topic has no such partition",
            -192 => "no answer in time",
            code => return unnamed(code, out),
        };
        out.write_str(known)
    }
}

/// In librdkafka's words, where it knows the code.
fn unnamed(code: i32, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match rd_kafka_resp_err_t::try_from(code) {
        Ok(known) => write!(out, "{}", RDKafkaErrorCode::from(known)),
        Err(_) => write!(out, "error code {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn a_code_blames_the_record_the_producer_or_neither() {
        let records = [2, 10, 18, 32, 44, 87].map(Code);
        let producers = [
            45, 46, 47, 48, 49, 51, 52, 59, 90, 120, -172, -150, -149, -148, -144,
        ];
        let neither = [3, 7, 19, 29, 56, -138, -185, -192].map(Code);
        for code in records {
            assert!(
                code.blames_record() && !code.is_producer_state(),
                "{code:?}"
            );
        }
        for code in producers.map(Code) {
            assert!(
                code.is_producer_state() && !code.blames_record(),
                "{code:?}"
            );
        }
        for code in neither {
            assert!(
                !code.blames_record() && !code.is_producer_state(),
                "{code:?}"
            );
        }
        assert!([47, 90, -144].map(Code).into_iter().all(Code::is_fenced));
    }

    #[test]
    fn an_answer_that_cannot_be_read_does_not_prove_that_nothing_was_written() {
        let doubtful = [-199, -198, -196, -155, -1, 31_999, -169];
        let certain = [2, 3, 10, 29, 87, -152, -138, -190, -192];
        assert!(!doubtful.map(Code).into_iter().any(Code::proves_absence));
        assert!(certain.map(Code).into_iter().all(Code::proves_absence));
    }

    #[test]
    fn codes_read_as_words_and_unknown_ones_keep_their_number() {
        assert!(Code::TOO_LARGE.to_string().contains("max.message.bytes"));
        assert!(Code(7).to_string().contains("RequestTimedOut"));
        assert_eq!(Code(31_999).to_string(), "error code 31999");
    }
}
