//! The task that cases are about, and what holds of a room whatever happens to it.

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

/// The most that a room's storage takes as one value, and D1 as one text.
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

/// Applies `input` and checks what holds in every case: the task's version never falls, what is final
/// stays, and the new state fits its storage, which gives it back.
pub fn step(before: &RoomState, input: Input, now: Millis) -> (RoomState, Verdict) {
    let again = input.clone();
    // A task that comes back from its rows was shown as they have it.
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

/// What is stored is stored first, and what is new is shown right after it, once.
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

/// Storage, rows and frames: all take the state and give it back. How many bytes it is.
pub fn written(room: &RoomState) -> usize {
    let text = to_json(room);
    let read: RoomState =
        serde_json::from_str(&text).expect("a state that was written can be read");
    assert_eq!(&read, room, "storage changes the state");
    if let Some(task) = &room.task {
        let row = task_from_row(&to_json(task)).expect("a row that was written can be read");
        assert_eq!(row.images.len(), task.images.len());
        serde_json::from_str::<IgnoredAny>(&task_frame(task)).expect("a frame is JSON");
        assert!(first_frame(task, Some(task.version)).len() < 64);
    }
    text.len()
}

fn shown(task: &Task) -> String {
    to_json(&TaskView::from(task))
}
