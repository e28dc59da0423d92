//! Why a visit brought nothing.

use crate::{
    domain::{SourceKind, Timestamp},
    net::FetchError,
};

/// Why a visit brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// The fetch failed, or the guard refused it.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The server answered with this status.
    #[error("the server answered {0}")]
    Status(u16),
    /// It is not what it should be.
    #[error("{0}")]
    Unreadable(String),
    /// No kind of source has this name here; a newer version may know it.
    #[error("no kind of source is called {0} here")]
    UnknownKind(SourceKind),
    /// The service wants a key, and the configuration has none that can be sent.
    #[error("a key for sources of kind {0} is not configured")]
    NoKey(SourceKind),
    /// robots.txt forbids it.
    #[error("forbidden by robots.txt")]
    Robots,
    /// robots.txt could not be had, which forbids everything (RFC 9309, 2.3.1.4).
    #[error("robots.txt cannot be had, which forbids everything")]
    RobotsUnreachable {
        /// When it will be asked for again.
        until: Timestamp,
    },
    /// The host asked for a longer wait than a run can spend, or does not answer at all.
    #[error("the host wants to be left alone for now")]
    HostPaused,
    /// Another run has the host in hand.
    #[error("another run is at this host")]
    HostBusy,
    /// The run has sent the host as many requests as it may.
    #[error("enough requests to this host for one run")]
    HostBudget,
}

impl Obstacle {
    /// A fixed word for each reason, with the status where there is one: what is stored and counted.
    pub fn code(&self) -> String {
        match self {
            Self::Fetch(error) => error.as_str().to_owned(),
            Self::Status(status) => format!("status_{status}"),
            Self::Unreadable(_) => "unreadable".to_owned(),
            Self::UnknownKind(_) => "unknown_kind".to_owned(),
            Self::NoKey(_) => "no_key".to_owned(),
            Self::Robots => "robots".to_owned(),
            Self::RobotsUnreachable { .. } => "robots_unreachable".to_owned(),
            Self::HostPaused => "host_paused".to_owned(),
            Self::HostBusy => "host_busy".to_owned(),
            Self::HostBudget => "host_budget".to_owned(),
        }
    }

    /// Whether the same visit may well succeed before long.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_retryable(),
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Unreadable(_) | Self::UnknownKind(_) | Self::NoKey(_) | Self::Robots => false,
            Self::RobotsUnreachable { .. } | Self::HostPaused | Self::HostBusy | Self::HostBudget => true,
        }
    }

    /// Whether the visit did not take place, because a host is to be left alone.
    pub const fn is_postponement(&self) -> bool {
        matches!(self, Self::HostPaused | Self::HostBusy | Self::HostBudget)
    }

    /// Whether it speaks against the address, so that the next visit should wait longer. What robots.txt says does not.
    pub(super) const fn is_failure(&self) -> bool {
        !matches!(self, Self::Robots | Self::RobotsUnreachable { .. })
    }
}
