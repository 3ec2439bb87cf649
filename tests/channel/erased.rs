//! Erasing: one row of a channel, or all of it. Nothing that comes later brings it back.

use crate::actor::{Actor, Channels, Kind};
use crate::{
    CHANNEL, NOW, after, arrives, asked_by, channel, decide, event, failed, generated, made,
    unknown,
};
use serde_json::json;
use taskwire::domain::channel::apply::{Input, Work, apply};
use taskwire::domain::channel::callback::Status as Callback;
use taskwire::domain::channel::erase::Gone;
use taskwire::domain::channel::frame::{erased_frame, first_row, rows};
use taskwire::domain::channel::schedule::{DEADLINE, LIFETIME};
use taskwire::domain::channel::state::{Channel, ChannelState, record_id};
use taskwire::domain::effect::Effect;
use taskwire::domain::erase::LATE_WRITE;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::Status;
use taskwire::domain::time::{HOUR, MINUTE};
use taskwire::domain::usage::word::{Charge, End};
use taskwire::domain::verdict::Verdict;

fn row_of(kind: &str) -> Gone {
    let content_id = Some(record_id(CHANNEL, kind));
    Gone { channel_id: CHANNEL.into(), content_id, user_id: "ada".into() }
}

fn all() -> Gone {
    Gone { channel_id: CHANNEL.into(), content_id: None, user_id: "ada".into() }
}

fn made_twice() -> [Input; 3] {
    let standard = event("task.completed", made(json!({"title": "Standard"}), json!({})));
    [asked_by("ada"), arrives(generated()), arrives(standard)]
}

/// Handles `input`, with D1 there or away. What was deleted of it.
fn handle(actor: &mut Actor<Channels>, input: Input, now: i64, is_away: bool) -> Vec<Gone> {
    let mut deleted = Vec::new();
    actor.handle(input, now, |state, work| Some(work_of(state, work, is_away, &mut deleted)));
    deleted
}

fn work_of(state: &ChannelState, work: Work, is_away: bool, deleted: &mut Vec<Gone>) -> Input {
    match work {
        Work::Flush if is_away => Input::FlushFailed,
        Work::Delete(_) if is_away => Input::DeleteFailed,
        Work::Flush => Input::Flushed(state.version()),
        Work::Delete(gone) => {
            deleted.push(gone.clone());
            Input::Deleted(gone)
        }
        Work::Settle if is_away => Input::SettleFailed,
        Work::Settle => Input::Settled(state.owed.as_ref().expect("owed").last_word()),
        Work::Send => panic!("an event, and there is no road"),
        Work::Call { .. } => panic!("a callback of what was erased"),
    }
}

/// Fires the alarm until nothing is open. What was deleted, and when.
fn settle(actor: &mut Actor<Channels>) -> Vec<(Gone, i64)> {
    let mut all = Vec::new();
    while Channels::is_open(&actor.state()) {
        let now = actor.alarm.expect("an alarm");
        let mut deleted = Vec::new();
        let mut run = actor.fire(now);
        actor.finish(&mut run, now, |state, work| Some(work_of(state, work, false, &mut deleted)));
        all.extend(deleted.into_iter().map(|gone| (gone, now)));
        assert!(all.len() < 10, "it never ends");
    }
    all
}

#[test]
fn an_erased_row_goes_and_the_channel_shows_the_next_one() {
    let state = after(made_twice());
    let gone = row_of("task.ai_generated");
    let (next, verdict) = decide(&state, Input::Erase(gone.clone()), NOW + 9_000);
    assert_eq!(verdict, Verdict::Applied);
    assert_eq!(channel(&next).version, channel(&state).version + 1, "watchers are shown it");
    assert_eq!(channel(&next).status, Status::Completed);
    let left = rows(&next);
    assert_eq!(left.len(), 1);
    assert_eq!(first_row(&next).map(|row| row.title).as_deref(), Some("Standard"));
    assert_eq!(next.events[0].callback.status, Callback::None, "nobody is told of it any more");
    assert!(!next.is_gone(&gone) && next.is_gone(&row_of("task.completed")));
}

#[test]
fn a_retry_of_an_erased_rows_webhook_is_a_duplicate_and_makes_no_row() {
    let (state, _) =
        decide(&after(made_twice()), Input::Erase(row_of("task.ai_generated")), NOW + 9_000);
    let (next, verdict) = decide(&state, arrives(generated()), NOW + HOUR);
    assert_eq!((verdict, rows(&next).len()), (Verdict::Duplicate, 1));
}

#[test]
fn a_row_is_deleted_again_after_a_late_write_and_a_database_that_is_away_is_waited_for() {
    let mut actor = Actor::<Channels>::of(after([asked_by("ada"), arrives(generated())]), None);
    let gone = row_of("task.ai_generated");
    assert!(handle(&mut actor, Input::Erase(gone.clone()), NOW + 9_000, true).is_empty());
    assert!(!actor.state().is_gone(&gone));
    let deleted = settle(&mut actor);
    let [(first, at), (second, then)] = &deleted[..] else { panic!("{deleted:?}") };
    assert_eq!((first, second), (&gone, &gone));
    assert!(then - at >= LATE_WRITE, "{deleted:?}");
    assert!(actor.state().deletions.is_empty());
}

#[test]
fn two_rows_that_are_erased_while_d1_is_away_are_both_deleted_and_each_is_remembered_once() {
    let mut actor = Actor::<Channels>::of(after(made_twice()), None);
    let [first, second] = ["task.ai_generated", "task.completed"].map(row_of);
    for gone in [&first, &second, &first, &second] {
        let before = rows(&actor.state()).len();
        assert!(handle(&mut actor, Input::Erase(gone.clone()), NOW + 9_000, true).is_empty());
        assert!(rows(&actor.state()).len() <= before);
    }
    assert!(rows(&actor.state()).is_empty());
    let waiting: Vec<Gone> = actor.state().deletions.into_iter().map(|one| one.rows).collect();
    assert_eq!(waiting, [first.clone(), second.clone()]);
    let deleted: Vec<Gone> = settle(&mut actor).into_iter().map(|(gone, _)| gone).collect();
    for gone in [first, second] {
        assert_eq!(deleted.iter().filter(|one| **one == gone).count(), 2);
    }
}

#[test]
fn a_channel_that_is_gone_for_good_is_not_deleted_once_more() {
    let mut actor = Actor::<Channels>::of(after(made_twice()), None);
    handle(&mut actor, Input::Erase(all()), NOW + 9_000, false);
    settle(&mut actor);
    assert!(handle(&mut actor, Input::Erase(all()), NOW + HOUR, false).is_empty());
}

#[test]
fn a_row_that_the_object_has_forgotten_is_deleted_all_the_same() {
    let mut actor = Actor::<Channels>::default();
    let gone = row_of("task.ai_generated");
    let deleted = handle(&mut actor, Input::Erase(gone.clone()), NOW, false);
    assert_eq!(deleted, std::slice::from_ref(&gone));
    assert_eq!(settle(&mut actor), [(gone, NOW + LATE_WRITE)]);
    let at = actor.alarm.expect("the clean-up");
    let mut run = actor.fire(at);
    actor.finish(&mut run, at, |_, work| panic!("{work:?}"));
    assert!(actor.is_empty());
}

#[test]
fn whatever_comes_after_a_channel_was_erased_it_stays_gone() {
    for before in [vec![], vec![asked_by("ada")], made_twice().to_vec()] {
        let mut actor = Actor::<Channels>::of(after(before), None);
        assert_eq!(handle(&mut actor, Input::Erase(all()), NOW + 9_000, false), [all()]);
        let later = [
            asked_by("ada"),
            arrives(generated()),
            arrives(failed()),
            arrives(unknown()),
            Input::GiveUp,
            Input::Expire,
            Input::Flushed(9),
            Input::FlushFailed,
        ];
        for input in later {
            let before = actor.state();
            let (state, verdict) = decide(&before, input.clone(), NOW + HOUR);
            assert_eq!((state, verdict), (before, Verdict::Erased), "{input:?}");
        }
        assert_eq!(settle(&mut actor), [(all(), NOW + 9_000 + LATE_WRITE)]);
        let state = actor.state();
        assert!(state.channel.is_none() && state.events.is_empty());
        let text = serde_json::to_string(&state).expect("plain JSON");
        assert!(!text.contains("ada"), "nothing is kept of whose it was: {text}");
        assert!(actor.alarm >= Some(NOW + 9_000 + LIFETIME), "forgotten before its last webhook");
    }
}

#[test]
fn a_second_request_deletes_at_once_what_the_first_could_not() {
    let mut actor = Actor::<Channels>::of(after([asked_by("ada")]), None);
    assert!(handle(&mut actor, Input::Erase(all()), NOW, true).is_empty());
    assert_eq!(handle(&mut actor, Input::Erase(all()), NOW + 1, false), [all()]);
    assert!(actor.state().is_gone(&all()));
}

#[test]
fn the_frames_of_what_was_erased_are_pinned() {
    let row = Gone { content_id: Some("cnt_1".into()), ..all() };
    let of_row = format!(r#"{{"type":"erased","channelId":"{CHANNEL}","contentId":"cnt_1"}}"#);
    assert_eq!(erased_frame(&row), of_row);
    let of_all = format!(r#"{{"type":"erased","channelId":"{CHANNEL}","contentId":null}}"#);
    assert_eq!(erased_frame(&all()), of_all);
}

/// A channel that was started through us, so that its owner's book waits for its end.
fn started() -> Input {
    let Input::Attach(channel) = asked_by("ada") else { panic!("no channel") };
    Input::Attach(Channel { start: Some(key()), ..channel })
}

fn key() -> TaskKey {
    TaskKey::new(NOW, [1; 12])
}

/// Takes inputs after a channel was erased that these had come for. What the book is told, each at its time,
/// up to the end.
fn told_after(before: Vec<Input>, later: Vec<(Input, i64)>) -> Vec<(Charge, bool, i64)> {
    let mut state = after(before);
    state.flushed = state.version();
    let mut actor = Actor::<Channels>::of(state, None);
    let mut told = Vec::new();
    let mut work = |state: &ChannelState, work: Work, now: i64| {
        if work == Work::Settle {
            let end = state.owed.as_ref().expect("owed").last_word().end.expect("an end");
            told.push((end.charge, end.is_final, now));
        }
        Some(work_of(state, work, false, &mut Vec::new()))
    };
    let erase = (Input::Erase(all()), NOW + 9_000);
    for (input, at) in [erase].into_iter().chain(later) {
        actor.handle(input, at, |state, todo| work(state, todo, at));
    }
    while Channels::is_open(&actor.state()) {
        let at = actor.alarm.expect("an alarm");
        let mut run = actor.fire(at);
        actor.finish(&mut run, at, |state, todo| work(state, todo, at));
    }
    let text = serde_json::to_string(&actor.state()).expect("plain JSON");
    assert!(!text.contains("ada") && !text.contains(key().as_str()), "forgotten: {text}");
    told
}

const MADE: Charge = Charge::Reserved;

#[test]
fn the_end_of_an_erased_channel_is_told_to_its_owners_book_when_the_provider_says_it_and_once() {
    let at = NOW + 20_000;
    let twice = vec![(arrives(generated()), at), (arrives(generated()), at + 1)];
    assert_eq!(told_after(vec![started()], twice), [(MADE, true, at)]);
    let deadline = NOW + DEADLINE;
    let failure = vec![(arrives(failed()), at), (arrives(failed()), at + 1)];
    let free = (Charge::Nothing, false, at);
    let still = (Charge::Nothing, false, deadline);
    assert_eq!(told_after(vec![started()], failure), [free, still]);
    let both = vec![(arrives(failed()), at), (arrives(generated()), at + 1)];
    assert_eq!(told_after(vec![started()], both), [free, (MADE, true, at + 1)]);
    let late = vec![(arrives(generated()), at)];
    let failed_before = vec![started(), arrives(failed())];
    assert_eq!(told_after(failed_before, late), [(MADE, true, at)]);
}

#[test]
fn an_erased_channel_of_which_nothing_is_heard_costs_what_was_reserved_from_its_deadline_on() {
    let unheard = [(Charge::Reserved, false, NOW + DEADLINE)];
    assert_eq!(told_after(vec![started()], vec![]), unheard);
    assert_eq!(told_after(vec![started()], vec![(arrives(unknown()), NOW + HOUR)]), unheard);
    // Of what the book knows, and of what it has no entry, nothing is told.
    assert_eq!(told_after(vec![started(), arrives(generated())], vec![]), []);
    assert_eq!(told_after(vec![asked_by("ada")], vec![(arrives(generated()), NOW + HOUR)]), []);
}

#[test]
fn an_end_that_the_book_has_not_heard_is_told_when_its_channel_is_erased() {
    let state = after([started(), arrives(generated())]);
    assert!(state.is_dirty());
    let decision = apply(&state, Input::Erase(all()), NOW + 9_000);
    assert!(decision.effects.contains(&Effect::Do(Work::Settle)), "{:?}", decision.effects);
    let word = decision.state.owed.expect("owed").last_word();
    assert_eq!(word.end, Some(End::MADE));
}

#[test]
fn a_book_that_cannot_be_told_of_a_channel_is_told_later() {
    let mut actor = Actor::<Channels>::of(after([started()]), None);
    handle(&mut actor, Input::Erase(all()), NOW, false);
    handle(&mut actor, arrives(generated()), NOW + 1000, true);
    assert!(actor.state().owed.is_some_and(|owed| owed.is_news()));
    assert!(actor.alarm.expect("an alarm") <= NOW + MINUTE);
    settle(&mut actor);
    assert_eq!(actor.state().owed, None);
}
