//! The command line, as an operator uses it.

mod archiving;
mod broken;
mod clustering;
mod crawling;
mod detecting;
mod erasing;
mod importing;
mod measuring;
mod models;
mod settings;
mod sources;
mod tracking;
