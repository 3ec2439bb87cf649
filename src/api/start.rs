//! Starting a task: rows first, then the provider, then the room. Whatever happens between two of
//! these lines, the rows say what became of it, or are found by what comes after.

use crate::domain::task::{Task, TaskError};
use crate::domain::time::{Millis, SECOND};
use crate::error::{ApiError, Code};
use crate::platform::{config, now, report};
use crate::provider::mynth::client::Client;
use crate::room::client::Room;
use crate::store::d1::{Claim, Store};
use serde_json::Value;
use std::time::Duration;
use worker::{Delay, Env};

/// How long a repeated request waits for the first one to get through, and how often it looks.
const WAIT: Millis = 20 * SECOND;
const STEP: Duration = Duration::from_millis(200);

pub struct Start {
    pub env: Env,
    /// The task as it is to be: without a provider's id.
    pub task: Task,
    /// The body of the provider's start call.
    pub body: Value,
    /// The caller's idempotency key, and the hash of the request it came with.
    pub claim: Option<(String, String)>,
}

/// Starts the task, or finds the one that the same key has started before.
pub async fn start(job: Start) -> Result<Task, ApiError> {
    let store = Store::new(&job.env)?;
    let claim = job.claim.as_ref().map(|(key, request)| Claim { key, request });
    if let Some(claim) = &claim {
        if let Some(task) = repeated(&job, &store, claim).await? {
            return Ok(task);
        }
    }
    if let Err(error) = store.insert(&job.task, claim.as_ref()).await {
        // The same key may have been claimed a moment ago: then that one is the start.
        let Some(claim) = &claim else { return Err(error) };
        return repeated(&job, &store, claim).await?.ok_or(error);
    }
    let client = Client::new(&config(&job.env))?;
    let task_id = match client.start_image(&job.body).await {
        Ok(task_id) => task_id,
        Err(error) => {
            refuse(&store, &job.task, &error).await;
            return Err(error);
        }
    };
    attach(&job.env, &store, Task { task_id, ..job.task }).await
}

/// The task gets its room. If that cannot be had, the row gets the provider's id at least: then
/// whoever asks for the task wakes its room, and its webhook finds it in any case.
async fn attach(env: &Env, store: &Store, task: Task) -> Result<Task, ApiError> {
    match Room::of(env, &task.task_id)?.attach(task.clone()).await {
        Ok(task) => Ok(task),
        Err(_) => {
            let task = Task { version: 1, ..task };
            store.mirror(&task).await?;
            Ok(task)
        }
    }
}

/// The rows say why the start was refused. They stay pending only if D1 is away just now.
async fn refuse(store: &Store, task: &Task, error: &ApiError) {
    let reason = TaskError::new(error.code.as_str(), &error.message);
    for _ in 0..2 {
        if store.refuse(task, &reason, now()).await.is_ok() {
            return;
        }
    }
    report("start", format_args!("rows of {} stay pending", task.key));
}

/// What the same key has started before, if anything. Waits while that is under way.
async fn repeated(job: &Start, store: &Store, claim: &Claim<'_>) -> Result<Option<Task>, ApiError> {
    let user = job.task.user_id.as_str();
    let Some(known) = store.key(user, claim.key).await? else { return Ok(None) };
    if known.request != claim.request {
        let message = "This Idempotency-Key stands for another request.";
        return Err(ApiError::new(Code::IdempotencyConflict, message));
    }
    let started = now();
    loop {
        let Some(task) = store.by_key(user, &known.task_id).await? else { return Ok(None) };
        if !task.task_id.is_empty() {
            let current = Room::of(&job.env, &task.task_id)?.read(user).await?;
            return Ok(Some(current.unwrap_or(task)));
        }
        if let Some(error) = task.error {
            let code = Code::from_word(&error.code).unwrap_or(Code::ProviderRefused);
            return Err(ApiError::new(code, error.message));
        }
        if now() - started > WAIT {
            let message = "The first request with this Idempotency-Key is still under way.";
            return Err(ApiError::new(Code::IdempotencyInProgress, message));
        }
        Delay::from(STEP).await;
    }
}
