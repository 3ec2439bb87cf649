//! Webhooks of every provider: verified, read and sent to the room. The answer is 200 once the room has
//! stored them.

use super::answer::{Response, json};
use super::body::{WEBHOOK_LIMIT, read};
use super::delivery::Incoming;
use super::event::event;
use super::incoming::Request;
use super::response::site::RECEIVED;
use crate::auth::published::PublishedKeys;
use crate::domain::delivery::mark::Mark;
use crate::domain::task::report::Report;
use crate::domain::time::SECOND;
use crate::domain::verdict::Verdict;
use crate::error::{ApiError, Code};
use crate::log::flood::{About, COUNTED, CountLine, Floods, Say};
use crate::log::{Line, What};
use crate::platform::{config, log, log_count, log_line, now};
use crate::provider::call::TaskRef;
use crate::provider::calls::poll;
use crate::provider::contract::Provider;
use crate::provider::event::Event;
use crate::provider::http::Http;
use crate::provider::registry::PROVIDERS;
use crate::provider::settings::Verifier;
use crate::room::channel::client::ChannelClient;
use crate::room::task::client::TaskClient;
use crate::signature::{Intent, Raw, Scheme, SignatureError, Verified, WebhookTokenKey};
use crate::start::search::names;
use crate::store::Store;
use crate::store::row::to_json;
use std::cell::RefCell;
use std::time::Duration;
use worker::{Context, Delay, Env};

/// `POST /webhooks/{provider}`
pub async fn signed(
    request: &Request,
    name: &str,
    env: &Env,
    context: &Context,
) -> Result<Response, ApiError> {
    let provider = PROVIDERS.named(name).ok_or_else(ApiError::not_found)?;
    let mut incoming = Incoming::of(provider, env);
    let taken = take_signed(request, provider, env, &mut incoming).await;
    incoming.answered(&taken, request, (env, context));
    taken.inspect_err(|error| refused(provider, error, context))
}

async fn take_signed(
    request: &Request,
    provider: &'static dyn Provider,
    env: &Env,
    incoming: &mut Incoming,
) -> Result<Response, ApiError> {
    let (config, settings) = (config(env), provider.settings());
    let verifier = settings.verifier(&config, false)?;
    // Checked here, so that the provider sends it again once it is set right.
    settings.is_public(&config)?;
    let body = read(request, WEBHOOK_LIMIT).await?;
    incoming.came(&body);
    let headers = headers(request, provider)?;
    let verified = signed_by(provider, Raw::new(&body, &headers), verifier).await?;
    incoming.verified(&verified);
    let event = event(env, provider, &verified)?;
    incoming.says(&event);
    match event {
        Event::Other { name } => of_another_kind(&name, incoming),
        Event::Task(report) => hand_over(env, verified.delivery(), report, incoming).await?,
        // Without a token it is not known whose task that is.
        Event::Progress { .. } => {}
        Event::Channel(event) => {
            let channel_id = event.channel_id.clone();
            let room = ChannelClient::of(env, &channel_id)?;
            let (verdict, is_logged) = room.ingest(event, incoming.for_room()).await?;
            incoming.judged(verdict, is_logged);
            taken(&channel_id, verdict)?;
        }
    }
    json(200, &RECEIVED)
}

/// The webhook, if its signature is good.
async fn signed_by<'a>(
    provider: &'static dyn Provider,
    webhook: Raw<'a>,
    verifier: Verifier,
) -> Result<Verified<'a>, ApiError> {
    let now = || now() / SECOND;
    let verified = match verifier {
        Verifier::Secrets(secrets) => provider.verify(webhook, &secrets, now()),
        Verifier::PublishedKeys(url) => {
            let claimed = provider.claim(webhook).map_err(unsigned)?;
            claimed.verify(&PublishedKeys::at(url).await?, now()).await
        }
        Verifier::Token => Err(SignatureError::Mismatch),
    };
    verified.map_err(unsigned)
}

/// `POST /webhooks/{provider}/{token}`: accepted only for the start that its token was made for. Where the
/// provider signs it, the signature must be good as well.
pub async fn with_token(
    request: &Request,
    (name, token): (&str, &str),
    env: &Env,
    context: &Context,
) -> Result<Response, ApiError> {
    let provider = PROVIDERS.named(name).ok_or_else(ApiError::not_found)?;
    let mut incoming = Incoming::of(provider, env);
    let taken = take_with_token(request, (provider, token), env, &mut incoming).await;
    incoming.answered(&taken, request, (env, context));
    taken.inspect_err(|error| refused(provider, error, context))
}

async fn take_with_token(
    request: &Request,
    (provider, token): (&'static dyn Provider, &str),
    env: &Env,
    incoming: &mut Incoming,
) -> Result<Response, ApiError> {
    let config = config(env);
    let key = WebhookTokenKey::new(&config.token_secrets()?);
    let verifier = provider.settings().verifier(&config, true)?;
    let now = now();
    let intent = key.verify(token, now).ok_or_else(wrong)?;
    let body = read(request, WEBHOOK_LIMIT).await?;
    incoming.came(&body);
    let headers = headers(request, provider)?;
    let webhook = Raw::new(&body, &headers);
    let webhook = match verifier {
        Verifier::Token => key.accept(token, webhook, now).ok_or_else(wrong)?.1,
        signed => signed_by(provider, webhook, signed).await?,
    };
    incoming.verified(&webhook);
    let event = event(env, provider, &webhook)?;
    incoming.says(&event);
    match event {
        Event::Task(report) => {
            let is_signed = webhook.scheme() != Scheme::PathToken;
            match whose(env, provider, &intent, &report, is_signed).await? {
                Whose::Its => hand_over(env, webhook.delivery(), report, incoming).await?,
                Whose::Gone => {
                    incoming.marked(Mark::UnknownTask);
                    log("webhook", format_args!("{} is gone", report.task_id));
                }
                Whose::Another => return Err(wrong()),
            }
        }
        // The room knows whether the task is that of the token.
        Event::Progress { task_id, progress, .. } => {
            TaskClient::of(env, &task_id)?.progress(intent.key, progress).await?;
        }
        // A token is for a task.
        Event::Channel(_) => return Err(wrong()),
        Event::Other { name } => of_another_kind(&name, incoming),
    }
    json(200, &RECEIVED)
}

fn of_another_kind(name: &str, incoming: &mut Incoming) {
    incoming.marked(Mark::UnknownType);
    log("webhook of another kind", to_json(&name));
}

fn wrong() -> ApiError {
    ApiError::new(Code::InvalidSignature, "The token is not for this.")
}

/// The headers that the provider reads.
fn headers(
    request: &Request,
    provider: &dyn Provider,
) -> Result<Vec<(&'static str, String)>, ApiError> {
    let mut found = Vec::new();
    for name in provider.webhook_headers() {
        if let Some(value) = request.header(name)? {
            found.push((*name, value));
        }
    }
    Ok(found)
}

/// Whose task an unsigned webhook is about.
enum Whose {
    /// That of the start for which its token was made.
    Its,
    /// That start has no rows any more: they were erased. A retry would not help.
    Gone,
    Another,
}

/// Whether `report` is about the task that `intent` names.
async fn whose(
    env: &Env,
    provider: &'static dyn Provider,
    intent: &Intent,
    report: &Report,
    is_signed: bool,
) -> Result<Whose, ApiError> {
    let its = |is_its| if is_its { Whose::Its } else { Whose::Another };
    let task_id = report.task_id.as_str();
    if report.key.as_ref().is_some_and(|key| *key != intent.key) {
        return Ok(Whose::Another);
    }
    let store = Store::new(env)?;
    let Some(row) = store.by_key(&intent.user, intent.key.as_str()).await? else {
        return Ok(Whose::Gone);
    };
    if row.task_id.is_some() {
        return Ok(its(row.id() == task_id));
    }
    // The start has no answer yet, or has lost it. An unsigned body may name any task, so the provider is
    // polled to check that it is the right one.
    if !is_signed {
        let (model, links) = (row.requested_model.as_deref(), None);
        let about = TaskRef { task_id, kind: &row.kind, model, links };
        let told = poll(&Http { env }, provider, &about).await?;
        // A task that echoes nothing of ours cannot be recognized. The provider retries later.
        if told.key.is_none() && row.images.is_empty() {
            return Err(ApiError::unavailable());
        }
        return Ok(its(names(&told, &row)));
    }
    // Only the token says whose it is: nobody would find the rows by what the body says.
    TaskClient::of(env, task_id)?.attach(row.named(task_id)).await?;
    Ok(Whose::Its)
}

async fn hand_over(
    env: &Env,
    delivery: String,
    report: Report,
    incoming: &mut Incoming,
) -> Result<(), ApiError> {
    let task_id = report.task_id.clone();
    let room = TaskClient::of(env, &task_id)?;
    let (verdict, is_logged) = room.ingest(delivery, report, incoming.for_room()).await?;
    incoming.judged(verdict, is_logged);
    taken(&task_id, verdict)
}

/// Logs the verdict. A full room is an error, so that the provider retries.
fn taken(id: &str, verdict: Verdict) -> Result<(), ApiError> {
    log("webhook", format_args!("{id} {verdict:?}"));
    match verdict {
        Verdict::Full => Err(ApiError::unavailable()),
        _ => Ok(()),
    }
}

/// The error for a webhook that cannot be verified.
fn unsigned(error: SignatureError) -> ApiError {
    ApiError::new(Code::InvalidSignature, error.to_string())
}

thread_local! {
    static REFUSED: RefCell<Floods> = const { RefCell::new(Floods::new()) };
}

/// A line for each delivery that was not taken, or a count of many.
fn refused(provider: &dyn Provider, error: &ApiError, context: &Context) {
    let about = (provider.name(), error.code.as_str());
    match REFUSED.with_borrow_mut(|refused| refused.one_more(about, now())) {
        Say::It => log_line(&Line {
            event: What::WebhookRefused,
            provider: about.0,
            id: None,
            code: about.1,
            reason: &error.message,
        }),
        Say::CountLater => context.wait_until(count_refused(about)),
        Say::Nothing => {}
    }
}

async fn count_refused(about: About) {
    Delay::from(Duration::from_millis(COUNTED.unsigned_abs())).await;
    let count = REFUSED.with_borrow_mut(|refused| refused.counted(about));
    if count > 0 {
        log_count(&CountLine::new(What::WebhookRefused, about, count));
    }
}
