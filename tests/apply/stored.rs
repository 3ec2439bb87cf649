//! The stored bytes are pinned, since a deployment reads what earlier ones have written.

use crate::support::{
    NOW, after, attach, completed, decide, delivery, failed, new_task, picture, stored, unknown,
};
use serde_json::json;
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::report::{ImageReport, Outcome, Report};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{PublicToken, Status, Task};
use taskwire::domain::verdict::Verdict;

const PENDING: &str = r#"{"task":{"task_id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP","provider":"mynth","key":"01a1f8660d00BwcHBwcHBwcHBwcH","user_id":"ada","kind":"image.generate","status":"pending","version":1,"prompt":"a fox","requested_model":"m/asked","model":null,"error":null,"cost":null,"metadata":{},"created_at":"2026-11-20T10:00:00.000Z","updated_at":"2026-11-20T10:00:00.000Z","images":[{"id":"BwcHBwcHBwcHBwcH00","position":0,"status":"pending","image_id":null,"url":null,"error":null}],"result":null},"early":[],"deliveries":[],"flushed":0,"clock":{"look_at":1795168820000,"looks":0,"adopt_at":0,"adoptions":0,"flush_at":1795168820000,"flush_failures":0}}"#;

const COMPLETED: &str = r#"{"task":{"task_id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP","provider":"mynth","key":"01a1f8660d00BwcHBwcHBwcHBwcH","user_id":"ada","kind":"image.generate","status":"completed","version":2,"prompt":"a fox","requested_model":"m/asked","model":"m/used","error":null,"cost":"0.03000000","metadata":{},"created_at":"2026-11-20T10:00:00.000Z","updated_at":"2026-11-20T10:00:01.000Z","images":[{"id":"BwcHBwcHBwcHBwcH00","position":0,"status":"success","image_id":"img_a","url":"https://pictures.example/a.png","error":null}],"result":null},"early":[],"deliveries":[{"key":"evt_1","at":1795168801000,"verdict":"applied"}],"flushed":2,"clock":{"look_at":1795168820000,"looks":0,"adopt_at":0,"adoptions":0,"flush_at":1795168820000,"flush_failures":0}}"#;

const KEPT: &str = r#"{"task":null,"early":[{"at":1795168800000,"report":{"task_id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP","provider":"mynth","kind":"image.generate","outcome":{"completed":{"model":"m/used","images":[{"success":{"image_id":"img_a","url":"https://pictures.example/a.png"}},{"failed":{"image_id":null,"error":{"code":"unsafe","message":"It broke."}}}],"result":null}},"cost":"0.03000000","row_ids":["BwcHBwcHBwcHBwcH00"]}},{"at":1795168801000,"report":{"task_id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP","provider":"mynth","kind":"image.generate","outcome":{"failed":{"error":{"code":"internal","message":"The provider said no."}}},"cost":null,"row_ids":[]}},{"at":1795168802000,"report":{"task_id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP","provider":"mynth","kind":"image.generate","outcome":{"unknown":{"event":"task.image.generate.progress"}},"cost":null,"row_ids":[]}}],"deliveries":[{"key":"evt_1","at":1795168800000,"verdict":"kept"},{"key":"evt_2","at":1795168801000,"verdict":"kept"},{"key":"evt_3","at":1795168802000,"verdict":"kept"}],"flushed":0,"clock":{"look_at":0,"looks":0,"adopt_at":1795168804000,"adoptions":0,"flush_at":0,"flush_failures":0}}"#;

fn pending() -> RoomState {
    after([attach(&new_task(1))])
}

fn done() -> RoomState {
    let done = delivery("evt_1", completed(vec![picture("a")]));
    after([attach(&new_task(1)), done, Input::Flushed(2)])
}

fn kept() -> RoomState {
    let images: Vec<ImageReport> = vec![picture("a"), crate::support::broken("unsafe")];
    let row_ids = vec![new_task(1).key.row_id(0)];
    after([
        delivery("evt_1", Report { row_ids, ..completed(images) }),
        delivery("evt_2", failed("internal")),
        delivery("evt_3", unknown()),
    ])
}

#[test]
fn the_stored_state_of_a_room_is_pinned() {
    for (room, literal) in [(pending(), PENDING), (done(), COMPLETED), (kept(), KEPT)] {
        assert_eq!(serde_json::to_string(&room).unwrap(), literal);
    }
}

#[test]
fn what_was_stored_yesterday_is_read_today_and_goes_on() {
    // Nothing that was stored before there were several providers names one.
    let before = |literal: &str| literal.replace(r#""provider":"mynth","#, "");
    assert!(!before(KEPT).contains("provider\":"));
    let read = |literal: &str| serde_json::from_str::<RoomState>(&before(literal)).unwrap();
    assert_eq!(read(PENDING), pending());
    assert_eq!(read(COMPLETED), done());
    let (room, verdict) = decide(&read(KEPT), attach(&new_task(1)), NOW + 3_000);
    assert_eq!(verdict, Verdict::Attached);
    assert_eq!(room.task.map(|task| (task.status, task.version)), Some((Status::Completed, 2)));
    assert_eq!(
        apply(&read(COMPLETED), delivery("evt_1", failed("internal")), NOW).verdict,
        Verdict::Duplicate,
    );
}

#[test]
fn a_task_that_was_stored_with_an_empty_id_has_none() {
    let nameless = PENDING.replace("tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP", "");
    let room: RoomState = serde_json::from_str(&nameless).unwrap();
    assert_eq!(room.task.map(|task| task.task_id), Some(None));
}

#[test]
fn every_verdict_has_a_word_of_its_own_in_storage() {
    let words = [
        (Verdict::Attached, "attached"),
        (Verdict::AlreadyAttached, "already_attached"),
        (Verdict::Conflict, "conflict"),
        (Verdict::Applied, "applied"),
        (Verdict::Duplicate, "duplicate"),
        (Verdict::Stale, "stale"),
        (Verdict::Kept, "kept"),
        (Verdict::Full, "full"),
        (Verdict::Noted, "noted"),
    ];
    for (verdict, word) in words {
        assert_eq!(serde_json::to_value(verdict).unwrap(), json!(word));
        assert_eq!(serde_json::from_value::<Verdict>(json!(word)).unwrap(), verdict);
    }
}

#[test]
fn a_token_of_the_providers_own_is_kept_and_never_printed() {
    let token = PublicToken::new("pat_secret".into());
    assert_eq!(serde_json::to_value(&token).unwrap(), json!("pat_secret"));
    let task = Task { access: Some(token), ..new_task(1) };
    let room = stored(&after([attach(&task)]));
    assert_eq!(room.task.and_then(|task| task.access).unwrap().expose(), "pat_secret");
    assert!(format!("{task:?}").contains("PublicToken(redacted)"));
}

#[test]
fn numbers_and_odd_texts_survive_being_stored() {
    // Read with anything less than full precision, these come back as their neighbours.
    let numbers = r#"[0.1,1.1e-7,5.6182078668634274e-154,9007199254740993]"#;
    let metadata = json!({"🦊": "\u{7f}\u{2028}\"\\", "n": numbers_of(numbers)});
    let task = Task { metadata: metadata.as_object().cloned().unwrap(), ..new_task(1) };
    let result = Some(json!({"score": numbers_of(numbers)}));
    let outcome = Outcome::Completed { model: None, images: vec![], result, outputs: vec![] };
    let room = after([attach(&task), delivery("evt_1", crate::support::report(outcome))]);
    assert_eq!(stored(&room), room);
    assert_eq!(stored(&stored(&room)), room);
}

fn numbers_of(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}
