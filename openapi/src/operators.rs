//! The operations of operators about tasks and events.

use crate::operation::{Operation, Who};
use crate::requests::query;
use crate::schemas::reference;
use serde_json::{Value, json};
use taskwire::domain::list::LARGEST_LIMIT;
use taskwire::domain::outbox::list::DEFAULT_LIMIT;
use taskwire::error::Code;

/// What `GET /admin/events` can be asked.
fn event_query() -> Vec<Value> {
    let limit = json!({"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT});
    let order = json!({"enum": ["newest", "oldest"], "default": "newest"});
    let text = || json!({"type": "string"});
    vec![
        query("limit", "How many.", limit),
        query("cursor", "The `nextCursor` of the page before, with the same filters.", text()),
        query("order", "Which come first.", order),
        query("state", "Only those that stand so.", reference("Standing")),
        query("task", "Only those about this task or row of content.", text()),
    ]
}

/// All of them.
pub fn all() -> Vec<Operation> {
    let op = |request, id, summary| Operation::new(request, Who::Operator, id, summary);
    let gone = &[Code::NotFound];
    vec![
        op(
            "get /admin/tasks/{id}",
            "taskTimeline",
            "Any owner's task, by the provider's id or our key.",
        )
        .gives(200, "TaskTimeline")
        .refused(gone),
        op("post /admin/tasks/{id}/reconcile", "reconcile", "Asks the provider about a task now.")
            .gives(200, "TaskAnswer")
            .refused(gone)
            .refused(&[Code::ProviderUnavailable]),
        op("get /admin/events", "events", "Events for the app's own backend.")
            .with(event_query())
            .gives(200, "EventPage")
            .refused(&[Code::ValidationError]),
        op("get /admin/events/{id}", "event", "One, with what is sent.")
            .gives(200, "EventAnswer")
            .refused(gone),
        op(
            "post /admin/events/{id}/resend",
            "resend",
            "Sends it again on every road, with its id.",
        )
        .gives(202, "ResentEvent")
        .refused(gone)
        .refused(&[Code::NoRoad]),
    ]
}
