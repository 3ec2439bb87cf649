//! Who wants to watch an object, and how.

/// Path of a watcher's upgrade, on every object.
pub const LIVE_PATH: &str = "/live";

/// A watcher that may watch. The API has checked the ticket or the token.
pub struct Watcher {
    pub user_id: String,
    /// The version that it has, from an earlier connection.
    pub version: Option<u64>,
    /// Whether it offers our sub-protocol.
    pub offers: bool,
}
