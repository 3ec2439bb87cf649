//! `POST /webhooks/mynth`: verified, read, handed to the task's room. The answer is 200 once that
//! has stored it.

use super::answer::json;
use super::body::{WEBHOOK_LIMIT, read};
use super::broken;
use crate::domain::report::Report;
use crate::domain::room::Verdict;
use crate::domain::time::SECOND;
use crate::error::{ApiError, Code, Issue};
use crate::platform::{config, note, now};
use crate::provider::mynth::webhook::{Event, parse};
use crate::room::client::Room;
use crate::signature::{SignatureError, SignedHeaders, Verified, verify_mynth};
use serde_json::json as value;
use worker::{Env, Request, Response};

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
    match parse(&body) {
        Ok(Event::Task(report)) => hand_over(env, verified, report).await?,
        Ok(Event::Other { name }) => note("webhook of another kind", name.escape_debug()),
        Err(wrong) => {
            let message = match wrong.path {
                "" => wrong.message.to_owned(),
                path => format!("{path}: {}", wrong.message),
            };
            let issues = vec![Issue::new(wrong.path, wrong.message)];
            return Err(ApiError { issues, ..ApiError::new(Code::MalformedEvent, message) });
        }
    }
    json(200, &value!({"received": true}))
}

async fn hand_over(env: &Env, verified: Verified, report: Report) -> Result<(), ApiError> {
    let room = Room::of(env, &report.task_id)?;
    let task_id = report.task_id.clone();
    let verdict = room.ingest(verified.into_delivery(), report).await?;
    note("webhook", format_args!("{task_id} {verdict:?}"));
    match verdict {
        // Not taken: the provider has to send it again.
        Verdict::Full => Err(ApiError::unavailable()),
        _ => Ok(()),
    }
}

fn unsigned(error: SignatureError) -> ApiError {
    note("webhook refused", error.code());
    ApiError::new(Code::InvalidSignature, error.to_string())
}
