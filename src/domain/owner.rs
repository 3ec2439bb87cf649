//! Who may see what.

/// Whether `user` may see what belongs to `owner`. Without an owner, every signed-in user may.
pub fn may_see(owner: Option<&str>, user: &str) -> bool {
    owner.is_none_or(|owner| owner == user)
}

#[cfg(test)]
mod tests {
    use super::may_see;

    #[test]
    fn what_has_an_owner_is_seen_by_nobody_else() {
        assert!(may_see(Some("ada"), "ada"));
        assert!(may_see(None, "ada"));
        assert!(!may_see(Some("ada"), "bob"));
        assert!(!may_see(Some(""), "bob"));
    }
}
