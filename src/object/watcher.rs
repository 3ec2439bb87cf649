//! A watcher of an object.

use crate::domain::time::Millis;

/// The path of a watcher's upgrade, for every object.
pub const LIVE_PATH: &str = "/live";

/// The field of its query with the watcher's end, in Unix milliseconds.
const UNTIL: &str = "until";

/// An authorized watcher: the API has checked the ticket or the token.
pub struct Watcher {
    pub user_id: String,
    /// The version that it has from an earlier connection.
    pub version: Option<u64>,
    /// Whether it offers our sub-protocol.
    pub offers: bool,
    /// When its right to watch ends: with its ticket, or with its token.
    pub until: Millis,
}

impl Watcher {
    /// The path and query of its upgrade: `of`, the user, the version that it has, and its end.
    pub fn path(&self, of: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(of).append_pair("user", &self.user_id);
        query.append_pair(UNTIL, &self.until.to_string());
        if let Some(version) = self.version {
            query.append_pair("version", &version.to_string());
        }
        format!("{LIVE_PATH}?{}", query.finish())
    }
}

/// The end of the watcher's right, as [`Watcher::path`] has written it into the URL of an upgrade.
pub fn until_of(url: &str) -> Option<Millis> {
    let (_, query) = url.split_once('?')?;
    let mut fields = form_urlencoded::parse(query.as_bytes());
    fields.find(|(name, _)| name == UNTIL)?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upgrade_says_who_watches_what_and_for_how_long() {
        let user_id = "auth0|a:b&until=9 c".to_owned();
        let mut watcher = Watcher { user_id, version: None, offers: false, until: 5 };
        let path = watcher.path(&[("task", "tsk_1")]);
        assert_eq!(path, "/live?task=tsk_1&user=auth0%7Ca%3Ab%26until%3D9+c&until=5");
        assert_eq!(until_of(&format!("https://object.internal{path}")), Some(5));
        watcher.version = Some(3);
        assert_eq!(until_of(&watcher.path(&[])), Some(5));
    }

    #[test]
    fn an_upgrade_without_an_end_has_none() {
        for url in ["/live", "/live?", "/live?user=a", "/live?until=", "/live?until=soon"] {
            assert_eq!(until_of(url), None, "{url}");
        }
    }
}
