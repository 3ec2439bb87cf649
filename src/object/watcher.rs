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

impl Watcher {
    /// The path and query of its upgrade to a room: `of`, the user, and the version that it has.
    pub fn path(&self, of: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(of).append_pair("user", &self.user_id);
        if let Some(version) = self.version {
            query.append_pair("version", &version.to_string());
        }
        format!("{LIVE_PATH}?{}", query.finish())
    }
}
