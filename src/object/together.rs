//! Sends whatever is due in a room at the same time, so that a slow receiver holds up nobody else.

use super::instance::Instance;
use crate::domain::outbox::state::Outgoing;
use crate::domain::time::Millis;
use crate::platform::now;
use futures_util::future::{Either, LocalBoxFuture, select, select_all};
use std::time::Duration;
use worker::{Delay, Result};

/// A room that has something to send.
pub trait Sender {
    /// What is due at `now`, and when the next is.
    ///
    /// # Errors
    ///
    /// The state cannot be read.
    fn due(&self, now: Millis) -> Result<(Vec<Outgoing>, Option<Millis>)>;

    /// Makes one attempt, and stores how it has ended: after this, it is not due.
    ///
    /// # Errors
    ///
    /// A failure of the object's storage.
    fn send(&self, outgoing: Outgoing) -> LocalBoxFuture<'_, Result<()>>;
}

/// Sends what is due until nothing is, and nothing is under way. What becomes due while an answer is waited
/// for goes out at its time.
///
/// # Errors
///
/// A failure of the object's storage.
pub async fn send_all(object: &Instance, sender: &dyn Sender) -> Result<()> {
    let mut known: Vec<Outgoing> = Vec::new();
    let mut under_way: Vec<LocalBoxFuture<'_, (Outgoing, Result<()>)>> = Vec::new();
    loop {
        let (due, next_at) = sender.due(now())?;
        for outgoing in due {
            if !known.contains(&outgoing) {
                known.push(outgoing.clone());
                let sent = sender.send(outgoing.clone());
                under_way.push(Box::pin(async { (outgoing, sent.await) }));
            }
        }
        if under_way.is_empty() {
            return Ok(());
        }
        let pause = next_at.map_or(Millis::from(i32::MAX), |at| (at - now()).max(1));
        let later = Delay::from(Duration::from_millis(pause as u64));
        let more = select(Box::pin(object.nudged()), later);
        match select(select_all(std::mem::take(&mut under_way)), more).await {
            Either::Left((((outgoing, sent), _, rest), _)) => {
                under_way = rest;
                known.retain(|one| *one != outgoing);
                sent?;
            }
            Either::Right((_, waiting)) => under_way = waiting.into_inner(),
        }
    }
}
