//! The API on both databases: what each operation promises, and what is refused how.

mod access;
mod bad_input;
mod conditions;
mod copies;
mod lists;
mod reports;
mod scenarios;
