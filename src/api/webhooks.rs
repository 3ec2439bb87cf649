//! Mynth's webhooks: verified, read, handed to the task's room. The answer is 200 once that has
//! stored it.

use super::answer::json;
use super::body::{WEBHOOK_LIMIT, read};
use super::broken;
use crate::domain::report::Report;
use crate::domain::room::Verdict;
use crate::domain::time::SECOND;
use crate::error::{ApiError, Code, Issue};
use crate::platform::{config, note, now};
use crate::provider::malformed::Malformed;
use crate::provider::mynth::client::Client;
use crate::provider::mynth::webhook::{Event, parse};
use crate::response::site::RECEIVED;
use crate::room::client::Room;
use crate::signature::{Intent, SignatureError, SignedHeaders, WebhookTokenKey, verify_mynth};
use crate::store::d1::Store;
use crate::store::row::to_json;
use hex::encode;
use sha2::{Digest, Sha256};
use worker::{Env, Request, Response};

/// `POST /webhooks/mynth`
pub async fn mynth(mut request: Request, env: &Env) -> Result<Response, ApiError> {
    let secrets = config(env).mynth_webhook_secrets()?;
    let body = read(&mut request, WEBHOOK_LIMIT).await?;
    let header = |name: &str| request.headers().get(name).map_err(broken);
    let (id, timestamp, signature) =
        (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    let (x_signature, x_delivery) = (header("x-mynth-signature")?, header("x-mynth-delivery")?);
    let headers = SignedHeaders {
        webhook_id: id.as_deref(),
        webhook_timestamp: timestamp.as_deref(),
        webhook_signature: signature.as_deref(),
        x_mynth_signature: x_signature.as_deref(),
        x_mynth_delivery: x_delivery.as_deref(),
    };
    let verified = verify_mynth(&headers, &body, &secrets, now() / SECOND).map_err(unsigned)?;
    if let Some(report) = event(&body)? {
        hand_over(env, verified.into_delivery(), report).await?;
    }
    json(200, &RECEIVED)
}

/// `POST /webhooks/mynth/{token}`: not signed, so it is believed of the one start that its token was
/// made for.
pub async fn mynth_request(
    mut request: Request,
    token: &str,
    env: &Env,
) -> Result<Response, ApiError> {
    let key = WebhookTokenKey::new(&config(env).token_secret()?);
    let wrong = || ApiError::new(Code::InvalidSignature, "The token is not for this.");
    let intent = key.verify(token).ok_or_else(wrong)?;
    let body = read(&mut request, WEBHOOK_LIMIT).await?;
    if let Some(report) = event(&body)? {
        if !is_of(env, &intent, &report.task_id).await? {
            return Err(wrong());
        }
        let delivery = format!("request:{}", encode(Sha256::digest(&body)));
        hand_over(env, delivery, report).await?;
    }
    json(200, &RECEIVED)
}

/// Whether the provider's task is the one that was started for `intent`.
async fn is_of(env: &Env, intent: &Intent, task_id: &str) -> Result<bool, ApiError> {
    let store = Store::new(env)?;
    let Some(row) = store.by_key(&intent.user, intent.key.as_str()).await? else {
        return Ok(false);
    };
    if !row.task_id.is_empty() {
        return Ok(row.task_id == task_id);
    }
    // The start has not got that far yet. A body without a signature may name any task, so the
    // provider is asked whether this is the one.
    let told = Client::new(&config(env))?.look(task_id, &row.kind).await?;
    Ok(match row.images.first() {
        Some(image) => told.row_ids.first() == Some(&image.id),
        // Kinds without rows carry nothing to know them by: the provider sends it again later.
        None => return Err(ApiError::unavailable()),
    })
}

/// What a body says of a task. Anything else that is an event is logged by its name.
fn event(body: &[u8]) -> Result<Option<Report>, ApiError> {
    match parse(body) {
        Ok(Event::Task(report)) => Ok(Some(report)),
        Ok(Event::Other { name }) => {
            note("webhook of another kind", to_json(&name));
            Ok(None)
        }
        Err(wrong) => Err(malformed(wrong)),
    }
}

/// The refusal of a body that is verified and makes no sense.
pub fn malformed(wrong: Malformed) -> ApiError {
    let message = match wrong.path {
        "" => wrong.message.to_owned(),
        path => format!("{path}: {}", wrong.message),
    };
    let issues = vec![Issue::new(wrong.path, wrong.message)];
    ApiError { issues, ..ApiError::new(Code::MalformedEvent, message) }
}

async fn hand_over(env: &Env, delivery: String, report: Report) -> Result<(), ApiError> {
    let room = Room::of(env, &report.task_id)?;
    let task_id = report.task_id.clone();
    let verdict = room.ingest(delivery, report).await?;
    note("webhook", format_args!("{task_id} {verdict:?}"));
    match verdict {
        // Not taken: the provider has to send it again.
        Verdict::Full => Err(ApiError::unavailable()),
        _ => Ok(()),
    }
}

/// The refusal of a body that is not verified.
pub fn unsigned(error: SignatureError) -> ApiError {
    note("webhook refused", error.code());
    ApiError::new(Code::InvalidSignature, error.to_string())
}
