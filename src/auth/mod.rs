//! Who is calling: tokens of OIDC issuers, checked against the issuers' keys.
//!
//! [`server_keys`] are for servers, which name their user. [`settings`] reads what a deployment takes, [`claims`], [`issuer`], [`algorithm`], [`keys`] and [`cache`]
//! decide (pure). `jwks` fetches and caches the keys. `verify` uses the runtime's own Web Crypto, which adds
//! nothing to the Worker's size.

pub mod algorithm;
pub mod cache;
pub mod claims;
pub mod issuer;
#[cfg(target_arch = "wasm32")]
pub mod jwks;
pub mod keys;
#[cfg(target_arch = "wasm32")]
pub mod published;
pub mod refused;
pub mod server_keys;
pub mod settings;
pub mod unique;
#[cfg(target_arch = "wasm32")]
pub mod verify;
