//! How does a model get onto this machine, and is it still the one that was fetched?
//!
//! The hub's list says the SHA-256 of large files over HTTPS. What was fetched is pinned beside the model, in `klarstelle.json`:
//! the revision, and the SHA-256 of every file. From then on a model is only ever fetched at that revision, and each file is held
//! against what is pinned.

mod error;
mod known;
mod pinned;
mod pull;

pub use error::Error;
pub use known::{KNOWN, Known};
pub use pull::{Progress, Pulled, pull};
