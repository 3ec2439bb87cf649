//! Mynth's webhooks, from the verified body to the rows and the frame.

use super::meter::metered;
use super::place_in;
use super::tasks::{NOW, VALUE_LIMIT, step, task, waiting, written};
use super::verified::verified;
use taskwire::domain::id::is_plain_id;
use taskwire::domain::task::apply::Input;
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{Millis, SECOND};
use taskwire::domain::verdict::Verdict;
use taskwire::provider::event::Event;
use taskwire::provider::mynth::webhook::read;

/// Images of the task that a body is told to: none, a usual number, and the most that one may have.
const IMAGES: [usize; 3] = [0, 2, 20];

/// Most bytes of a state beyond the size of its body: twenty rows and their errors.
const OVERHEAD: usize = 200_000;

pub fn mynth_webhook(body: &[u8]) {
    let webhook = verified(body, &[]);
    let event = metered(|| read(&webhook));
    assert_eq!(read(&webhook), event, "two readings of one body");
    let Ok(Event::Task(report)) = event else { return };
    assert!(is_plain_id(&report.task_id), "an id that names no room: {:?}", report.task_id);
    assert!(report.kind.len() <= 64);
    if let Outcome::Unknown { event } = &report.outcome {
        assert!(event.chars().count() <= 128);
    }
    let limit = VALUE_LIMIT.min(OVERHEAD + 8 * body.len());
    let images = IMAGES[place_in(IMAGES.len(), body)];
    let size = after_attach(&report, images).max(before_attach(&report, images));
    assert!(size <= limit, "{} bytes became a state of {size}, {limit} at most", body.len());
}

fn heard(delivery: &str, report: &Report) -> Input {
    Input::Report { delivery: Some(delivery.to_owned()), report: Box::new(report.clone()) }
}

fn seconds(count: Millis) -> Millis {
    NOW + count * SECOND
}

/// The webhook comes to a pending task, then as a duplicate, then with another delivery id.
fn after_attach(report: &Report, images: usize) -> usize {
    let room = waiting(task(images));
    let (once, verdict) = step(&room, heard("evt_1", report), seconds(1));
    assert!(matches!(verdict, Verdict::Applied | Verdict::Noted), "{verdict:?}");
    let (twice, verdict) = step(&once, heard("evt_1", report), seconds(2));
    assert_eq!((&twice, verdict), (&once, Verdict::Duplicate));
    let (thrice, _) = step(&twice, heard("evt_2", report), seconds(3));
    written(&thrice)
}

/// Early webhooks up to the limit; then the task is attached.
fn before_attach(report: &Report, images: usize) -> usize {
    let (room, verdict) = step(&RoomState::default(), heard("evt_0", report), seconds(0));
    assert!(matches!(verdict, Verdict::Kept | Verdict::Noted), "{verdict:?}");
    let kept = written(&room);
    let (room, verdict) = step(&room, Input::Attach(Box::new(task(images))), seconds(1));
    assert_eq!(verdict, Verdict::Attached);
    let (room, _) = step(&room, Input::GiveUp, seconds(2));
    kept.max(written(&room))
}
