//! The task of the cases, and the invariants of a room.

use super::meter::{is_measured, metered};
use serde::de::IgnoredAny;
use taskwire::domain::effect::Effect;
use taskwire::domain::task::Task;
use taskwire::domain::task::apply::{Decision, Input, apply};
use taskwire::domain::task::frame::{TaskView, first_frame, task_frame};
use taskwire::domain::task::schedule::{due, next_alarm};
use taskwire::domain::task::state::{DELIVERY_LIMIT, EARLY_LIMIT, RoomState};
use taskwire::domain::time::Millis;
use taskwire::domain::verdict::Verdict;
use taskwire::store::row::{task_from_row, to_json};

/// 2026-11-20T10:00:00.000Z.
pub const NOW: Millis = 1_795_168_800_000;

/// The largest value in an object's storage, and the largest text in D1, in bytes.
pub const VALUE_LIMIT: usize = 2_000_000;

/// A task as it is attached, of as many images.
pub fn task(images: usize) -> Task {
    let images: Vec<String> = (0..images)
        .map(|i| format!(r#"{{"id":"BwcHBwcHBwcHBwcH{i:02}","position":{i},"status":"pending","image_id":null,"url":null,"error":null}}"#))
        .collect();
    let text = format!(
        r#"{{"task_id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP","key":"01a1f8660d00BwcHBwcHBwcHBwcH","user_id":"ada",
        "kind":"image.generate","status":"pending","version":0,"prompt":"a fox","requested_model":"m/x",
        "model":null,"error":null,"cost":null,"metadata":{{}},"created_at":"2026-11-20T10:00:00.000Z",
        "updated_at":"2026-11-20T10:00:00.000Z","images":[{}],"result":null}}"#,
        images.join(",")
    );
    task_from_row(&text).expect("a task")
}

/// A room in which `task` waits for its provider.
pub fn waiting(task: Task) -> RoomState {
    apply(&RoomState::default(), Input::Attach(Box::new(task)), NOW).state
}

/// Applies `input` and checks the invariants: the version never falls, a final task stays, and the state
/// fits its storage and survives a round trip.
pub fn step(before: &RoomState, input: Input, now: Millis) -> (RoomState, Verdict) {
    let again = input.clone();
    // A task that is restored from its rows was already shown in their version.
    let known = match (&before.task, &input) {
        (Some(task), _) => Some(task.version),
        (None, Input::Attach(task) | Input::Wake(task) | Input::Adopt(task)) => Some(task.version),
        _ => None,
    };
    let decision = metered(|| handled(before, again, now));
    assert_eq!(apply(before, input, now), decision, "two outcomes of one event");
    let Decision { state: after, verdict, effects } = decision;
    let is_news = after.task.as_ref().is_some_and(|task| Some(task.version) != known);
    assert_first(&effects, &after != before, is_news);
    if let Some(known) = &before.task {
        let task = after.task.as_ref().expect("a room lost its task");
        assert!(task.version >= known.version, "version {} after {}", task.version, known.version);
        assert!(task.updated_at >= known.updated_at, "a newer state looks older");
        let left = known.status.is_terminal() && !task.status.is_terminal();
        assert!(!left, "{:?} after {:?}", task.status, known.status);
        if verdict == Verdict::Applied {
            assert!(!known.is_final(), "what was final has changed");
            assert!(task.version > known.version, "a change that no watcher hears of");
        } else if task != known {
            assert_eq!(shown(task), shown(known), "{verdict:?} has changed the task");
        }
    }
    assert!(after.deliveries.len() <= before.deliveries.len().max(DELIVERY_LIMIT));
    assert!(after.early.len() <= before.early.len().max(EARLY_LIMIT));
    assert!(next_alarm(&after, now) >= now);
    assert!(!due(&after, now).give_up || after.task.is_some());
    (after, verdict)
}

/// The state is stored first, and a change is shown right after that, once.
pub fn assert_first<I: PartialEq, W: PartialEq>(
    effects: &[Effect<I, W>],
    has_changed: bool,
    is_news: bool,
) {
    assert_eq!(effects.first() == Some(&Effect::Store), has_changed, "a change that is lost");
    assert_eq!(effects.get(1) == Some(&Effect::Show), is_news, "a change that nobody sees");
    let rest = effects.iter().skip(usize::from(has_changed) + usize::from(is_news));
    let mut rest = rest.filter(|effect| matches!(effect, Effect::Store | Effect::Show));
    assert!(rest.next().is_none(), "stored or shown twice");
}

/// What a room does with an event: the decision, the state that is stored, the row and the frame.
fn handled(before: &RoomState, input: Input, now: Millis) -> Decision {
    let decision = apply(before, input, now);
    if !is_measured() {
        return decision;
    }
    let after = &decision.state;
    let _ = to_json(after);
    if let Some(task) = &after.task {
        let _ = (to_json(task), task_frame(task));
    }
    decision
}

/// Round trips through storage, rows and frames. Returns the size in bytes.
pub fn written(room: &RoomState) -> usize {
    let text = to_json(room);
    let read: RoomState =
        serde_json::from_str(&text).expect("a state that was written can be read");
    assert_eq!(&read, room, "storage changes the state");
    if let Some(task) = &room.task {
        let row = task_from_row(&to_json(task)).expect("a row that was written can be read");
        assert_eq!(row.images.len(), task.images.len());
        serde_json::from_str::<IgnoredAny>(&task_frame(task)).expect("a frame is JSON");
        assert!(first_frame(task, Some(task.version), false).len() < 64);
    }
    text.len()
}

fn shown(task: &Task) -> String {
    to_json(&TaskView::from(task))
}
