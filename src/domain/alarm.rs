//! Something about a claim that should not wait until somebody looks.

use serde::{Deserialize, Serialize};

use super::{AlarmId, ClaimId, Timestamp, words::words};

/// One episode: it is raised once, and goes on while more of the same happens.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// Its identifier.
    pub id: AlarmId,
    /// What happens.
    pub kind: AlarmKind,
    /// To which claim.
    pub claim_id: ClaimId,
    /// When it was raised.
    pub began_at: Timestamp,
    /// When something was last added to it.
    pub last_at: Timestamp,
    /// Sightings or reports that were recorded since it was raised, the one that raised it included.
    pub happened: u64,
    /// What raised it.
    pub evidence: Evidence,
}

/// What an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlarmKind {
    /// A claim that a fact-check answers is said again after a quiet time.
    Resurfaced,
    /// A claim is said more often in a day than its days before explain.
    Growing,
    /// Nearly the same text comes from many new accounts, or many ask for a check, within minutes.
    Coordinated,
}

words!(AlarmKind {
    Resurfaced => "resurfaced",
    Growing => "growing",
    Coordinated => "coordinated",
});

/// The numbers that raised an alarm. Those that do not belong to its kind are left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Days without a sighting before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_days: Option<u64>,
    /// Sightings on the day in question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_sightings: Option<u64>,
    /// Sightings a day before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual_per_day: Option<f64>,
    /// New accounts that said nearly the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<u64>,
    /// Requests for a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// Within how many minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u64>,
}

/// What raises an alarm: `[alarms]` of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Days without a sighting after which a fact-checked claim resurfaces.
    pub quiet_days: u32,
    /// Sightings in a day (UTC), at the least, of a claim that grows.
    pub growth_least: u32,
    /// Times as many as on its usual day.
    pub growth_factor: f64,
    /// Days before that the usual is taken from; a claim that is younger has fewer, and one sighting a day is the least.
    pub growth_days: u32,
    /// Minutes within which what is coordinated happens.
    pub burst_minutes: u32,
    /// New accounts that say nearly the same within them.
    pub burst_accounts: u32,
    /// Requests for a check within them.
    pub burst_requests: u32,
    /// Days for which an account is new.
    pub new_account_days: u32,
    /// Hours without anything new after which an episode is over.
    pub episode_hours: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            quiet_days: 30,
            growth_least: 10,
            growth_factor: 3.0,
            growth_days: 28,
            burst_minutes: 15,
            burst_accounts: 10,
            burst_requests: 10,
            new_account_days: 7,
            episode_hours: 24,
        }
    }
}
