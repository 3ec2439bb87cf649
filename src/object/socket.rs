//! Hibernatable WebSockets: accept, broadcast, close.

use crate::error::ApiError;
use crate::platform::log;
use worker::{
    Request, Response, ResponseBuilder, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketPair, WebSocketRequestResponsePair,
};

/// Longest message a watcher may send: `ping` needs four bytes, and nothing else is listened to.
const MESSAGE_LIMIT: usize = 4096;

/// The sub-protocol that a watcher may offer beside its ticket.
pub const PROTOCOL: &str = "taskwire";

/// The header that offers and answers sub-protocols.
pub const PROTOCOL_HEADER: &str = "sec-websocket-protocol";

/// The most open sockets on an object that is one user's: tabs and devices. Rooms and the feeds of
/// batches have no such limit, since a link that is shared may have many viewers.
const USER_SOCKETS: usize = 20;

/// The `readyState` of a socket that can be sent to.
pub const OPEN: u16 = 1;

/// A socket that is accepted and not yet handed to its watcher.
pub struct Accepted {
    pub socket: WebSocket,
    other_end: WebSocket,
}

/// Accepts a watcher. What is sent to `socket` from here on arrives.
pub fn accept(state: &State) -> Result<Accepted> {
    let pair = WebSocketPair::new()?;
    // Answered by the runtime: a heartbeat does not wake the object.
    let heartbeat = WebSocketRequestResponsePair::new("ping", "pong")?;
    state.set_websocket_auto_response(&heartbeat);
    state.accept_web_socket(&pair.server);
    Ok(Accepted { socket: pair.server, other_end: pair.client })
}

/// The same on an object that is one user's. A socket that is closed does not count.
pub fn accept_of_user(state: &State) -> Result<std::result::Result<Accepted, ApiError>> {
    let sockets = state.get_websockets();
    let open = sockets.iter().filter(|socket| socket.as_ref().ready_state() == OPEN).count();
    if open < USER_SOCKETS { accept(state).map(Ok) } else { Ok(Err(ApiError::too_many_sockets())) }
}

impl Accepted {
    /// The answer to the watcher's upgrade. An answer that was not offered breaks the handshake.
    pub fn response(self, upgrade: &Request) -> Result<Response> {
        let mut response = ResponseBuilder::new().with_status(101).with_websocket(self.other_end);
        if upgrade.headers().has(PROTOCOL_HEADER)? {
            response = response.with_header(PROTOCOL_HEADER, PROTOCOL)?;
        }
        Ok(response.empty())
    }
}

/// Sends `frame` to every watcher. A socket that is closing cannot be sent to, and the others
/// must not suffer for it.
pub fn broadcast(state: &State, frame: &str) {
    for socket in state.get_websockets() {
        if let Err(error) = socket.send_with_str(frame) {
            log("socket", error);
        }
    }
}

/// A watcher said something. Nothing but the heartbeat means anything, and that never gets here.
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

/// A watcher closes. A close that is not answered leaves the browser waiting, and some of the
/// codes that come may not be sent.
pub fn closed(socket: &WebSocket, code: usize, reason: &str) -> Result<()> {
    let answered = match code {
        1005 | 1006 | 1015 => socket.close::<&str>(None, None),
        code => socket.close(Some(code as u16), Some(reason)),
    };
    // The other side may be gone already.
    answered.or(Ok(()))
}
