//! All integration tests in one binary: one link, shared support.

mod api;
mod architecture;
mod contract;
mod crawl;
mod demo_site;
mod detect;
mod extract;
mod net;
mod privacy;
mod server;
mod store;
mod cli;
mod docs;
mod kill;
mod support;
