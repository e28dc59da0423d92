//! Klarstelle: tracks false claims and finds the fact-check that answers them.
//!
//! The modules stand in the order in which data pass through them; `ARCHITECTURE.md` is the map.

// Not in the order of the alphabet: rustfmt leaves groups apart.
pub mod config;
pub mod domain;

pub mod archive;

pub mod net;

pub mod model;

pub mod crawl;

pub mod extract;

pub mod detect;

pub mod cluster;

pub mod store;

pub mod indexer;

pub mod ingest;

pub mod desk;

pub mod review;

pub mod lookup;

pub mod copy;

pub mod erasure;

pub mod backup;

pub mod api;

pub mod web;

pub mod demo;

pub mod cli;
