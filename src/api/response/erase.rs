//! The answer to an erasure that is not over yet.

use serde::Serialize;

/// What was erased is gone for whoever watches, and its rows will go: nothing has to be repeated.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Erasing {
    erasing: bool,
}

pub const ERASING: Erasing = Erasing { erasing: true };
