//! A caller's idempotency key, and what was started under it.

use crate::domain::task::TaskError;
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
    /// What was started under it: the key of a task, the id of a batch, `ai:…` for a channel, or
    /// `refused:…`.
    #[serde(rename = "task_id")]
    pub stands_for: String,
}

const REFUSED: &str = "refused:";

impl Claim {
    /// What the key stands for once every start under it was refused: these have no rows. A repeat is
    /// refused in the same words, without another call.
    pub fn refused(&self, errors: &[TaskError]) -> String {
        let errors = serde_json::to_string(errors).expect("errors are plain JSON");
        format!("{REFUSED}{}:{errors}", self.stands_for)
    }
}

impl Claimed {
    /// What it stood for before every start under it was refused, and why, in the order of the request.
    pub fn refusals(&self) -> Option<(String, Vec<TaskError>)> {
        let (id, errors) = self.stands_for.strip_prefix(REFUSED)?.split_once(':')?;
        Some((id.to_owned(), serde_json::from_str(errors).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_back_and_nothing_else_is_taken_for_one() {
        let claim = Claim { key: "k".into(), request: "r".into(), stands_for: "btc_1".into() };
        let errors = vec![TaskError::new("provider_refused", "No: \"x\"."); 2];
        let of = |stands_for: &str| Claimed { request: "r".into(), stands_for: stands_for.into() };
        let kept = of(&claim.refused(&errors));
        assert_eq!(kept.refusals(), Some(("btc_1".to_owned(), errors)));
        for other in ["btc_1", "ai:error:x", "refused:btc_1", "refused:btc_1:no"] {
            assert_eq!(of(other).refusals(), None, "{other}");
        }
    }
}
