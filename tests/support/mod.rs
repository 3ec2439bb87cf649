//! Tasks, reports and rooms for the tests of the pure core. It must not decide anything: what is
//! right is said by the tests.

#![allow(dead_code, reason = "every test program compiles this for itself and uses a part of it")]

use serde_json::Map;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::report::{ImageReport, Outcome, Report};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{
    FIRST_PROVIDER, IMAGE_GENERATE, Image, ImageStatus, Status, Task, TaskError,
};
use taskwire::domain::time::Millis;
use taskwire::domain::verdict::Verdict;

/// 2026-11-20T10:00:00.000Z.
pub const NOW: Millis = 1_795_168_800_000;
pub const TASK_ID: &str = "tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP";

/// A key whose random part is `seed` all over.
pub fn key(seed: u8) -> TaskKey {
    TaskKey::new(NOW, [seed; 12])
}

/// A task as `/generate` makes it: the provider has named it, no room has seen it.
pub fn new_task(images: usize) -> Task {
    let key = key(7);
    Task {
        task_id: Some(TASK_ID.into()),
        provider: FIRST_PROVIDER.into(),
        images: (0..images).map(|position| Image::pending(&key, position)).collect(),
        key,
        user_id: "ada".into(),
        batch_id: None,
        kind: IMAGE_GENERATE.into(),
        status: Status::Pending,
        version: 0,
        prompt: Some("a fox".into()),
        requested_model: Some("m/asked".into()),
        model: None,
        error: None,
        cost: None,
        metadata: Map::new(),
        created_at: NOW,
        updated_at: NOW,
        result: None,
        outputs: Vec::new(),
        access: None,
        patience: None,
        pace: None,
        links: None,
        estimate: None,
    }
}

pub fn row_ids(task: &Task) -> Vec<String> {
    task.images.iter().map(|image| image.id.clone()).collect()
}

pub fn picture(name: &str) -> ImageReport {
    ImageReport::Success {
        image_id: Some(format!("img_{name}")),
        url: format!("https://pictures.example/{name}.png"),
    }
}

pub fn broken(code: &str) -> ImageReport {
    ImageReport::Failed { image_id: None, error: TaskError::new(code, "It broke.") }
}

pub fn report(outcome: Outcome) -> Report {
    Report {
        task_id: TASK_ID.into(),
        provider: FIRST_PROVIDER.into(),
        kind: IMAGE_GENERATE.into(),
        outcome,
        cost: None,
        row_ids: Vec::new(),
        is_known_kind: true,
        key: None,
        addresses: Vec::new(),
        progress: None,
    }
}

pub fn completed(images: Vec<ImageReport>) -> Report {
    let outcome =
        Outcome::Completed { model: Some("m/used".into()), images, result: None, outputs: vec![] };
    Report { cost: Some("0.03000000".into()), ..report(outcome) }
}

pub fn failed(code: &str) -> Report {
    report(Outcome::Failed { error: TaskError::new(code, "The provider said no.") })
}

pub fn unknown() -> Report {
    report(Outcome::Unknown { event: "task.image.generate.progress".into() })
}

pub fn attach(task: &Task) -> Input {
    Input::Attach(Box::new(task.clone()))
}

/// A webhook with this delivery key.
pub fn delivery(key: &str, report: Report) -> Input {
    Input::Report { delivery: Some(key.into()), report: Box::new(report) }
}

/// The answer to a question of ours.
pub fn poll(report: Report) -> Input {
    Input::Report { delivery: None, report: Box::new(report) }
}

/// What `apply` decides, without what follows from it.
pub fn decide(room: &RoomState, input: Input, now: Millis) -> (RoomState, Verdict) {
    let decision = apply(room, input, now);
    (decision.state, decision.verdict)
}

/// What is left after these inputs, one second apart.
pub fn after(inputs: impl IntoIterator<Item = Input>) -> RoomState {
    let mut room = RoomState::default();
    for (second, input) in inputs.into_iter().enumerate() {
        room = apply(&room, input, NOW + second as Millis * 1_000).state;
    }
    room
}

/// What storage does to a state between two events.
pub fn stored(room: &RoomState) -> RoomState {
    let text = serde_json::to_string(room).expect("a state is plain JSON");
    serde_json::from_str(&text).expect("a state that was written can be read")
}

/// What holds in every state that a room can be in.
pub fn assert_sound(room: &RoomState) {
    let Some(task) = &room.task else { return };
    let pending = |image: &Image| image.status == ImageStatus::Pending;
    if task.status.is_terminal() {
        assert!(!task.images.iter().any(pending), "a terminal task waits for an image: {task:?}");
    } else {
        assert!(task.images.iter().all(pending), "a pending task has settled images: {task:?}");
    }
    assert_eq!(task.status == Status::Failed, task.error.is_some(), "{task:?}");
    for image in &task.images {
        let success = image.status == ImageStatus::Success;
        assert_eq!(success, image.url.is_some(), "{image:?}");
        assert_eq!(image.status == ImageStatus::Failed, image.error.is_some(), "{image:?}");
    }
    assert!(room.early.is_empty(), "an event waits beside its task");
}
