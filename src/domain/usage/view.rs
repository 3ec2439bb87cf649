//! What a user sees of it: `GET /usage`, and a frame on the feed of the user's tasks.

use super::amount::Amount;
use super::book::Book;
use super::terms::Terms;
use crate::domain::time::{Millis, iso};
use serde::Serialize;

/// What is used of each limit, and what is left. Null where there is no such limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Usage {
    pub starts: Option<StartsUsage>,
    pub running: Option<RunningUsage>,
    pub budget: Option<BudgetUsage>,
}

/// Starts in the current window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StartsUsage {
    pub limit: u32,
    pub left: u32,
    /// ISO 8601 UTC.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub resets_at: String,
}

/// Tasks under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RunningUsage {
    pub limit: u32,
    pub now: u32,
}

/// Money in the current window, in decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BudgetUsage {
    pub amount: String,
    /// What ended tasks have cost.
    pub spent: String,
    /// What those under way may cost.
    pub reserved: String,
    pub left: String,
    /// ISO 8601 UTC.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub resets_at: String,
}

/// What of a user's limits is used at `now`.
pub fn usage(book: &Book, terms: &Terms, now: Millis) -> Usage {
    let mut book = book.clone();
    book.tidy(now);
    book.roll(terms, now);
    let limits = &terms.limits;
    let starts = limits.starts.zip(book.starts.as_ref()).map(|(rule, count)| StartsUsage {
        limit: rule.limit,
        left: rule.limit.saturating_sub(count.used),
        resets_at: iso(count.since + rule.per.length()),
    });
    let running = limits.running.map(|limit| RunningUsage { limit, now: book.running() });
    let budget = limits.budget.zip(book.budget.as_ref()).map(|(rule, tally)| {
        let (used, reserved) = (book.used(tally), book.reserved(tally));
        BudgetUsage {
            amount: rule.amount.to_string(),
            spent: (used - reserved).to_string(),
            reserved: reserved.to_string(),
            left: (rule.amount - used).max(Amount::ZERO).to_string(),
            resets_at: iso(tally.since + rule.per.length()),
        }
    });
    Usage { starts, running, budget }
}

/// The frame of it, as it is sent on `/tasks/live`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum UsageFrame<'a> {
    /// What is used of the limits has changed.
    Usage { usage: &'a Usage },
}

pub fn usage_frame(usage: &Usage) -> String {
    serde_json::to_string(&UsageFrame::Usage { usage }).expect("a frame is plain JSON")
}
