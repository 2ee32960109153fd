//! Which records are kept.
