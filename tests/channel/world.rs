//! A model of a channel's object, its clock and the provider's endpoint, for the callback. It checks
//! nothing: that is in [`crate::orders`].

use crate::{asked_by, event, failed, generated, made};
use serde_json::json;
use std::collections::BTreeMap;
use taskwire::domain::channel::apply::{Input, apply};
use taskwire::domain::channel::callback::{PATIENCE, Reply};
use taskwire::domain::channel::event::{Arrived, ChannelEvent};
use taskwire::domain::channel::schedule::{due, next_alarm};
use taskwire::domain::channel::state::{ChannelState, Recorded, record_id};
use taskwire::domain::time::{Millis, iso};
use taskwire::provider::modelriver::callback::{failed_body, reply, saved_body};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// `POST /ai` has got the channel.
    Asked,
    /// The webhook.
    Answer,
    /// The same event with something else in it.
    Again,
    /// The same event, and nobody wants to hear of it.
    Unbidden,
    /// The same event, with an address that must not be called.
    Forbidden,
    /// The error form, which wants a callback of its own.
    Failure,
    /// A callback that is due is sent.
    Sent,
    /// It is not sent, since its row says that it was delivered before the object was cleaned up.
    ToldBefore,
    /// What was sent is answered with this status.
    Answered(u16),
    /// What was sent is not answered in time.
    TimedOut,
    /// The process dies, and forgets that something was sent. What was stored is left.
    Crash,
    /// The process was only presumed dead: what it sent is answered with this status after all.
    Late(u16),
    /// Time passes until the alarm fires.
    Alarm,
    /// The object sleeps until a window is over, whatever was due before.
    Slept,
}

/// What the endpoint has had, of one event.
#[derive(Clone, PartialEq)]
pub struct Heard {
    /// When its webhook came.
    pub arrived: Millis,
    /// What the first attempt said.
    pub body: Option<String>,
    /// How many 2xx counted.
    pub good: u32,
}

impl Heard {
    pub fn at(arrived: Millis) -> Self {
        Self { arrived, body: None, good: 0 }
    }
}

#[derive(Clone)]
pub struct World {
    pub state: ChannelState,
    pub now: Millis,
    /// The event whose callback was sent and is not answered. Known to the process alone.
    pub sent: Option<String>,
    /// The one that was sent when the process died.
    pub lost: Option<String>,
    pub heard: BTreeMap<String, Heard>,
    /// How it came to this, in one of the ways.
    pub history: Vec<Step>,
}

impl World {
    pub fn new(now: Millis) -> Self {
        let (state, heard) = (ChannelState::default(), BTreeMap::new());
        Self { state, now, sent: None, lost: None, heard, history: Vec::new() }
    }

    /// Whether the same can come next, and be judged the same.
    pub fn is_where(&self, other: &Self) -> bool {
        (self.now, &self.sent, &self.lost) == (other.now, &other.sent, &other.lost)
            && (&self.state, &self.heard) == (&other.state, &other.heard)
    }

    /// The event whose callback `step` is about.
    pub fn meant_by(&self, step: Step) -> Option<&String> {
        match step {
            Step::Sent | Step::ToldBefore => self.to_call().map(|event| &event.key),
            Step::Answered(_) | Step::TimedOut => self.sent.as_ref(),
            Step::Late(_) => self.lost.as_ref(),
            _ => None,
        }
    }

    /// The world after `step`; `None` where that cannot happen.
    pub fn after(&self, step: Step) -> Option<World> {
        let mut next = self.clone();
        next.history.push(step);
        match step {
            Step::Asked => next.take(asked_by("ada")),
            Step::Answer => next.arrive(generated(), None),
            Step::Again => {
                let outcome = made(json!({"title": "Another"}), json!({"user_id": "bob"}));
                next.arrive(event("task.ai_generated", outcome), None);
            }
            Step::Unbidden => {
                next.arrive(ChannelEvent { callback_url: None, ..generated() }, None);
            }
            Step::Forbidden => next.arrive(generated(), Some("not an allowed one".into())),
            Step::Failure => next.arrive(failed(), None),
            Step::Sent => next.sent = Some(self.to_call()?.key.clone()),
            Step::ToldBefore => {
                let event = self.to_call()?;
                let may_ask = event.callback.attempts == 0 && event.content.is_some();
                may_ask.then(|| next.take(Input::CalledBefore { key: event.key.clone() }))?;
            }
            Step::Answered(status) => {
                let key = next.sent.take()?;
                // The worst moment for an answer: just before its deadline.
                next.now += if reply(status) == Reply::Delivered { PATIENCE - 1 } else { 0 };
                next.take(Input::Called { key, reply: reply(status) });
            }
            Step::TimedOut => {
                let key = next.sent.take()?;
                next.now += PATIENCE;
                next.take(Input::Called { key, reply: Reply::Retry });
            }
            Step::Crash => {
                next.lost = next.sent.take().or(next.lost);
                let stored = serde_json::to_string(&self.state).expect("plain JSON");
                next.state = serde_json::from_str(&stored).expect("what was stored");
            }
            Step::Late(status) => {
                let key = next.lost.take()?;
                next.take(Input::Called { key, reply: reply(status) });
            }
            Step::Alarm => next.sleep_until(next_alarm(&self.state, self.now))?,
            Step::Slept => {
                let open = self.state.events.iter().filter(|it| it.callback.wakes_at().is_some());
                next.sleep_until(open.map(|event| event.callback.until).min()?)?;
            }
        }
        Some(next)
    }

    /// The event whose callback is due. There is one attempt at a time.
    fn to_call(&self) -> Option<&Recorded> {
        let key = due(&self.state, self.now).call.filter(|_| self.sent.is_none())?;
        self.state.events.iter().find(|event| event.key == key)
    }

    fn arrive(&mut self, event: ChannelEvent, forbidden: Option<String>) {
        self.take(Input::Event(Arrived { event, forbidden }));
    }

    /// Decides and stores as the object does. D1 has it at once: D1 that is away is none of the
    /// callback's business.
    fn take(&mut self, input: Input) {
        self.state = apply(&self.state, input, self.now).state;
        if self.state.is_dirty() {
            let version = self.state.channel.as_ref().map_or(0, |channel| channel.version);
            self.state = apply(&self.state, Input::Flushed(version), self.now).state;
        }
    }

    /// The alarm at `then`, but for the calls, which are steps of their own. An alarm ends before the
    /// next one fires, and one that would clean up is another story.
    fn sleep_until(&mut self, then: Millis) -> Option<()> {
        let then = then.max(self.now);
        let due = self.sent.is_none().then(|| due(&self.state, then))?;
        let is_step = then > self.now || due.give_up || due.expire;
        (is_step && !due.clean).then(|| self.now = then)?;
        if due.give_up {
            self.take(Input::GiveUp);
        }
        if due.expire {
            self.take(Input::Expire);
        }
        Some(())
    }
}

/// What an attempt at the callback of `event` says.
pub fn body(event: &Recorded) -> String {
    let id = record_id(crate::CHANNEL, &event.key);
    match (&event.content, &event.error) {
        (Some(made), _) => saved_body(&made.data, &id, &iso(event.at)),
        (None, error) => failed_body(error.as_ref().map_or("", |error| &error.message)),
    }
    .to_string()
}
