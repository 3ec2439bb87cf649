//! Every state with every input: one table, read as it stands.

use crate::grid::each_cell;
use crate::support::{
    NOW, after, assert_sound, attach, broken, completed, decide, delivery, failed, key, new_task,
    picture, poll, report, stored, unknown,
};
use taskwire::domain::task::apply::Input;
use taskwire::domain::task::report::Outcome;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{Status, Task, TaskError};
use taskwire::domain::verdict::Verdict;

/// Columns are states, rows are inputs; a cell is what becomes of the input, and the task's
/// status (P, C or F) and version afterwards, `-` where there is no task.
const TABLE: &str = "
input        | empty       | kept        | pending      | completed    | failed       | timed_out    | start_failed | restored
attach       | attached P1 | attached C2 | already P1   | already C2   | already F2   | already F2   | already P2   | already C3
other_task   | attached P1 | attached C2 | conflict P1  | conflict C2  | conflict F2  | conflict F2  | conflict P2  | conflict C3
completed    | kept -      | kept -      | applied C2   | stale C2     | stale F2     | applied C3   | applied C3   | stale C3
partial      | kept -      | kept -      | applied C2   | stale C2     | stale F2     | applied C3   | applied C3   | stale C3
failed       | kept -      | kept -      | applied F2   | stale C2     | stale F2     | applied F3   | applied F3   | stale C3
poll_done    | kept -      | kept -      | applied C2   | stale C2     | stale F2     | applied C3   | applied C3   | stale C3
poll_pending | kept -      | kept -      | noted P1     | noted C2     | noted F2     | noted F2     | noted P2     | noted C3
unknown      | kept -      | kept -      | noted P1     | noted C2     | noted F2     | noted F2     | noted P2     | noted C3
repeated     | kept -      | duplicate - | duplicate P1 | duplicate C2 | duplicate F2 | duplicate F2 | duplicate P2 | duplicate C3
poll_failed  | noted -     | noted -     | noted P1     | noted C2     | noted F2     | noted F2     | noted P2     | noted C3
give_up      | noted -     | noted -     | applied F2   | noted C2     | noted F2     | noted F2     | applied F3   | noted C3
flushed      | noted -     | noted -     | noted P1     | noted C2     | noted F2     | noted F2     | noted P2     | noted C3
flush_failed | noted -     | noted -     | noted P1     | noted C2     | noted F2     | noted F2     | noted P2     | noted C3
adopt_failed | noted -     | noted -     | noted P1     | noted C2     | noted F2     | noted F2     | noted P2     | noted C3
no_rows      | noted -     | noted -     | noted P1     | noted C2     | noted F2     | noted F2     | noted P2     | noted C3
left_behind  | noted -     | noted -     | applied P3   | applied C3   | applied F3   | applied F3   | applied P3   | noted C3
";

/// The delivery that every state but the empty one has had.
const HAD: &str = "evt_had";

pub fn state(name: &str) -> RoomState {
    let task = new_task(2);
    let ahead = attach(&task);
    let done = || completed(vec![picture("a"), picture("b")]);
    match name {
        "empty" => RoomState::default(),
        "kept" => after([delivery(HAD, done())]),
        "pending" => after([ahead, delivery(HAD, unknown())]),
        "completed" => after([ahead, delivery(HAD, done())]),
        "failed" => after([ahead, delivery(HAD, failed("restricted_content"))]),
        "timed_out" => after([ahead, delivery(HAD, unknown()), Input::GiveUp]),
        "start_failed" => after([attach(&start_failed(task)), delivery(HAD, unknown())]),
        "restored" => after([attach(&restored(task)), delivery(HAD, unknown())]),
        other => panic!("no state {other}"),
    }
}

/// As its row has it when the start call had no answer.
fn start_failed(mut task: Task) -> Task {
    taskwire::domain::task::change::fail(
        &mut task,
        TaskError::new("provider_timeout", "No answer."),
    );
    Task { version: 1, ..task }
}

/// As its row has it when the room of a finished task was cleaned up.
fn restored(task: Task) -> Task {
    let done = completed(vec![picture("a"), picture("b")]);
    let room = after([attach(&task), Input::GiveUp, delivery("evt_1", done)]);
    room.task.expect("it was attached")
}

pub fn input(name: &str) -> Input {
    match name {
        "attach" => attach(&new_task(2)),
        "other_task" => attach(&Task { key: key(8), ..new_task(2) }),
        "completed" => delivery("evt_c", completed(vec![picture("c"), picture("d")])),
        "partial" => delivery("evt_p", completed(vec![picture("c"), broken("unsafe")])),
        "failed" => delivery("evt_f", failed("internal")),
        "poll_done" => poll(completed(vec![picture("c"), picture("d")])),
        "poll_pending" => poll(report(Outcome::Pending)),
        "unknown" => delivery("evt_u", unknown()),
        "repeated" => delivery(HAD, failed("internal")),
        "poll_failed" => Input::PollFailed,
        "give_up" => Input::GiveUp,
        "flushed" => Input::Flushed(1),
        "flush_failed" => Input::FlushFailed,
        "adopt_failed" => Input::AdoptFailed,
        "no_rows" => Input::NoRows,
        "left_behind" => Input::LeftBehind(2),
        other => panic!("no input {other}"),
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Attached => "attached",
        Verdict::AlreadyAttached => "already",
        Verdict::Conflict => "conflict",
        Verdict::Applied => "applied",
        Verdict::Duplicate => "duplicate",
        Verdict::Stale => "stale",
        Verdict::Kept => "kept",
        Verdict::Full => "full",
        Verdict::Noted => "noted",
        Verdict::Erased => "erased",
    }
}

fn cell(verdict: Verdict, room: &RoomState) -> String {
    let task = room.task.as_ref().map_or("-".to_owned(), |task| {
        let letter = match task.status {
            Status::Pending => 'P',
            Status::Completed => 'C',
            Status::Failed => 'F',
        };
        format!("{letter}{}", task.version)
    });
    format!("{} {task}", word(verdict))
}

#[test]
fn every_state_answers_every_input_as_the_table_says() {
    let cells = each_cell(TABLE, |name, what, expected| {
        let (next, verdict) = decide(&state(name), input(what), NOW + 60_000);
        assert_eq!(cell(verdict, &next), expected, "{name} × {what}");
        assert_sound(&next);
        assert_eq!(stored(&next), next, "{name} × {what}");
    });
    assert_eq!(cells, 16 * 8);
}

#[test]
fn a_task_changes_only_where_the_verdict_says_so() {
    each_cell(TABLE, |name, what, _| {
        let before = state(name);
        let (next, verdict) = decide(&before, input(what), NOW + 60_000);
        let changed = next.task != before.task;
        let says_so = matches!(verdict, Verdict::Attached | Verdict::Applied);
        assert_eq!(changed, says_so, "{name} × {what}");
        assert_eq!(next.is_dirty() && !before.is_dirty(), changed && !before.is_dirty());
    });
}

#[test]
fn what_says_nothing_new_leaves_nothing_to_write() {
    each_cell(TABLE, |name, what, _| {
        let before = state(name);
        let (next, verdict) = decide(&before, input(what), NOW + 60_000);
        if matches!(verdict, Verdict::Duplicate | Verdict::AlreadyAttached | Verdict::Conflict) {
            assert_eq!(next, before, "{name} × {what}");
        }
        if what == "poll_done" && verdict == Verdict::Stale {
            assert_eq!(next, before, "{name} × {what}");
        }
    });
}
