//! Calls to Mynth over HTTP. What the answers mean is decided beside this file.

use super::create::{start_path, started_task_id};
use super::list::candidates;
use super::refusal::{no_answer, refusal, unreachable, unreadable};
use super::result::task_report;
use crate::config::Config;
use crate::domain::report::Report;
use crate::domain::task::Task;
use crate::error::ApiError;
use crate::http::{Answer, Failed, Outgoing};
use crate::json;
use crate::platform::report;
use crate::signature::Secret;
use serde_json::Value;
use std::time::Duration;

/// How long Mynth has to answer. It queues a task and answers at once; a caller waits for this.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tasks that are looked through for one whose id was lost: the provider's largest page.
const LISTED: usize = 100;

pub struct Client {
    base: String,
    key: Secret,
}

impl Client {
    pub fn new<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Self, ApiError> {
        Ok(Self { base: config.mynth_api_url()?, key: config.mynth_api_key()? })
    }

    /// Starts a task of `kind`: the provider's id of it.
    pub async fn start(&self, kind: &str, body: &Value) -> Result<String, ApiError> {
        let answer = self.post(&start_path(kind), body).await?;
        started_task_id(&answer).ok_or_else(|| {
            report("mynth start", "an answer without a task id");
            unreadable()
        })
    }

    /// What an image task would cost, in the provider's words.
    pub async fn estimate(&self, body: &Value) -> Result<Value, ApiError> {
        let answer = self.post("/image/generate/estimate", body).await?;
        let answer: Value = json::read(&answer).map_err(|_| unreadable())?;
        Ok(answer.get("data").unwrap_or(&answer).clone())
    }

    /// The provider's id of `task`, if it has it: for a start whose answer was lost. Only tasks with
    /// rows can be found, since the ids of those are what they are known by.
    pub async fn find(&self, task: &Task) -> Result<Option<String>, ApiError> {
        let Some(row_id) = task.images.first().map(|image| &image.id) else { return Ok(None) };
        let list = self.get(&format!("/tasks?limit={LISTED}")).await?;
        for id in candidates(&list, &task.kind, task.created_at) {
            // A candidate that cannot be seen now may be the one: better no answer than a wrong one.
            let told = self.look(&id).await?;
            if told.row_ids.first() == Some(row_id) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// What the provider says of a task now.
    pub async fn look(&self, task_id: &str) -> Result<Report, ApiError> {
        let body = self.get(&format!("/tasks/{task_id}")).await?;
        let told = task_report(body.get("data").unwrap_or(&body));
        told.filter(|told| told.task_id == task_id).ok_or_else(unreadable)
    }

    async fn get(&self, path: &str) -> Result<Value, ApiError> {
        let answer = self.call("GET", path, None).await?;
        if !(200..300).contains(&answer.status) {
            return Err(refusal(answer.status, &answer.body));
        }
        json::read(&answer.body).map_err(|_| unreadable())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Vec<u8>, ApiError> {
        let answer = self.call("POST", path, Some(&body.to_string())).await?;
        if !(200..300).contains(&answer.status) {
            report("mynth", format_args!("status {} at {path}", answer.status));
            return Err(refusal(answer.status, &answer.body));
        }
        Ok(answer.body)
    }

    async fn call(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let url = format!("{}{path}", self.base);
        let bearer = format!("Bearer {}", self.key.expose());
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", "application/json"),
            ("content-type", "application/json"),
        ];
        let headers = if body.is_some() { &headers[..] } else { &headers[..2] };
        let request = Outgoing { method, url: &url, headers, body };
        request.send(PATIENCE).await.map_err(|failed| match failed {
            Failed::Late => no_answer(),
            Failed::Broken(error) => {
                report("mynth", error);
                unreachable()
            }
        })
    }
}
