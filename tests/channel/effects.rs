//! What follows from each input: whole lists, in their order. The shell performs them as they stand, so
//! that one in another order is another program.

use crate::actor::{Channels, Kind};
use crate::effect_words::{cell, column};
use crate::grid::each_cell;
use crate::{NOW, after, arrives, asked_by, event, failed, generated, made, unknown};
use serde_json::json;
use taskwire::domain::channel::apply::{Effect, Input, Stage, Work, apply};
use taskwire::domain::channel::callback::Reply;
use taskwire::domain::channel::event::ChannelEvent;
use taskwire::domain::channel::state::{ChannelState, EVENT_LIMIT};
use taskwire::domain::time::{Millis, SECOND};
use taskwire::domain::verdict::Verdict;

/// Columns are states, rows are what comes ten seconds after the first event.
///
/// `at` and `by` are `Arm`s, with the time from now on, or `end` for the clean-up. `->` goes on to a
/// stage of the alarm.
const EVENTS: &str = "
input        | empty                     | asked                     | waiting                   | made                      | saved                     | told                      | failed                    | given_up
attach       | store show at+4s do:flush | -                         | -                         | -                         | -                         | -                         | -                         | -
other        | store show at+4s do:flush | -                         | -                         | -                         | -                         | -                         | -                         | -
remember     | store show                | -                         | -                         | -                         | -                         | -                         | -                         | -
generated    | store show at+0s do:flush | store show at+0s do:flush | store show at+0s do:flush | by+0s                     | by+0s                     | by=end                    | store show at+0s do:flush | store show at+0s do:flush
unbidden     | store show at+4s do:flush | store show at+4s do:flush | store show at+4s do:flush | by+0s                     | by+0s                     | by=end                    | store show at+0s do:flush | store show at+4s do:flush
standard     | store show at+0s do:flush | store show at+0s do:flush | store show at+0s do:flush | store show at+0s do:flush | store show at+0s do:flush | store show at+0s do:flush | store show at+0s do:flush | store show at+0s do:flush
failed       | store show at+0s do:flush | store show at+0s do:flush | store show at+0s do:flush | store at+0s do:flush      | store at+0s               | store at+0s               | by+0s                     | store show at+0s do:flush
unknown      | store show at+4s do:flush | store at+0s do:flush      | store at+17990s           | store at+0s do:flush      | store at+0s               | store at=end              | store at+0s               | store at=end
delivered    | -                         | -                         | -                         | store show                | store show                | -                         | -                         | -
retry        | -                         | -                         | -                         | store                     | store                     | -                         | -                         | -
refused      | -                         | -                         | -                         | store show                | store show                | -                         | -                         | -
told_before  | -                         | -                         | -                         | store show                | store show                | -                         | -                         | -
expire       | -                         | -                         | -                         | -                         | -                         | -                         | -                         | -
give_up      | -                         | store show                | store show                | -                         | -                         | -                         | -                         | -
flushed      | store                     | store                     | store                     | store                     | -                         | -                         | -                         | -
flush_failed | store at+0s               | store at+2s               | store at+17990s           | store at+0s               | store at+0s               | store at=end              | store at+0s               | store at=end
";

/// Columns are states so long after the first event, rows are the stages that an alarm comes to.
const ALARMS: &str = "
stage         | empty           | asked +1s       | asked +4s          | waiting +1h     | waiting +5h     | made +1s        | saved +1s       | saved +301s            | told +1h        | told +217h
flush         | ->delete        | ->delete        | do:flush ->delete  | ->delete        | ->delete        | ->delete        | ->delete        | ->delete               | ->delete        | ->delete 
delete        | ->give_up       | ->give_up       | ->give_up          | ->give_up       | ->give_up       | ->give_up       | ->give_up       | ->give_up              | ->give_up       | ->give_up
give_up       | ->call          | ->call          | ->call             | ->call          | give_up ->call  | ->call          | ->call          | ->call                 | ->call          | ->call
call          | ->expire        | ->expire        | ->expire           | ->expire        | ->expire        | do:call ->call  | do:call ->call  | ->expire               | ->expire        | ->expire
expire        | ->flush_changes | ->flush_changes | ->flush_changes    | ->flush_changes | ->flush_changes | ->flush_changes | ->flush_changes | expire ->flush_changes | ->flush_changes | ->flush_changes
flush_changes | ->end           | ->end           | ->end              | ->end           | ->end           | ->end           | ->end           | ->end                  | ->end           | ->end
end           | clean           | at+3s           | at+0s              | at+14400s       | at+0s           | at+0s           | at+0s           | at+0s                  | at=end          | clean
";

/// The event that most states have had.
const KEY: &str = "task.ai_generated";

fn called(reply: Reply) -> Input {
    Input::Called { key: KEY.into(), reply }
}

fn state(name: &str) -> ChannelState {
    let asked = || asked_by("ada");
    let made = || arrives(generated());
    match name {
        "empty" => ChannelState::default(),
        "asked" => after([asked()]),
        "waiting" => after([asked(), Input::Flushed(1)]),
        "made" => after([asked(), made()]),
        "saved" => after([asked(), made(), Input::Flushed(2)]),
        "told" => after([asked(), made(), called(Reply::Delivered), Input::Flushed(3)]),
        "failed" => after([asked(), arrives(failed()), Input::Flushed(2)]),
        "given_up" => after([asked(), Input::GiveUp, Input::Flushed(2)]),
        other => panic!("no state {other}"),
    }
}

fn input(name: &str) -> Input {
    let unbidden = ChannelEvent { callback_url: None, ..generated() };
    match name {
        "attach" => asked_by("ada"),
        "other" => asked_by("bob"),
        "remember" => match asked_by("ada") {
            Input::Attach(channel) => Input::Remember(channel),
            other => panic!("{other:?}"),
        },
        "generated" => arrives(generated()),
        "unbidden" => arrives(unbidden),
        "standard" => arrives(event("task.completed", made(json!({}), json!({})))),
        "failed" => arrives(failed()),
        "unknown" => arrives(unknown()),
        "delivered" => called(Reply::Delivered),
        "retry" => called(Reply::Retry),
        "refused" => called(Reply::Refused),
        "told_before" => Input::CalledBefore { key: KEY.into() },
        "expire" => Input::Expire,
        "give_up" => Input::GiveUp,
        "flushed" => Input::Flushed(2),
        "flush_failed" => Input::FlushFailed,
        other => panic!("no input {other}"),
    }
}

/// A stage, in an alarm that has changed nothing so far.
fn stage(name: &str, seen: u64) -> Stage {
    match name {
        "flush" => Stage::Flush,
        "delete" => Stage::Delete,
        "give_up" => Stage::GiveUp,
        "call" => Stage::Call { seen },
        "expire" => Stage::Expire { seen },
        "flush_changes" => Stage::FlushChanges { seen },
        "end" => Stage::End,
        other => panic!("no stage {other}"),
    }
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Flush => "flush",
        Stage::Delete => "delete",
        Stage::GiveUp => "give_up",
        Stage::Call { .. } => "call",
        Stage::Expire { .. } => "expire",
        Stage::FlushChanges { .. } => "flush_changes",
        Stage::End => "end",
    }
}

fn word(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Do(Work::Flush) => "do:flush".to_owned(),
        Effect::Do(Work::Call { key }) if key == KEY => "do:call".to_owned(),
        Effect::Do(Work::Delete(_)) => "do:delete".to_owned(),
        Effect::Do(Work::Settle) => "do:settle".to_owned(),
        Effect::Then(Input::GiveUp) => "give_up".to_owned(),
        Effect::Then(Input::Expire) => "expire".to_owned(),
        Effect::Then(Input::Alarm(stage)) => format!("->{}", stage_name(*stage)),
        _ => return None,
    })
}

fn effects(state: &ChannelState, input: Input, now: Millis) -> String {
    let decision = apply(state, input, now);
    cell(&decision.effects, (Channels::clean_at(&decision.state), now), word)
}

fn at(named: &str) -> (ChannelState, Millis) {
    let (name, later) = column(named);
    (state(name), NOW + later)
}

#[test]
fn what_follows_from_each_input_is_this_and_in_this_order() {
    let cells = each_cell(EVENTS, |name, what, expected| {
        let found = effects(&state(name), input(what), NOW + 10 * SECOND);
        assert_eq!(found, expected, "{name} × {what}");
    });
    assert_eq!(cells, 16 * 8);
}

#[test]
fn what_an_alarm_does_is_this_at_each_of_its_stages() {
    let cells = each_cell(ALARMS, |column, what, expected| {
        let (state, now) = at(column);
        let stage = stage(what, state.version());
        assert_eq!(effects(&state, Input::Alarm(stage), now), expected, "{column} × {what}");
    });
    assert_eq!(cells, 7 * 10);
}

#[test]
fn what_an_alarm_has_changed_is_stored_shown_and_written_in_the_end() {
    let (saved, over) = at("saved +301s");
    assert_eq!(effects(&saved, Input::Expire, over), "store show");
    let expired = apply(&saved, Input::Expire, over).state;
    let changes = Input::Alarm(Stage::FlushChanges { seen: saved.version() });
    assert_eq!(effects(&expired, changes, over), "do:flush ->end");
}

#[test]
fn an_event_that_is_one_too_many_is_not_told() {
    let kind = |i: usize| event(&format!("task.x{i}"), made(json!({}), json!({})));
    let full = after((0..EVENT_LIMIT).map(|i| arrives(kind(i))));
    let more = apply(&full, arrives(kind(EVENT_LIMIT)), NOW);
    assert_eq!((more.verdict, more.effects), (Verdict::Full, vec![]));
}
