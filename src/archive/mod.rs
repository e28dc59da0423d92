//! What came over the wire, as it came: an exchange comes in; a WARC 1.1 file (ISO 28500:2017) goes out, and a record of it
//! back in, by file and offset.
//!
//! The format of one record (`record.rs`), what of an exchange goes into which (`exchange.rs`), files (`writer.rs`) and the way
//! back (`reader.rs`) stand apart: who rewrites a file (`rewrite.rs`) needs the first and the last only. Which records hold what must
//! go is found by `search.rs`.

mod exchange;
mod reader;
mod record;
mod rewrite;
mod search;
mod writer;

#[cfg(test)]
mod tests;

pub use exchange::{Exchange, Extent};
pub use reader::{Answer, ReadError, Record, Records, read};
pub use record::{Draft, RecordKind};
pub use rewrite::{Fate, RewriteError, Rewriting, exclusive, files, rewrite, unfinished};
pub use search::{Needles, Search};
pub use writer::{Archive, Halt, Limits, Summary, size_of};
