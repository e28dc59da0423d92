#![doc = include_str!("../README.md")]

mod analyzer;
mod answer;
#[cfg(test)]
mod bounds;
mod browse;
mod compound;
mod entry;
mod error;
pub mod eval;
mod evidence;
mod features;
mod fingerprint;
mod index;
mod lang;
mod live;
mod matching;
mod model;
mod normalise;
mod opening;
mod position;
mod profile;
mod question;
mod schema;
mod scores;
mod search;
mod sketch;
mod snapshot;
mod spelling;
pub mod training;
mod typos;
mod weights;
mod writer;

pub use answer::{Answer, Explanation, Hit, MAX_QUERY_TOKENS, Match, Outcome, Page, Query, Reason, TermWeight};
pub use entry::{Entry, Wording, WordingKind};
pub use error::{Error, Versions};
pub use fingerprint::{Fingerprint, Folded, contradicts};
pub use index::ClaimIndex;
pub use lang::{InvalidLang, Lang};
pub use model::Ranker;
pub use normalise::{NORMALISER_VERSION, normalise_text};
pub use position::Position;
pub use sketch::Sketch;
pub use typos::with_typos;
pub use writer::Writer;
