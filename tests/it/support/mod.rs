//! What several areas' tests stand on.

pub(crate) mod app;
pub(crate) mod canary;
pub(crate) mod copies;
mod databases;
pub(crate) mod dev_data;
pub(crate) mod dump;
pub(crate) mod fake_web;
pub(crate) mod frontier;
pub(crate) mod hub;
pub(crate) mod live;
pub(crate) mod namespace;
pub(crate) mod newsroom;
pub(crate) mod postgres;
pub(crate) mod press;
pub(crate) mod process;
pub(crate) mod remains;
pub(crate) mod visits;

pub(crate) use databases::{TestDb, databases, sqlite};
