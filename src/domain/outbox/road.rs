//! The roads that an event can take to the app's own backend.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One road. An event that was born knows its roads by these, whatever the settings say later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    /// A signed webhook: the place of its address in the list, and a mark of the address.
    Url(u8, String),
    /// A queue.
    Queue,
    /// Another Worker, by a service binding.
    Hook,
}

impl Road {
    /// The road to an address.
    pub fn to(place: usize, address: &str) -> Self {
        Self::Url(place as u8, mark(address))
    }

    /// In words for the log. It does not show the address, which may hold a secret.
    pub fn name(&self) -> String {
        match self {
            Self::Url(place, _) => format!("address {}", place + 1),
            Self::Queue => "queue".to_owned(),
            Self::Hook => "hook".to_owned(),
        }
    }

    /// Which of the addresses in the settings it leads to: the one that it was made for, wherever that is
    /// now, or else the one that has taken its place.
    pub fn address<'a>(&self, addresses: &[&'a str]) -> Option<&'a str> {
        let Self::Url(place, own) = self else { return None };
        let same = addresses.iter().find(|address| mark(address) == *own);
        same.or_else(|| addresses.get(usize::from(*place))).copied()
    }
}

/// Stands for an address where that must not be stored: 48 bits of a hash.
pub fn mark(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "https://a.example/hook?key=1";
    const B: &str = "https://b.example/hook";

    #[test]
    fn a_road_follows_its_address_through_the_list_and_its_place_to_a_new_one() {
        let (first, second) = (Road::to(0, A), Road::to(1, B));
        assert_eq!((first.address(&[A, B]), second.address(&[A, B])), (Some(A), Some(B)));
        assert_eq!((first.address(&[B, A]), second.address(&[B, A])), (Some(A), Some(B)));
        let corrected = "https://b.example/hooks";
        assert_eq!(second.address(&[A, corrected]), Some(corrected));
        assert_eq!((second.address(&[A]), first.address(&[])), (None, None));
        assert_eq!((Road::Queue.address(&[A]), Road::Hook.address(&[A])), (None, None));
    }

    #[test]
    fn a_road_is_stored_and_logged_without_its_address() {
        let roads = [Road::to(1, A), Road::Queue, Road::Hook];
        let text = serde_json::to_string(&roads).unwrap();
        assert_eq!(text, format!(r#"[{{"url":[1,"{}"]}},"queue","hook"]"#, mark(A)));
        assert_eq!(mark(A).len(), 8);
        assert_eq!(roads.map(|road| road.name()), ["address 2", "queue", "hook"]);
    }
}
