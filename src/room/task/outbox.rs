//! Sends the events of a task.

use super::room::TaskRoom;
use crate::domain::outbox::body::of_task;
use crate::domain::outbox::state::Parcel;
use crate::domain::task::apply::Input;
use crate::domain::time::Millis;
use crate::object::actor::Actor;
use crate::object::together::Sender;
use crate::outbox::send::{attempt, log_end};
use worker::Result;

impl Sender for TaskRoom<'_> {
    type Parcel = Parcel;

    fn due(&self, now: Millis) -> Result<(Vec<Parcel>, Option<Millis>)> {
        let room = self.load()?;
        let readable = room.readable();
        Ok((room.outbox.due(readable, now), room.outbox.next_at(readable, now)))
    }

    async fn send(&self, parcel: &Parcel) -> Result<()> {
        let room = self.load()?;
        let Some(event) = room.outbox.event(parcel) else { return Ok(()) };
        let body = of_task(event, room.task.as_ref());
        let failures = room.outbox.failures(parcel);
        let outcome = attempt(self.env, &parcel.road, event, &body, failures).await;
        self.handle(Input::Sent(parcel.clone(), outcome)).await?;
        if let Some(end) = self.load()?.outbox.end(parcel) {
            log_end(event, &parcel.road, end);
        }
        Ok(())
    }
}
