//! Fault injection for steps, and a runtime that detects a dead process.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use taskwire::error::ApiError;

/// How a step goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not performed, and returns an error.
    Fails,
    /// It is performed, and the answer is lost.
    FailsButDone,
    /// The process dies before it.
    Dies,
    /// The process dies after it.
    DiesAfter,
    /// It never answers.
    Hangs,
}

pub const FAULTS: [Fault; 5] =
    [Fault::Fails, Fault::FailsButDone, Fault::Dies, Fault::DiesAfter, Fault::Hangs];

/// The process died, or waits for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Died;

/// Runs a future whose steps are done at once. One that is still pending will never be done.
pub fn run<T>(work: impl Future<Output = T>) -> Result<T, Died> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Ok(outcome),
        Poll::Pending => Err(Died),
    }
}

/// What is left of a step when its fault has been taken care of.
pub async fn step<T>(
    fault: Option<Fault>,
    dies: impl FnOnce(),
    error: ApiError,
    act: impl FnOnce() -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    match fault {
        None => act(),
        Some(Fault::Fails) => Err(error),
        Some(Fault::FailsButDone) => act().and(Err(error)),
        Some(Fault::Hangs) => pending().await,
        Some(Fault::Dies) => {
            dies();
            pending().await
        }
        Some(Fault::DiesAfter) => {
            let _ = act();
            dies();
            pending().await
        }
    }
}

/// `work` with a deadline that has passed as soon as `work` has to wait, unless the process is dead.
pub async fn with_deadline<T>(
    is_dead: impl Fn() -> bool,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Pending if !is_dead() => Poll::Ready(Err(ApiError::unavailable())),
        poll => poll,
    })
    .await
}
