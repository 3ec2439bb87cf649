//! Hibernatable WebSockets: accept, broadcast, close. What a socket keeps while its object sleeps is in
//! its attachment: the right of its watcher, and what its feed keeps there.

use super::crowd::{send, tag};
use super::ends::Ends;
use super::expiry::{closing_at, is_over};
use super::instance::Instance;
use super::watcher::{Right, right_of};
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::platform::{log, now};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use worker::{
    Error, Request, Response, ResponseBuilder, Result, WebSocket, WebSocketIncomingMessage,
    WebSocketPair, WebSocketRequestResponsePair,
};

/// Longest message from a watcher, in bytes. Only `ping` means anything.
const MESSAGE_LIMIT: usize = 4096;

/// The sub-protocol that a watcher may offer beside its ticket.
pub const PROTOCOL: &str = "taskwire";

/// The header that offers and answers sub-protocols.
pub const PROTOCOL_HEADER: &str = "sec-websocket-protocol";

/// The most open sockets on an object that is one user's: tabs and devices. Rooms and the feeds of
/// batches have no such limit, since a link that is shared may have many viewers.
const USER_SOCKETS: usize = 20;

/// The `readyState` of a socket that can be sent to.
const OPEN: u16 = 1;

/// The close code of a socket whose ticket or token has ended.
const EXPIRED: u16 = 4401;

#[derive(Serialize, Deserialize)]
struct Attachment<T> {
    right: Right,
    /// What its feed keeps.
    own: Option<T>,
}

/// The part of an attachment that every socket has.
#[derive(Deserialize)]
struct Entitled {
    right: Right,
}

/// An accepted socket whose upgrade is not answered yet.
pub struct Accepted {
    pub socket: WebSocket,
    other_end: WebSocket,
    right: Right,
}

/// Accepts a watcher. Frames can be sent to `socket` even before the upgrade is answered.
///
/// # Errors
///
/// The runtime cannot make a socket, or the upgrade does not say when the watcher's right ends.
pub fn accept(object: &Instance, upgrade: &Request) -> Result<Accepted> {
    let right = right_of(&upgrade.inner().url());
    let right = right.ok_or_else(|| Error::RustError("a watcher without an end".to_owned()))?;
    let pair = WebSocketPair::new()?;
    // The runtime answers the heartbeat, so it does not wake a hibernating object.
    let heartbeat = WebSocketRequestResponsePair::new("ping", "pong")?;
    object.set_websocket_auto_response(&heartbeat);
    object.accept_websocket_with_tags(&pair.server, &[tag(right.is_guest)]);
    pair.server.serialize_attachment(Attachment::<()> { right, own: None })?;
    object.set_ends(object.ends().joined(right.until));
    Ok(Accepted { socket: pair.server, other_end: pair.client, right })
}

/// Accepts a watcher on an object that is one user's, unless that has 20 open ones.
///
/// # Errors
///
/// Those of [`accept`]. The inner error is `too_many_sockets`.
pub fn accept_of_user(
    object: &Instance,
    upgrade: &Request,
) -> Result<std::result::Result<Accepted, ApiError>> {
    if open_sockets(object).len() < USER_SOCKETS {
        accept(object, upgrade).map(Ok)
    } else {
        Ok(Err(ApiError::too_many_sockets()))
    }
}

/// Whether the socket can be sent to.
pub fn is_open(socket: &WebSocket) -> bool {
    socket.as_ref().ready_state() == OPEN
}

impl Accepted {
    /// Whether its watcher is a guest.
    pub fn is_guest(&self) -> bool {
        self.right.is_guest
    }

    /// When an alarm has to close it.
    pub(super) fn closing(&self) -> Option<Millis> {
        closing_at([self.right.until].into_iter())
    }

    /// The answer to the upgrade. It names the sub-protocol only if that was offered: otherwise the
    /// handshake fails.
    pub(super) fn response(self, upgrade: &Request) -> Result<Response> {
        let mut response = ResponseBuilder::new().with_status(101).with_websocket(self.other_end);
        if upgrade.headers().has(PROTOCOL_HEADER)? {
            response = response.with_header(PROTOCOL_HEADER, PROTOCOL)?;
        }
        Ok(response.empty())
    }
}

/// What the feed of a socket keeps with it.
pub fn kept<T: DeserializeOwned>(socket: &WebSocket) -> Option<T> {
    socket.deserialize_attachment::<Attachment<T>>().ok().flatten()?.own
}

/// Keeps this with a socket.
///
/// # Errors
///
/// The runtime does not take it.
pub fn keep(socket: &WebSocket, own: &impl Serialize) -> Result<()> {
    // A socket without a right is over already.
    let right = right(socket).unwrap_or(Right { until: 0, is_guest: true });
    socket.serialize_attachment(Attachment { right, own: Some(own) })
}

fn right(socket: &WebSocket) -> Option<Right> {
    Some(socket.deserialize_attachment::<Entitled>().ok().flatten()?.right)
}

/// When the time of a socket is over.
fn until(socket: &WebSocket) -> Option<Millis> {
    right(socket).map(|right| right.until)
}

/// The sockets that can be sent to. Those whose time is over are closed first.
pub fn open_sockets(object: &Instance) -> Vec<WebSocket> {
    close_over(object, now());
    object.get_websockets().into_iter().filter(is_open).collect()
}

/// When an alarm has to close the first of the open sockets. Those whose time is over are closed now.
pub fn closing(object: &Instance) -> Option<Millis> {
    let now = now();
    let first = object.ends().first(now).unwrap_or_else(|| {
        look(object, now);
        object.ends().first(now).flatten()
    });
    closing_at(first.into_iter())
}

/// Sends `frame` to every watcher whose time is not over, and to guests the other one, if there is any. `false`:
/// nobody watches.
pub fn broadcast(
    object: &Instance,
    frame: &str,
    for_guests: impl FnOnce() -> Option<String>,
) -> bool {
    close_over(object, now());
    send(object, frame, for_guests)
}

/// Closes every socket whose time is over at `now`. They are only looked at if there may be one.
fn close_over(object: &Instance, now: Millis) {
    if object.ends().may_be_over(now) {
        look(object, now);
    }
}

/// Looks at every socket: those whose time is over are closed, and of the others it is remembered when the
/// first ends.
fn look(object: &Instance, now: Millis) {
    let mut ends = Vec::new();
    for socket in object.get_websockets().iter().filter(|socket| is_open(socket)) {
        let until = until(socket);
        if !is_over(until, now) {
            ends.extend(until);
        } else if let Err(error) = socket.close(Some(EXPIRED), Some("expired")) {
            log("socket", error);
        }
    }
    object.set_ends(Ends::seen(ends.into_iter()));
}

/// Closes a socket.
///
/// # Errors
///
/// The runtime cannot close it.
pub fn close(object: &Instance, socket: &WebSocket, code: u16, reason: &str) -> Result<()> {
    object.set_ends(object.ends().left());
    socket.close(Some(code), Some(reason))
}

/// The close code for what was erased. No retry helps.
const ERASED: u16 = 4404;

/// Closes every socket: what they watched was erased.
///
/// # Errors
///
/// The runtime cannot close a socket.
pub fn hang_up(object: &Instance) -> Result<()> {
    for socket in object.get_websockets().iter().filter(|socket| is_open(socket)) {
        close(object, socket, ERASED, "erased")?;
    }
    Ok(())
}

/// Handles a message from a watcher: it is ignored, or the socket is closed if it is too long. The
/// runtime answers heartbeats itself.
///
/// # Errors
///
/// The runtime cannot close the socket.
pub fn heard(socket: &WebSocket, message: &WebSocketIncomingMessage) -> Result<()> {
    let length = match message {
        WebSocketIncomingMessage::String(text) => text.len(),
        WebSocketIncomingMessage::Binary(bytes) => bytes.len(),
    };
    if length > MESSAGE_LIMIT {
        socket.close(Some(1009), Some("message too big"))?;
    }
    Ok(())
}

/// A socket has failed, and is gone.
pub fn failed(object: &Instance, error: &Error) {
    object.set_ends(object.ends().left());
    log("socket", error);
}

/// Answers a watcher's close, for which the browser waits. Reserved codes must not be sent back.
pub fn closed(object: &Instance, socket: &WebSocket, code: usize, reason: &str) -> Result<()> {
    object.set_ends(object.ends().left());
    let answered = match code {
        1005 | 1006 | 1015 => socket.close::<&str>(None, None),
        code => socket.close(Some(code as u16), Some(reason)),
    };
    // The watcher may be gone already.
    answered.or(Ok(()))
}
