//! What the crate promises, seen from outside, in one binary.

mod durability;
mod languages;
mod normaliser;
mod properties;
mod robustness;
mod support;
