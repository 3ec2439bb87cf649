//! The one function that changes a channel: `(state, input, now) -> (state', verdict, effects)`.

use super::callback::{Callback, Reply, Status as CallbackStatus};
use super::change::{
    attach, change_callback, deleted, erase, expire, give_up, hear, hear_of_erased,
};
use super::erase::Gone;
use super::event::Arrived;
use super::schedule::{self, due, next_alarm};
use super::state::{Channel, ChannelState};
use crate::domain::effect::{self, Arm};
use crate::domain::outbox::state::{Event, Outcome, Parcel};
use crate::domain::time::Millis;
use crate::domain::usage::word::Word;
use crate::domain::verdict::Verdict;

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The provider has opened this channel for a request of ours.
    Attach(Channel),
    /// D1 says that this channel belongs to a request of ours, or to an intent. The object was cleaned
    /// up, or was never attached.
    Remember(Channel),
    /// The provider said this in a webhook.
    Event(Arrived),
    /// An attempt at the callback of the event with this key has ended.
    Called { key: String, reply: Reply },
    /// D1 says that this callback was delivered before the object was cleaned up.
    CalledBefore { key: String },
    /// Some callbacks' windows have closed.
    Expire,
    /// The deadline has passed.
    GiveUp,
    /// D1 has this version, and it was published to the content feed.
    Flushed(u64),
    /// Writing to D1 or publishing to the feed failed or timed out.
    FlushFailed,
    /// The owner wants this gone.
    Erase(Gone),
    /// D1 has deleted these rows, and the content feed was told.
    Deleted(Gone),
    /// Deleting rows or telling the feed failed or timed out.
    DeleteFailed,
    /// The owner's book knows this of an erased channel.
    Settled(Word),
    /// The book could not be told.
    SettleFailed,
    /// An attempt at an event for the app's own backend has ended.
    Sent(Parcel, Outcome),
    /// Such events may be due now.
    EventsDue,
    /// An operator wants such an event sent again.
    Resend(Box<Event>),
    /// D1 was told how such an event stands, or could not be.
    Noted(Box<Event>, bool),
    /// The alarm has fired, and has come to this stage.
    Alarm(Stage),
}

/// The stages of an alarm, in order. `seen` is the version when the alarm fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Flush,
    /// What was erased, one after the other, and then what the owner's book is to be told of it.
    Delete,
    GiveUp,
    /// Each callback that is due, and then the events for the app's own backend. The shell sends at the
    /// same time whatever is due on any road.
    Call {
        seen: u64,
    },
    Expire {
        seen: u64,
    },
    /// Write what this alarm has changed.
    FlushChanges {
        seen: u64,
    },
    End,
}

/// The work that a channel's room does, each with its outcomes.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Bring D1 up to date, and then tell the content feed: [`Input::Flushed`] or
    /// [`Input::FlushFailed`].
    Flush,
    /// One attempt at the callback of the event with this key: [`Input::Called`] or
    /// [`Input::CalledBefore`].
    Call { key: String },
    /// Delete rows, tell the owner's feed, and hang up if the whole channel was erased:
    /// [`Input::Deleted`] or [`Input::DeleteFailed`].
    Delete(Gone),
    /// Send every event that is due: [`Input::Sent`] for each.
    Send,
    /// Tell the owner's book how an erased channel ended: [`Input::Settled`] or [`Input::SettleFailed`].
    Settle,
}

pub type Effect = effect::Effect<Input, Work>;
pub type Decision = effect::Decision<ChannelState, Input, Work>;

/// Decides what `input` changes in `state`, and which effects follow.
pub fn apply(state: &ChannelState, input: Input, now: Millis) -> Decision {
    let mut next = state.clone();
    let (verdict, follows) = decide(&mut next, input, now);
    let is_erased = next.erased_at != state.erased_at;
    let is_news = is_erased || next.version() != state.version();
    if is_news {
        schedule::expect_flush(&mut next, now);
    }
    let follows = match follows {
        Follows::Nothing => vec![],
        Follows::Arm => vec![arm(&next, now)],
        Follows::EventsBy => {
            let next_at = next.outbox.next_at(next.readable(), Millis::MIN);
            next_at.map(|at| Effect::Arm(Arm::By(at.max(now)))).into_iter().collect()
        }
        Follows::ArmBy => vec![Effect::Arm(Arm::By(next_alarm(&next, now)))],
        // The alarm comes first: it repeats the flush if the process dies during it.
        Follows::Flush if next.is_dirty() => vec![arm(&next, now), Effect::Do(Work::Flush)],
        Follows::Flush => vec![arm(&next, now)],
        Follows::Delete(gone) => {
            let flush = next.is_dirty().then_some(Effect::Do(Work::Flush));
            let delete = Effect::Do(Work::Delete(gone));
            let first = [arm(&next, now)].into_iter().chain(flush);
            first.chain([delete]).chain(settle(&next)).collect()
        }
        Follows::Settle => [arm(&next, now)].into_iter().chain(settle(&next)).collect(),
        Follows::Stage(stage) => alarm(&next, stage, now),
    };
    Decision::of(state, next, verdict, is_news, follows)
}

/// What follows from an input, once it is known what has changed.
enum Follows {
    Nothing,
    Arm,
    ArmBy,
    /// Arm the alarm for the next event.
    EventsBy,
    /// Arm the alarm, then flush if D1 is behind.
    Flush,
    /// Arm the alarm, flush if D1 is behind, and delete this. The book is told what it can be told.
    Delete(Gone),
    /// Arm the alarm, and tell the book what it can be told.
    Settle,
    Stage(Stage),
}

fn decide(state: &mut ChannelState, input: Input, now: Millis) -> (Verdict, Follows) {
    match input {
        Input::Deleted(_) | Input::DeleteFailed | Input::Alarm(_) => {}
        Input::Sent(parcel, outcome) => {
            state.outbox.ended(&parcel, outcome, now);
            return (Verdict::Noted, Follows::Nothing);
        }
        Input::Noted(event, is_written) => {
            state.outbox.noted(&event, is_written, now);
            return (Verdict::Noted, Follows::Nothing);
        }
        Input::EventsDue => return (Verdict::Noted, Follows::EventsBy),
        Input::Settled(word) => {
            state.owed = state.owed.take().and_then(|owed| owed.told(&word, now));
            state.flush_failures = 0;
            return (Verdict::Noted, Follows::Arm);
        }
        Input::SettleFailed => {
            schedule::postpone_flush(state, now);
            return (Verdict::Noted, Follows::Arm);
        }
        Input::Event(ref arrived) if state.erased_at.is_some() => {
            hear_of_erased(state, arrived);
            let has_news = settle(state).is_some();
            return (Verdict::Erased, if has_news { Follows::Settle } else { Follows::Nothing });
        }
        // After the whole channel was erased, nothing is an error: a provider's retry would not help.
        Input::Erase(ref gone) if state.erased_at.is_some() && !state.deletions.is_empty() => {
            return (Verdict::Erased, Follows::Delete(gone.clone()));
        }
        _ if state.erased_at.is_some() => return (Verdict::Erased, Follows::Nothing),
        _ => {}
    }
    match input {
        Input::Attach(channel) => match attach(state, channel, now) {
            Verdict::Attached => (Verdict::Attached, Follows::Flush),
            verdict => (verdict, Follows::Nothing),
        },
        Input::Remember(channel) => {
            // With an event there are rows that must get their owner.
            let had_events = !state.events.is_empty();
            match attach(state, channel, now) {
                Verdict::Attached if had_events => (Verdict::Attached, Follows::Flush),
                verdict => (verdict, Follows::Nothing),
            }
        }
        Input::Event(arrived) => match hear(state, arrived, now) {
            Verdict::Full => (Verdict::Full, Follows::Nothing),
            // The runtime drops an alarm that failed too often. The provider's retry sets it again.
            Verdict::Duplicate => (Verdict::Duplicate, Follows::ArmBy),
            verdict => (verdict, Follows::Flush),
        },
        Input::Resend(event) => {
            state.outbox.reopen(*event, now);
            (Verdict::Applied, Follows::EventsBy)
        }
        Input::Called { key, reply } => {
            let change = |callback: &mut Callback| callback.answered(reply, now);
            (change_callback(state, &key, now, change), Follows::Nothing)
        }
        Input::CalledBefore { key } => {
            let change = |callback: &mut Callback| callback.status = CallbackStatus::Delivered;
            (change_callback(state, &key, now, change), Follows::Nothing)
        }
        Input::Expire => (expire(state, now), Follows::Nothing),
        Input::GiveUp => (give_up(state, now), Follows::Nothing),
        Input::Flushed(version) => {
            state.flushed = state.flushed.max(version);
            state.flush_failures = 0;
            (Verdict::Noted, Follows::Nothing)
        }
        Input::FlushFailed | Input::DeleteFailed => {
            schedule::postpone_flush(state, now);
            (Verdict::Noted, Follows::Arm)
        }
        Input::Erase(gone) => {
            erase(state, &gone, now);
            (Verdict::Applied, Follows::Delete(gone))
        }
        Input::Deleted(gone) => {
            deleted(state, &gone, now);
            (Verdict::Noted, Follows::Arm)
        }
        Input::Sent(..)
        | Input::Noted(..)
        | Input::EventsDue
        | Input::Settled(_)
        | Input::SettleFailed => (Verdict::Noted, Follows::Nothing),
        Input::Alarm(stage) => (Verdict::Noted, Follows::Stage(stage)),
    }
}

/// One stage of an alarm: its work if that is due, and the next stage.
fn alarm(state: &ChannelState, stage: Stage, now: Millis) -> Vec<Effect> {
    let due = due(state, now);
    let (effect, next) = match stage {
        Stage::Flush => (due.flush.then_some(Effect::Do(Work::Flush)), Stage::Delete),
        Stage::Delete => match due.delete {
            Some(gone) => (Some(Effect::Do(Work::Delete(gone))), stage),
            None => (due.settle.then_some(Effect::Do(Work::Settle)), Stage::GiveUp),
        },
        Stage::GiveUp => {
            let seen = state.version();
            (due.give_up.then_some(Effect::Then(Input::GiveUp)), Stage::Call { seen })
        }
        Stage::Call { seen } => match due.call {
            Some(key) => (Some(Effect::Do(Work::Call { key })), stage),
            None if due.send => (Some(Effect::Do(Work::Send)), stage),
            None => (None, Stage::Expire { seen }),
        },
        Stage::Expire { seen } => {
            (due.expire.then_some(Effect::Then(Input::Expire)), Stage::FlushChanges { seen })
        }
        Stage::FlushChanges { seen } => {
            ((state.version() != seen).then_some(Effect::Do(Work::Flush)), Stage::End)
        }
        Stage::End if due.clean => return vec![Effect::Clean],
        Stage::End => return vec![arm(state, now)],
    };
    effect.into_iter().chain([Effect::Then(Input::Alarm(next))]).collect()
}

/// What follows if the book can be told something of an erased channel.
fn settle(state: &ChannelState) -> Option<Effect> {
    state.owed.as_ref().filter(|owed| owed.is_news()).map(|_| Effect::Do(Work::Settle))
}

fn arm(state: &ChannelState, now: Millis) -> Effect {
    Effect::Arm(Arm::At(next_alarm(state, now)))
}
