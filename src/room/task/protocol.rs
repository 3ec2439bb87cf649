//! The messages between the Worker and a task's room: JSON over the object's own `fetch`, which only
//! this Worker can reach.

use crate::domain::delivery::arrival::Arrival;
use crate::domain::id::TaskKey;
use crate::domain::outbox::state::Event;
use crate::domain::task::Task;
use crate::domain::task::erase::Rows;
use crate::domain::task::progress::Progress;
use crate::domain::task::report::Report;
use crate::domain::task::seen::Seen;
use crate::domain::verdict::Verdict;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// The provider has given this task its id.
    Attach { task: Box<Task> },
    /// A verified report from the provider. `delivery` is the key of its webhook, and `arrival` what is to be
    /// logged of it.
    Ingest {
        delivery: String,
        report: Box<Report>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrival: Option<Box<Arrival>>,
    },
    /// Make sure that the room has the task and an alarm. `task` is what its rows hold.
    Wake { task: Box<Task> },
    /// The provider says how far the task of this key has come.
    Progress { key: TaskKey, progress: Progress },
    /// Tell the provider to cancel the task. The caller has checked whose it is.
    Cancel { task_id: String, user_id: String },
    /// Read the task, for its owner.
    Read { task_id: String, user_id: String },
    /// What does the room know? This changes nothing, for whoever operates it.
    Look,
    /// Ask the provider now what has become of the task. `task` is what its rows hold.
    Reconcile { task: Box<Task> },
    /// Send an event again, on the roads of the settings now. `task` is what its rows hold.
    Resend { task: Box<Task>, event: Box<Event> },
    /// Erase the task. The caller has checked whose it is.
    Erase { rows: Box<Rows> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The verdict; for an attach also the current task. `is_logged`: D1 has the row of the webhook.
    Done {
        verdict: Verdict,
        task: Option<Box<Task>>,
        #[serde(default, skip_serializing_if = "is_false")]
        is_logged: bool,
    },
    /// The task.
    Task { task: Box<Task> },
    /// No such task, or not this user's.
    NotFound,
    /// The provider does not cancel it.
    NotCancelable,
    /// The provider could not be asked.
    Unavailable,
    /// What the room knows.
    Seen { seen: Box<Seen> },
    /// The event as it stands.
    Event { event: Box<Event> },
    /// Nothing brings the task back. `is_gone`: its rows are deleted; otherwise they will be.
    Erased { is_gone: bool },
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::task::report::Outcome;

    #[test]
    fn a_rooms_messages_are_pinned() {
        let ask = Ask::Ingest {
            delivery: "evt_1".into(),
            report: Box::new(Report {
                task_id: "tsk_1".into(),
                kind: "image.generate".into(),
                outcome: Outcome::Completed {
                    model: None,
                    images: vec![],
                    result: None,
                    outputs: vec![],
                },
                cost: Some("0.03".into()),
                row_ids: vec!["a".into()],
                provider: "mynth".into(),
                is_known_kind: true,
                key: None,
                addresses: vec![],
                progress: None,
            }),
            arrival: None,
        };
        let literal = r#"{"ingest":{"delivery":"evt_1","report":{"task_id":"tsk_1","provider":"mynth","kind":"image.generate","outcome":{"completed":{"model":null,"images":[],"result":null}},"cost":"0.03","row_ids":["a"]}}}"#;
        assert_eq!(serde_json::to_string(&ask).unwrap(), literal);
        assert_eq!(serde_json::from_str::<Ask>(literal).unwrap(), ask);

        let answer =
            Answer::Done { verdict: Verdict::AlreadyAttached, task: None, is_logged: false };
        let literal = r#"{"done":{"verdict":"already_attached","task":null}}"#;
        assert_eq!(serde_json::to_string(&answer).unwrap(), literal);
        assert_eq!(serde_json::from_str::<Answer>(literal).unwrap(), answer);
    }
}
