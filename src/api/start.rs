//! Starting tasks: rows first, then the provider, then the rooms. Whatever happens between two of
//! these, the rows say what became of it, or are found by what comes after.

use crate::domain::task::{Task, TaskError};
use crate::domain::time::{Millis, SECOND};
use crate::error::{ApiError, Code};
use crate::platform::{config, now, report, within};
use crate::provider::mynth::client::Client;
use crate::provider::mynth::create::Started;
use crate::room::client::Room;
use crate::store::d1::Store;
use futures_util::future::join_all;
use serde_json::Value;
use std::time::Duration;
use worker::{Delay, Env};

/// Starts under way at once: the connections that the runtime allows a request.
const SIDE_BY_SIDE: usize = 6;

/// How long a repeated request waits for the first one to get through, and how often it looks.
pub const WAIT: Millis = 20 * SECOND;
pub const STEP: Duration = Duration::from_millis(200);

/// How long a caller whose start had no answer waits for the look at what became of it. The sweep
/// looks again.
const LOOK_PATIENCE: Duration = Duration::from_secs(3);

pub struct Start {
    pub env: Env,
    pub jobs: Vec<Job>,
    pub claim: Option<Claimed>,
}

pub struct Job {
    /// The task as it is to be: without a provider's id.
    pub task: Task,
    /// The body of the provider's start call.
    pub body: Value,
}

/// A caller's idempotency key.
pub struct Claimed {
    pub key: String,
    /// Hash of the request that it came with.
    pub request: String,
    /// What is started under it: the key of a task, or the id of a batch.
    pub stands_for: String,
}

/// What became of one task.
pub type Outcome = Result<Task, ApiError>;

/// What became of all, and what the same key had stood for before, if it had.
pub struct Done {
    pub outcomes: Vec<Outcome>,
    pub earlier: Option<String>,
}

/// Starts all, or finds what the same key has started before.
pub async fn start(all: Start) -> Result<Done, ApiError> {
    let Start { env, jobs, claim } = all;
    let store = Store::new(&env)?;
    let user = jobs.first().map(|job| job.task.user_id.clone()).unwrap_or_default();
    if let Some(claim) = &claim {
        if let Some(done) = repeated(&env, &store, &user, claim).await? {
            return Ok(done);
        }
    }
    let tasks: Vec<&Task> = jobs.iter().map(|job| &job.task).collect();
    if let Err(error) = store.insert(&tasks, claim.as_ref()).await {
        // The same key may have been claimed a moment ago: then that one is the start. Otherwise it
        // may be that just D1's answer was lost, and the rows are there: they must not stay pending.
        let earlier = match &claim {
            Some(claim) if !store.holds(&user, claim).await? => {
                repeated(&env, &store, &user, claim).await?
            }
            _ => None,
        };
        if earlier.is_none() {
            let reason = reason(&error);
            let withdrawal = store.withdraw(&tasks, claim.as_ref(), &reason, now());
            let _ = within(LOOK_PATIENCE, withdrawal).await;
        }
        return earlier.ok_or(error);
    }
    let client = Client::new(&config(&env))?;
    let mut outcomes = Vec::new();
    let mut jobs = jobs.into_iter().peekable();
    while jobs.peek().is_some() {
        let some = jobs.by_ref().take(SIDE_BY_SIDE);
        outcomes.extend(join_all(some.map(|job| begin(&env, &store, &client, job))).await);
    }
    Ok(Done { outcomes, earlier: None })
}

async fn begin(env: &Env, store: &Store, client: &Client, job: Job) -> Outcome {
    match client.start(&job.task.kind, &job.body).await {
        Ok(Started { task_id, access }) => {
            attach(env, store, Task { task_id, access, ..job.task }).await
        }
        Err(error) => {
            // No clear no: the provider may have the task all the same. That is looked up, since a
            // second call could be a second paid task.
            if reason(&error).is_provisional() {
                let found = within(LOOK_PATIENCE, settle(env, store, client, &job.task)).await;
                if let Ok(Some(task)) = found {
                    return Ok(task);
                }
            }
            refuse(store, &job.task, &error).await;
            Err(error)
        }
    }
}

/// Looks for a start without an answer at the provider: the task, attached, if it is there.
pub async fn settle(
    env: &Env,
    store: &Store,
    client: &Client,
    task: &Task,
) -> Result<Option<Task>, ApiError> {
    match client.find(task).await? {
        Some(task_id) => attach(env, store, Task { task_id, ..task.clone() }).await.map(Some),
        None => Ok(None),
    }
}

fn reason(error: &ApiError) -> TaskError {
    TaskError::new(error.code.as_str(), &error.message)
}

/// The task gets its room. If that cannot be had, the row gets the provider's id at least: then
/// whoever asks for the task wakes its room, and its webhook finds it in any case.
async fn attach(env: &Env, store: &Store, task: Task) -> Outcome {
    match Room::of(env, &task.task_id)?.attach(task.clone()).await {
        Ok(task) => Ok(task),
        Err(_) => {
            let mut task = Task { version: 1, ..task };
            if let Some(version) = store.mirror(&task).await? {
                task.version = version + 1;
                store.mirror(&task).await?;
            }
            Ok(task)
        }
    }
}

/// The rows say why the start was refused. They stay pending only if D1 is away just now.
async fn refuse(store: &Store, task: &Task, error: &ApiError) {
    let reason = reason(error);
    for _ in 0..2 {
        if store.refuse(task, &reason, now()).await.is_ok() {
            return;
        }
    }
    report("start", format_args!("rows of {} stay pending", task.key));
}

/// What the same key has started before, if anything. Waits while that is under way.
async fn repeated(
    env: &Env,
    store: &Store,
    user: &str,
    claim: &Claimed,
) -> Result<Option<Done>, ApiError> {
    let Some(known) = store.key(user, &claim.key).await? else { return Ok(None) };
    if known.request != claim.request {
        let message = "This Idempotency-Key stands for another request.";
        return Err(ApiError::new(Code::IdempotencyConflict, message));
    }
    let since = now();
    loop {
        let tasks = store.started_under(user, &known.task_id).await?;
        if tasks.is_empty() {
            return Ok(None);
        }
        if tasks.iter().all(|task| !task.task_id.is_empty() || task.error.is_some()) {
            let mut outcomes = Vec::new();
            for task in tasks {
                outcomes.push(current(env, task).await);
            }
            return Ok(Some(Done { outcomes, earlier: Some(known.task_id) }));
        }
        if now() - since > WAIT {
            let message = "The first request with this Idempotency-Key is still under way.";
            return Err(ApiError::new(Code::IdempotencyInProgress, message));
        }
        Delay::from(STEP).await;
    }
}

/// A task that was started before, as it is now; or why it was refused then.
async fn current(env: &Env, task: Task) -> Outcome {
    match task.error {
        Some(error) if task.task_id.is_empty() => {
            let code = Code::from_word(&error.code).unwrap_or(Code::ProviderRefused);
            Err(ApiError::new(code, error.message))
        }
        _ => {
            let seen = Room::of(env, &task.task_id)?.read(&task.user_id).await?;
            Ok(seen.unwrap_or(task))
        }
    }
}
