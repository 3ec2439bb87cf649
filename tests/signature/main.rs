//! Signatures and live tickets from outside. The known answers were computed with another
//! implementation of HMAC than the one under test.

mod arbitrary;
mod modelriver;
mod one_bit_changes;
mod rotation;
mod schemes;
mod support;
mod tickets;
mod time;
mod webhook_tokens;
