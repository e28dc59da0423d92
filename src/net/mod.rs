//! The guarded HTTP client: a web address comes in, what is there goes out. The only place that opens sockets outward,
//! and it connects to nothing but the public internet (and loopback addresses that the operator names for development). Only
//! `klarstelle model pull` asks another client: of the hub that the operator names.

mod address;
mod client;
mod coding;
mod error;
mod guard;
mod hub;
mod listen;
mod response;
mod wire;

pub use address::{Allowed, AllowedError, is_global};
pub use client::{Client, ClientError, Request, Settings};
pub use error::FetchError;
pub use guard::{Names, SystemNames};
pub use hub::{Download, Hub, HubError, HubFile};
pub use listen::{Heard, Listening};
pub use response::{Fetched, Quota, Step, Validators};
pub use wire::{Answered, Wire};
