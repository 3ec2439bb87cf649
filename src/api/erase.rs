//! Erasing: one task, one row of content, all that the caller has.

use super::answer::{Response, json, nothing};
use super::request::content::is_row_id;
use super::response::erase::ERASING;
use super::tasks::find_by;
use crate::auth::claims::Identity;
use crate::domain::channel::erase::Gone;
use crate::domain::id::is_plain_id;
use crate::domain::task::erase::Rows;
use crate::domain::time::SECOND;
use crate::erase::user::erase_users;
use crate::error::ApiError;
use crate::platform::{log_error, now};
use crate::room::channel::client::ChannelClient;
use crate::room::task::client::TaskClient;
use crate::store::Store;
use worker::{Context, Env};

/// How long the work on an erasure goes on after its answer. The sweep does the rest.
const AFTER_ANSWER: i64 = 20 * SECOND;

/// `DELETE /tasks/{id}`
pub async fn task(caller: &Identity, task_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_plain_id(task_id) {
        return Err(ApiError::not_found());
    }
    // A row that there still is has to go, though its room may say that it is gone.
    let task = match Store::new(env)?.by_provider_id(task_id).await {
        Ok(Some(row)) if row.user_id == caller.user_id() => row,
        row => find_by(row, caller, task_id, env).await?,
    };
    erased(TaskClient::of(env, task_id)?.erase(Rows::from(&task)).await?)
}

/// `DELETE /content/{id}`: only its owner's. What is everyone's is nobody's to erase.
pub async fn content(caller: &Identity, id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_row_id(id) {
        return Err(ApiError::not_found());
    }
    let user_id = caller.user_id().to_owned();
    let found = Store::new(env)?.content(id, &user_id).await?;
    let own = found.filter(|content| content.user_id.as_ref() == Some(&user_id));
    let content = own.ok_or_else(ApiError::not_found)?;
    let channel = ChannelClient::of(env, &content.channel_id)?;
    let gone = Gone { channel_id: content.channel_id, content_id: Some(content.id), user_id };
    erased(channel.erase(gone).await?)
}

/// `DELETE /users/me`: what the caller has now. What is started afterwards stays.
pub async fn everything(
    caller: &Identity,
    env: &Env,
    context: &Context,
) -> Result<Response, ApiError> {
    Store::new(env)?.ask_to_erase(caller.user_id(), now()).await?;
    let env = env.clone();
    context.wait_until(async move {
        if let Err(error) = erase_users(&env, now() + AFTER_ANSWER).await {
            log_error("erasing", error);
        }
    });
    json(202, &ERASING)
}

fn erased(is_gone: bool) -> Result<Response, ApiError> {
    if is_gone { nothing() } else { json(202, &ERASING) }
}
