//! What the crate promises, seen from outside, in one binary.

mod durability;
mod languages;
mod normaliser;
mod properties;
mod pruning;
mod robustness;
mod support;
