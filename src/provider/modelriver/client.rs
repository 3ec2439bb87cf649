//! Calls to ModelRiver over HTTP. What the answers mean is decided beside this file.

use super::start::{START_PATH, start_body, started_channel_id};
use crate::config::Config;
use crate::error::ApiError;
use crate::platform::report;
use crate::provider::connection::Connection;
use crate::provider::refusal::unreadable;
use crate::request::ai::AiRequest;

pub struct Client {
    connection: Connection,
}

impl Client {
    pub fn new<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Self, ApiError> {
        let (base, key) = (config.modelriver_api_url()?, config.modelriver_api_key()?);
        Ok(Self { connection: Connection { name: "modelriver", base, key } })
    }

    /// Starts a request of `user`: the provider's id of its channel.
    pub async fn start(&self, wanted: &AiRequest, user: &str) -> Result<String, ApiError> {
        let messages = wanted.messages.clone().into();
        let body = start_body(&wanted.workflow, &messages, &wanted.metadata, user);
        let answer = self.connection.post(START_PATH, &body).await?;
        started_channel_id(&answer).ok_or_else(|| {
            report("modelriver start", "an answer without a channel id");
            unreadable()
        })
    }
}
