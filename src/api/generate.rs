//! The routes that start something: `POST /generate`, `/generate/batch`, `/tasks` and `/estimate`.

use super::answer::{Response, json};
use super::body::{INPUT_LIMIT, REQUEST_LIMIT, read_json};
use super::caller::{identify, live, tier_of};
use super::incoming::Request;
use super::request::idempotency;
use super::request::kinds::{self, parse_as, parse_batch};
use super::response::start::{Batch, BatchEntry, Started};
use crate::domain::claim::Claim;
use crate::domain::task::start_request::StartRequest;
use crate::domain::task::{IMAGE_GENERATE, Task};
use crate::error::ApiError;
use crate::limits::policy;
use crate::platform::{config, fault, finish_even_if_client_leaves, new_key, now};
use crate::provider::calls;
use crate::provider::contract::Provider;
use crate::provider::http::Http;
use crate::provider::kind::{Becomes, Kind};
use crate::provider::registry::PROVIDERS;
use crate::signature::{Intent, Scope, WebhookTokenKey};
use crate::start::ports::{Money, Ports};
use crate::start::saga::{Done, Job};
use crate::start::wiring::with_ports;
use hex::encode;
use sha2::{Digest, Sha256};
use worker::{Context, Env};

/// What all starts have in common.
pub struct Asked {
    pub user_id: String,
    /// The tier that the caller's token names.
    pub tier: Option<String>,
    pub body: Vec<u8>,
    pub key: Option<String>,
}

pub async fn asked(request: &Request, env: &Env) -> Result<Asked, ApiError> {
    let caller = identify(request, env).await?;
    let takes_input = request.path() == "/tasks";
    let limit = if takes_input { INPUT_LIMIT } else { REQUEST_LIMIT };
    let body = read_json(request, limit).await?;
    let key = idempotency_key(request)?;
    let tier = tier_of(&caller, env);
    Ok(Asked { user_id: caller.user_id().to_owned(), tier, body, key })
}

/// `POST /generate`
pub async fn generate(
    request: &Request,
    env: &Env,
    context: &Context,
) -> Result<Response, ApiError> {
    let asked = asked(request, env).await?;
    let (_, kind) = image_generate()?;
    let wanted = parse_as(kind, &asked.body)?;
    one(asked, "generate", wanted, env, context).await
}

/// `POST /tasks`
pub async fn start_kind(
    request: &Request,
    env: &Env,
    context: &Context,
) -> Result<Response, ApiError> {
    let asked = asked(request, env).await?;
    let wanted = kinds::parse(PROVIDERS, &asked.body)?;
    let is_run = PROVIDERS.kind(wanted.kind, Becomes::Run).is_some();
    let field = if is_run { "input" } else { "request" };
    let started = one(asked, "tasks", wanted, env, context).await;
    started.map_err(|error| kinds::within_field(error, field))
}

/// The kind that the short forms start, and its provider.
pub fn image_generate() -> Result<(&'static dyn Provider, &'static Kind), ApiError> {
    PROVIDERS.kind(IMAGE_GENERATE, Becomes::Task).ok_or_else(ApiError::not_found)
}

async fn one(
    asked: Asked,
    route: &str,
    wanted: StartRequest,
    env: &Env,
    context: &Context,
) -> Result<Response, ApiError> {
    let now = now();
    let task = wanted.task(&asked.user_id, new_key(now)?, now);
    let stands_for = task.key.to_string();
    let job = job(env, wanted, task)?;
    let claim = claim(&asked, route, stands_for);
    let outcome = run(env, context, &asked, vec![job], claim).await?.outcomes.pop();
    let task = outcome.ok_or_else(|| fault("start", "no outcome"))??;
    let scope = Scope::Task(task.id().to_owned());
    let live = live(env, &task.user_id, scope, format!("/tasks/{}/live", task.id()))?;
    json(201, &Started::new(&task, live))
}

/// `POST /generate/batch`
pub async fn generate_batch(
    request: &Request,
    env: &Env,
    context: &Context,
) -> Result<Response, ApiError> {
    let asked = asked(request, env).await?;
    let (_, kind) = image_generate()?;
    let wanted = parse_batch(kind, &asked.body)?;
    let now = now();
    let batch_id = format!("btc_{}", new_key(now)?);
    let mut jobs = Vec::new();
    // A millisecond apart, since tasks are listed by the time in their keys.
    for (wanted, at) in wanted.into_iter().zip(now..) {
        let task = wanted.task(&asked.user_id, new_key(at)?, now);
        let task = Task { batch_id: Some(batch_id.clone()), ..task };
        jobs.push(job(env, wanted, task)?);
    }
    let claim = claim(&asked, "batch", batch_id.clone());
    let Done { outcomes, earlier } = run(env, context, &asked, jobs, claim).await?;
    // A repeated request returns the batch that was started first.
    let batch_id = earlier.unwrap_or(batch_id);
    let scope = Scope::Batch(batch_id.clone());
    let live = live(env, &asked.user_id, scope, format!("/batches/{batch_id}/live"))?;
    let tasks = outcomes.iter().map(BatchEntry::from).collect();
    json(201, &Batch { batch_id, tasks, live })
}

/// `POST /estimate`: what `POST /generate` would cost, as the provider says.
pub async fn estimate(request: &Request, env: &Env) -> Result<Response, ApiError> {
    let asked = asked(request, env).await?;
    let (provider, kind) = image_generate()?;
    let wanted = parse_as(kind, &asked.body)?;
    json(200, &calls::estimate(&Http { env }, provider, &wanted).await?)
}

/// What is to be started, with the webhook's address where none is registered. Missing settings are found
/// here.
fn job(env: &Env, request: StartRequest, task: Task) -> Result<Job, ApiError> {
    let config = config(env);
    let provider = PROVIDERS.of(&task)?;
    Http { env }.check(provider)?;
    let address = provider.settings().webhook_address(provider.name(), &config)?;
    let webhook_url = match address {
        Some(address) => {
            let intent = Intent { user: task.user_id.clone(), key: task.key.clone() };
            let token = WebhookTokenKey::new(&config.token_secrets()?).sign(&intent);
            Some(format!("{address}/{token}"))
        }
        None => None,
    };
    Ok(Job { task, request, webhook_url })
}

/// Starts the jobs.
async fn run(
    env: &Env,
    context: &Context,
    asked: &Asked,
    jobs: Vec<Job>,
    claim: Option<Claim>,
) -> Result<Done, ApiError> {
    // Missing settings are found before any money is spent.
    config(env).token_secrets()?;
    config(env).retention()?;
    let money = money(env, asked)?;
    let env = env.clone();
    let work = async move {
        with_ports(&env, async |ports| Ports { money, ..ports }.start(jobs, claim).await).await
    };
    finish_even_if_client_leaves(context, work).await?
}

/// How the starts of this caller are limited. `None`: nothing is.
///
/// # Errors
///
/// `not_configured` if the limits cannot be read.
pub fn money(env: &Env, asked: &Asked) -> Result<Option<Money>, ApiError> {
    let policy = policy(&config(env))?;
    if policy.is_none() {
        return Ok(None);
    }
    let counts = policy.terms(&asked.user_id, asked.tier.as_deref()).counts_money();
    Ok(Some(Money { tier: asked.tier.clone(), counts, prices: policy.prices }))
}

/// The claim on the caller's idempotency key. The hash includes the route, so the same body on another
/// route is another request.
pub fn claim(asked: &Asked, route: &str, stands_for: String) -> Option<Claim> {
    let hash = Sha256::new().chain_update(route).chain_update([0]).chain_update(&asked.body);
    let request = encode(hash.finalize());
    asked.key.clone().map(|key| Claim { key, request, stands_for })
}

fn idempotency_key(request: &Request) -> Result<Option<String>, ApiError> {
    let key = request.header("idempotency-key")?;
    key.map(idempotency::checked).transpose()
}
