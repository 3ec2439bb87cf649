//! `POST /generate`: starts an image task.

use super::answer::json;
use super::body::read_json;
use super::broken;
use super::caller::{identify, issue};
use super::start::{Start, start};
use crate::domain::frame::TaskView;
use crate::domain::id::TaskKey;
use crate::domain::task::{IMAGE_GENERATE, Image, Status, Task};
use crate::domain::time::Millis;
use crate::error::{ApiError, Issue};
use crate::platform::{config, fault, new_key, now};
use crate::request::generate::GenerateRequest;
use crate::signature::Scope;
use futures_channel::oneshot;
use hex::encode;
use serde_json::json as value;
use sha2::{Digest, Sha256};
use worker::{Context, Env, Request, Response};

/// Longest idempotency key that is taken: room for a few UUIDs.
const KEY_LIMIT: usize = 255;

pub async fn generate(
    mut request: Request,
    env: &Env,
    context: Context,
) -> Result<Response, ApiError> {
    let caller = identify(&request, env).await?;
    let body = read_json(&mut request).await?;
    let wanted = GenerateRequest::parse(&body)?;
    let claim = claim(&request, &body)?;
    // What would be missing at the end is found out before any money is spent.
    let config = config(env);
    config.mynth_api_key()?;
    config.token_secret()?;

    let now = now();
    let task = new_task(&wanted, caller.user_id(), new_key(now)?, now);
    let body = wanted.provider_body(&task.key);
    let job = Start { env: env.clone(), task, body, claim };
    // A caller who hangs up must not leave a paid task half-way: the start goes on without them.
    let (done, outcome) = oneshot::channel();
    context.wait_until(async move {
        let _ = done.send(start(job).await);
    });
    let task = outcome.await.map_err(|error| fault("start", error))??;

    let live = issue(env, &task.user_id, Scope::Task(task.task_id.clone()))?;
    json(
        201,
        &value!({
            "taskId": task.task_id,
            "mynthTaskId": task.task_id,
            "task": TaskView::from(&task),
            "live": {
                "url": format!("/tasks/{}/live", task.task_id),
                "ticket": live.ticket,
                "expiresAt": live.expires_at,
            },
        }),
    )
}

/// The caller's `Idempotency-Key`, and the hash of the request that it stands for.
fn claim(request: &Request, body: &[u8]) -> Result<Option<(String, String)>, ApiError> {
    let Some(key) = request.headers().get("idempotency-key").map_err(broken)? else {
        return Ok(None);
    };
    if !(1..=KEY_LIMIT).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("must be 1 to {KEY_LIMIT} visible ASCII characters");
        return Err(ApiError::validation(vec![Issue::new("Idempotency-Key", message)]));
    }
    Ok(Some((key, encode(Sha256::digest(body)))))
}

fn new_task(wanted: &GenerateRequest, user_id: &str, key: TaskKey, now: Millis) -> Task {
    Task {
        task_id: String::new(),
        user_id: user_id.to_owned(),
        kind: IMAGE_GENERATE.to_owned(),
        status: Status::Pending,
        version: 0,
        prompt: Some(wanted.prompt.clone()),
        requested_model: Some(wanted.model.clone()),
        model: None,
        error: None,
        cost: None,
        metadata: wanted.metadata.clone(),
        created_at: now,
        updated_at: now,
        images: (0..wanted.count).map(|position| Image::pending(&key, position)).collect(),
        result: None,
        key,
    }
}
