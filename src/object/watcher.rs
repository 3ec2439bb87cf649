//! A watcher of an object.

use crate::domain::time::Millis;
use serde::{Deserialize, Serialize};

/// The path of a watcher's upgrade, for every object.
pub const LIVE_PATH: &str = "/live";

/// The field of its query with the watcher's end, in Unix milliseconds.
const UNTIL: &str = "until";
/// The field that a guest's has.
const GUEST: &str = "guest";

/// What the ticket or the token of a watcher allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    /// When it ends.
    pub until: Millis,
    /// Whether less is shown: the ticket was made for sharing.
    pub is_guest: bool,
}

/// An authorized watcher: the API has checked the ticket or the token.
pub struct Watcher {
    pub user_id: String,
    /// The version that it has from an earlier connection.
    pub version: Option<u64>,
    /// Whether it offers our sub-protocol.
    pub offers: bool,
    pub right: Right,
}

impl Watcher {
    /// The path and query of its upgrade: `of`, the user, the version that it has, and its
    /// right.
    pub fn path(&self, of: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(of).append_pair("user", &self.user_id);
        query.append_pair(UNTIL, &self.right.until.to_string());
        if self.right.is_guest {
            query.append_pair(GUEST, "true");
        }
        if let Some(version) = self.version {
            query.append_pair("version", &version.to_string());
        }
        format!("{LIVE_PATH}?{}", query.finish())
    }
}

/// The watcher's right, as [`Watcher::path`] has written it into the URL of an upgrade.
pub fn right_of(url: &str) -> Option<Right> {
    let (_, query) = url.split_once('?')?;
    let field = |wanted| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|pair| pair.1)
    };
    Some(Right { until: field(UNTIL)?.parse().ok()?, is_guest: field(GUEST).is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upgrade_says_who_watches_what_and_for_how_long() {
        let user_id = "auth0|a:b&until=9 c".to_owned();
        let right = Right { until: 5, is_guest: false };
        let mut watcher = Watcher { user_id, version: None, offers: false, right };
        let path = watcher.path(&[("task", "tsk_1")]);
        assert_eq!(path, "/live?task=tsk_1&user=auth0%7Ca%3Ab%26until%3D9+c&until=5");
        assert_eq!(right_of(&format!("https://object.internal{path}")), Some(right));
        (watcher.version, watcher.right.is_guest) = (Some(3), true);
        assert_eq!(right_of(&watcher.path(&[])), Some(watcher.right));
    }

    #[test]
    fn an_upgrade_without_an_end_has_no_right() {
        for url in ["/live", "/live?", "/live?user=a", "/live?until=", "/live?until=soon"] {
            assert_eq!(right_of(url), None, "{url}");
        }
    }
}
