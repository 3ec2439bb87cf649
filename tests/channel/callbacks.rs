//! The callback is delivered once, in time, and only to an allowed host.

use crate::actor::{Actor, Channels};
use crate::{CALLBACK, NOW, after, arrives, channel, decide, failed, generated};
use taskwire::domain::channel::apply::{Input, Work};
use taskwire::domain::channel::callback::{Callback, PATIENCE, Reply, Status, WINDOW};
use taskwire::domain::channel::event::Arrived;
use taskwire::domain::channel::frame::{owners_of_news, rows};
use taskwire::domain::channel::schedule::{due, next_alarm};
use taskwire::domain::channel::state::ChannelState;
use taskwire::domain::time::{MINUTE, Millis, SECOND};
use taskwire::domain::verdict::Verdict;

const KEY: &str = "task.ai_generated";

fn callback(state: &ChannelState) -> &Callback {
    &state.events[0].callback
}

fn called(reply: Reply) -> Input {
    Input::Called { key: KEY.into(), reply }
}

/// Fires the alarm until the callback is settled, and says what each call comes to. Gives the times of
/// the calls, in milliseconds after the webhook.
fn run(state: &mut ChannelState, mut reply: impl FnMut(usize) -> Reply) -> Vec<Millis> {
    let mut calls = Vec::new();
    let mut actor = Actor::<Channels>::of(state.clone(), Some(next_alarm(state, NOW)));
    for _ in 0..200 {
        let now = actor.alarm.expect("an alarm");
        let mut run = actor.fire(now);
        actor.finish(&mut run, now, |stored, work| match work {
            Work::Flush => Some(Input::Flushed(stored.version())),
            Work::Delete(_) | Work::Settle => panic!("nothing was erased: {work:?}"),
            Work::Send => panic!("an event, and there is no road"),
            Work::Call { key } => {
                calls.push(now - NOW);
                Some(Input::Called { key, reply: reply(calls.len() - 1) })
            }
        });
        *state = actor.state();
        if callback(state).status != Status::Pending {
            return calls;
        }
        assert!(actor.alarm > Some(now), "the alarm fires again and again");
    }
    panic!("never settled");
}

#[test]
fn the_first_call_is_at_once_and_a_2xx_ends_it() {
    let mut state = after([arrives(generated())]);
    assert_eq!(next_alarm(&state, NOW), NOW);
    assert_eq!(run(&mut state, |_| Reply::Delivered), [0]);
    assert_eq!(callback(&state).status, Status::Delivered);
    assert_eq!(rows(&state)[0].content.callback, Status::Delivered);
}

#[test]
fn an_endpoint_that_is_away_is_tried_again_less_often_until_the_window_closes() {
    let mut state = after([arrives(generated())]);
    let calls = run(&mut state, |_| Reply::Retry);
    let seconds: Vec<_> = calls.iter().map(|at| at / SECOND).collect();
    assert_eq!(seconds, [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 299]);
    assert_eq!((WINDOW, PATIENCE), (5 * MINUTE, 10 * SECOND));
    assert!(calls.iter().all(|at| *at < WINDOW));
    assert_eq!(callback(&state).status, Status::Expired);
    assert_eq!(rows(&state).len(), 1, "the row is there all the same");
    assert_eq!(channel(&state).error, None);
}

#[test]
fn after_a_2xx_there_is_no_other_call_whatever_happened_before() {
    for good in 0..10 {
        let mut state = after([arrives(generated())]);
        let answer = |n| if n == good { Reply::Delivered } else { Reply::Retry };
        assert_eq!(run(&mut state, answer).len(), good + 1);
        assert_eq!(callback(&state).status, Status::Delivered);
        // An attempt that was under way beside it ends, and the window closes.
        for late in [called(Reply::Retry), called(Reply::Refused), Input::Expire] {
            let (next, verdict) = decide(&state, late, NOW + 2 * WINDOW);
            assert_eq!(verdict, Verdict::Noted);
            assert_eq!(due(&next, NOW + 2 * WINDOW).call, None);
            assert_eq!(callback(&next).status, Status::Delivered);
        }
    }
}

#[test]
fn an_answer_that_will_not_change_ends_it_as_failed() {
    let mut state = after([arrives(generated())]);
    assert_eq!(run(&mut state, |_| Reply::Refused), [0]);
    assert_eq!(callback(&state).status, Status::Failed);
    assert!(callback(&state).reason.is_some());
}

#[test]
fn an_object_that_slept_through_the_window_calls_no_more() {
    let state = after([arrives(generated())]);
    let due = due(&state, NOW + WINDOW);
    assert_eq!((due.call, due.expire), (None, true));
    assert_eq!(decide(&state, Input::Expire, NOW + WINDOW - 1).1, Verdict::Noted);
    let (state, verdict) = decide(&state, Input::Expire, NOW + WINDOW);
    assert_eq!((verdict, callback(&state).status), (Verdict::Applied, Status::Expired));
    assert_eq!(decide(&state, Input::Expire, NOW + WINDOW).1, Verdict::Noted);
}

#[test]
fn a_process_that_died_during_a_call_makes_it_again() {
    let state = after([arrives(generated())]);
    // Nothing was stored of the call that was under way.
    assert_eq!(due(&state, NOW + 30 * SECOND).call.as_deref(), Some(KEY));
}

#[test]
fn a_forbidden_address_is_recorded_and_never_called() {
    let forbidden = Some("the callback host is not an allowed one".to_owned());
    let state = after([Input::Event(Arrived { event: generated(), forbidden, is_public: false })]);
    assert_eq!(due(&state, NOW).call, None);
    let row = &rows(&state)[0];
    assert_eq!(row.content.callback, Status::Failed);
    assert_eq!(row.callback_error.as_deref(), Some("the callback host is not an allowed one"));
}

#[test]
fn a_failure_is_told_as_well_and_what_wants_no_callback_gets_none() {
    let state = after([arrives(failed())]);
    assert_eq!(due(&state, NOW).call.as_deref(), Some("task.completed:failed"));
    assert_eq!(callback(&state).url, CALLBACK);
    let mut event = generated();
    event.callback_url = None;
    let state = after([arrives(event)]);
    assert_eq!((callback(&state).status, due(&state, NOW).call), (Status::None, None));
}

#[test]
fn a_callback_that_a_row_says_was_delivered_is_not_made_again() {
    let state = after([arrives(generated()), Input::CalledBefore { key: KEY.into() }]);
    assert_eq!(callback(&state).status, Status::Delivered);
    assert_eq!(due(&state, NOW + SECOND).call, None);
}

#[test]
fn each_change_of_the_callback_is_a_version_that_d1_gets() {
    let state = after([arrives(generated())]);
    let (state, _) = decide(&state, Input::Flushed(1), NOW);
    assert!(!state.is_dirty());
    let (retried, _) = decide(&state, called(Reply::Retry), NOW);
    assert!(!retried.is_dirty(), "an attempt is no news");
    let (told, verdict) = decide(&retried, called(Reply::Delivered), NOW);
    assert_eq!((verdict, told.is_dirty(), rows(&told)[0].version), (Verdict::Applied, true, 2));
    assert!(owners_of_news(&told).is_empty(), "the feeds have had it");
}
