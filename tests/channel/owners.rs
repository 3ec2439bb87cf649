//! Whose a channel and its rows are.

use crate::{NOW, after, arrives, asked_by, channel, decide, event, generated, is_for, made, play};
use serde_json::json;
use std::collections::BTreeSet;
use taskwire::domain::channel::apply::Input;
use taskwire::domain::channel::frame::{owners_of_news, rows};
use taskwire::domain::verdict::Verdict;

fn of(user: &str) -> Input {
    arrives(event("task.ai_generated", made(json!({}), json!({"user_id": user}))))
}

#[test]
fn a_row_that_names_a_user_is_theirs_and_one_that_names_none_is_everyones() {
    let state = after([of("ada")]);
    assert_eq!(rows(&state)[0].content.user_id.as_deref(), Some("ada"));
    assert!(is_for(&state, "ada") && !is_for(&state, "bob"));

    let state = after([arrives(generated())]);
    assert_eq!(rows(&state)[0].content.user_id, None);
    assert!(is_for(&state, "ada") && is_for(&state, "bob"));
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
    assert!(!is_for(&crate::ChannelState::default(), "ada"));
    let (state, _) = decide(&after([asked_by("ada")]), Input::Flushed(1), NOW);
    assert!(!is_for(&state, ""));
}

#[test]
fn the_feeds_that_are_told_are_those_of_the_owners_of_what_is_new() {
    let of_bob = event("task.completed", made(json!({}), json!({"user_id": "bob"})));
    let state = after([
        of("ada"),
        arrives(of_bob),
        arrives(event("task.other", made(json!({}), json!({})))),
    ]);
    let owners = [None, Some("ada".to_owned()), Some("bob".to_owned())];
    assert_eq!(owners_of_news(&state), BTreeSet::from(owners));
    let (state, _) = decide(&state, Input::Flushed(1), NOW);
    assert!(!owners_of_news(&state).contains(&Some("ada".to_owned())), "hers was told of");
    let (state, _) = decide(&state, Input::Flushed(3), NOW);
    assert!(owners_of_news(&state).is_empty());
    let asked = after([asked_by("eve"), of("ada")]);
    assert_eq!(owners_of_news(&asked), BTreeSet::from([Some("eve".to_owned())]));
}
