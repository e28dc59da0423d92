//! All integration tests in one binary: one link, shared support.

mod api;
mod architecture;
mod browser;
mod cli;
mod contract;
mod crawl;
mod demo_site;
mod detect;
mod docs;
mod erasure;
mod extract;
mod kill;
mod lookup;
mod net;
mod privacy;
mod server;
mod store;
mod support;
mod web;
mod workers;
