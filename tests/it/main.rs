//! The integration tests: one binary, one file per verb, on a real broker of their own.

// In a test crate everything is a test; clippy only believes it when it is said.
#[cfg(test)]
mod support;

#[cfg(test)]
mod capture;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod produce;
#[cfg(test)]
mod profile;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod tidy;
