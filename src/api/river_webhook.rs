//! ModelRiver's webhooks: verified, read, handed to the object of their channel. The answer is 200
//! once that has stored them.

use super::answer::json;
use super::body::{WEBHOOK_LIMIT, read};
use super::broken;
use super::webhooks::{malformed, unsigned};
use crate::channel::client::ChannelRoom;
use crate::domain::room::Verdict;
use crate::domain::time::SECOND;
use crate::error::ApiError;
use crate::platform::{config, note, now};
use crate::provider::modelriver::webhook::{Event, Headers, parse};
use crate::response::site::RECEIVED;
use crate::signature::{ModelRiverHeaders, verify_modelriver};
use crate::store::row::to_json;
use worker::{Env, Request, Response};

/// `POST /webhooks/modelriver`
pub async fn modelriver(mut request: Request, env: &Env) -> Result<Response, ApiError> {
    let secrets = config(env).modelriver_webhook_secrets()?;
    let body = read(&mut request, WEBHOOK_LIMIT).await?;
    let header = |name: &str| request.headers().get(name).map_err(broken);
    let mr_signature = header("mr-signature")?;
    let (x_signature, x_timestamp) =
        (header("x-modelriver-signature")?, header("x-modelriver-timestamp")?);
    let headers = ModelRiverHeaders {
        mr_signature: mr_signature.as_deref(),
        x_signature: x_signature.as_deref(),
        x_timestamp: x_timestamp.as_deref(),
    };
    verify_modelriver(&headers, &body, &secrets, now() / SECOND).map_err(unsigned)?;
    let (channel_id, callback_url) =
        (header("mr-channel-id")?, header("x-modelriver-callback-url")?);
    let beside =
        Headers { channel_id: channel_id.as_deref(), callback_url: callback_url.as_deref() };
    match parse(&body, &beside).map_err(malformed)? {
        Event::Other { name } => note("webhook of another kind", to_json(&name)),
        Event::Channel(event) => {
            let channel_id = event.channel_id.clone();
            let verdict = ChannelRoom::of(env, &channel_id)?.ingest(event).await?;
            note("webhook", format_args!("{channel_id} {verdict:?}"));
            // Not taken: the provider has to send it again.
            if verdict == Verdict::Full {
                return Err(ApiError::unavailable());
            }
        }
    }
    json(200, &RECEIVED)
}
