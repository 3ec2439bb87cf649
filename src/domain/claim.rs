//! A caller's idempotency key, and what was started under it.

use serde::Deserialize;

/// A claim on an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The `Idempotency-Key` of the request.
    pub key: String,
    /// SHA-256 of the route and the body, hex.
    pub request: String,
    /// What is started under it: see [`Claimed::stands_for`].
    pub stands_for: String,
}

/// An idempotency key that was claimed before.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Claimed {
    /// SHA-256 of the route and the body that claimed it, hex.
    pub request: String,
    /// What was started under it: the key of a task, the id of a batch, or `ai:…` for a channel.
    #[serde(rename = "task_id")]
    pub stands_for: String,
}
