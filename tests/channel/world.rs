//! A channel's object, its clock, D1 and the provider's endpoint, as far as the callback needs them:
//! what each step makes of them. It judges nothing: that is [`crate::orders`].

use crate::actor::{Actor, Channels, Performed, Run};
use crate::{asked_by, event, failed, generated, made};
use serde_json::json;
use std::collections::BTreeMap;
use taskwire::domain::channel::apply::{Input, Work};
use taskwire::domain::channel::callback::{PATIENCE, Reply};
use taskwire::domain::channel::event::{Arrived, ChannelEvent};
use taskwire::domain::channel::schedule::due;
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
    /// Time passes until the alarm fires. A callback that it comes to is sent.
    Alarm,
    /// It is not sent, since its row says that it was delivered: in a life that the object has forgotten.
    ToldBefore,
    /// What was sent is answered with this status.
    Answered(u16),
    /// What was sent is not answered in time.
    TimedOut,
    /// The process dies, and forgets that something was sent. What was stored is left.
    Crash,
    /// The process was only presumed dead: what it sent is answered with this status after all.
    Late(u16),
    /// The object sleeps until a window is over, whatever was due before.
    Slept,
    /// D1 goes away, or comes back.
    D1,
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

/// An alarm that waits for the answer to a callback. Known to the process alone.
#[derive(Clone, PartialEq)]
pub struct Calling {
    run: Run<Channels>,
    /// The event whose callback it is.
    pub key: String,
}

#[derive(Clone)]
pub struct World {
    pub actor: Actor<Channels>,
    pub now: Millis,
    /// D1 takes nothing.
    pub is_away: bool,
    pub calling: Option<Calling>,
    /// The one that was sent when the process died.
    pub lost: Option<String>,
    pub heard: BTreeMap<String, Heard>,
    /// How it came to this, in one of the ways.
    pub history: Vec<Step>,
    /// After so many effects the process dies.
    pub effects_left: usize,
    pub has_died: bool,
}

impl World {
    pub fn new(now: Millis) -> Self {
        Self {
            actor: Actor::default(),
            now,
            is_away: false,
            calling: None,
            lost: None,
            heard: BTreeMap::new(),
            history: Vec::new(),
            effects_left: usize::MAX,
            has_died: false,
        }
    }

    pub fn state(&self) -> ChannelState {
        self.actor.state()
    }

    /// Whether the same can come next, and be judged the same.
    pub fn is_where(&self, other: &Self) -> bool {
        (self.now, self.is_away, &self.lost) == (other.now, other.is_away, &other.lost)
            && (&self.actor, &self.calling, &self.heard)
                == (&other.actor, &other.calling, &other.heard)
    }

    /// The event whose callback `step` is about.
    pub fn meant_by(&self, step: Step) -> Option<&String> {
        match step {
            Step::ToldBefore | Step::Answered(_) | Step::TimedOut => {
                self.calling.as_ref().map(|calling| &calling.key)
            }
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
            Step::ToldBefore => {
                let calling = next.calling.take()?;
                let state = self.state();
                let event = state.events.iter().find(|event| event.key == calling.key)?;
                let may_ask = event.callback.attempts == 0 && event.content.is_some();
                let told = Input::CalledBefore { key: calling.key };
                may_ask.then(|| next.go_on(calling.run, told))?;
            }
            Step::Answered(status) => {
                let Calling { run, key } = next.calling.take()?;
                // The nastiest moment for a good word: just before nobody waits for it any more.
                next.now += if reply(status) == Reply::Delivered { PATIENCE - 1 } else { 0 };
                next.go_on(run, Input::Called { key, reply: reply(status) });
            }
            Step::TimedOut => {
                let Calling { run, key } = next.calling.take()?;
                next.now += PATIENCE;
                next.go_on(run, Input::Called { key, reply: Reply::Retry });
            }
            Step::Crash => next.die(),
            Step::Late(status) => {
                let key = next.lost.take()?;
                next.take(Input::Called { key, reply: reply(status) });
            }
            Step::Alarm => next.fire(self.actor.alarm?)?,
            Step::Slept => {
                let state = self.state();
                let open = state.events.iter().filter(|it| it.callback.wakes_at().is_some());
                let until = open.map(|event| event.callback.until).min()?;
                next.fire(until.max(self.actor.alarm?))?;
            }
            Step::D1 => next.is_away = !self.is_away,
        }
        Some(next)
    }

    fn arrive(&mut self, event: ChannelEvent, forbidden: Option<String>) {
        self.take(Input::Event(Arrived { event, forbidden, is_public: false }));
    }

    /// A request or a webhook.
    fn take(&mut self, input: Input) {
        self.perform(Run::new(input));
    }

    /// The alarm fires at `then`, or now if that is over: up to the first call. An alarm ends before the
    /// next one fires, and one that would clean up is another story.
    fn fire(&mut self, then: Millis) -> Option<()> {
        let then = then.max(self.now);
        let is_step = self.calling.is_none() && !due(&self.state(), then).clean;
        is_step.then(|| self.now = then)?;
        let run = self.actor.fire(then);
        self.perform(run);
        Some(())
    }

    /// The alarm goes on with what its call came to.
    fn go_on(&mut self, mut run: Run<Channels>, outcome: Input) {
        run.end_work(Some(outcome));
        self.perform(run);
    }

    /// Performs what is to be done, up to the next call.
    fn perform(&mut self, mut run: Run<Channels>) {
        while self.effects_left > 0 {
            self.effects_left -= 1;
            match self.actor.perform(&mut run, self.now) {
                Performed::Work(Work::Flush) => {
                    run.end_work(Some(flushed(&self.actor.state(), self.is_away)));
                }
                Performed::Work(Work::Delete(_) | Work::Settle) => panic!("nothing was erased"),
                Performed::Work(Work::Call { key }) => {
                    self.calling = Some(Calling { run, key });
                    return;
                }
                Performed::Over => return,
                _ => {}
            }
        }
        self.actor.die(Some(&run), self.now);
        self.has_died = true;
        self.die();
    }

    /// The process dies, and forgets that something was sent.
    fn die(&mut self) {
        let calling = self.calling.take();
        self.actor.die(calling.as_ref().map(|calling| &calling.run), self.now);
        self.lost = calling.map(|calling| calling.key).or(self.lost.take());
    }
}

fn flushed(state: &ChannelState, is_away: bool) -> Input {
    if is_away { Input::FlushFailed } else { Input::Flushed(state.version()) }
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
