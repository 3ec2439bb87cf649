//! What an event makes of a channel.

use crate::{
    NOW, after, arrives, asked_by, channel, decide, event, failed, generated, made, play, unknown,
};
use serde_json::json;
use taskwire::domain::channel::apply::{Input, apply};
use taskwire::domain::channel::callback::Status as Callback;
use taskwire::domain::channel::frame::{owners_of_news, rows};
use taskwire::domain::channel::schedule::{DEADLINE, LIFETIME, due, next_alarm};
use taskwire::domain::channel::state::{Channel, EVENT_LIMIT};
use taskwire::domain::task::Status;
use taskwire::domain::time::HOUR;
use taskwire::domain::verdict::Verdict;

#[test]
fn an_event_that_comes_again_under_its_type_makes_no_second_row() {
    let again = event("task.ai_generated", made(json!({"title": "Another"}), json!({})));
    let (state, verdicts) = play([arrives(generated()), arrives(generated()), arrives(again)]);
    assert_eq!(verdicts, [Verdict::Applied, Verdict::Duplicate, Verdict::Duplicate]);
    let rows = rows(&state);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].content.title, "Inception");
    assert_eq!(channel(&state).version, 1);
}

#[test]
fn each_type_of_a_channel_has_its_row_and_its_callback() {
    let standard = event("task.completed", made(json!({"title": "Standard"}), json!({})));
    let state = after([arrives(generated()), arrives(standard)]);
    let titles: Vec<_> = rows(&state).into_iter().map(|row| row.content.title).collect();
    assert_eq!(titles, ["Inception", "Standard"]);
    assert!(state.events.iter().all(|event| event.callback.status == Callback::Pending));
}

#[test]
fn a_failure_ends_the_wait_and_what_is_made_after_it_is_shown_all_the_same() {
    let (state, verdicts) = play([asked_by("ada"), arrives(failed())]);
    assert_eq!(verdicts[1], Verdict::Applied);
    assert_eq!(channel(&state).status, Status::Failed);
    assert_eq!(channel(&state).error.as_ref().unwrap().message, "No luck.");
    assert!(rows(&state).is_empty());

    // The very type that the error form came under.
    let standard = event("task.completed", made(json!({"title": "After all"}), json!({})));
    let state = after([asked_by("ada"), arrives(failed()), arrives(standard)]);
    assert_eq!((channel(&state).status, &channel(&state).error), (Status::Completed, &None));
    assert_eq!(rows(&state).len(), 1);
}

#[test]
fn a_failure_that_comes_after_what_was_made_is_recorded_and_changes_nothing() {
    let (state, verdicts) = play([arrives(generated()), arrives(failed())]);
    assert_eq!(verdicts[1], Verdict::Stale);
    assert_eq!(channel(&state).status, Status::Completed);
    assert_eq!(channel(&state).version, 1);
    assert_eq!(state.events.len(), 2);
}

#[test]
fn an_event_of_an_unknown_type_is_recorded_and_decides_nothing() {
    let (state, verdicts) = play([asked_by("ada"), arrives(unknown()), arrives(unknown())]);
    assert_eq!(verdicts[1..], [Verdict::Noted, Verdict::Duplicate]);
    assert_eq!(channel(&state).status, Status::Pending);
    assert_eq!(state.events[0].callback.status, Callback::None, "nobody is told of it");
}

#[test]
fn a_channel_takes_so_many_types_and_refuses_the_next_so_that_it_comes_again() {
    let kinds = (0..=EVENT_LIMIT).map(|i| event(&format!("task.x{i}"), made(json!({}), json!({}))));
    let (state, verdicts) = play(kinds.map(arrives));
    assert_eq!(verdicts.last(), Some(&Verdict::Full));
    assert_eq!(state.events.len(), EVENT_LIMIT);
}

#[test]
fn a_request_without_an_answer_fails_in_the_end_and_an_answer_after_that_heals_it() {
    let state = after([asked_by("ada")]);
    assert_eq!(next_alarm(&state, NOW), NOW + 4_000, "its row has been written by then");
    let (state, _) = decide(&state, Input::Flushed(1), NOW);
    assert_eq!(DEADLINE, 5 * HOUR);
    assert_eq!(next_alarm(&state, NOW), NOW + DEADLINE);
    assert!(!due(&state, NOW + DEADLINE - 1).give_up);
    assert!(due(&state, NOW + DEADLINE).give_up);
    let (state, _) = decide(&state, Input::GiveUp, NOW + DEADLINE);
    assert_eq!(channel(&state).error.as_ref().unwrap().code, "timeout");
    let (state, verdict) = decide(&state, arrives(generated()), NOW + DEADLINE + HOUR);
    assert_eq!((verdict, channel(&state).status), (Verdict::Applied, Status::Completed));
}

#[test]
fn a_channel_is_remembered_for_nine_days_after_its_last_event() {
    assert_eq!(LIFETIME, 9 * 24 * HOUR);
    let first = crate::ChannelState::default();
    let (state, _) = decide(&first, arrives(unbidden()), NOW);
    let (state, _) = decide(&state, Input::Flushed(1), NOW);
    assert_eq!(next_alarm(&state, NOW), NOW + LIFETIME);
    assert!(!due(&state, NOW + LIFETIME - 1).clean);
    assert!(due(&state, NOW + LIFETIME).clean);
}

#[test]
fn what_was_stored_before_there_were_several_providers_is_of_the_first() {
    let state = after([asked_by("ada"), arrives(generated())]);
    let text = serde_json::to_string(&state).expect("a state is plain JSON");
    let before = text.replace(r#""provider":"modelriver","#, "");
    assert_ne!(before, text);
    assert_eq!(serde_json::from_str::<crate::ChannelState>(&before).expect("a state"), state);
}

#[test]
fn a_channel_has_a_version_from_the_first_on() {
    let Input::Attach(asked) = asked_by("ada") else { panic!("no channel") };
    for (version, expected) in [(0, 1), (1, 1), (5, 5)] {
        let state = after([Input::Attach(Channel { version, ..asked.clone() })]);
        assert_eq!(channel(&state).version, expected);
    }
}

/// An event that wants no callback.
fn unbidden() -> taskwire::domain::channel::event::ChannelEvent {
    taskwire::domain::channel::event::ChannelEvent { callback_url: None, ..generated() }
}

#[test]
fn nothing_is_cleaned_away_that_d1_does_not_have_or_that_is_still_to_be_told() {
    let state = after([arrives(unbidden())]);
    assert!(!due(&state, NOW + 2 * LIFETIME).clean, "D1 lacks it");
    let (state, _) = decide(&after([arrives(generated())]), Input::Flushed(9), NOW);
    assert!(!due(&state, NOW + 2 * LIFETIME).clean, "the callback is open");
}

#[test]
fn d1_that_is_away_is_tried_again_less_and_less_often() {
    let mut state = after([arrives(unbidden())]);
    let mut pauses = Vec::new();
    for _ in 0..15 {
        state = apply(&state, Input::FlushFailed, NOW).state;
        pauses.push((next_alarm(&state, NOW) - NOW) / 1_000);
    }
    let four_hours = 4 * 3_600;
    assert_eq!(pauses[..6], [2, 4, 8, 16, 32, 64]);
    assert_eq!(pauses[11..], [4_096, 8_192, four_hours, four_hours]);
    let at = NOW + four_hours * 1_000;
    assert!(!due(&state, at - 1).flush && due(&state, at).flush);
    let state = apply(&state, Input::Flushed(1), NOW).state;
    assert_eq!(
        (state.flush_failures, state.is_dirty(), owners_of_news(&state).is_empty()),
        (0, false, true)
    );
}
