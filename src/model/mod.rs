//! How does a model get onto this machine, is it still the one that was fetched, and what does it make of a text?
//!
//! The hub's list says the SHA-256 of large files over HTTPS. What was fetched is pinned beside the model, in `klarstelle.json`:
//! the revision, and the SHA-256 of every file. From then on a model is only ever fetched at that revision, and each file is held
//! against what is pinned.

mod encoder;
mod error;
mod known;
mod pinned;
mod pull;

pub use encoder::encoder;
pub use error::Error;
pub use known::{KNOWN, Known};
pub use pull::{Progress, Pulled, pull};
