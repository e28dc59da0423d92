//! All integration tests in one binary: one link, shared support.

mod architecture;
mod crawl;
mod demo_site;
mod detect;
mod extract;
mod net;
mod store;
mod cli;
mod docs;
mod kill;
mod support;
