//! What is final, what is kept, and how much of it.

use crate::support::{
    NOW, after, attach, completed, decide, delivery, failed, key, new_task, picture, poll, report,
    unknown,
};
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::change::fail;
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::domain::task::state::{DELIVERY_LIMIT, EARLY_LIMIT, RoomState};
use taskwire::domain::task::{ImageStatus, Status, TIMEOUT, Task, TaskError};
use taskwire::domain::verdict::Verdict;

#[test]
fn a_late_failure_after_completion_is_recorded_and_changes_nothing() {
    let done = completed(vec![picture("a")]);
    let room = after([attach(&new_task(1)), delivery("evt_1", done)]);
    let (next, verdict) = decide(&room, delivery("evt_2", failed("internal")), NOW + 5_000);
    assert_eq!(verdict, Verdict::Stale);
    assert_eq!(next.task, room.task);
    let last = next.deliveries.last().expect("recorded");
    assert_eq!((last.key.as_str(), last.at, last.verdict), ("evt_2", NOW + 5_000, Verdict::Stale));
}

#[test]
fn what_another_kind_of_task_returns_changes_no_picture() {
    let room = after([attach(&new_task(1))]);
    for told in [completed(vec![]), completed(vec![picture("a")]), failed("internal")] {
        let told = Report { kind: "image.rate".into(), ..told };
        let (next, verdict) = decide(&room, delivery("evt_1", told), NOW + 5_000);
        assert_eq!((verdict, &next.task), (Verdict::Noted, &room.task));
    }
}

#[test]
fn a_timeout_that_the_provider_itself_reports_is_its_word_and_final() {
    for code in ["timeout", "provider_timeout", "provider_unavailable"] {
        let room = after([attach(&new_task(1)), delivery("evt_1", failed(code))]);
        let again = apply(&room, delivery("evt_2", failed(code)), NOW + 5_000);
        assert_eq!((again.verdict, &again.state.task), (Verdict::Stale, &room.task), "{code}");
        let late = apply(&room, delivery("evt_3", completed(vec![picture("a")])), NOW + 6_000);
        assert_eq!((late.verdict, &late.state.task), (Verdict::Stale, &room.task), "{code}");
    }
}

#[test]
fn a_poll_that_ends_after_the_webhook_came_leaves_nothing_to_write() {
    let done = completed(vec![picture("a")]);
    let room = after([attach(&new_task(1)), delivery("evt_1", done)]);
    for outcome in [Outcome::Pending, failed("internal").outcome] {
        assert_eq!(apply(&room, poll(report(outcome)), NOW + 5_000).state, room);
    }
}

#[test]
fn a_failure_fails_every_image_for_the_same_reason() {
    let room = after([attach(&new_task(3)), delivery("evt_1", failed("restricted_content"))]);
    let task = room.task.expect("attached");
    for image in &task.images {
        assert_eq!((image.status, &image.error), (ImageStatus::Failed, &task.error));
    }
}

#[test]
fn a_completed_task_has_the_model_and_the_cost_that_were_used() {
    let room = after([attach(&new_task(1)), delivery("evt_1", completed(vec![picture("a")]))]);
    let task = room.task.expect("attached");
    assert_eq!(task.model.as_deref(), Some("m/used"));
    assert_eq!(task.requested_model.as_deref(), Some("m/asked"));
    assert_eq!(task.cost.as_deref(), Some("0.03000000"));
    assert_eq!(task.updated_at, NOW + 1_000);
    assert_eq!(task.created_at, NOW);
}

#[test]
fn other_kinds_keep_their_result_and_need_no_images() {
    let result = serde_json::json!({"level": "teen"});
    let outcome = Outcome::Completed {
        model: None,
        images: vec![],
        result: Some(result.clone()),
        outputs: vec![],
    };
    let task = Task { kind: "image.rate".into(), ..new_task(0) };
    let said = Report { kind: "image.rate".into(), ..report(outcome) };
    let task = after([attach(&task), delivery("evt_1", said)]).task.expect("attached");
    assert_eq!((task.status, task.result), (Status::Completed, Some(result)));
    assert!(task.images.is_empty());
}

#[test]
fn a_clock_that_was_set_back_makes_no_newer_state_look_older() {
    let room = after([attach(&new_task(1))]);
    let done = delivery("evt_1", completed(vec![picture("a")]));
    let task = apply(&room, done, NOW - 60_000).state.task.expect("attached");
    assert_eq!((task.version, task.updated_at), (2, NOW));
}

#[test]
fn events_that_come_before_their_task_wait_for_it_in_order() {
    let mut inputs: Vec<Input> =
        (0..EARLY_LIMIT - 1).map(|i| delivery(&format!("evt_u{i}"), unknown())).collect();
    inputs.push(delivery("evt_f", failed("internal")));
    let room = after(inputs);
    assert_eq!(room.early.len(), EARLY_LIMIT);
    let task = apply(&room, attach(&new_task(2)), NOW).state.task.expect("attached");
    assert_eq!((task.status, task.version), (Status::Failed, 2));
}

#[test]
fn more_early_events_than_a_task_can_have_are_refused_so_that_they_come_again() {
    let room = after((0..EARLY_LIMIT).map(|i| delivery(&format!("evt_{i}"), unknown())));
    let done = || delivery("evt_late", completed(vec![picture("a")]));
    let (same, verdict) = decide(&room, done(), NOW);
    assert_eq!((verdict, &same), (Verdict::Full, &room));
    // What is here already is known all the same.
    assert_eq!(apply(&room, delivery("evt_3", unknown()), NOW).verdict, Verdict::Duplicate);
    // Refused is not recorded: it is taken when it comes again.
    let (room, _) = decide(&room, attach(&new_task(1)), NOW);
    let (room, verdict) = decide(&room, done(), NOW);
    assert_eq!(verdict, Verdict::Applied);
    assert_eq!(room.task.map(|task| task.status), Some(Status::Completed));
}

#[test]
fn a_room_remembers_a_bounded_number_of_deliveries_the_newest() {
    let mut room = after([attach(&new_task(1))]);
    for i in 0..DELIVERY_LIMIT + 10 {
        room = apply(&room, delivery(&format!("evt_{i}"), unknown()), NOW).state;
    }
    assert_eq!(room.deliveries.len(), DELIVERY_LIMIT);
    assert_eq!(room.deliveries[0].key, "evt_10");
    let newest = format!("evt_{}", DELIVERY_LIMIT + 9);
    assert_eq!(apply(&room, delivery(&newest, unknown()), NOW).verdict, Verdict::Duplicate);
}

#[test]
fn a_room_takes_one_task_and_no_other() {
    let room = after([attach(&new_task(1))]);
    let other = Task { key: key(9), user_id: "eve".into(), ..new_task(1) };
    let (same, verdict) = decide(&room, attach(&other), NOW);
    assert_eq!((verdict, same), (Verdict::Conflict, room));
}

#[test]
fn a_new_task_is_not_in_the_rows_yet_and_one_from_the_rows_is() {
    let new = after([attach(&new_task(1))]);
    assert!(new.is_dirty());
    assert_eq!(new.task.as_ref().map(|task| task.version), Some(1));

    let done = after([attach(&new_task(1)), delivery("evt_1", completed(vec![picture("a")]))]);
    let restored = after([attach(done.task.as_ref().expect("attached"))]);
    assert!(!restored.is_dirty());
    assert_eq!(restored.task, done.task);
}

#[test]
fn a_failure_that_is_not_of_the_start_is_restored_from_the_rows_as_it_was() {
    for code in [TIMEOUT, "moderated"] {
        let mut task = Task { version: 2, ..new_task(2) };
        fail(&mut task, TaskError::new(code, "No luck."));
        assert_eq!(after([attach(&task)]).task, Some(task), "{code}");
    }
}

#[test]
fn a_room_is_empty_until_it_has_a_task_or_hears_of_one() {
    assert!(RoomState::default().is_empty());
    assert!(!after([attach(&new_task(1))]).is_empty());
    assert!(!after([delivery("evt_1", unknown())]).is_empty());
}

#[test]
fn what_d1_has_only_ever_rises() {
    let done = completed(vec![picture("a")]);
    let room = after([attach(&new_task(1)), delivery("evt_1", done)]);
    let flush = |room: &RoomState, version| apply(room, Input::Flushed(version), NOW).state;
    let room = flush(&room, 1);
    assert!(room.is_dirty(), "version 2 is not there yet");
    let room = flush(&room, 2);
    assert!(!room.is_dirty());
    assert!(!flush(&room, 1).is_dirty(), "an answer that was overtaken");
}
