//! A call to a provider as a plain value, and what starts and lists come back with.

use crate::domain::id::TaskKey;
use crate::domain::task::PublicToken;
use crate::domain::task::start_request::StartRequest;
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
}

impl Call {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: None }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { method: "POST", path: path.into(), body: Some(body.to_string()) }
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
