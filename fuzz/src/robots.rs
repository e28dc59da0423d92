//! Any bytes, as a robots.txt and a path, read twice: by the crawler's own reader, and slowly.
#![no_main]

#[path = "check_robots.rs"]
mod check;
// The reader is pure, so it is compiled here by itself: the crate around it would take longer to build than to fuzz.
#[path = "../../src/crawl/robots.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod reader;

use reader::Robots;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::check(bytes));
