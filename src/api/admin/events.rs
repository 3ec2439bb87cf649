//! Events for the app's own backend: how each stands, and sending one again.

use crate::api::answer::{Response, json};
use crate::api::incoming::Request;
use crate::api::request::events::{cursor_after, is_event_id, parse};
use crate::api::response::events::{EventAnswer, EventPage, ResentEvent, WholeEvent};
use crate::domain::outbox::body::{of_content, of_task};
use crate::domain::outbox::note::Noted;
use crate::domain::outbox::state::Kind;
use crate::error::{ApiError, Code};
use crate::outbox::send::roads;
use crate::outbox::settings::EVENTS_URL;
use crate::platform::log;
use crate::room::channel::client::ChannelClient;
use crate::room::task::client::TaskClient;
use crate::store::Store;
use crate::url::query;
use worker::Env;

/// `GET /admin/events`
pub async fn list(request: &Request, env: &Env) -> Result<Response, ApiError> {
    let query = parse(query::pairs(request.url()))?;
    let (events, next) = query.page(Store::new(env)?.list_events(&query).await?);
    let next_cursor = next.map(|seq| cursor_after(&query, seq));
    json(200, &EventPage { events, next_cursor })
}

/// `GET /admin/events/{id}`
pub async fn read(id: &str, env: &Env) -> Result<Response, ApiError> {
    let store = Store::new(env)?;
    let noted = find(&store, id).await?;
    let event = noted.event();
    let body = match noted.kind {
        Kind::Created => {
            of_content(&event, store.content_of_anyone(&noted.task_id).await?.as_ref())
        }
        Kind::Completed | Kind::Failed => {
            of_task(&event, store.by_provider_id(&noted.task_id).await?.as_ref())
        }
    };
    json(200, &EventAnswer { event: WholeEvent { noted, body } })
}

/// `POST /admin/events/{id}/resend`
pub async fn resend(who: &str, id: &str, env: &Env) -> Result<Response, ApiError> {
    let store = Store::new(env)?;
    let noted = find(&store, id).await?;
    if roads(env).is_empty() {
        let message = format!("There is no road for events: set {EVENTS_URL}, or a binding.");
        return Err(ApiError::new(Code::NoRoad, message));
    }
    let sent = match noted.kind {
        Kind::Created => match store.content_of_anyone(&noted.task_id).await? {
            Some(row) => ChannelClient::of(env, &row.channel_id)?.resend(noted.event()).await?,
            None => None,
        },
        Kind::Completed | Kind::Failed => match store.by_provider_id(&noted.task_id).await? {
            Some(task) => TaskClient::of(env, &noted.task_id)?.resend(task, noted.event()).await?,
            None => None,
        },
    };
    let gone = || ApiError::new(Code::NotFound, "What the event is about is not there any more.");
    let event = sent.ok_or_else(gone)?;
    log("operator", format_args!("{who} has {id} sent again"));
    json(202, &ResentEvent { event: Noted::from(&event) })
}

async fn find(store: &Store, id: &str) -> Result<Noted, ApiError> {
    let noted = if is_event_id(id) { store.event(id).await? } else { None };
    noted.ok_or_else(ApiError::not_found)
}
