//! What several areas' tests stand on.

pub(crate) mod fake_web;
pub(crate) mod namespace;
