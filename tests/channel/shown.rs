//! What watchers and callers are shown: pinned.

use crate::{after, arrives, asked_by, channel, event, generated, made};
use serde_json::{Value, json};
use taskwire::domain::channel::frame::{
    channel_frame, content_frame, first_frame, first_row, rows,
};

#[test]
fn the_frame_of_a_channel_is_pinned() {
    let state = after([asked_by("ada")]);
    let pending = channel_frame(channel(&state), None);
    let literal = r#"{"type":"channel","channel":{"channelId":"5b7c1f9e-0000-4000-8000-000000000001","status":"pending","version":1,"workflow":"films","userId":"ada","error":null,"createdAt":"2026-11-20T10:00:00.000Z","updatedAt":"2026-11-20T10:00:00.000Z"},"content":null}"#;
    assert_eq!(pending, literal);
    assert_eq!(first_frame(channel(&state), None, Some(1)), r#"{"type":"current","version":1}"#);
    assert_eq!(first_frame(channel(&state), None, Some(2)), pending);
}

#[test]
fn the_frame_of_a_row_is_pinned() {
    let customer = json!({"user_id": "ada", "category": "films", "shelf": 3});
    let data = json!({"title": "Inception", "description": "A dream.", "year": 2010});
    let state = after([arrives(event("task.ai_generated", made(data, customer)))]);
    let row = &rows(&state)[0];
    let literal = r#"{"type":"content","content":{"id":"$ID","title":"Inception","body":"A dream.","category":"films","metadata":{"category":"films","model":"gpt-x","provider":"openai","shelf":3,"user_id":"ada"},"data":{"description":"A dream.","title":"Inception","year":2010},"channelId":"5b7c1f9e-0000-4000-8000-000000000001","eventName":"new_movie_suggestion","source":"modelriver","userId":"ada","callback":"pending","createdAt":"2026-11-20T10:00:00.000Z"}}"#;
    assert_eq!(content_frame(&row.content), literal.replace("$ID", &row.content.id));
    assert!(row.content.id.starts_with("cnt_"));
}

#[test]
fn a_completed_channel_shows_the_first_row_beside_it() {
    let state = after([asked_by("ada"), arrives(generated())]);
    let row = rows(&state).remove(0).content;
    assert_eq!(first_row(&state).as_ref(), Some(&row));
    assert_eq!(first_row(&after([asked_by("ada")])), None);
    let frame: Value = serde_json::from_str(&channel_frame(channel(&state), Some(&row))).unwrap();
    assert_eq!(frame["channel"]["status"], "completed");
    assert_eq!(frame["content"]["title"], "Inception");
}
