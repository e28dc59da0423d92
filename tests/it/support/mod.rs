//! What several areas' tests stand on.

mod databases;
pub(crate) mod fake_web;
pub(crate) mod namespace;
mod postgres;

pub(crate) use databases::databases;
