//! What operators read about a task's room.

use crate::domain::task::report::Report;
use crate::domain::task::state::RoomState;
use crate::log::{Line, What};
use crate::platform::log_line;

/// The cost of a task cannot be used: what was reserved stands as its cost.
pub fn log_cost(report: &Report, cost: &str) {
    let cost: String = cost.chars().take(40).collect();
    log_line(&Line {
        event: What::CostUnreadable,
        provider: &report.provider,
        id: Some(&report.task_id),
        code: "cost_unreadable",
        reason: &format!("The cost {cost:?} is negative or no decimal. What was reserved stands."),
    });
}

/// A task has ended without its webhook.
pub fn log_end(event: What, state: &RoomState) {
    let Some(task) = &state.task else { return };
    let error = task.error.as_ref();
    log_line(&Line {
        event,
        provider: &task.provider,
        id: task.task_id.as_deref(),
        code: error.map_or(task.status.as_str(), |error| error.code.as_str()),
        reason: error.map_or("Its webhook has not come.", |error| error.message.as_str()),
    });
}
