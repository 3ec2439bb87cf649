//! Hibernatable WebSockets: accept, broadcast, close.

use crate::error::ApiError;
use crate::platform::log;
use worker::{
    Request, Response, ResponseBuilder, Result, State, WebSocket, WebSocketIncomingMessage,
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

/// An accepted socket whose upgrade is not answered yet.
pub struct Accepted {
    pub socket: WebSocket,
    other_end: WebSocket,
}

/// Accepts a watcher. Frames can be sent to `socket` even before the upgrade is answered.
///
/// # Errors
///
/// The runtime cannot make a socket.
pub fn accept(state: &State) -> Result<Accepted> {
    let pair = WebSocketPair::new()?;
    // The runtime answers the heartbeat, so it does not wake a hibernating object.
    let heartbeat = WebSocketRequestResponsePair::new("ping", "pong")?;
    state.set_websocket_auto_response(&heartbeat);
    state.accept_web_socket(&pair.server);
    Ok(Accepted { socket: pair.server, other_end: pair.client })
}

/// Accepts a watcher on an object that is one user's, unless that has 20 open ones.
///
/// # Errors
///
/// The runtime cannot make a socket. The inner error is `too_many_sockets`.
pub fn accept_of_user(state: &State) -> Result<std::result::Result<Accepted, ApiError>> {
    let sockets = state.get_websockets();
    let open = sockets.iter().filter(|socket| is_open(socket)).count();
    if open < USER_SOCKETS { accept(state).map(Ok) } else { Ok(Err(ApiError::too_many_sockets())) }
}

/// Whether the socket can be sent to.
pub fn is_open(socket: &WebSocket) -> bool {
    socket.as_ref().ready_state() == OPEN
}

impl Accepted {
    /// The answer to the upgrade. It names the sub-protocol only if that was offered: otherwise the
    /// handshake fails.
    pub fn response(self, upgrade: &Request) -> Result<Response> {
        let mut response = ResponseBuilder::new().with_status(101).with_websocket(self.other_end);
        if upgrade.headers().has(PROTOCOL_HEADER)? {
            response = response.with_header(PROTOCOL_HEADER, PROTOCOL)?;
        }
        Ok(response.empty())
    }
}

/// Sends `frame` to every watcher. A send to a closing socket fails, which must not affect the others.
pub fn broadcast(state: &State, frame: &str) {
    for socket in state.get_websockets() {
        if let Err(error) = socket.send_with_str(frame) {
            log("socket", error);
        }
    }
}

/// The close code for what was erased. No retry helps.
const ERASED: u16 = 4404;

/// Closes every socket: what they watched was erased.
///
/// # Errors
///
/// The runtime cannot close a socket.
pub fn hang_up(state: &State) -> Result<()> {
    for socket in state.get_websockets().iter().filter(|socket| is_open(socket)) {
        socket.close(Some(ERASED), Some("erased"))?;
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

/// Answers a watcher's close, for which the browser waits. Reserved codes must not be sent back.
pub fn closed(socket: &WebSocket, code: usize, reason: &str) -> Result<()> {
    let answered = match code {
        1005 | 1006 | 1015 => socket.close::<&str>(None, None),
        code => socket.close(Some(code as u16), Some(reason)),
    };
    // The watcher may be gone already.
    answered.or(Ok(()))
}
