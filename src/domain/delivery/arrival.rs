//! A webhook that has come in, as it is known before anything is made of it.

use crate::domain::time::{Millis, iso_json};
use serde::{Deserialize, Serialize};

/// Most bytes that are kept of a body whose signature was verified.
pub const VERIFIED_BYTES: usize = 64 * 1024;
/// Most bytes that are kept of one that was refused. Anybody can send it.
pub const REFUSED_BYTES: usize = 2 * 1024;

/// A webhook that has come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// A random key, by which a repeated insert of its row is recognized.
    pub key: String,
    #[serde(with = "iso_json")]
    pub at: Millis,
    /// The provider's name.
    pub provider: String,
    /// The provider's word for what has happened, once it is read.
    pub event: Option<String>,
    /// The key by which a repetition of it is recognized, once it is verified.
    pub delivery: Option<String>,
    /// The id of the task or the channel that it is about, once it is read.
    pub task_id: Option<String>,
    /// The length of the body. More than what is kept of it: it is cut off.
    pub bytes: usize,
    /// `None`: nothing may be kept.
    pub body: Option<String>,
}

/// The first `most` bytes of a body as text. What is no UTF-8 is replaced.
pub fn text_of(body: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(most)]);
    // A character that was cut in two has become a replacement character.
    let whole = text.strip_suffix('\u{fffd}').filter(|_| body.len() > most);
    whole.unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_kept_as_it_came_up_to_a_limit() {
        assert_eq!(text_of(br#"{"a":1}"#, 64), r#"{"a":1}"#);
        assert_eq!(text_of(b"abcdef", 3), "abc");
        assert_eq!(text_of(b"", 3), "");
    }

    #[test]
    fn a_character_that_the_limit_would_cut_in_two_is_left_out() {
        assert_eq!(text_of("aé".as_bytes(), 2), "a");
        assert_eq!(text_of("aé".as_bytes(), 3), "aé");
    }

    #[test]
    fn what_is_no_text_is_replaced_and_so_has_another_length() {
        assert_ne!(text_of(b"a\xff", 64).len(), 2);
    }
}
