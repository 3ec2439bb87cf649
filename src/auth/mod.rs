//! Who is calling: OIDC tokens, RS256 or ES256, checked against the issuer's keys.
//!
//! [`claims`], [`keys`] and [`cache`] decide (pure); `jwks` fetches and keeps the keys; `verify` lets the runtime's own
//! Web Crypto do the arithmetic, which is native and weighs nothing in the Worker.

pub mod cache;
pub mod claims;
#[cfg(target_arch = "wasm32")]
pub mod jwks;
pub mod keys;
#[cfg(target_arch = "wasm32")]
pub mod verify;
