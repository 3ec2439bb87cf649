//! Figures and what they are made of: how many deliveries there were, what became of them, how long tasks took.

use crate::domain::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most deliveries that are read for them: the newest.
pub const MOST: u32 = 20_000;
/// Most tasks and events that are counted.
pub const MOST_COUNTED: u32 = 10_000;

/// Hour, provider, verdict and how many.
pub type Counted = (String, String, String, u64);
/// Kind and status of tasks that deliveries have ended, how many, and the times of each stage.
pub type Ended = (String, String, u64, Times, Times, Times, Times);
pub type Times = Vec<Option<u64>>;

/// What D1 has of deliveries.
#[derive(Debug, Default, Deserialize)]
pub struct Read {
    /// How many were looked at.
    pub looked: u32,
    /// The newest of all.
    pub newest: u64,
    pub counts: Vec<Counted>,
    pub ended: Vec<Ended>,
}

/// Everything that figures are made of.
#[derive(Debug, Default)]
pub struct Sources {
    pub since: Millis,
    pub deliveries: Read,
    /// What has no row.
    pub counted: Vec<Counted>,
    pub pending: Pending,
    pub events: Events,
    /// Destinations of events, each with the time since when it fails.
    pub failing: Vec<(String, Millis)>,
}

/// Figures since a full hour.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub since: String,
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub until: String,
    /// There were more deliveries than the newest 20,000, which are counted.
    pub is_partial: bool,
    /// Besides those of deliveries: `polled` and `timeout`, of tasks that ended without one.
    pub verdicts: BTreeMap<String, u64>,
    /// Deliveries of each.
    pub providers: BTreeMap<String, u64>,
    /// Of tasks that deliveries have ended; so are the kinds and the stages.
    pub statuses: Statuses,
    pub kinds: BTreeMap<String, u64>,
    pub stages: Stages,
    pub hours: Vec<Hour>,
    pub pending: Pending,
    pub events: Events,
    pub destinations: Vec<Destination>,
    /// What should be looked at now.
    pub problems: Vec<Problem>,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
pub struct Statuses {
    pub completed: u64,
    pub failed: u64,
}

/// Where the time of tasks went, in milliseconds.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
pub struct Stages {
    pub start: Stage,
    pub provider: Stage,
    pub apply: Stage,
    pub d1: Stage,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Stage {
    pub count: u64,
    pub p50: Option<u64>,
    pub p99: Option<u64>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
pub struct Hour {
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub at: String,
    pub verdicts: BTreeMap<String, u64>,
}

/// Tasks under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// 10,000 at most.
    pub count: u64,
    pub oldest_at: Option<String>,
}

/// Events out: all that wait or were given up, and those of this time that were delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
pub struct Events {
    pub waiting: u64,
    pub failed: u64,
    pub delivered: u64,
}

/// A destination of events that fails.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    pub destination: String,
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub failing_since: String,
    /// Nothing is sent to it any more.
    pub is_off: bool,
}

/// Something that should be looked at.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
pub struct Problem {
    /// For programs.
    pub what: &'static str,
    /// For people.
    pub detail: String,
}
