//! Sends whatever is due in a room at the same time, so that a slow receiver holds up nobody else.

use super::instance::Instance;
use crate::domain::time::Millis;
use crate::platform::now;
use futures_util::future::{Either, LocalBoxFuture, select, select_all};
use std::pin::pin;
use std::time::Duration;
use worker::{Delay, Result};

/// What a room has to send.
#[expect(async_fn_in_trait, reason = "an object has one thread: nothing needs these to be Send")]
pub trait Sender {
    type Parcel: Clone + PartialEq;

    /// What is due at `now`, and when the next is.
    ///
    /// # Errors
    ///
    /// The state cannot be read.
    fn due(&self, now: Millis) -> Result<(Vec<Self::Parcel>, Option<Millis>)>;

    /// Makes one attempt, and stores how it has ended: after this, the parcel is not due.
    ///
    /// # Errors
    ///
    /// A failure of the object's storage.
    async fn send(&self, parcel: &Self::Parcel) -> Result<()>;
}

/// Sends what is due until nothing is, and nothing is under way. What becomes due while an answer is waited
/// for goes out at its time.
///
/// # Errors
///
/// A failure of the object's storage.
pub async fn send_all<S: Sender>(object: &Instance, sender: &S) -> Result<()> {
    let mut known: Vec<S::Parcel> = Vec::new();
    let mut under_way: Vec<LocalBoxFuture<'_, (S::Parcel, Result<()>)>> = Vec::new();
    loop {
        let (due, next_at) = sender.due(now())?;
        for parcel in due {
            if !known.contains(&parcel) {
                known.push(parcel.clone());
                under_way.push(Box::pin(async move {
                    let sent = sender.send(&parcel).await;
                    (parcel, sent)
                }));
            }
        }
        if under_way.is_empty() {
            return Ok(());
        }
        let pause = next_at.map_or(Millis::from(i32::MAX), |at| (at - now()).max(1));
        let more = pin!(async {
            let nudged = pin!(object.nudged());
            select(nudged, Delay::from(Duration::from_millis(pause as u64))).await;
        });
        match select(select_all(std::mem::take(&mut under_way)), more).await {
            Either::Left((((parcel, sent), _, rest), _)) => {
                under_way = rest;
                known.retain(|one| *one != parcel);
                sent?;
            }
            Either::Right(((), waiting)) => under_way = waiting.into_inner(),
        }
    }
}
