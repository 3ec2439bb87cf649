//! Who is calling: OIDC tokens, RS256 or ES256, checked against the issuer's keys.
//!
//! [`claims`], [`keys`] and [`cache`] decide (pure). `jwks` fetches and caches the keys. `verify` uses the
//! runtime's own Web Crypto, which adds nothing to the Worker's size.

pub mod cache;
pub mod claims;
#[cfg(target_arch = "wasm32")]
pub mod jwks;
pub mod keys;
#[cfg(target_arch = "wasm32")]
pub mod verify;
