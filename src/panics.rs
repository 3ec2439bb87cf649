//! Panics: what the log gets to know of one, and how a test causes one.
//!
//! The Worker is built with `panic=unwind`: a panic fails the request or the alarm that it happened in,
//! and no other.

/// Has every panic logged in one line: its message, its place, and the stack.
///
/// Called in every handler of an event and every constructor of an object: one of them is what an
/// instance does first. A start function would be too early. The SDK sets a hook of its own in one, and
/// the linker puts ours before it: the SDK's hook would call ours, and then log the panic once more. When
/// an event comes, all start functions have run.
///
/// So the SDK's hook is replaced, and nothing is lost. With `panic=unwind` it does two things (`init.rs`
/// in `worker` 0.8.7). It calls the standard hook, which prints to a standard error that wasm32 does not
/// have. And it logs "Critical" with the message and the stack. Only where panics abort does it mark the
/// instance as broken. What starts an instance anew after an abort is no part of the hook.
pub fn log_them() {
    console_error_panic_hook::set_once();
}

/// Panics that tests ask for: no part of the Worker that is deployed.
#[cfg(feature = "panics")]
pub mod on_purpose {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;
    use worker::Delay;

    static NEXT_ALARM: AtomicBool = AtomicBool::new(false);

    /// `/__panic/now` panics, `/__panic/later` does so after it has waited, and `/__panic/alarm` leaves
    /// it to the next alarm of a room.
    pub async fn in_request(path: &str) {
        match path {
            "/__panic/now" => panic!("on purpose, in a request"),
            "/__panic/later" => {
                Delay::from(Duration::from_millis(10)).await;
                panic!("on purpose, after a wait");
            }
            "/__panic/alarm" => NEXT_ALARM.store(true, Ordering::Relaxed),
            _ => {}
        }
    }

    pub fn in_alarm() {
        if NEXT_ALARM.swap(false, Ordering::Relaxed) {
            panic!("on purpose, in an alarm");
        }
    }
}
