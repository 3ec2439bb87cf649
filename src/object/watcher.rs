//! A watcher of an object.

/// The path of a watcher's upgrade, for every object.
pub const LIVE_PATH: &str = "/live";

/// An authorized watcher: the API has checked the ticket or the token.
pub struct Watcher {
    pub user_id: String,
    /// The version that it has from an earlier connection.
    pub version: Option<u64>,
    /// Whether it offers our sub-protocol.
    pub offers: bool,
}
