//! What follows from each input: whole lists, in their order. The shell performs them as they stand, so
//! that one in another order is another program.

use crate::actor::{Kind, Tasks};
use crate::effect_words::{cell, column};
use crate::grid::each_cell;
use crate::support::{
    NOW, TASK_ID, after, attach, completed, delivery, new_task, picture, unknown,
};
use taskwire::domain::effect::Arm;
use taskwire::domain::task::apply::{Effect, Input, Stage, Work, apply};
use taskwire::domain::task::erase::Rows;
use taskwire::domain::task::schedule::ROOM_LIFETIME;
use taskwire::domain::task::state::{EARLY_LIMIT, RoomState};
use taskwire::domain::time::{HOUR, Millis, SECOND};
use taskwire::domain::verdict::Verdict;

/// Columns are states, rows are what comes ten seconds after the start.
///
/// `at` and `by` are [`Arm`]s, with the time from now on, or `end` for the clean-up. `write` is a flush
/// whose success is not noted, `->` goes on to a stage of the alarm.
const EVENTS: &str = "
input        | empty                      | kept                       | pending                     | written                     | dirty               | done                | timed_out
attach       | store show at+20s do:write | store show at+20s do:write | -                           | -                           | -                   | -                   | -
other_task   | store show at+20s do:write | store show at+20s do:write | -                           | -                           | -                   | -                   | -
wake         | store show at+20s          | store show at+20s          | by+300s                     | store by+300s do:flush      | by+300s             | store by+300s do:flush | store by+300s do:flush
adopt        | store show                 | store show                 | -                           | -                           | -                   | -                   | -
adopt_failed | store                      | store                      | store                       | store                       | store               | store               | store
no_rows      | store                      | store                      | store                       | store                       | store               | store               | store
completed    | store at+2s                | store at+2s                | store show by+300s do:flush | store show by+300s do:flush | store               | store               | store show by+300s do:flush
failed       | store at+2s                | store at+2s                | store show by+300s do:flush | store show by+300s do:flush | store               | store               | store show by+300s do:flush
unknown      | store at+2s                | store at+2s                | store                       | store                       | store               | store               | store
repeated     | store at+2s                | by+0s                      | by+10s                      | by+10s                      | by+10s              | -                   | -
poll_done    | store at+2s                | store at+2s                | store show                  | store show                  | -                   | -                   | store show
poll_pending | store at+2s                | store at+2s                | store                       | store                       | -                   | -                   | -
poll_failed  | store                      | store                      | store                       | store                       | store               | store               | store
give_up      | -                          | -                          | store show                  | store show                  | -                   | -                   | -
flushed      | store                      | store                      | store                       | -                           | store               | -                   | -
flush_failed | store at+0s                | store at+0s                | store at+2s                 | store at+10s                | store at+2s         | store at=end        | store at=end
erase        | store show at+2s do:delete | store show at+2s do:delete do:settle | store show at+2s do:delete | store show at+2s do:delete | store show at+2s do:delete do:settle | store show at+2s do:delete | store show at+2s do:delete
left_behind  | do:flush                   | do:flush                   | store show do:flush         | store show do:flush         | store show do:flush | store show do:flush | store show do:flush
";

/// Columns are states so long after the start, rows are the stages that an alarm comes to.
const ALARMS: &str = "
stage   | empty     | kept +1s  | kept +2s        | kept +72h       | pending +19s   | pending +20s      | written +20s      | written +1h       | dirty +5s      | done +1h  | done +25h | timed_out +25h
adopt   | ->poll    | ->poll    | do:adopt ->poll | do:adopt ->poll | ->poll         | ->poll            | ->poll            | ->poll            | ->poll         | ->poll    | ->poll    | ->poll
poll    | ->give_up | ->give_up | ->give_up       | ->give_up       | ->give_up      | do:poll ->give_up | do:poll ->give_up | do:poll ->give_up | ->give_up      | ->give_up | ->give_up | ->give_up
give_up | ->flush   | ->flush   | ->flush         | ->flush         | ->flush        | ->flush           | ->flush           | give_up ->flush   | ->flush        | ->flush   | ->flush   | ->flush
flush   | ->end     | ->end     | ->end           | ->end           | do:flush ->end | do:flush ->end    | ->end             | ->end             | do:flush ->end | ->end     | ->end     | ->end
end     | clean     | at+1s     | at+0s           | clean           | at+1s          | at+0s             | at+0s             | at+0s             | at+15s         | at=end    | clean     | clean
";

/// The webhook that every state but the empty one has had.
const HAD: &str = "evt_had";

fn state(name: &str) -> RoomState {
    let start = attach(&new_task(2));
    let done = || delivery(HAD, completed(vec![picture("a"), picture("b")]));
    match name {
        "empty" => RoomState::default(),
        "kept" => after([done()]),
        // Its rows have been written, and that is not noted.
        "pending" => after([start, delivery(HAD, unknown())]),
        "written" => after([start, delivery(HAD, unknown()), Input::Flushed(1)]),
        "dirty" => after([start, done()]),
        "done" => after([start, done(), Input::Flushed(2)]),
        "timed_out" => after([start, delivery(HAD, unknown()), Input::GiveUp, Input::Flushed(2)]),
        other => panic!("no state {other}"),
    }
}

fn input(name: &str) -> Input {
    let task = || Box::new(new_task(2));
    match name {
        "attach" => Input::Attach(task()),
        "wake" => Input::Wake(task()),
        "adopt" => Input::Adopt(task()),
        "erase" => Input::Erase(Box::new(Rows::from(&new_task(2).named(TASK_ID)))),
        "no_rows" => Input::NoRows,
        other => crate::table::input(other),
    }
}

fn stage(name: &str) -> Stage {
    match name {
        "adopt" => Stage::Adopt,
        "poll" => Stage::Poll,
        "give_up" => Stage::GiveUp,
        "flush" => Stage::Flush,
        "settle" => Stage::Settle,
        "end" => Stage::End,
        other => panic!("no stage {other}"),
    }
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Adopt => "adopt",
        Stage::Poll => "poll",
        Stage::GiveUp => "give_up",
        Stage::Flush => "flush",
        Stage::Settle => "settle",
        Stage::End => "end",
    }
}

fn word(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Do(Work::Adopt) => "do:adopt".to_owned(),
        Effect::Do(Work::Poll) => "do:poll".to_owned(),
        Effect::Do(Work::Delete) => "do:delete".to_owned(),
        Effect::Do(Work::Settle) => "do:settle".to_owned(),
        Effect::Do(Work::Flush { note: true }) => "do:flush".to_owned(),
        Effect::Do(Work::Flush { note: false }) => "do:write".to_owned(),
        Effect::Then(Input::GiveUp) => "give_up".to_owned(),
        Effect::Then(Input::Alarm(stage)) => format!("->{}", stage_name(*stage)),
        _ => return None,
    })
}

fn effects(room: &RoomState, input: Input, now: Millis) -> String {
    let decision = apply(room, input, now);
    cell(&decision.effects, (Tasks::clean_at(&decision.state), now), word)
}

fn at(named: &str) -> (RoomState, Millis) {
    let (name, later) = column(named);
    (state(name), NOW + later)
}

#[test]
fn what_follows_from_each_input_is_this_and_in_this_order() {
    let cells = each_cell(EVENTS, |name, what, expected| {
        let found = effects(&state(name), input(what), NOW + 10 * SECOND);
        assert_eq!(found, expected, "{name} × {what}");
    });
    assert_eq!(cells, 18 * 7);
}

#[test]
fn what_an_alarm_does_is_this_at_each_of_its_stages() {
    let cells = each_cell(ALARMS, |column, what, expected| {
        let (room, now) = at(column);
        let found = effects(&room, Input::Alarm(stage(what)), now);
        assert_eq!(found, expected, "{column} × {what}");
    });
    assert_eq!(cells, 5 * 12);
}

#[test]
fn an_early_event_that_is_one_too_many_and_a_task_from_its_rows_are_not_told_again() {
    let full = after((0..EARLY_LIMIT).map(|i| delivery(&format!("evt_{i}"), unknown())));
    let more = apply(&full, delivery("evt_more", unknown()), NOW);
    assert_eq!((more.verdict, more.effects), (Verdict::Full, vec![]));
    // Its watchers have seen the version that its rows have.
    let restored = attach(state("done").task.as_ref().expect("a task"));
    let alarm = Effect::Arm(Arm::At(NOW + SECOND + ROOM_LIFETIME));
    let flush = Effect::Do(Work::Flush { note: false });
    let decision = apply(&RoomState::default(), restored, NOW + HOUR);
    assert_eq!(decision.effects, [Effect::Store, alarm, flush]);
}
