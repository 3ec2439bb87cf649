//! What a book is told of a start: that it is under way, or how it has ended.

use super::amount::Amount;
use crate::domain::id::TaskKey;
use crate::domain::task::report::{Outcome, Report};
use crate::domain::task::{Status, TIMEOUT, Task, TaskError};
use serde::{Deserialize, Serialize};

/// The word on one start. Of two, the one with the higher version is the newer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    pub start: TaskKey,
    pub version: u64,
    /// `None`: it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// What the provider has estimated when it took the start. It replaces what was reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Amount>,
    /// Its rows are being erased. That there are none says nothing about it from now on.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_erased: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub charge: Charge,
    /// No other word follows. Otherwise it is an end of ours, such as a timeout, and the provider's own
    /// word replaces it.
    pub is_final: bool,
}

/// What it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    Nothing,
    /// What was reserved: its cost is not known.
    Reserved,
    Cost(Amount),
}

impl Word {
    pub fn new(start: TaskKey, version: u64, end: Option<End>) -> Self {
        Self { start, version, end, estimate: None, is_erased: false }
    }

    /// The word on a task.
    pub fn of(task: &Task) -> Self {
        Self { estimate: task.estimate, ..Self::new(task.key.clone(), task.version, end(task)) }
    }

    /// The word on a start whose rows are erased, and whose end is not known.
    pub fn of_erased(start: TaskKey, version: u64) -> Self {
        Self { is_erased: true, ..Self::new(start, version, None) }
    }
}

impl End {
    /// It has made what was asked for, and names no cost.
    pub const MADE: Self = Self { charge: Charge::Reserved, is_final: true };
    /// The provider may have it, and has said nothing in time.
    pub const UNHEARD: Self = Self { charge: Charge::Reserved, is_final: false };

    /// What a report comes to, if the task has ended by it.
    pub fn of(report: &Report) -> Option<Self> {
        let is_completed = match report.outcome {
            Outcome::Completed { .. } => true,
            Outcome::Failed { .. } => false,
            Outcome::Pending | Outcome::Unknown { .. } => return None,
        };
        Some(Self { charge: charge(is_completed, report.cost.as_deref()), is_final: true })
    }
}

/// The cost of a task if it cannot be used: it is negative, or no decimal.
pub fn unreadable_cost(cost: Option<&str>) -> Option<&str> {
    cost.filter(|cost| Amount::parse(cost).is_none())
}

fn end(task: &Task) -> Option<End> {
    let reason = match task.status {
        Status::Pending => return None,
        Status::Completed => None,
        Status::Failed => task.error.as_ref().filter(|error| error.is_provisional()),
    };
    if let Some(reason) = reason {
        return end_of_ours(task, reason);
    }
    let charge = charge(task.status == Status::Completed, task.cost.as_deref());
    Some(End { charge, is_final: true })
}

fn charge(is_completed: bool, cost: Option<&str>) -> Charge {
    match cost {
        Some(cost) => Amount::parse(cost).map_or(Charge::Reserved, Charge::Cost),
        None if is_completed => Charge::Reserved,
        // The provider bills no failure that it names no cost of.
        None => Charge::Nothing,
    }
}

/// The end of a task of which the provider has not said how it ended.
fn end_of_ours(task: &Task, reason: &TaskError) -> Option<End> {
    // The version of rows that were searched for: see the sweep.
    let was_searched = task.task_id.is_none() && task.version > 1;
    let charge = match reason.code == TIMEOUT || task.task_id.is_some() {
        true => Charge::Reserved,
        false if !was_searched => return None,
        // Without rows it could not be searched for: the provider may have it.
        false if task.images.is_empty() => Charge::Reserved,
        false => Charge::Nothing,
    };
    Some(End { charge, is_final: false })
}
