//! A channel as an actor: its events, frames and callbacks, in every order in which things can happen.

mod behind;
mod callbacks;
mod deaths;
mod effects;
mod erased;
mod events;
mod histories;
mod orders;
mod owners;
mod shown;
mod told;
mod world;

#[path = "../support/actor.rs"]
mod actor;
#[path = "../support/effect_words.rs"]
mod effect_words;
#[path = "../support/grid.rs"]
mod grid;

use serde_json::{Value, json};
use taskwire::domain::channel::apply::{Input, apply};
use taskwire::domain::channel::event::{Arrived, ChannelEvent, FIRST_PROVIDER, Generated, Outcome};
use taskwire::domain::channel::state::{Channel, ChannelState};
use taskwire::domain::owner::may_see;
use taskwire::domain::task::{Status, TaskError};
use taskwire::domain::time::Millis;
use taskwire::domain::verdict::Verdict;

/// 2026-11-20T10:00:00.000Z.
const NOW: Millis = 1_795_168_800_000;
const CHANNEL: &str = "5b7c1f9e-0000-4000-8000-000000000001";
const CALLBACK: &str = "https://api.modelriver.com/v1/callback/1";

fn event(kind: &str, outcome: Outcome) -> ChannelEvent {
    ChannelEvent {
        channel_id: CHANNEL.into(),
        provider: FIRST_PROVIDER.into(),
        kind: kind.into(),
        outcome,
        callback_url: Some(CALLBACK.into()),
        intent: None,
    }
}

fn made(data: Value, customer_data: Value) -> Outcome {
    Outcome::Generated(Generated {
        data,
        event_name: Some("new_movie_suggestion".into()),
        customer_data: customer_data.as_object().expect("an object").clone(),
        model: Some("gpt-x".into()),
        provider: Some("openai".into()),
    })
}

fn generated() -> ChannelEvent {
    event("task.ai_generated", made(json!({"title": "Inception"}), json!({})))
}

fn failed() -> ChannelEvent {
    let error = TaskError::new("generation_failed", "No luck.");
    event("task.completed", Outcome::Failed { error })
}

fn unknown() -> ChannelEvent {
    event("task.progress", Outcome::Unknown)
}

fn arrives(event: ChannelEvent) -> Input {
    Input::Event(Arrived { event, forbidden: None, is_public: false })
}

/// As `POST /ai` makes it.
fn asked_by(user: &str) -> Input {
    Input::Attach(Channel {
        channel_id: CHANNEL.into(),
        start: None,
        provider: FIRST_PROVIDER.into(),
        user_id: Some(user.into()),
        workflow: Some("films".into()),
        status: Status::Pending,
        version: 1,
        error: None,
        created_at: NOW,
        updated_at: NOW,
    })
}

/// What `apply` decides, without what follows from it.
fn decide(state: &ChannelState, input: Input, now: Millis) -> (ChannelState, Verdict) {
    let decision = apply(state, input, now);
    (decision.state, decision.verdict)
}

/// What is left after these inputs, one second apart, and what each came to.
fn play(inputs: impl IntoIterator<Item = Input>) -> (ChannelState, Vec<Verdict>) {
    let mut state = ChannelState::default();
    let mut verdicts = Vec::new();
    for (second, input) in inputs.into_iter().enumerate() {
        let (next, verdict) = decide(&state, input, NOW + second as Millis * 1_000);
        // What storage does to it between two events.
        let text = serde_json::to_string(&next).expect("a state is plain JSON");
        assert_eq!(serde_json::from_str::<ChannelState>(&text).expect("the same"), next);
        state = next;
        verdicts.push(verdict);
    }
    (state, verdicts)
}

fn after(inputs: impl IntoIterator<Item = Input>) -> ChannelState {
    play(inputs).0
}

/// Whether `user` may see the channel. Nobody may see one that is not there.
fn is_for(state: &ChannelState, user: &str) -> bool {
    state.channel.as_ref().is_some_and(|channel| may_see(channel.user_id.as_deref(), user))
}

fn channel(state: &ChannelState) -> &Channel {
    state.channel.as_ref().expect("a channel")
}
