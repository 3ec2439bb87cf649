//! Our own ids: the key of a task's row and the ids of its image rows.
//!
//! A task's row is written before the provider has given the task an id, so it needs a key of ours.
//! The key begins with the creation time. The table is stored in key order, so "this user's tasks,
//! newest first" is a range scan of the table itself and needs no index.

use crate::domain::time::Millis;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Random bytes in a key: 96 bits.
pub const RANDOM_BYTES: usize = 12;
const TIME_CHARS: usize = 12;
pub const KEY_CHARS: usize = TIME_CHARS + RANDOM_BYTES * 4 / 3;

/// `<12 hex digits of unix milliseconds><16 base64url characters>`: sorts by time of creation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskKey(String);

impl TryFrom<String> for TaskKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a task's key")
    }
}

impl From<TaskKey> for String {
    fn from(key: TaskKey) -> Self {
        key.0
    }
}

impl TaskKey {
    pub fn new(created_at: Millis, random: [u8; RANDOM_BYTES]) -> Self {
        Self(format!("{:012x}{}", created_at.max(0), URL_SAFE_NO_PAD.encode(random)))
    }

    /// The key in `text`, if it has a key's shape (a list cursor is one, and comes from outside).
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = text.len() == KEY_CHARS
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        shaped.then(|| Self(text.to_owned()))
    }

    /// The smallest key that a task created at `at` or later can have.
    pub fn floor(at: Millis) -> String {
        format!("{:012x}", at.max(0))
    }

    /// When the task was created. `None` for a key that only has the shape of one.
    pub fn created_at(&self) -> Option<Millis> {
        Millis::from_str_radix(&self.0[..TIME_CHARS], 16).ok()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the ids of this task's image rows begin with: the key's 96 random bits.
    pub fn row_prefix(&self) -> &str {
        &self.0[TIME_CHARS..]
    }

    /// The id of the image row at `position`: 18 characters, since 20 of them travel in the
    /// task's metadata and share its 2 KB with the caller.
    pub fn row_id(&self, position: usize) -> String {
        format!("{}{position:02}", self.row_prefix())
    }
}

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Longest id, in bytes: four times the longest that a provider has been seen to give.
pub const ID_CHARS: usize = 128;

/// Whether `text` can be the id of a task, a channel or a batch. Such an id is safe as the name of an
/// object, as a row's key and as a path segment.
pub fn is_plain_id(text: &str) -> bool {
    (1..=ID_CHARS).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_creation_whatever_their_random_part() {
        let early = TaskKey::new(1_795_168_800_000, [0xff; 12]);
        let late = TaskKey::new(1_795_168_800_001, [0; 12]);
        assert!(early.as_str() < late.as_str());
        assert_eq!(early.as_str(), "01a1f8660d00________________");
        let floor = TaskKey::floor(1_795_168_800_001);
        assert!(early.as_str() < floor.as_str() && floor.as_str() <= late.as_str());
    }

    #[test]
    fn row_ids_carry_the_random_part_and_sort_by_position() {
        let key = TaskKey::new(1, [7; 12]);
        let ids: Vec<_> = (0..100).map(|i| key.row_id(i)).collect();
        assert_eq!(ids[3], "BwcHBwcHBwcHBwcH03");
        assert!(ids.is_sorted());
    }

    #[test]
    fn only_the_shape_of_a_key_parses_as_one() {
        let key = TaskKey::new(1_795_168_800_000, [9; 12]);
        assert_eq!(TaskKey::parse(key.as_str()), Some(key.clone()));
        for random in [0xff, 0xfb] {
            // Underscores, and hyphens among letters.
            let odd = TaskKey::new(1, [random; 12]);
            assert_eq!(TaskKey::parse(&odd.to_string()), Some(odd));
        }
        for bad in ["", "x", &format!("{key}0"), &key.as_str().replace('0', "'")] {
            assert_eq!(TaskKey::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_key_is_its_text_in_json() {
        let key = TaskKey::new(1, [7; 12]);
        let text = serde_json::to_string(&key).expect("plain JSON");
        assert_eq!(text, format!("\"{}\"", key.as_str()));
        assert_eq!(serde_json::from_str::<TaskKey>(&text).expect("a key"), key);
        assert!(serde_json::from_str::<TaskKey>("\"x\"").is_err());
    }

    #[test]
    fn an_id_is_a_plain_word() {
        for good in ["tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP", "5b7c1f9e-0000", &"x".repeat(128)] {
            assert!(is_plain_id(good), "{good}");
        }
        for bad in ["", "a/b", "a b", "ä", &"x".repeat(129)] {
            assert!(!is_plain_id(bad), "{bad}");
        }
    }
}
