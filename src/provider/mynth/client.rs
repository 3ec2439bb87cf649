//! Calls to Mynth over HTTP. What the answers mean is decided beside this file.

use super::create::{Started, start_path, started};
use super::list::candidates;
use super::models::models;
use super::result::task_report;
use crate::config::Config;
use crate::domain::report::Report;
use crate::domain::task::Task;
use crate::error::{ApiError, Code};
use crate::json;
use crate::platform::report;
use crate::provider::connection::Connection;
use crate::provider::refusal::unreadable;
use crate::response::read::Models;
use serde_json::Value;

/// Tasks that are looked through for one whose id was lost: the provider's largest page.
const LISTED: usize = 100;

pub struct Client {
    connection: Connection,
}

impl Client {
    pub fn new<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Self, ApiError> {
        let (base, key) = (config.mynth_api_url()?, config.mynth_api_key()?);
        Ok(Self { connection: Connection { name: "mynth", base, key } })
    }

    /// Starts a task of `kind`.
    pub async fn start(&self, kind: &str, body: &Value) -> Result<Started, ApiError> {
        let answer = self.connection.post(&start_path(kind), body).await?;
        started(&answer).ok_or_else(|| {
            report("mynth start", "an answer without a task id");
            unreadable()
        })
    }

    /// What an image task would cost, in the provider's words.
    pub async fn estimate(&self, body: &Value) -> Result<Value, ApiError> {
        let answer = self.connection.post("/image/generate/estimate", body).await?;
        let answer: Value = json::read(&answer).map_err(|_| unreadable())?;
        Ok(answer.get("data").unwrap_or(&answer).clone())
    }

    /// The models that can be asked for.
    pub async fn models(&self) -> Result<Models, ApiError> {
        models(&self.connection.get("/models").await?).ok_or_else(unreadable)
    }

    /// The provider's id of `task`, if it has it: for a start whose answer was lost. Only tasks with
    /// rows can be found, since the ids of those are what they are known by.
    pub async fn find(&self, task: &Task) -> Result<Option<String>, ApiError> {
        let Some(row_id) = task.images.first().map(|image| &image.id) else { return Ok(None) };
        let list = self.connection.get(&format!("/tasks?limit={LISTED}")).await?;
        for id in candidates(&list, &task.kind, task.created_at) {
            let told = match self.look(&id, &task.kind).await {
                // Listed, and not there: it is not the one.
                Err(error) if error.code == Code::ProviderRefused => continue,
                // One that cannot be seen now may be: better no answer than a wrong one.
                told => told?,
            };
            if told.row_ids.first() == Some(row_id) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// What the provider says now of a task that was started as one of `kind`.
    pub async fn look(&self, task_id: &str, kind: &str) -> Result<Report, ApiError> {
        let body = self.connection.get(&format!("/tasks/{task_id}")).await?;
        let told = task_report(body.get("data").unwrap_or(&body), kind);
        told.filter(|told| told.task_id == task_id).ok_or_else(unreadable)
    }
}
