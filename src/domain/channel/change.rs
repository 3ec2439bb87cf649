//! How a channel changes: it is attached, its provider sends an event, a callback ends, or something of
//! it is erased.

use super::callback::Callback;
use super::columns::owner;
use super::erase::Gone;
use super::event::{Arrived, ChannelEvent, Outcome};
use super::frame::owner_of;
use super::schedule::{self, DEADLINE};
use super::state::{Channel, ChannelState, EVENT_LIMIT, Recorded, record_id};
use crate::domain::erase::Deletion;
use crate::domain::owner::NOBODY;
use crate::domain::task::{Status, TIMEOUT, TaskError};
use crate::domain::time::Millis;
use crate::domain::usage::owed::Owed;
use crate::domain::usage::word::{Charge, End};
use crate::domain::verdict::Verdict;

pub(super) fn attach(state: &mut ChannelState, asked: Channel, now: Millis) -> Verdict {
    let Some(known) = &mut state.channel else {
        state.channel = Some(Channel { version: asked.version.max(1), ..asked });
        return Verdict::Attached;
    };
    if known.workflow.is_some() {
        let is_same = known.user_id == asked.user_id && known.workflow == asked.workflow;
        return if is_same { Verdict::AlreadyAttached } else { Verdict::Conflict };
    }
    // Its webhook was first. The user who made the request owns the result, whatever the webhook says.
    let is_anothers = |event: &Recorded| {
        event.content.as_ref().is_some_and(|made| owner_of(known, event, made) != asked.user_id)
    };
    let given: Vec<bool> = state.events.iter().map(is_anothers).collect();
    known.workflow = asked.workflow;
    known.start = asked.start;
    known.created_at = known.created_at.min(asked.created_at);
    known.user_id = asked.user_id;
    let version = touch(known, now);
    // To its owner, a row that was nobody's or another's is a new one.
    for (event, _) in state.events.iter_mut().zip(given).filter(|(_, is_given)| *is_given) {
        (event.first_version, event.version) = (version, version);
    }
    Verdict::Attached
}

pub(super) fn hear(state: &mut ChannelState, arrived: Arrived, now: Millis) -> Verdict {
    let Arrived { event, forbidden, is_public } = arrived;
    let key = key(&event);
    if state.events.iter().any(|known| known.key == key) {
        return Verdict::Duplicate;
    }
    if state.events.len() == EVENT_LIMIT {
        return Verdict::Full;
    }
    let (content, error) = match event.outcome {
        Outcome::Generated(generated) => (Some(generated), None),
        Outcome::Failed { error } => (None, Some(error)),
        Outcome::Unknown => (None, None),
    };
    let is_unknown = content.is_none() && error.is_none();
    let callback = match (event.callback_url, forbidden) {
        _ if is_unknown => Callback::default(),
        (Some(url), Some(reason)) => Callback::refused(url, &reason, now),
        (Some(url), None) => Callback::to(url, now),
        (None, _) => Callback::default(),
    };
    let is_first_result = content.is_some() && state.contents().next().is_none();
    let channel =
        state.channel.get_or_insert_with(|| unasked(event.channel_id, event.provider, now));
    // A channel shows its first row, and so belongs to whom that belongs to.
    if let (Some(made), true, None) = (&content, is_first_result, &channel.workflow) {
        channel.user_id = owner(&made.customer_data, is_public);
    }
    let verdict = hear_of(channel, content.is_some(), error.as_ref(), now);
    let version = channel.version;
    state.events.push(Recorded {
        key,
        at: now,
        content,
        error,
        callback,
        is_public,
        first_version: version,
        version,
    });
    verdict
}

/// The deduplication key of an event: its type. A failure may come under the type of a success. It
/// has a key of its own, so that the result after it is not taken for a duplicate.
fn key(event: &ChannelEvent) -> String {
    match event.outcome {
        Outcome::Failed { .. } => format!("{}:failed", event.kind),
        _ => event.kind.clone(),
    }
}

/// A channel that is first seen in a webhook: nobody's until a result names an owner.
fn unasked(channel_id: String, provider: String, now: Millis) -> Channel {
    Channel {
        channel_id,
        provider,
        user_id: Some(NOBODY.to_owned()),
        start: None,
        workflow: None,
        status: Status::Pending,
        version: 0,
        error: None,
        created_at: now,
        updated_at: now,
    }
}

/// A result completes the channel, even after a failure. A failure after a result is recorded and
/// changes nothing.
fn hear_of(
    channel: &mut Channel,
    is_result: bool,
    error: Option<&TaskError>,
    now: Millis,
) -> Verdict {
    let verdict = match (is_result, error) {
        (true, _) => {
            channel.status = Status::Completed;
            channel.error = None;
            Verdict::Applied
        }
        (false, Some(_)) if channel.status == Status::Completed => Verdict::Stale,
        (false, Some(error)) => {
            channel.status = Status::Failed;
            channel.error = Some(error.clone());
            Verdict::Applied
        }
        (false, None) => Verdict::Noted,
    };
    if verdict == Verdict::Applied || channel.version == 0 {
        touch(channel, now);
    }
    verdict
}

pub(super) fn give_up(state: &mut ChannelState, now: Millis) -> Verdict {
    match state.channel.as_mut().filter(|channel| channel.status == Status::Pending) {
        Some(channel) => {
            channel.status = Status::Failed;
            channel.error = Some(TaskError::new(TIMEOUT, "The provider did not answer in time."));
            touch(channel, now);
            Verdict::Applied
        }
        None => Verdict::Noted,
    }
}

pub(super) fn expire(state: &mut ChannelState, now: Millis) -> Verdict {
    let over: Vec<String> = state
        .events
        .iter()
        .filter(|event| event.callback.is_over(now))
        .map(|event| event.key.clone())
        .collect();
    let verdicts = over.iter().map(|key| change_callback(state, key, now, Callback::expire));
    if verdicts.filter(|verdict| *verdict == Verdict::Applied).count() > 0 {
        Verdict::Applied
    } else {
        Verdict::Noted
    }
}

/// Changes the callback of an event. Its status is on the row, so a new status is a new version.
pub(super) fn change_callback(
    state: &mut ChannelState,
    key: &str,
    now: Millis,
    change: impl FnOnce(&mut Callback),
) -> Verdict {
    let event = state.events.iter_mut().find(|event| event.key == key);
    let (Some(event), Some(channel)) = (event, state.channel.as_mut()) else {
        return Verdict::Noted;
    };
    let before = event.callback.status;
    change(&mut event.callback);
    if event.callback.status == before {
        return Verdict::Noted;
    }
    event.version = touch(channel, now);
    Verdict::Applied
}

/// Forgets what was erased. The event itself stays known, so that a retry of its webhook is a duplicate.
pub(super) fn erase(state: &mut ChannelState, gone: &Gone, now: Millis) {
    match &gone.content_id {
        Some(id) => {
            let is_it = |key: &str| record_id(&gone.channel_id, key) == *id;
            if let Some(event) = state.events.iter_mut().find(|event| is_it(&event.key)) {
                event.content = None;
                event.callback = Callback::default();
                if let Some(channel) = &mut state.channel {
                    event.version = touch(channel, now);
                }
            }
        }
        None => {
            let owed = owed(state, gone, now);
            // What has happened has happened, though the events that say so only name the rows now.
            let outbox = std::mem::take(&mut state.outbox);
            *state = ChannelState { erased_at: Some(now), owed, outbox, ..ChannelState::default() };
        }
    }
    if !state.deletions.iter().any(|deletion| deletion.rows == *gone) {
        state.deletions.push(Deletion::of(gone.clone()));
    }
    // The deletion follows at once. The alarm repeats it if the process dies during it.
    schedule::expect_flush(state, now);
}

/// What is owed of a channel that is erased: its end, or the result that may still follow a failure.
fn owed(state: &ChannelState, gone: &Gone, now: Millis) -> Option<Owed> {
    let channel = state.channel.as_ref()?;
    let owed = Owed {
        word: state.word(),
        is_told: state.word().is_some() && state.word_of_news().is_none(),
        ..Owed::new(gone.user_id.clone(), channel.start.clone()?, channel.created_at + DEADLINE)
    };
    if owed.is_told { owed.clone().told(&owed.last_word(), now) } else { Some(owed) }
}

/// The provider says something about a channel that was erased.
pub(super) fn hear_of_erased(state: &mut ChannelState, arrived: &Arrived) {
    let end = match arrived.event.outcome {
        Outcome::Generated(_) => Some(End::MADE),
        // A result may follow.
        Outcome::Failed { .. } => Some(End { charge: Charge::Nothing, is_final: false }),
        Outcome::Unknown => None,
    };
    if let (Some(owed), Some(end)) = (&mut state.owed, end) {
        owed.hear(end);
    }
}

/// D1 has deleted these rows.
pub(super) fn deleted(state: &mut ChannelState, gone: &Gone, now: Millis) {
    state.deletions.retain_mut(|deletion| deletion.rows != *gone || !deletion.is_over(now));
    state.flush_failures = 0;
}

fn touch(channel: &mut Channel, now: Millis) -> u64 {
    channel.version += 1;
    channel.updated_at = now.max(channel.updated_at);
    channel.version
}
