//! The client for users' books, used by starts, rooms and the API.

use super::asks::{BookAnswer, BookAsk};
use crate::domain::id::TaskKey;
use crate::domain::time::Millis;
use crate::domain::usage::apply::{Answer, Wanted};
use crate::domain::usage::view::Usage;
use crate::domain::usage::word::Word;
use crate::error::ApiError;
use crate::limits::policy;
use crate::object::address::Address;
use crate::object::name::ObjectName;
use crate::platform::{config, fault};
use serde_json::Value;
use worker::Env;

/// Enters starts that are about to be made. Nobody starts without it.
///
/// # Errors
///
/// `unavailable` if the book cannot be reached.
pub async fn reserve(env: &Env, user: &str, wanted: Wanted) -> Result<Answer, ApiError> {
    match ask(env, user, &BookAsk::Reserve(wanted)).await? {
        BookAnswer::Reserved(answer) => Ok(answer),
        _ => Err(fault("book", "an answer to another question")),
    }
}

/// Takes back the entries of starts that were not made.
///
/// # Errors
///
/// `unavailable` if the book cannot be reached.
pub async fn release(env: &Env, user: &str, starts: Vec<TaskKey>) -> Result<(), ApiError> {
    ask(env, user, &BookAsk::Release(starts)).await.map(drop)
}

/// Tells how starts stand.
///
/// # Errors
///
/// `unavailable` if the book cannot be reached.
pub async fn tell(env: &Env, user: &str, words: Vec<Word>) -> Result<(), ApiError> {
    if !is_kept(env) {
        return Ok(());
    }
    ask(env, user, &BookAsk::Tell(words)).await.map(drop)
}

/// Tells that all that the user has from before `before` is about to be erased: what has no rows then was
/// not necessarily never made.
///
/// # Errors
///
/// `unavailable` if the book cannot be reached.
pub async fn erased(env: &Env, user: &str, before: Millis) -> Result<(), ApiError> {
    if !is_kept(env) {
        return Ok(());
    }
    ask(env, user, &BookAsk::Erased { before }).await.map(drop)
}

/// What the user has used, for this tier.
///
/// # Errors
///
/// `not_configured` if the limits cannot be read, `unavailable` if the book cannot be reached.
pub async fn usage(env: &Env, user: &str, tier: Option<String>) -> Result<Value, ApiError> {
    if policy(&config(env))?.is_none() {
        return as_json(&Usage::default());
    }
    match ask(env, user, &BookAsk::Usage { tier }).await? {
        BookAnswer::Usage(usage) => Ok(usage),
        _ => Err(fault("book", "an answer to another question")),
    }
}

/// Whether there are books: not where nothing is limited. While the limits cannot be read, what was
/// entered before is settled all the same.
pub fn is_kept(env: &Env) -> bool {
    policy(&config(env)).map_or(true, |policy| !policy.is_none())
}

/// What is used, as it is sent.
///
/// # Errors
///
/// None that can happen: it is plain JSON.
pub(super) fn as_json(usage: &Usage) -> Result<Value, ApiError> {
    serde_json::to_value(usage).map_err(|error| fault("usage", error))
}

async fn ask(env: &Env, user: &str, ask: &BookAsk) -> Result<BookAnswer, ApiError> {
    Address::of(env, &ObjectName::UserTasks(user.to_owned()))?.ask(ask).await
}
