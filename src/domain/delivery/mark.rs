//! What became of a webhook, in the log's words.

use crate::domain::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It changed a task or a channel.
    Applied,
    /// This very delivery was taken before.
    Duplicate,
    /// What it is about was over already.
    Stale,
    /// Its task is not known yet: it is kept until then.
    Early,
    /// It was recorded, and says nothing that changes anything.
    Noted,
    /// An event that this deployment has no use for.
    UnknownType,
    /// What it is about was erased.
    UnknownTask,
    BadSignature,
    /// The signature is good, and the body cannot be read.
    Malformed,
    TooLarge,
    /// It could not be taken: something was away, or is not configured. Its provider sends it again.
    Failed,
}

impl Mark {
    pub const ALL: [Self; 11] = [
        Self::Applied,
        Self::Duplicate,
        Self::Stale,
        Self::Early,
        Self::Noted,
        Self::UnknownType,
        Self::UnknownTask,
        Self::BadSignature,
        Self::Malformed,
        Self::TooLarge,
        Self::Failed,
    ];

    /// What the verdict of a room is in the log.
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Applied | Verdict::Attached => Self::Applied,
            Verdict::Duplicate => Self::Duplicate,
            Verdict::Stale => Self::Stale,
            Verdict::Kept => Self::Early,
            Verdict::Noted | Verdict::AlreadyAttached => Self::Noted,
            Verdict::Erased => Self::UnknownTask,
            Verdict::Full | Verdict::Conflict => Self::Failed,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Duplicate => "duplicate",
            Self::Stale => "stale",
            Self::Early => "early",
            Self::Noted => "noted",
            Self::UnknownType => "unknown_type",
            Self::UnknownTask => "unknown_task",
            Self::BadSignature => "bad_signature",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Failed => "failed",
        }
    }

    /// The mark of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_json_and_leads_back_to_its_mark() {
        for mark in Mark::ALL {
            assert_eq!(serde_json::to_value(mark).unwrap(), mark.as_str());
            assert_eq!(Mark::named(mark.as_str()), Some(mark));
        }
        assert_eq!(Mark::named("Applied"), None);
    }

    #[test]
    fn a_rooms_verdict_has_its_word() {
        let table = [
            (Verdict::Applied, "applied"),
            (Verdict::Duplicate, "duplicate"),
            (Verdict::Stale, "stale"),
            (Verdict::Kept, "early"),
            (Verdict::Noted, "noted"),
            (Verdict::Erased, "unknown_task"),
            (Verdict::Full, "failed"),
        ];
        for (verdict, word) in table {
            assert_eq!(Mark::of(verdict).as_str(), word);
        }
    }
}
