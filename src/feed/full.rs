//! Sockets that have got as much as can be sent at once.
//!
//! What waits in a socket that nobody reads from yet is in the object's memory. So a watcher who has
//! missed too much gets some of it and is closed with 1013, and comes back for more.

use crate::domain::effect::Arm;
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::object::alarm::arm;
use crate::object::instance::Instance;
use crate::object::socket::{close, is_open, keep, kept};
use crate::platform::{fault, log, now};
use serde::{Deserialize, Serialize};
use worker::WebSocket;

/// How soon such a socket is closed. Not at once: a close before the upgrade is answered would not reach
/// the watcher.
const ENOUGH: Millis = 250;

/// What every feed keeps of it with a socket.
#[derive(Serialize, Deserialize)]
struct Mark {
    /// It gets no more on this socket.
    #[serde(default)]
    has_enough: bool,
}

/// Marks a socket that keeps nothing else.
pub fn mark(socket: &WebSocket) -> Result<(), ApiError> {
    keep(socket, &Mark { has_enough: true }).map_err(|error| fault("feed", error))
}

/// Sets the alarm that closes what has got enough, unless one fires before: every full socket would move
/// it away from the others.
pub async fn close_soon(state: &Instance) -> Result<(), ApiError> {
    arm(state, Arm::By(now() + ENOUGH)).await.map_err(|error| fault("alarm", error))
}

/// Closes what has got enough.
pub fn close_full(state: &Instance) {
    for socket in state.get_websockets().into_iter().filter(is_open) {
        if kept::<Mark>(&socket).is_some_and(|mark| mark.has_enough)
            && let Err(error) = close(state, &socket, 1013, "there is more")
        {
            log("feed", error);
        }
    }
}
