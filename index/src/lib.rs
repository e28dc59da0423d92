#![doc = include_str!("../README.md")]

mod answer;
mod entry;
mod error;
pub mod eval;
mod fingerprint;
mod index;
mod lang;
mod normalise;
mod position;
mod sketch;
mod writer;

pub use answer::{
    Answer, Explanation, Hit, MAX_QUERY_TOKENS, Match, Outcome, Page, Query, Reason, TermWeight,
};
pub use entry::{Entry, Wording, WordingKind};
pub use error::{Error, Versions};
pub use fingerprint::{Fingerprint, contradicts};
pub use index::ClaimIndex;
pub use lang::{InvalidLang, Lang};
pub use normalise::{NORMALISER_VERSION, normalise_text};
pub use position::Position;
pub use sketch::Sketch;
pub use writer::Writer;
