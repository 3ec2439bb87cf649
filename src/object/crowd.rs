//! The sockets of an object by who watches: one frame is sent to many in one call.
//!
//! Each socket has a tag, which it keeps while its object sleeps. A socket without one gets no frame.

use super::instance::Instance;
use crate::platform::log;
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::{JsCast, wasm_bindgen};

/// The tag of an owner's socket.
const OWNER: &str = "owner";
/// The tag of a guest's.
const GUEST: &str = "guest";

#[wasm_bindgen(module = "/src/object/crowd.js")]
extern "C" {
    #[wasm_bindgen(js_name = sendToEach)]
    fn send_to_each(sockets: &Array, frame: &str) -> Array;
}

pub(super) fn tag(is_guest: bool) -> &'static str {
    if is_guest { GUEST } else { OWNER }
}

/// Sends `frame` to the owners, and to guests the other one, if there is any. It is only made for
/// somebody. A send that fails does not affect the others. `false`: there is no socket.
pub(super) fn send(
    object: &Instance,
    frame: &str,
    for_guests: impl FnOnce() -> Option<String>,
) -> bool {
    let [owners, guests] = [OWNER, GUEST].map(|tag| object.context().tagged(tag));
    if owners.length() > 0 {
        say(&send_to_each(&owners, frame));
    }
    if guests.length() > 0
        && let Some(frame) = for_guests()
    {
        say(&send_to_each(&guests, &frame));
    }
    owners.length() + guests.length() > 0
}

/// Logs what has failed: one line, however many there are.
fn say(errors: &Array) {
    if let Some(first) = errors.iter().next() {
        let text =
            first.dyn_ref::<js_sys::Error>().map_or_else(JsString::default, js_sys::Error::message);
        log("socket", format_args!("{} could not be sent to: {text}", errors.length()));
    }
}
