//! Sockets that have got as much as can be sent at once.
//!
//! What waits in a socket that nobody reads from yet is in the object's memory. So a watcher who has
//! missed too much gets some of it and is closed with 1013, and comes back for more.

use crate::error::ApiError;
use crate::object::socket::is_open;
use crate::platform::{fault, log};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use worker::{State, WebSocket};

/// When such a socket is closed. Not at once: a close before the upgrade is answered would not reach the
/// watcher.
const ENOUGH: Duration = Duration::from_millis(250);

/// What every attachment says of it.
#[derive(Serialize, Deserialize)]
struct Mark {
    /// It gets no more on this socket.
    #[serde(default)]
    has_enough: bool,
}

/// Marks a socket that keeps nothing else.
pub fn mark(socket: &WebSocket) -> Result<(), ApiError> {
    let marked = socket.serialize_attachment(Mark { has_enough: true });
    marked.map_err(|error| fault("feed", error))
}

/// Sets the alarm that closes what has got enough, unless it is set: every full socket would move it
/// away from the others.
pub async fn close_soon(state: &State) -> Result<(), ApiError> {
    let storage = state.storage();
    let set = async {
        match storage.get_alarm().await? {
            Some(_) => Ok(()),
            None => storage.set_alarm(ENOUGH).await,
        }
    };
    set.await.map_err(|error: worker::Error| fault("alarm", error))
}

/// Closes what has got enough.
pub fn close_full(state: &State) {
    for socket in state.get_websockets().into_iter().filter(is_open) {
        let mark = socket.deserialize_attachment::<Mark>().ok().flatten();
        if mark.is_some_and(|mark| mark.has_enough)
            && let Err(error) = socket.close(Some(1013), Some("there is more"))
        {
            log("feed", error);
        }
    }
}
