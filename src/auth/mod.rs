//! Who is calling: tokens of OIDC issuers, checked against the issuers' keys.
//!
//! [`settings`] reads what a deployment takes. [`claims`], [`issuer`], [`algorithm`], [`keys`], [`sound`] and
//! [`cache`] decide (pure). `jwks` fetches and caches the keys, and `known` keeps what the settings said.
//! `verify` uses the runtime's own Web Crypto, which adds nothing to the Worker's size. [`server_keys`] are for
//! servers, which name their user.

pub mod algorithm;
pub mod cache;
pub mod claims;
pub mod issuer;
#[cfg(target_arch = "wasm32")]
pub mod jwks;
pub mod keys;
#[cfg(target_arch = "wasm32")]
pub mod known;
#[cfg(target_arch = "wasm32")]
pub mod published;
pub mod refused;
pub mod server_keys;
pub mod settings;
pub mod sound;
pub mod unique;
pub mod verified;
#[cfg(target_arch = "wasm32")]
pub mod verify;
