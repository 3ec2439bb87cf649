//! A call to a provider as a plain value, and what starts and lists come back with.

use crate::domain::id::TaskKey;
use crate::domain::task::PublicToken;
use crate::domain::task::start_request::StartRequest;
use crate::domain::time::Millis;
use serde_json::Value;

/// One HTTP request to a provider's API. Its key is added where it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub method: &'static str,
    /// Below the provider's base URL, with a slash at its beginning.
    pub path: String,
    /// JSON.
    pub body: Option<String>,
}

impl Call {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: None }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { method: "POST", path: path.into(), body: Some(body.to_string()) }
    }
}

/// What is to be started, and for whom.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub request: &'a StartRequest,
    pub user_id: &'a str,
    /// Our own key of the task: its rows are named after it.
    pub key: &'a TaskKey,
    /// Where the provider is to send the webhooks of this one task, where none is registered.
    pub webhook_url: Option<&'a str>,
}

/// What a provider says of something that it has started.
#[derive(Debug, PartialEq)]
pub struct Started {
    /// The id of the task or the channel.
    pub id: String,
    pub access: Option<PublicToken>,
}

/// A page of a provider's list of tasks, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub tasks: Vec<Listed>,
    /// Nothing is below this page.
    pub is_last: bool,
}

/// One task in such a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    /// Where the list says so.
    pub kind: Option<String>,
    /// When the provider made it, in Unix milliseconds, where the list says so.
    pub created_at: Option<Millis>,
}
