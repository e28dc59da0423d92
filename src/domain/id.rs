//! Identifiers: UUID version 7 (RFC 9562), so that sorting by id is sorting by birth.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is no identifier of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected a UUID")]
pub struct IdError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, later than every one made before by this process.
            #[expect(clippy::new_without_default, reason = "each call gives another value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError)
            }
        }
    )+};
}

ids! {
    /// Names a [`Claim`](super::Claim).
    ClaimId,
    /// Names a [`FactCheck`](super::FactCheck).
    FactCheckId,
    /// Names an [`Attachment`](super::Attachment).
    AttachmentId,
    /// Names a [`Sighting`](super::Sighting).
    SightingId,
    /// Names a [`Document`](super::Document).
    DocumentId,
    /// Names a [`Source`](super::Source).
    SourceId,
    /// Names a [`Report`](super::Report).
    ReportId,
    /// Names an [`Alarm`](super::Alarm).
    AlarmId,
    /// Names an [`Act`](super::Act).
    ActId,
    /// Names an [`ApiKey`](super::ApiKey).
    KeyId,
}
