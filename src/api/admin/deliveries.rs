//! The log of deliveries: pages of it, and one.

use crate::api::answer::{Response, json};
use crate::api::incoming::Request;
use crate::api::request::{cursor, deliveries};
use crate::api::response::admin::{DeliveryAnswer, DeliveryPage};
use crate::domain::admin::delivery::WholeDelivery;
use crate::error::ApiError;
use crate::store::Store;
use crate::url::query;
use worker::Env;

/// `GET /admin/deliveries`
pub async fn list(request: &Request, env: &Env) -> Result<Response, ApiError> {
    let query = deliveries::list(query::pairs(request.url()))?;
    let page = Store::new(env)?.deliveries(&query).await?;
    let next_cursor = page.next.map(|at| cursor::write(&query.text(), at));
    json(200, &DeliveryPage { deliveries: page.rows, next_cursor })
}

/// `GET /admin/deliveries/{id}`
pub async fn one(id: &str, env: &Env) -> Result<Response, ApiError> {
    json(200, &DeliveryAnswer { delivery: find(&Store::new(env)?, id).await? })
}

/// The delivery with this id.
///
/// # Errors
///
/// `not_found`; `unavailable` if D1 fails.
pub async fn find(store: &Store, id: &str) -> Result<WholeDelivery, ApiError> {
    // As ids are written, so that each has one spelling.
    let is_id = !id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit());
    if !is_id || id.len() > MOST_DIGITS {
        return Err(ApiError::not_found());
    }
    store.whole_deliveries(&[id]).await?.pop().ok_or_else(ApiError::not_found)
}

/// The digits of the largest id that fits.
const MOST_DIGITS: usize = 18;
