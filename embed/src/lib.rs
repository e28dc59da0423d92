#![doc = include_str!("../README.md")]

mod attention;
mod config;
mod error;
mod files;
mod lanes;
mod linear;
mod model;
mod network;
mod scaled;
mod table;
mod tensors;
mod tokens;
mod weights;

pub use config::MAX_TOKENS;
pub use error::Error;
pub use model::{Model, Precision, Role, Vector};
