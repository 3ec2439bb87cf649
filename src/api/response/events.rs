//! What operators read of events and of tasks.

use crate::domain::outbox::note::Noted;
use crate::domain::task::Task;
use crate::domain::task::frame::TaskView;
use crate::domain::timeline::Entry;
use serde::Serialize;

/// Events, in the order that was asked for.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    pub events: Vec<Noted>,
    /// The `cursor` of the next page. Null on the last one, but for `order=oldest`: a reader goes on from there.
    pub next_cursor: Option<String>,
}

/// One event.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EventAnswer {
    pub event: WholeEvent,
}

/// An event with what is sent.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
pub struct WholeEvent {
    #[serde(flatten)]
    pub noted: Noted,
    /// JSON text. Thin where what the event is about is not as it was.
    pub body: String,
}

/// An event that is sent again.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ResentEvent {
    pub event: Noted,
}

/// Any owner's task, and what became of it, the oldest first.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TaskTimeline<'a> {
    pub task: TaskView<'a>,
    pub timeline: Vec<Entry>,
}

impl<'a> TaskTimeline<'a> {
    pub fn new(task: &'a Task, timeline: Vec<Entry>) -> Self {
        Self { task: task.into(), timeline }
    }
}
