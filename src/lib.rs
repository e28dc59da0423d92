//! Klarstelle: tracks false claims and finds the fact-check that answers them.
//!
//! The modules stand in the order in which data pass through them; `ARCHITECTURE.md` is the map.

pub mod api;
pub mod cluster;
pub mod config;
pub mod crawl;
pub mod demo;
pub mod detect;
pub mod domain;
pub mod extract;
pub mod indexer;
pub mod lookup;
pub mod net;
pub mod review;
pub mod store;
