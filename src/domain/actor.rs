//! Who did it.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Serialize, Serializer};

use super::KeyId;

/// Who made a change: an API key, or one of our own commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// `klarstelle crawl` (and the demo's crawl).
    Crawl,
    /// `klarstelle import`.
    Import,
    /// Anybody who asked for a check: nothing is known about them.
    Public,
    /// A person at the command line.
    Operator,
    /// The holder of an API key.
    Key(KeyId),
    /// Written by a newer version of this program, kept as it stands.
    Unknown(String),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crawl => f.write_str("crawl"),
            Self::Import => f.write_str("import"),
            Self::Public => f.write_str("public"),
            Self::Operator => f.write_str("operator"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

impl FromStr for Actor {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "crawl" => Self::Crawl,
            "import" => Self::Import,
            "public" => Self::Public,
            "operator" => Self::Operator,
            _ => text
                .strip_prefix("key:")
                .and_then(|id| id.parse().ok())
                .map_or_else(|| Self::Unknown(text.to_owned()), Self::Key),
        })
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
