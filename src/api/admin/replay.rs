//! Repeats what came in before. It goes where a webhook goes, and gets no further than one: what was taken then is
//! known there. It is not logged as another delivery.

use super::deliveries::find;
use crate::api::answer::{Response, json};
use crate::api::body::{REQUEST_LIMIT, read_json};
use crate::api::event::event;
use crate::api::incoming::Request;
use crate::api::request::{cursor, deliveries};
use crate::api::response::admin::{Replayed, ReplayedAll};
use crate::domain::admin::delivery::{LATE, NoReplay, WholeDelivery};
use crate::domain::delivery::mark::Mark;
use crate::domain::task::report::Report;
use crate::domain::task::schedule::ROOM_LIFETIME;
use crate::domain::time::{HOUR, Millis, SECOND, parse_iso};
use crate::error::{ApiError, Code};
use crate::log::{Line, What};
use crate::platform::{config, log_line, now};
use crate::provider::event::Event;
use crate::provider::registry::PROVIDERS;
use crate::room::channel::client::ChannelClient;
use crate::room::task::client::TaskClient;
use crate::signature::Verified;
use crate::store::Store;
use worker::Env;

/// How many bodies are in memory at once.
const AT_ONCE: usize = 10;
/// How long one request goes on. The next one continues.
const PATIENCE: Millis = 20 * SECOND;
/// A room forgets its task this long after its end, or somewhat later. What D1 has is final then.
const MAY_HAVE_FORGOTTEN: Millis = ROOM_LIFETIME - HOUR;

/// `POST /admin/deliveries/{id}/replay`
pub async fn one(id: &str, who: &str, env: &Env) -> Result<Response, ApiError> {
    let delivery = find(&Store::new(env)?, id).await?;
    let verdict = again(&delivery, who, env).await?.as_str();
    json(200, &Replayed { verdict })
}

/// `POST /admin/replay`
pub async fn all(request: &Request, who: &str, env: &Env) -> Result<Response, ApiError> {
    let range = deliveries::replay(&read_json(request, REQUEST_LIMIT).await?)?;
    let store = Store::new(env)?;
    let page = store.deliveries(&range.list).await?;
    // One that came before `until` may have been stored somewhat later.
    let is_past = page.last_at.is_some_and(|at| at >= range.until + LATE);
    let mut done = ReplayedAll::default();
    let mut next = page.next.filter(|_| !page.is_last && !is_past);
    let (began, mut reached) = (now(), None);
    let ids: Vec<&str> = page
        .rows
        .iter()
        .filter(|row| parse_iso(&row.at).is_some_and(|at| at < range.until))
        .map(|row| row.id.as_str())
        .collect();
    'all: for some in ids.chunks(AT_ONCE) {
        for delivery in store.whole_deliveries(some).await? {
            match again(&delivery, who, env).await {
                Ok(mark) => {
                    done.replayed += 1;
                    *done.verdicts.entry(mark.as_str()).or_default() += 1;
                }
                Err(error) if is_of_delivery(&error) => done.skipped += 1,
                // What was done before is not lost.
                Err(_) if reached.is_some() => {
                    next = reached;
                    break 'all;
                }
                Err(error) => return Err(error),
            }
            reached = delivery.delivery.id.parse().ok();
            if now() - began > PATIENCE {
                next = reached;
                break 'all;
            }
        }
    }
    done.next_cursor = next.map(|at| cursor::write(&range.text, at));
    json(200, &done)
}

/// Whether an error is about the delivery itself, rather than about what it needs.
fn is_of_delivery(error: &ApiError) -> bool {
    matches!(error.code, Code::NotReplayable | Code::Gone)
}

/// Repeats one delivery, and says so in the log.
async fn again(delivery: &WholeDelivery, who: &str, env: &Env) -> Result<Mark, ApiError> {
    let mark = taken_again(delivery, env).await?;
    let own = &delivery.delivery;
    log_line(&Line {
        event: What::Replayed,
        provider: &own.provider,
        id: own.task_id.as_deref(),
        code: mark.as_str(),
        reason: &format!("Delivery {}, asked for by {who}.", own.id),
    });
    Ok(mark)
}

async fn taken_again(delivery: &WholeDelivery, env: &Env) -> Result<Mark, ApiError> {
    let (body, key) = delivery.replayable(now()).map_err(refusal)?;
    let own = &delivery.delivery;
    let provider = PROVIDERS.named(&own.provider).ok_or_else(unverified)?;
    let webhook = Verified::logged(body.as_bytes(), key).ok_or_else(unverified)?;
    let event = match event(env, provider, &webhook) {
        Ok(event) => event,
        Err(_) if own.verdict == Mark::Malformed.as_str() => return Ok(Mark::Malformed),
        // What it was about stood in its headers, which are not kept.
        Err(_) => return Err(unverified()),
    };
    let has_token = !provider.settings().takes_tokens().1;
    // Of a webhook with a token it was checked that it is about this task. Nothing else may come of it.
    let is_its = match (event.subject(), own.task_id.as_deref()) {
        (None, _) => true,
        (Some(_), None) => !has_token,
        (Some(named), Some(task_id)) => named == task_id,
    };
    if !is_its {
        return Err(unverified());
    }
    match event {
        Event::Other { .. } => Ok(Mark::UnknownType),
        // How far it had come then is no news.
        Event::Progress { .. } => Ok(Mark::Noted),
        Event::Task(report) => to_task(env, &webhook, report, has_token).await,
        Event::Channel(event) => {
            provider.settings().is_public(&config(env))?;
            let room = ChannelClient::of(env, &event.channel_id)?;
            room.ingest(event, None).await.map(|(verdict, _)| Mark::of(verdict))
        }
    }
}

async fn to_task(
    env: &Env,
    webhook: &Verified<'_>,
    report: Report,
    has_token: bool,
) -> Result<Mark, ApiError> {
    let task_id = report.task_id.clone();
    match Store::new(env)?.by_provider_id(&task_id).await? {
        // Its room may be gone. It would be made anew, to say just that.
        Some(task) if task.is_final() && now() - task.updated_at > MAY_HAVE_FORGOTTEN => {
            return Ok(Mark::Stale);
        }
        // Its rows were erased: a webhook with a token ends here as well.
        None if has_token => return Ok(Mark::UnknownTask),
        _ => {}
    }
    let room = TaskClient::of(env, &task_id)?;
    let (verdict, _) = room.ingest(webhook.delivery(), report, None).await?;
    Ok(Mark::of(verdict))
}

fn refusal(why: NoReplay) -> ApiError {
    match why {
        NoReplay::Unverified => unverified(),
        NoReplay::Gone => {
            let message = "The body of this delivery is not kept any more, or not all of it.";
            ApiError::new(Code::Gone, message)
        }
    }
}

fn unverified() -> ApiError {
    let message = "Who sent this delivery, and whose it is, cannot be told from the log.";
    ApiError::new(Code::NotReplayable, message)
}
