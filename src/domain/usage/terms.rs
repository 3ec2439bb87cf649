//! The limits that hold for a user.

use super::amount::Amount;
use super::window::Per;

/// So many starts in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starts {
    pub limit: u32,
    pub per: Per,
}

/// So much money in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub amount: Amount,
    pub per: Per,
}

/// What a user may use. `None`: there is no such limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub starts: Option<Starts>,
    pub running: Option<u32>,
    pub budget: Option<Budget>,
}

/// Tasks of one user that may be under way at once where there is any limit: a book has a line for each.
pub const MOST_RUNNING: u32 = 1000;

impl Limits {
    /// What holds where nothing is set: nobody starts without end by mistake.
    pub const BRAKE: Self = Self {
        starts: Some(Starts { limit: 60, per: Per::Minute }),
        running: Some(50),
        budget: None,
    };

    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What a book goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    pub limits: Limits,
    /// The budget of the whole deployment.
    pub all: Option<Budget>,
    /// Makes the offset of the user's windows.
    pub seed: u32,
}

impl Terms {
    /// Whether a start has to have a price.
    pub fn counts_money(&self) -> bool {
        self.limits.budget.is_some() || self.all.is_some()
    }

    pub fn most_running(&self) -> u32 {
        self.limits.running.unwrap_or(MOST_RUNNING).min(MOST_RUNNING)
    }
}
