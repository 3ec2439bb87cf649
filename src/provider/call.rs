//! A call to a provider as a plain value, and what starts and lists come back with.

use crate::domain::id::TaskKey;
use crate::domain::task::start_request::StartRequest;
use crate::domain::task::{Links, PublicToken, Task};
use crate::domain::time::Millis;
use serde_json::Value;

/// One HTTP request to a provider's API. The API key is added when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub method: &'static str,
    /// Relative to the provider's base URL, with a leading slash.
    pub path: String,
    /// JSON.
    pub body: Option<String>,
    /// Whether an answer that is not 2xx says something about the task, so that the provider reads it.
    pub reads_refusals: bool,
}

impl Call {
    pub fn get(path: impl Into<String>) -> Self {
        Self::bare("GET", path)
    }

    /// A call without a body.
    pub fn bare(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, reads_refusals: false }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { body: Some(body.to_string()), ..Self::bare("POST", path) }
    }
}

/// An answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 2xx, unless the call reads refusals.
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl From<Vec<u8>> for Answer {
    fn from(body: Vec<u8>) -> Self {
        Self { status: 200, body }
    }
}

/// The task that a provider is asked about.
#[derive(Clone, Copy, Debug)]
pub struct TaskRef<'a> {
    pub task_id: &'a str,
    /// What it was started as.
    pub kind: &'a str,
    /// The model that was asked for, where it is known.
    pub model: Option<&'a str>,
    pub links: Option<&'a Links>,
}

impl<'a> From<&'a Task> for TaskRef<'a> {
    fn from(task: &'a Task) -> Self {
        let (model, links) = (task.requested_model.as_deref(), task.links.as_ref());
        Self { task_id: task.id(), kind: &task.kind, model, links }
    }
}

/// A start request with its user and its task key.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub request: &'a StartRequest,
    pub user_id: &'a str,
    /// Our own key of the task, from which its row ids are made.
    pub key: &'a TaskKey,
    /// The webhook URL for this one task, in a deployment without a registered webhook.
    pub webhook_url: Option<&'a str>,
}

/// A provider's answer to a successful start.
#[derive(Debug, PartialEq)]
pub struct Started {
    /// The id of the task or the channel.
    pub id: String,
    pub access: Option<PublicToken>,
    /// The addresses at which the provider wants to be asked about it. Whole URLs: whoever has sent the call
    /// checks them, and keeps their paths.
    pub links: Option<Links>,
    /// What it will cost, where the answer says so: a decimal, as the provider writes it.
    pub estimated_cost: Option<String>,
}

/// A page of a provider's list of tasks, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub tasks: Vec<Listed>,
    /// What the next page is asked for by. `None`: nothing is below this page.
    pub next: Option<String>,
}

/// One task in such a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    /// Where the list says so.
    pub kind: Option<String>,
    /// When the provider made it, in Unix milliseconds, where the list says so.
    pub created_at: Option<Millis>,
    /// Our own key of the task, where the list echoes it.
    pub key: Option<TaskKey>,
}
