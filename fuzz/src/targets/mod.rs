//! The fuzz targets: one function per entry point, which takes any bytes.
//!
//! A target panics if and only if an invariant is violated. Each is driven from three places: the
//! coverage-guided fuzzer, the steady runs that measure time, and the ordinary tests.

pub mod hostile;
pub mod jwks;
pub mod jwt;
pub mod meter;
pub mod modelriver_signature;
pub mod modelriver_webhook;
pub mod mutate;
pub mod mynth_webhook;
pub mod requests;
pub mod room;
pub mod settings;
pub mod signature;
pub mod tasks;
pub mod tickets;
pub mod webhook_text;

/// The same helper as in the ordinary tests.
#[path = "../../../tests/support/verified.rs"]
mod verified;

pub type Target = fn(&[u8]);

/// Every target by its name, which is also the folder of its seeds.
pub const TARGETS: [(&str, Target); 10] = [
    ("signature", signature::signature),
    ("modelriver_signature", modelriver_signature::modelriver_signature),
    ("mynth_webhook", mynth_webhook::mynth_webhook),
    ("modelriver_webhook", modelriver_webhook::modelriver_webhook),
    ("tickets", tickets::tickets),
    ("jwt", jwt::jwt),
    ("jwks", jwks::jwks),
    ("settings", settings::settings),
    ("room", room::room),
    ("requests", requests::requests),
];

/// One character per byte, as HTTP headers are read.
pub fn latin(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// An index below `length`, derived from `data`: the same for the same bytes.
pub fn place_in(length: usize, data: &[u8]) -> usize {
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash % length.max(1) as u64) as usize
}
