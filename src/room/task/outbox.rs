//! Sends the events of a task.

use super::room::TaskRoom;
use crate::domain::outbox::body::of_task;
use crate::domain::outbox::state::{Outgoing, Parcel};
use crate::domain::task::apply::Input;
use crate::domain::time::Millis;
use crate::object::actor::Actor;
use crate::object::together::Sender;
use crate::outbox::send::{attempt, log_end};
use futures_util::future::LocalBoxFuture;
use worker::Result;

impl Sender for TaskRoom<'_> {
    fn due(&self, now: Millis) -> Result<(Vec<Outgoing>, Option<Millis>)> {
        let room = self.load()?;
        let (readable, outbox) = (room.readable(), &room.outbox);
        let due = outbox.due(readable, now).into_iter().map(Outgoing::Event);
        Ok((due.collect(), outbox.next_at(readable, now)))
    }

    fn send(&self, outgoing: Outgoing) -> LocalBoxFuture<'_, Result<()>> {
        Box::pin(async {
            match outgoing {
                Outgoing::Event(parcel) => self.send_event(parcel).await,
                Outgoing::Callback(_) => Ok(()),
            }
        })
    }
}

impl TaskRoom<'_> {
    async fn send_event(&self, parcel: Parcel) -> Result<()> {
        let room = self.load()?;
        let Some(event) = room.outbox.event(&parcel) else { return Ok(()) };
        let body = of_task(event, room.task.as_ref());
        let failures = room.outbox.failures(&parcel);
        let outcome = attempt(self.env, &parcel.road, event, &body, failures).await;
        self.handle(Input::Sent(parcel.clone(), outcome)).await?;
        log_end(event, &parcel, &self.load()?.outbox);
        Ok(())
    }
}
