//! The integration tests: one binary, one file per verb.

mod profile;
