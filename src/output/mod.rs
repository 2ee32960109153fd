//! Printing records and results.
