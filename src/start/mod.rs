//! Starting tasks and channels, and settling starts that did not come to an end.
//!
//! A start is a saga: rows, the provider, the room. It may fail between any two of these, and money is
//! spent in the middle. So all of it is written over [`ports`] and tested natively with fakes that fail
//! at every step; `wiring` plugs in D1, the network and the rooms.

pub mod channels;
mod earlier;
pub mod lost;
pub mod ports;
pub mod saga;
pub mod search;
#[cfg(target_arch = "wasm32")]
pub mod sweep;
#[cfg(target_arch = "wasm32")]
pub mod wiring;
