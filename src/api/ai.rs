//! `POST /ai`: starts a channel.

use super::answer::{Response, json};
use super::caller::live;
use super::generate::{Asked, asked, claim, money};
use super::incoming::Request;
use super::request::kinds::parse_as;
use super::response::start::ChannelStarted;
use crate::domain::channel::state::Channel;
use crate::domain::claim::Claim;
use crate::domain::id::TaskKey;
use crate::domain::task::start_request::StartRequest;
use crate::error::ApiError;
use crate::platform::{config, finish_even_if_client_leaves, new_key, now};
use crate::provider::call::Order;
use crate::provider::contract::Provider;
use crate::provider::http::Http;
use crate::provider::kind::Becomes;
use crate::provider::registry::PROVIDERS;
use crate::signature::Scope;
use crate::start::channels::under_way;
use crate::start::ports::{Money, Ports};
use crate::start::wiring::with_ports;
use worker::{Context, Env};

pub async fn start(request: &Request, env: &Env, context: &Context) -> Result<Response, ApiError> {
    let asked = asked(request, env).await?;
    let mut kinds = PROVIDERS.kinds(Becomes::Channel);
    let (provider, kind) = kinds.next().ok_or_else(ApiError::not_found)?;
    let wanted = parse_as(kind, &asked.body)?;
    // Missing settings are found before any money is spent.
    Http { env }.check(provider)?;
    config(env).token_secrets()?;
    config(env).retention()?;
    let key = new_key(now())?;
    let claim = claim(&asked, "ai", under_way(&key));
    let money = money(env, &asked)?;
    let Asked { user_id, .. } = asked;
    let work = begin(env.clone(), provider, user_id.clone(), (wanted, key, money), claim);
    let channel = finish_even_if_client_leaves(context, work).await??;
    let id = &channel.channel_id;
    let live = live(env, &user_id, Scope::Channel(id.clone()), format!("/channels/{id}/live"))?;
    json(201, &ChannelStarted::new(&channel, live))
}

async fn begin(
    env: Env,
    provider: &'static dyn Provider,
    user_id: String,
    (wanted, key, money): (StartRequest, TaskKey, Option<Money>),
    claim: Option<Claim>,
) -> Result<Channel, ApiError> {
    let order = Order { request: &wanted, user_id: &user_id, key: &key, webhook_url: None };
    with_ports(&env, async |ports| {
        Ports { money, ..ports }.start_channel(provider, &order, claim).await
    })
    .await
}
