//! Sends what a channel has to say: the callbacks that its provider wants, and the events for the app's own
//! backend.

use super::protocol::Answer;
use super::room::ChannelRoom;
use crate::domain::channel::apply::Input;
use crate::domain::channel::frame::row_of;
use crate::domain::outbox::body::of_content;
use crate::domain::outbox::state::{Event, Outgoing, Parcel};
use crate::domain::time::Millis;
use crate::domain::verdict::Verdict;
use crate::object::actor::Actor;
use crate::object::together::Sender;
use crate::outbox::note::note;
use crate::outbox::send::{attempt, log_end, roads};
use crate::platform::{now, with_deadline};
use crate::store::{D1_DEADLINE, Store};
use futures_util::future::LocalBoxFuture;
use worker::Result;

impl Sender for ChannelRoom<'_> {
    fn due(&self, now: Millis) -> Result<(Vec<Outgoing>, Option<Millis>)> {
        let state = self.load()?;
        let readable = state.readable();
        let called = state.events.iter().filter(|event| event.callback.is_due(now));
        let called = called.map(|event| Outgoing::Callback(event.key.clone()));
        let events = state.outbox.due(readable, now).into_iter().map(Outgoing::Event);
        let wakes = state.events.iter().filter_map(|event| event.callback.wakes_at());
        let next = wakes.filter(|at| *at > now).chain(state.outbox.next_at(readable, now)).min();
        let notes = state.outbox.behind(now).into_iter().map(Outgoing::Note);
        Ok((called.chain(events).chain(notes).collect(), next))
    }

    fn send(&self, outgoing: Outgoing) -> LocalBoxFuture<'_, Result<()>> {
        Box::pin(async {
            match outgoing {
                Outgoing::Callback(key) => {
                    if let Some(outcome) = self.call(key).await? {
                        self.handle(outcome).await?;
                    }
                    Ok(())
                }
                Outgoing::Event(parcel) => self.send_event(parcel).await,
                Outgoing::Note(id) => self.note_again(&id).await,
            }
        })
    }
}

impl ChannelRoom<'_> {
    async fn send_event(&self, parcel: Parcel) -> Result<()> {
        let state = self.load()?;
        let Some(event) = state.outbox.event(&parcel) else { return Ok(()) };
        let content = match row_of(&state, &parcel.subject) {
            // It was cleaned up, and an operator has the event sent again.
            None if state.channel.is_none() && state.erased_at.is_none() => {
                let read = async { Store::new(self.env)?.content_of_anyone(&parcel.subject).await };
                with_deadline(D1_DEADLINE, read).await.ok().flatten()
            }
            found => found,
        };
        let body = of_content(event, content.as_ref());
        let failures = state.outbox.failures(&parcel);
        let outcome = attempt(self.env, &parcel.road, event, &body, failures).await;
        self.handle(Input::Sent(parcel.clone(), outcome)).await?;
        let state = self.load()?;
        log_end(event, &parcel, &state.outbox);
        self.note(state.outbox.stands(event, &parcel, outcome, now())).await
    }

    /// Opens an event again, on the roads of the settings now.
    pub(super) async fn resend(&self, event: Event) -> Result<Answer> {
        let id = event.id();
        let event = Box::new(event.on(&roads(self.env)));
        let verdict = self.handle(Input::Resend(event)).await?;
        let event = self.load()?.outbox.named(&id).cloned();
        let Some(event) = event.filter(|_| verdict == Verdict::Applied) else {
            return Ok(Answer::NotFound);
        };
        self.note(event.clone()).await?;
        Ok(Answer::Event { event: Box::new(event) })
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
