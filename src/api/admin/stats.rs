//! Figures, as JSON and for Prometheus.

use crate::api::answer::{Response, json, plain};
use crate::api::incoming::Request;
use crate::api::request::deliveries;
use crate::api::response::metrics;
use crate::domain::admin::stats::{hour_of, stats};
use crate::domain::time::HOUR;
use crate::error::ApiError;
use crate::platform::now;
use crate::store::Store;
use crate::url::query;
use worker::Env;

/// `GET /admin/stats`
pub async fn figures(request: &Request, env: &Env) -> Result<Response, ApiError> {
    let now = now();
    let since = deliveries::since(query::pairs(request.url()), now)?;
    json(200, &stats(Store::new(env)?.figures(since).await?, now))
}

/// `GET /metrics`: of this hour and the one before.
pub async fn for_prometheus(env: &Env) -> Result<Response, ApiError> {
    let now = now();
    let sources = Store::new(env)?.figures(hour_of(now - HOUR)).await?;
    let newest = sources.deliveries.newest;
    Ok(plain(metrics::text(&stats(sources, now), newest, now)))
}
