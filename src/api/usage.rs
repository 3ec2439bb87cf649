//! `GET /usage`: what the caller has used of the limits, and what is left.

use super::answer::{Response, json};
use super::caller::tier_of;
use crate::auth::claims::Identity;
use crate::error::ApiError;
use crate::feed::books;
use worker::Env;

pub async fn usage(caller: &Identity, env: &Env) -> Result<Response, ApiError> {
    json(200, &books::usage(env, caller.user_id(), tier_of(caller, env)).await?)
}
