//! A webhook that is signed and still makes no sense.

/// A verified body that is not an event. The field says where it goes wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed {
    pub path: &'static str,
    pub message: &'static str,
}

pub(super) const fn malformed(path: &'static str, message: &'static str) -> Malformed {
    Malformed { path, message }
}
