//! Sends the events of a task.

use super::room::TaskRoom;
use crate::domain::outbox::body::of_task;
use crate::domain::outbox::state::{Event, Outgoing, Parcel};
use crate::domain::task::apply::Input;
use crate::domain::time::Millis;
use crate::object::actor::Actor;
use crate::object::together::Sender;
use crate::outbox::note::note;
use crate::outbox::send::{attempt, log_end};
use crate::platform::now;
use futures_util::future::LocalBoxFuture;
use worker::Result;

impl Sender for TaskRoom<'_> {
    fn due(&self, now: Millis) -> Result<(Vec<Outgoing>, Option<Millis>)> {
        let room = self.load()?;
        let (readable, outbox) = (room.readable(), &room.outbox);
        let due = outbox.due(readable, now).into_iter().map(Outgoing::Event);
        let notes = outbox.behind(now).into_iter().map(Outgoing::Note);
        Ok((due.chain(notes).collect(), outbox.next_at(readable, now)))
    }

    fn send(&self, outgoing: Outgoing) -> LocalBoxFuture<'_, Result<()>> {
        Box::pin(async {
            match outgoing {
                Outgoing::Event(parcel) => self.send_event(parcel).await,
                Outgoing::Note(id) => self.note_again(&id).await,
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
        let state = self.load()?;
        log_end(event, &parcel, &state.outbox);
        self.note(state.outbox.stands(event, &parcel, outcome, now())).await
    }

    /// Tells D1 how an event stands. What it could not be told is kept, and told again.
    pub(super) async fn note(&self, event: Event) -> Result<()> {
        let is_written = note(self.env, &event).await;
        let was_behind =
            self.load()?.outbox.named(&event.id()).is_some_and(|it| it.behind.is_some());
        // Most are told at once, and then there is nothing to store.
        if was_behind || !is_written {
            self.handle(Input::Noted(Box::new(event), is_written)).await?;
        }
        Ok(())
    }

    /// Tells D1 once more how the event of this id stands.
    async fn note_again(&self, id: &str) -> Result<()> {
        match self.load()?.outbox.named(id) {
            Some(event) => self.note(event.clone()).await,
            None => Ok(()),
        }
    }
}
