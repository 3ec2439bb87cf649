//! Whose a channel and its rows are.

use crate::{
    NOW, after, arrives, asked_by, channel, decide, event, failed, generated, is_for, made, play,
    unknown,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use taskwire::domain::channel::apply::{Input, Work, apply};
use taskwire::domain::channel::event::Arrived;
use taskwire::domain::channel::frame::{first_row, owners_of_news, rows};
use taskwire::domain::channel::state::ChannelState;
use taskwire::domain::effect::Effect;
use taskwire::domain::verdict::Verdict;

fn of(user: &str) -> Input {
    arrives(event("task.ai_generated", made(json!({}), json!({"user_id": user}))))
}

/// What names this as its user, where rows without an owner are everyone's, or are not.
fn naming(user: &Value, is_public: bool) -> Input {
    let event = event("task.ai_generated", made(json!({}), json!({"user_id": user})));
    Input::Event(Arrived { event, forbidden: None, is_public })
}

#[test]
fn a_row_that_names_a_user_is_theirs() {
    for is_public in [false, true] {
        let state = after([naming(&json!("ada"), is_public)]);
        assert_eq!(rows(&state)[0].content.user_id.as_deref(), Some("ada"));
        assert!(is_for(&state, "ada") && !is_for(&state, "bob"));
    }
}

#[test]
fn a_row_without_a_readable_owner_is_nobodys_unless_such_rows_are_everyones() {
    for unreadable in [
        json!(null),
        json!(""),
        json!({"id": "ada"}),
        json!(["ada"]),
        json!(true),
        json!("x".repeat(256)),
    ] {
        let state = after([naming(&unreadable, false)]);
        assert_eq!(rows(&state)[0].content.user_id.as_deref(), Some(""), "{unreadable}");
        assert!(["ada", "bob", ""].iter().all(|user| !is_for(&state, user)), "{unreadable}");
        assert!(owners_of_news(&state).is_empty(), "no feed is told of it: {unreadable}");

        let state = after([naming(&unreadable, true)]);
        assert_eq!(rows(&state)[0].content.user_id, None, "{unreadable}");
        assert!(is_for(&state, "ada") && is_for(&state, "bob"), "{unreadable}");
    }
    let state = after([arrives(generated())]);
    assert_eq!(rows(&state)[0].content.user_id.as_deref(), Some(""), "no data of the request");
}

#[test]
fn a_channel_that_has_made_nothing_yet_is_nobodys() {
    for first in [failed(), unknown()] {
        let state = after([arrives(first)]);
        assert!(!is_for(&state, "ada"));
        let (state, _) = decide(&state, of("ada"), NOW);
        assert!(is_for(&state, "ada") && !is_for(&state, "bob"));
    }
}

#[test]
fn a_channel_belongs_to_whom_the_row_belongs_that_it_shows() {
    let of_bob = event("task.completed", made(json!({}), json!({"user_id": "bob"})));
    for first in [arrives(generated()), of("ada")] {
        let state = after([first, arrives(of_bob.clone())]);
        assert!(!is_for(&state, "bob"));
        assert_eq!(first_row(&state).expect("a row").user_id, channel(&state).user_id);
        assert_eq!(rows(&state)[1].content.user_id.as_deref(), Some("bob"));
    }
}

#[test]
fn a_state_from_before_there_was_a_choice_keeps_its_rows_as_they_were() {
    let mut text = serde_json::to_value(after([arrives(generated())])).expect("plain JSON");
    text["channel"]["user_id"] = json!(null);
    let event = text["events"][0].as_object_mut().expect("an event");
    assert_eq!(event.remove("is_public"), Some(json!(false)));
    let state: ChannelState = serde_json::from_value(text).expect("a state");
    assert_eq!(rows(&state)[0].content.user_id, None);
}

#[test]
fn a_row_that_gets_its_owner_late_is_news_to_that_owner() {
    for (early, of_early) in [(arrives(generated()), None), (of("bob"), Some("bob"))] {
        let state = after([early, Input::Flushed(1)]);
        assert!(owners_of_news(&state).is_empty());
        let attached = apply(&state, asked_by("ada"), NOW);
        assert_eq!(owners_of_news(&attached.state), BTreeSet::from([Some("ada".to_owned())]));
        assert!(attached.effects.contains(&Effect::Do(Work::Flush)), "after {of_early:?}");
        let (told, _) = decide(&attached.state, Input::Flushed(2), NOW);
        assert!(owners_of_news(&told).is_empty());
    }
    // One that was the same user's before is not told again.
    let state = after([of("ada"), Input::Flushed(1), asked_by("ada")]);
    assert!(owners_of_news(&state).is_empty());
}

#[test]
fn what_d1_remembers_late_brings_the_rows_to_their_owner_too() {
    let Input::Attach(channel) = asked_by("ada") else { panic!("a channel") };
    let remembered = Input::Remember(channel);
    let state = after([arrives(generated()), Input::Flushed(1)]);
    let decision = apply(&state, remembered.clone(), NOW);
    assert!(decision.effects.contains(&Effect::Do(Work::Flush)));
    assert!(is_for(&decision.state, "ada"));
    // What comes next writes it, where nothing has come yet.
    assert!(
        !apply(&ChannelState::default(), remembered, NOW)
            .effects
            .contains(&Effect::Do(Work::Flush))
    );
}

#[test]
fn whoever_asked_owns_the_answer_whatever_it_says_and_whichever_came_first() {
    for inputs in [
        [asked_by("ada"), of("bob")],
        [of("bob"), asked_by("ada")],
        [asked_by("ada"), arrives(generated())],
        [arrives(generated()), asked_by("ada")],
    ] {
        let state = after(inputs.clone());
        assert_eq!(rows(&state)[0].content.user_id.as_deref(), Some("ada"), "{inputs:?}");
        assert!(is_for(&state, "ada") && !is_for(&state, "bob"), "{inputs:?}");
        // The row in D1 is brought up to that.
        assert_eq!(rows(&state)[0].version, channel(&state).version, "{inputs:?}");
    }
}

#[test]
fn a_channel_that_nobody_asked_for_is_the_users_whom_its_first_result_names() {
    let of_bob = event("task.completed", made(json!({}), json!({"user_id": "bob"})));
    let state = after([of("ada"), arrives(of_bob)]);
    assert!(is_for(&state, "ada") && !is_for(&state, "bob"));
}

#[test]
fn a_channel_is_attached_once_and_never_to_another_request() {
    let (state, verdicts) = play([asked_by("ada"), asked_by("ada"), asked_by("bob")]);
    assert_eq!(verdicts, [Verdict::Attached, Verdict::AlreadyAttached, Verdict::Conflict]);
    assert!(is_for(&state, "ada") && !is_for(&state, "bob"));
}

#[test]
fn nobody_may_see_a_channel_that_is_not_there() {
    assert!(!is_for(&ChannelState::default(), "ada"));
    let (state, _) = decide(&after([asked_by("ada")]), Input::Flushed(1), NOW);
    assert!(!is_for(&state, ""));
}

#[test]
fn the_feeds_that_are_told_are_those_of_the_owners_of_what_is_new() {
    let of_bob = event("task.completed", made(json!({}), json!({"user_id": "bob"})));
    let public = event("task.other", made(json!({}), json!({})));
    let state = after([
        of("ada"),
        arrives(of_bob),
        Input::Event(Arrived { event: public, forbidden: None, is_public: true }),
        arrives(event("task.more", made(json!({}), json!({})))),
    ]);
    let owners = [None, Some("ada".to_owned()), Some("bob".to_owned())];
    assert_eq!(owners_of_news(&state), BTreeSet::from(owners));
    let (state, _) = decide(&state, Input::Flushed(1), NOW);
    assert!(!owners_of_news(&state).contains(&Some("ada".to_owned())), "hers was told of");
    let (state, _) = decide(&state, Input::Flushed(4), NOW);
    assert!(owners_of_news(&state).is_empty());
    let asked = after([asked_by("eve"), of("ada")]);
    assert_eq!(owners_of_news(&asked), BTreeSet::from([Some("eve".to_owned())]));
}
