//! Secrets as types: never empty, never printed.
//!
//! It must not know what a secret is for, or where it was configured.

use std::fmt;

/// Most secrets in a set; more are ignored. Every webhook may cost one HMAC of its body per secret,
/// and a rotation needs two.
pub const MAX_SECRETS: usize = 8;

/// Prefixes of webhook secrets. A prefix alone is not a secret.
const PREFIXES: [&str; 2] = [WHSEC_PREFIX, "wbs_"];

/// Marks a secret of the Standard Webhooks scheme; the base64 of its key follows.
pub(super) const WHSEC_PREFIX: &str = "whsec_";

/// One secret. It has no `Display` and no `Serialize`, and its `Debug` shows neither content nor length.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Trims the text, since a piped-in value ends in a newline. `None` if nothing secret is left: empty,
    /// blank, or only a prefix such as `whsec_`.
    pub fn new(text: String) -> Option<Self> {
        let trimmed = text.trim();
        let hollow = trimmed.is_empty() || PREFIXES.contains(&trimmed);
        (!hollow).then(|| Self(trimmed.to_owned()))
    }

    /// The secret itself, to sign with or to send to its owner. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// One or more secrets, any of which may have signed, so that a secret can be rotated without a gap.
#[derive(Clone)]
pub struct SecretSet(Vec<Secret>);

impl SecretSet {
    /// Reads secrets separated by white space or commas, the first [`MAX_SECRETS`] of them.
    /// `None` without any, so that a set is never empty.
    pub fn parse(text: &str) -> Option<Self> {
        let secrets: Vec<Secret> = text
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter_map(|part| Secret::new(part.to_owned()))
            .take(MAX_SECRETS)
            .collect();
        (!secrets.is_empty()).then_some(Self(secrets))
    }

    /// How many secrets there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The place in the list, from 1, of the first secret that has fewer bytes.
    pub fn place_shorter_than(&self, bytes: usize) -> Option<usize> {
        self.0.iter().position(|secret| secret.0.len() < bytes).map(|index| index + 1)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }
}

impl From<Secret> for SecretSet {
    fn from(secret: Secret) -> Self {
        Self(vec![secret])
    }
}

impl fmt::Debug for SecretSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretSet(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_SECRETS, Secret, SecretSet};

    fn exposed(text: &str) -> Option<Vec<String>> {
        let set = SecretSet::parse(text)?;
        Some(set.iter().map(|s| s.expose().to_owned()).collect())
    }

    #[test]
    fn nothing_secret_makes_no_secret() {
        for hollow in ["", " ", "\t\r\n", "whsec_", " whsec_\n", "wbs_"] {
            assert!(Secret::new(hollow.to_owned()).is_none(), "{hollow:?}");
            assert!(SecretSet::parse(hollow).is_none(), "{hollow:?}");
        }
        assert!(SecretSet::parse(" , whsec_ ,, wbs_").is_none());
    }

    #[test]
    fn white_space_around_a_secret_is_not_part_of_it() {
        let secret = Secret::new(" wbs_abc\n".to_owned()).expect("a secret");
        assert_eq!(secret.expose(), "wbs_abc");
    }

    #[test]
    fn a_set_is_separated_by_white_space_and_commas() {
        let three = ["one", "whsec_dHdv", "three"];
        for text in
            ["one whsec_dHdv three", "one,whsec_dHdv,three", " one,\n whsec_ whsec_dHdv , ,three,"]
        {
            assert_eq!(exposed(text).expect("a set"), three, "{text:?}");
        }
    }

    #[test]
    fn secrets_past_the_eighth_are_ignored() {
        let many: Vec<String> = (0..20).map(|n| format!("secret{n}")).collect();
        assert_eq!(exposed(&many.join(",")).expect("a set"), many[..MAX_SECRETS]);
    }

    #[test]
    fn debug_shows_neither_content_nor_length() {
        let short = Secret::new("a".to_owned()).expect("a secret");
        let long = Secret::new("hunter2".repeat(9)).expect("a secret");
        assert_eq!(format!("{short:?} {long:#?}"), "Secret(redacted) Secret(redacted)");
        let set = SecretSet::parse("hunter2 hunter3").expect("a set");
        assert_eq!(format!("{set:?}"), "SecretSet(redacted)");
    }
}
