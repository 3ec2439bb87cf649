//! What rooms of the version before have stored can be read, and goes on as it was.

use taskwire::domain::channel::callback::Status;
use taskwire::domain::channel::state::ChannelState;
use taskwire::domain::task::state::RoomState;

/// A channel whose callback has failed twice, as it was stored before there were events out.
const CHANNEL: &str = r#"{"channel":{"channel_id":"c1","provider":"modelriver","user_id":"ada","workflow":"films","status":"completed","version":2,"error":null,"created_at":"2026-11-20T10:00:00.000Z","updated_at":"2026-11-20T10:00:01.000Z"},"events":[{"key":"task.ai_generated","at":1795168801000,"content":{"data":{"title":"Inception"},"event_name":"films","customer_data":{},"model":"m","provider":"p"},"callback":{"status":"pending","url":"https://api.modelriver.com/v1/callback/1","attempts":2,"next_at":1795168805000,"until":1795169101000},"is_public":false,"first_version":2,"version":2}],"flushed":2,"flush_at":1795168805000,"flush_failures":0}"#;

const TASK: &str = r#"{"task":null,"early":[],"deliveries":[],"flushed":0,"clock":{"look_at":0,"looks":0,"adopt_at":0,"adoptions":0,"flush_at":0,"flush_failures":0}}"#;

#[test]
fn a_channel_of_the_version_before_is_read_and_its_callback_goes_on() {
    let state: ChannelState = serde_json::from_str(CHANNEL).expect("a stored state");
    let callback = &state.events[0].callback;
    assert_eq!((callback.status, callback.attempts), (Status::Pending, 2));
    assert!(callback.is_due(1_795_168_805_000) && !callback.is_due(1_795_168_804_999));
    assert!(state.outbox.is_empty());
    // And it is written as it was: nothing grows where there are no events.
    assert_eq!(serde_json::to_string(&state).unwrap(), CHANNEL);
}

#[test]
fn a_room_of_the_version_before_is_read_and_written_as_it_was() {
    let room: RoomState = serde_json::from_str(TASK).expect("a stored state");
    assert_eq!(serde_json::to_string(&room).unwrap(), TASK);
}
