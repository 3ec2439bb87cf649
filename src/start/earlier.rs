//! The wait for an earlier start under the same idempotency key.

use super::ports::{Clock, Ports, Rooms, Rows};
use crate::domain::claim::{Claim, Claimed};
use crate::domain::time::{Millis, SECOND};
use crate::error::{ApiError, Code};
use crate::provider::calls::Calls;
use std::time::Duration;

/// How long a repeated request waits for the first one to get through, and how often it looks.
const WAIT: Millis = 20 * SECOND;
const STEP: Duration = Duration::from_millis(200);

/// What has become of an earlier start.
pub(super) enum Earlier<S> {
    /// It was never made: this one may be.
    None,
    /// It is under way.
    UnderWay,
    /// This came of it.
    Ended(S),
}

/// What the same key has started before, if anything. Waits while that is under way.
///
/// # Errors
///
/// 409 where the key stands for another request, or its request is still under way after the wait.
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
            Earlier::UnderWay if ports.now() - since > WAIT => {
                let message = "The first request with this Idempotency-Key is still under way.";
                return Err(ApiError::new(Code::IdempotencyInProgress, message));
            }
            Earlier::UnderWay => ports.clock.pause(STEP).await,
        }
    }
}
