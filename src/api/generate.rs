//! The routes that start something: `POST /generate`, `/generate/batch`, `/tasks` and `/estimate`.

use super::answer::json;
use super::body::read_json;
use super::broken;
use super::caller::{identify, live};
use super::start::{Claimed, Done, Job, Start, start};
use crate::domain::task::{IMAGE_GENERATE, Task};
use crate::error::ApiError;
use crate::platform::{config, fault, new_key, now, to_the_end};
use crate::provider::mynth::client::Client;
use crate::request::start::StartRequest;
use crate::request::{batch, generate, idempotency, kinds};
use crate::response::start::{Batch, BatchEntry, Started};
use crate::signature::{Intent, Scope, WebhookTokenKey};
use hex::encode;
use serde_json::Value;
use sha2::{Digest, Sha256};
use worker::{Context, Env, Request, Response};

/// What is the same for everything that starts: who asks, and the key of the request.
pub struct Asked {
    pub user_id: String,
    pub body: Vec<u8>,
    pub key: Option<String>,
}

pub async fn asked(request: &mut Request, env: &Env) -> Result<Asked, ApiError> {
    let caller = identify(request, env).await?;
    let body = read_json(request).await?;
    let key = idempotency_key(request)?;
    Ok(Asked { user_id: caller.user_id().to_owned(), body, key })
}

/// `POST /generate`
pub async fn generate(
    mut request: Request,
    env: &Env,
    context: Context,
) -> Result<Response, ApiError> {
    let asked = asked(&mut request, env).await?;
    let wanted = generate::parse(&asked.body)?;
    one(asked, "generate", &wanted, env, context).await
}

/// `POST /tasks`
pub async fn start_kind(
    mut request: Request,
    env: &Env,
    context: Context,
) -> Result<Response, ApiError> {
    let asked = asked(&mut request, env).await?;
    let wanted = kinds::parse(&asked.body)?;
    one(asked, "tasks", &wanted, env, context).await
}

async fn one(
    asked: Asked,
    route: &str,
    wanted: &StartRequest,
    env: &Env,
    context: Context,
) -> Result<Response, ApiError> {
    let now = now();
    let task = wanted.task(&asked.user_id, new_key(now)?, now);
    let stands_for = task.key.to_string();
    let job = Job { body: body(env, wanted, &task)?, task };
    let claim = claim(&asked, route, stands_for);
    let outcome = run(env, context, vec![job], claim).await?.outcomes.pop();
    let task = outcome.ok_or_else(|| fault("start", "no outcome"))??;
    let scope = Scope::Task(task.task_id.clone());
    let live = live(env, &task.user_id, scope, format!("/tasks/{}/live", task.task_id))?;
    json(201, &Started::new(&task, live))
}

/// `POST /generate/batch`
pub async fn generate_batch(
    mut request: Request,
    env: &Env,
    context: Context,
) -> Result<Response, ApiError> {
    let asked = asked(&mut request, env).await?;
    let wanted = batch::parse(&asked.body)?;
    let now = now();
    let batch_id = format!("btc_{}", new_key(now)?);
    let mut jobs = Vec::new();
    // A millisecond apart, since tasks are listed by the time in their keys.
    for (wanted, at) in wanted.iter().zip(now..) {
        let task = wanted.task(&asked.user_id, new_key(at)?, now);
        let task = Task { batch_id: Some(batch_id.clone()), ..task };
        jobs.push(Job { body: body(env, wanted, &task)?, task });
    }
    let claim = claim(&asked, "batch", batch_id.clone());
    let Done { outcomes, earlier } = run(env, context, jobs, claim).await?;
    // A repeated request stands for the batch that was started first.
    let batch_id = earlier.unwrap_or(batch_id);
    let scope = Scope::Batch(batch_id.clone());
    let live = live(env, &asked.user_id, scope, format!("/batches/{batch_id}/live"))?;
    let tasks = outcomes.iter().map(BatchEntry::from).collect();
    json(201, &Batch { batch_id, tasks, live })
}

/// `POST /estimate`: the provider's dry run of what `POST /generate` would start.
pub async fn estimate(mut request: Request, env: &Env) -> Result<Response, ApiError> {
    let asked = asked(&mut request, env).await?;
    let wanted = generate::parse(&asked.body)?;
    let body = wanted.estimate_body(&new_key(now())?);
    let estimate = Client::new(&config(env))?.estimate(&body).await?;
    json(200, &estimate)
}

/// `GET /models`: what the provider can be asked for.
pub async fn models(request: &Request, env: &Env) -> Result<Response, ApiError> {
    identify(request, env).await?;
    json(200, &Client::new(&config(env))?.models().await?)
}

/// The body of the provider's start call, with the webhook's address where none is registered.
fn body(env: &Env, wanted: &StartRequest, task: &Task) -> Result<Value, ApiError> {
    let config = config(env);
    let address = config.request_webhooks_at()?;
    // Other kinds take no webhook of their own: they are looked for.
    let Some(address) = address.filter(|_| wanted.kind == IMAGE_GENERATE) else {
        return Ok(wanted.provider_body(&task.key));
    };
    let intent = Intent { user: task.user_id.clone(), key: task.key.clone() };
    let token = WebhookTokenKey::new(&config.token_secret()?).sign(&intent);
    Ok(wanted.provider_body_with_webhook(&task.key, &format!("{address}/{token}")))
}

/// Starts the jobs.
async fn run(
    env: &Env,
    context: Context,
    jobs: Vec<Job>,
    claim: Option<Claimed>,
) -> Result<Done, ApiError> {
    // What would be missing at the end is found out before any money is spent.
    let config = config(env);
    Client::new(&config)?;
    config.token_secret()?;
    to_the_end(&context, start(Start { env: env.clone(), jobs, claim })).await?
}

/// The caller's key with the hash of the request that it stands for. The same body on another
/// route is another request.
pub fn claim(asked: &Asked, route: &str, stands_for: String) -> Option<Claimed> {
    let hash = Sha256::new().chain_update(route).chain_update([0]).chain_update(&asked.body);
    let request = encode(hash.finalize());
    asked.key.clone().map(|key| Claimed { key, request, stands_for })
}

fn idempotency_key(request: &Request) -> Result<Option<String>, ApiError> {
    let key = request.headers().get("idempotency-key").map_err(broken)?;
    key.map(idempotency::checked).transpose()
}
