//! Who may see what.

/// The owner of what is nobody's. No user has this id: a token with an empty subject is refused.
pub const NOBODY: &str = "";

/// Whether `user` may see what belongs to `owner`. Without an owner, every signed-in user may.
pub fn may_see(owner: Option<&str>, user: &str) -> bool {
    owner.is_none_or(|owner| owner == user && owner != NOBODY)
}

#[cfg(test)]
mod tests {
    use super::{NOBODY, may_see};

    #[test]
    fn what_has_an_owner_is_seen_by_nobody_else() {
        assert!(may_see(Some("ada"), "ada"));
        assert!(may_see(None, "ada"));
        assert!(!may_see(Some("ada"), "bob"));
        assert!(!may_see(Some(""), "bob"));
    }

    #[test]
    fn what_is_nobodys_is_seen_by_no_one() {
        for user in ["ada", "", " "] {
            assert!(!may_see(Some(NOBODY), user), "{user:?}");
        }
    }
}
