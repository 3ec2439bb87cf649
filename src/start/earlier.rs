//! Waiting for an earlier start under the same idempotency key.

use super::ports::{Clock, Ports, Rooms, Rows};
use crate::domain::claim::{Claim, Claimed};
use crate::domain::time::{Millis, SECOND};
use crate::error::{ApiError, Code};
use crate::provider::calls::Calls;
use std::time::Duration;

/// How long a repeated request waits for the first one, and how often it checks.
const WAIT: Millis = 20 * SECOND;
const STEP: Duration = Duration::from_millis(200);

/// The state of an earlier start.
pub(super) enum Earlier<S> {
    /// It left no rows, so this request may start.
    None,
    /// It is still under way.
    UnderWay,
    /// It has ended with this.
    Ended(S),
}

/// What the same key has started before, if anything. Waits while that start is under way. `look` reads
/// its state.
///
/// # Errors
///
/// 409 if the key stands for another request, or its start is still under way after the wait.
pub(super) async fn earlier<R: Rows, C: Calls, O: Rooms, T: Clock, S>(
    ports: &Ports<'_, R, C, O, T>,
    user: &str,
    claim: &Claim,
    look: impl AsyncFn(&Claimed) -> Result<Earlier<S>, ApiError>,
) -> Result<Option<S>, ApiError> {
    let since = ports.now();
    loop {
        let Some(claimed) = ports.rows.claimed(user, &claim.key).await? else { return Ok(None) };
        if claimed.request != claim.request {
            let message = "This Idempotency-Key stands for another request.";
            return Err(ApiError::new(Code::IdempotencyConflict, message));
        }
        match look(&claimed).await? {
            Earlier::None => return Ok(None),
            Earlier::Ended(started) => return Ok(Some(started)),
            Earlier::UnderWay => wait_for_first(ports, since).await?,
        }
    }
}

/// Waits a little for the first request with the same idempotency key, which is waited for since `since`.
///
/// # Errors
///
/// 409 if it has been waited for long enough.
pub(super) async fn wait_for_first<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    since: Millis,
) -> Result<(), ApiError> {
    if ports.now() - since >= WAIT {
        let message = "The first request with this Idempotency-Key is still under way.";
        return Err(ApiError::new(Code::IdempotencyInProgress, message));
    }
    ports.clock.pause(STEP).await;
    Ok(())
}
