//! What the crate promises, seen from outside, in one binary.

mod durability;
mod fuzzed;
mod joining;
mod languages;
mod meaning;
mod normaliser;
mod properties;
mod pruning;
mod purging;
mod rebuilt;
mod robustness;
mod support;
