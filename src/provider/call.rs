//! A call to a provider as a plain value, and what a start comes back with.

use crate::domain::id::TaskKey;
use crate::domain::task::PublicToken;
use crate::domain::task::start_request::StartRequest;
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
