//! Starting tasks and channels, and settling lost starts.
//!
//! A start is a saga: rows, provider, room. It may fail between any two steps, and the middle one costs
//! money. So it is written over [`ports`] and tested natively with fakes that fail at every step.
//! `wiring` plugs in D1, the network and the rooms.

pub mod channels;
mod earlier;
pub mod lost;
mod money;
pub mod ports;
pub mod saga;
pub mod search;
#[cfg(target_arch = "wasm32")]
pub mod sweep;
#[cfg(target_arch = "wasm32")]
pub mod wiring;
