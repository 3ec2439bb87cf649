//! `POST /ai`: starts a request at ModelRiver.
//!
//! No rows are made before the call: the provider names the channel, and its webhook brings what came
//! of it, with the user it is for. There is no way to ask it afterwards, so a start without a clear
//! answer is never repeated under the same key.

use super::answer::json;
use super::caller::live;
use super::generate::{asked, claim};
use super::start::{Claimed, STEP, WAIT};
use crate::channel::client::ChannelRoom;
use crate::domain::channel::state::{Channel, ChannelState};
use crate::domain::task::Status;
use crate::error::{ApiError, Code};
use crate::platform::{config, now, report, to_the_end};
use crate::provider::modelriver::client::Client;
use crate::provider::refusal::{no_answer, unreachable, unreadable};
use crate::request::ai::{AiRequest, parse};
use crate::response::start::ChannelStarted;
use crate::signature::Scope;
use crate::store::d1::Store;
use worker::{Context, Delay, Env, Request, Response};

/// What a claimed key stands for while its request is under way.
const UNDER_WAY: &str = "ai:under way";
/// And when it is over: a channel, or an error without a clear no.
const CHANNEL: &str = "ai:channel:";
const ERROR: &str = "ai:error:";

pub async fn start(
    mut request: Request,
    env: &Env,
    context: Context,
) -> Result<Response, ApiError> {
    let asked = asked(&mut request, env).await?;
    let wanted = parse(&asked.body)?;
    // What would be missing at the end is found out before any money is spent.
    let config = config(env);
    Client::new(&config)?;
    config.token_secret()?;
    let claim = claim(&asked, "ai", UNDER_WAY.to_owned());
    let work = begin(env.clone(), asked.user_id.clone(), wanted, claim);
    let channel = to_the_end(&context, work).await??;
    let id = &channel.channel_id;
    let live =
        live(env, &asked.user_id, Scope::Channel(id.clone()), format!("/channels/{id}/live"))?;
    json(201, &ChannelStarted::new(&channel, live))
}

async fn begin(
    env: Env,
    user: String,
    wanted: AiRequest,
    claim: Option<Claimed>,
) -> Result<Channel, ApiError> {
    let store = Store::new(&env)?;
    if let Some(claim) = &claim {
        if let Some(channel) = repeated(&env, &store, &user, claim).await? {
            return Ok(channel);
        }
        if let Err(error) = store.claim(&user, claim, now()).await {
            // It may have been claimed a moment ago: then that one is the start.
            return repeated(&env, &store, &user, claim).await?.ok_or(error);
        }
    }
    let started = Client::new(&config(&env))?.start(&wanted, &user).await;
    if let Some(claim) = &claim {
        let stands_for = match &started {
            Ok(channel_id) => Some(format!("{CHANNEL}{channel_id}")),
            Err(error) if unclear(error.code).is_some() => {
                Some(format!("{ERROR}{}", error.code.as_str()))
            }
            Err(_) => None,
        };
        if store.settle_claim(&user, claim, stands_for.as_deref()).await.is_err() {
            report("ai", "an idempotency key stays under way");
        }
    }
    let channel = pending(started?, user, wanted.workflow);
    attach(&env, &store, &channel).await;
    Ok(channel)
}

fn pending(channel_id: String, user_id: String, workflow: String) -> Channel {
    let now = now();
    Channel {
        channel_id,
        user_id: Some(user_id),
        workflow: Some(workflow),
        status: Status::Pending,
        version: 1,
        error: None,
        created_at: now,
        updated_at: now,
    }
}

/// The channel gets its object; if that cannot be had, its row at least. Its webhook brings the rest
/// in any case.
async fn attach(env: &Env, store: &Store, channel: &Channel) {
    let attached = match ChannelRoom::of(env, &channel.channel_id) {
        Ok(room) => room.attach(channel.clone()).await.map(drop),
        Err(error) => Err(error),
    };
    if attached.is_err() {
        let state = ChannelState { channel: Some(channel.clone()), ..ChannelState::default() };
        if store.mirror_channel(&state).await.is_err() {
            report("ai", format_args!("{} has no row yet", channel.channel_id));
        }
    }
}

/// What the same key has started before, if anything. Waits while that is under way.
async fn repeated(
    env: &Env,
    store: &Store,
    user: &str,
    claim: &Claimed,
) -> Result<Option<Channel>, ApiError> {
    let since = now();
    loop {
        let Some(known) = store.key(user, &claim.key).await? else { return Ok(None) };
        if known.request != claim.request {
            let message = "This Idempotency-Key stands for another request.";
            return Err(ApiError::new(Code::IdempotencyConflict, message));
        }
        if let Some(channel_id) = known.task_id.strip_prefix(CHANNEL) {
            let seen = ChannelRoom::of(env, channel_id)?.read(user).await?;
            return seen.map(|(channel, _)| channel).ok_or_else(ApiError::unavailable).map(Some);
        }
        if let Some(word) = known.task_id.strip_prefix(ERROR) {
            let error = Code::from_word(word).and_then(unclear);
            return Err(error.unwrap_or_else(ApiError::unavailable));
        }
        if now() - since > WAIT {
            let message = "The first request with this Idempotency-Key is still under way.";
            return Err(ApiError::new(Code::IdempotencyInProgress, message));
        }
        Delay::from(STEP).await;
    }
}

/// The error of a start that the provider may have taken all the same.
fn unclear(code: Code) -> Option<ApiError> {
    match code {
        Code::ProviderTimeout => Some(no_answer()),
        Code::ProviderUnavailable => Some(unreachable()),
        Code::ProviderInvalidResponse => Some(unreadable()),
        _ => None,
    }
}
