//! The error for a signed webhook that cannot be read.

/// A verified body that is not an event. `path` is the field that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed {
    pub path: &'static str,
    pub message: &'static str,
}

pub(super) const fn malformed(path: &'static str, message: &'static str) -> Malformed {
    Malformed { path, message }
}
