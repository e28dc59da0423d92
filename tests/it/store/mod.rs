//! The store, on both databases.

mod sources;
