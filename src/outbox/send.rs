//! One attempt at an event on one road.

use super::bindings::{ask, bindings, put};
use super::health::{note, off};
use super::settings::{Target, check, roads as roads_of, target};
use crate::domain::outbox::body::as_message;
use crate::domain::outbox::health::known_as;
use crate::domain::outbox::pace::PATIENCE;
use crate::domain::outbox::road::Road;
use crate::domain::outbox::state::{Event, Outbox, Outcome, Parcel};
use crate::domain::time::SECOND;
use crate::error::ApiError;
use crate::http::{Failed, Outgoing, Verdict, fetch};
use crate::log::{Line, What};
use crate::platform::{config, log, log_error, log_line, now, outage, with_deadline};
use crate::signature::SecretSet;
use crate::signature::standard_webhooks::sign;
use std::time::Duration;
use worker::Env;

/// What a service binding is asked at. It has no name of its own.
const HOOK_URL: &str = "https://taskwire.internal/events";

/// Most bytes of an answer that are read.
const ANSWER_BYTES: usize = 1024;

/// The roads of an event that is born now.
pub fn roads(env: &Env) -> Vec<Road> {
    roads_of(&config(env), bindings(env))
}

/// Checks the settings of the roads.
///
/// # Errors
///
/// `not_configured`, naming the first that is wrong.
pub fn ready(env: &Env) -> Result<(), ApiError> {
    check(&config(env), bindings(env))
}

/// Makes an attempt, the one after so many failures.
pub async fn attempt(env: &Env, road: &Road, event: &Event, body: &str, failures: u32) -> Outcome {
    let settings = config(env);
    let (address, secrets) = match target(&settings, bindings(env), road) {
        Err(no_attempt) => return no_attempt,
        Ok(Target::Queue) => return put_into_queue(env, event, body).await,
        Ok(Target::Url(address, secrets)) => (Some(address), secrets),
        Ok(Target::Hook(secrets)) => (None, secrets),
    };
    let url = address.as_deref().unwrap_or_default();
    let secret = settings.get(super::settings::EVENTS_SECRET).unwrap_or_default();
    let destination = known_as(road, url, &secret).unwrap_or_default();
    if off(env, &destination, road).await {
        return Outcome::Absent;
    }
    let outcome = post(env, address.as_deref(), event, body, &secrets).await;
    note(env, destination, outcome, failures).await;
    outcome
}

async fn post(
    env: &Env,
    address: Option<&str>,
    event: &Event,
    body: &str,
    secrets: &SecretSet,
) -> Outcome {
    let id = event.id();
    let signed = sign(&id, body, secrets, now() / SECOND);
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
    let url = address.unwrap_or(HOOK_URL);
    let request = Outgoing { method: "POST", url, headers: &headers, body: Some(body) };
    let through = |request: &_| match address {
        Some(_) => Ok(fetch(request)),
        None => ask(env, request),
    };
    match request.judge(Duration::from_millis(PATIENCE as u64), ANSWER_BYTES, through).await {
        Ok(Verdict { status: status @ 200..=299, .. }) => Outcome::Delivered(Some(status)),
        Ok(Verdict { status: 410, .. }) => Outcome::Gone,
        Ok(Verdict { status, retry_at }) => {
            log("event", format_args!("{id} was answered {status}"));
            Outcome::Failed { status: Some(status), wish: retry_at.map(|at| at - now()) }
        }
        Err(failed) => {
            if let Failed::Broken(error) = failed {
                log_error("event", error);
            }
            log("event", format_args!("{id} was not answered"));
            Outcome::Failed { status: None, wish: None }
        }
    }
}

async fn put_into_queue(env: &Env, event: &Event, body: &str) -> Outcome {
    let message = as_message(event, body);
    let put = async { put(env, &message).await.map_err(|error| outage("event", error)) };
    match with_deadline(Duration::from_millis(PATIENCE as u64), put).await {
        Ok(()) => Outcome::Delivered(None),
        Err(_) => Outcome::Failed { status: None, wish: None },
    }
}

/// Logs that an event is given up on a road, if it is.
pub fn log_end(event: &Event, parcel: &Parcel, outbox: &Outbox) {
    let Some(end) = outbox.end(parcel) else { return };
    log_line(&Line {
        event: What::EventGivenUp,
        provider: "events",
        id: Some(&event.id()),
        code: end.as_str(),
        reason: &parcel.road.name(),
    });
}
