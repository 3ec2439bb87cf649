//! Fetching through a [`Cache`] of this isolate.

use crate::cache::Cache;
use crate::error::ApiError;
use crate::platform::now;
use std::cell::RefCell;
use std::thread::LocalKey;
use std::time::Duration;
use worker::Delay;

/// Interval for checking whether another request has its answer. Requests cannot await each other's I/O.
const STEP: Duration = Duration::from_millis(20);

/// The cached answer about `about`, or that of `ask`. If another request is asking, waits once for its
/// answer, and asks if that fails.
///
/// # Errors
///
/// Those of `ask`.
pub async fn remembered<T: Clone>(
    cache: &'static LocalKey<RefCell<Cache<T>>>,
    about: &'static str,
    ask: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let awaited = || cache.with_borrow(|cache| cache.awaited(about, now()));
    let first = awaited();
    while first.is_some() && awaited() == first {
        Delay::from(STEP).await;
    }
    let known = cache.with_borrow(|cache| cache.get(about, now()).cloned());
    if let Some(known) = known {
        return Ok(known);
    }
    cache.with_borrow_mut(|cache| cache.asks(about, now()));
    let answer = ask.await;
    cache.with_borrow_mut(|cache| cache.hears(about, answer.as_ref().ok().cloned(), now()));
    answer
}
