//! What an object remembers of when its sockets end, so that it need not read that of each socket before
//! each frame. In memory only: an object that has slept looks through its sockets once. Pure.

use crate::domain::time::Millis;

/// No socket ends before this.
const NEVER: Millis = Millis::MAX;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// No open socket ends before this. `None`: the sockets have to be looked at.
    first: Option<Millis>,
    /// Whether a socket has left since they were looked at. It may have been the one that ends first.
    has_left: bool,
}

impl Ends {
    /// What was found when all sockets were looked at: when the open ones end.
    pub fn seen(open: impl Iterator<Item = Millis>) -> Self {
        Self { first: Some(open.min().unwrap_or(NEVER)), has_left: false }
    }

    /// A socket has been accepted that ends then.
    pub fn joined(self, end: Millis) -> Self {
        Self { first: self.first.map(|first| first.min(end)), ..self }
    }

    /// A socket has been closed, by whomever.
    pub fn left(self) -> Self {
        Self { has_left: true, ..self }
    }

    /// Whether the time of a socket may be over.
    pub fn may_be_over(self, now: Millis) -> bool {
        self.first.is_none_or(|first| now >= first)
    }

    /// When the first of the open sockets ends, if there is one. The outer `None`: they have to be looked
    /// at.
    pub fn first(self, now: Millis) -> Option<Option<Millis>> {
        let is_known = !self.has_left && !self.may_be_over(now);
        self.first.filter(|_| is_known).map(|first| Some(first).filter(|first| *first != NEVER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(ends: &[Millis]) -> Ends {
        Ends::seen(ends.iter().copied())
    }

    #[test]
    fn an_object_that_has_slept_knows_nothing_and_looks() {
        for ends in [Ends::default(), Ends::default().joined(9), Ends::default().left()] {
            assert!(ends.may_be_over(0));
            assert_eq!(ends.first(0), None);
        }
    }

    #[test]
    fn sockets_are_looked_at_again_once_the_first_has_ended() {
        let ends = seen(&[7, 5, 9]);
        assert_eq!((ends.may_be_over(4), ends.first(4)), (false, Some(Some(5))));
        assert_eq!((ends.may_be_over(5), ends.first(5)), (true, None));
        assert_eq!(seen(&[]).first(5), Some(None));
        assert!(!seen(&[]).may_be_over(5));
    }

    #[test]
    fn a_socket_that_joins_may_be_the_first_to_end() {
        assert_eq!(seen(&[]).joined(6).first(0), Some(Some(6)));
        assert_eq!(seen(&[7]).joined(6).first(0), Some(Some(6)));
        assert_eq!(seen(&[7]).joined(8).first(0), Some(Some(7)));
    }

    #[test]
    fn a_socket_that_leaves_may_have_been_the_first_to_end() {
        let ends = seen(&[7]).left();
        assert_eq!(ends.first(0), None);
        assert!(!ends.may_be_over(6), "the others end no earlier");
        assert_eq!(ends.joined(8).first(0), None, "it is still not known when the others end");
    }
}
