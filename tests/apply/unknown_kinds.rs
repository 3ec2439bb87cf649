//! Kinds of tasks that we do not know yet.

use crate::support::{
    NOW, after, assert_sound, attach, completed, decide, delivery, failed, new_task, picture, poll,
    report,
};
use serde_json::{Value, json};
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::domain::task::schedule::due;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{PublicToken, Status, Task};
use taskwire::domain::verdict::Verdict;
use taskwire::provider::mynth::kinds::is_known;

const SKETCH: &str = "image.sketch";

fn returned(result: Value) -> Report {
    let outcome = Outcome::Completed {
        model: None,
        images: Vec::new(),
        result: Some(result),
        outputs: vec![],
    };
    of_kind(SKETCH, report(outcome))
}

fn of_kind(kind: &str, report: Report) -> Report {
    Report { kind: kind.into(), is_known_kind: is_known(kind), ..report }
}

fn task(room: &RoomState) -> &Task {
    room.task.as_ref().expect("a task")
}

#[test]
fn pictures_that_come_under_the_name_of_another_kind_are_pictures() {
    let pictures = of_kind(SKETCH, completed(vec![picture("a"), picture("b")]));
    let room = after([attach(&new_task(2)), delivery("e", pictures)]);
    assert_eq!((task(&room).status, task(&room).version), (Status::Completed, 2));
    assert_sound(&room);
}

#[test]
fn a_result_without_pictures_is_shown_as_it_came_and_the_provider_is_asked_about_the_pictures() {
    let room = after([attach(&new_task(2)), delivery("e", returned(json!({"svg": "<g/>"})))]);
    assert_eq!((task(&room).status, task(&room).version), (Status::Pending, 2));
    assert_eq!(task(&room).result, Some(json!({"svg": "<g/>"})));
    assert!(due(&room, NOW + 1_000).poll);
    assert_sound(&room);

    let (same, verdict) = decide(&room, delivery("f", returned(json!({"svg": "<g/>"}))), NOW);
    assert_eq!((verdict, task(&same).version), (Verdict::Noted, 2));

    let (done, _) = decide(&room, poll(completed(vec![picture("a"), picture("b")])), NOW + 2_000);
    assert_eq!((task(&done).status, task(&done).version), (Status::Completed, 3));
    assert_eq!(task(&done).result, Some(json!({"svg": "<g/>"})));
}

#[test]
fn the_provider_when_asked_is_believed_whatever_it_calls_the_task() {
    let room = after([attach(&new_task(1)), poll(returned(json!({"svg": "<g/>"})))]);
    assert_eq!(task(&room).status, Status::Completed);
    assert_eq!(task(&room).images[0].error.as_ref().unwrap().code, "missing_result");
    assert_sound(&room);
    let room = after([attach(&new_task(1)), poll(of_kind(SKETCH, failed("moderated")))]);
    assert_eq!(task(&room).status, Status::Failed);
}

#[test]
fn an_event_about_another_kind_that_we_know_or_a_failure_of_one_that_we_do_not_changes_nothing() {
    let rated = Outcome::Completed {
        model: None,
        images: vec![],
        result: Some(json!({"level": 1})),
        outputs: vec![],
    };
    for other in [
        of_kind("image.rate", report(rated)),
        of_kind("image.rate", failed("broken")),
        of_kind(SKETCH, failed("broken")),
    ] {
        let room = after([attach(&new_task(1)), delivery("e", other)]);
        assert_eq!((task(&room).status, task(&room).version), (Status::Pending, 1));
        assert_eq!(task(&room).result, None);
    }
}

#[test]
fn a_token_that_comes_with_the_start_reaches_a_room_that_has_found_its_task_before() {
    let found = new_task(1);
    let room = after([attach(&found)]);
    let started = Task { access: Some(PublicToken::new("pat_1".into())), ..found };
    let (room, verdict) = decide(&room, attach(&started), NOW);
    assert_eq!(verdict, Verdict::AlreadyAttached);
    assert_eq!(task(&room).access, started.access);
    let (room, _) = decide(&room, attach(&new_task(1)), NOW);
    assert_eq!(task(&room).access, started.access, "a later start without one takes it away");
    assert_eq!(task(&room).version, 1);
}
