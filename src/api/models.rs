//! `GET /models`: what the provider can be asked for.

use super::answer::{Response, json};
use super::caller::identify;
use super::generate::image_generate;
use super::incoming::Request;
use super::remembered::remembered;
use crate::cache::Cache;
use crate::domain::model::Models;
use crate::domain::time::MINUTE;
use crate::error::ApiError;
use crate::provider::calls;
use crate::provider::http::Http;
use std::cell::RefCell;
use worker::Env;

thread_local! {
    /// By provider. The list is the same for everybody, and each call of it goes out with our key.
    static LISTED: RefCell<Cache<Models>> = const { RefCell::new(Cache::new(MINUTE)) };
}

pub async fn models(request: &Request, env: &Env) -> Result<Response, ApiError> {
    identify(request, env).await?;
    let (provider, _) = image_generate()?;
    let http = Http { env };
    let list = calls::models(&http, provider);
    json(200, &remembered(&LISTED, provider.name(), list).await?)
}
