//! What a newcomer sees first: a small invented web comes in, a crawled and answered one goes out.

pub mod questions;
pub mod site;
