//! The integration tests: one binary, one file per verb, on a real broker of their own.

// In a test crate everything is a test; clippy only believes it when it is said.
#[cfg(test)]
mod support;

#[cfg(test)]
mod altered_answers;
mod byte_order_marks;
#[cfg(test)]
mod capture;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod consume;
#[cfg(test)]
mod endless_expressions;
#[cfg(test)]
mod envelopes;
#[cfg(test)]
mod failed_writes;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod group;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod help;
#[cfg(test)]
mod lag;
#[cfg(test)]
mod produce;
#[cfg(test)]
mod profile;
#[cfg(test)]
mod quiet;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod recreated;
#[cfg(test)]
mod redact;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod suites;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tail;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod topics;
#[cfg(test)]
mod transactions;
