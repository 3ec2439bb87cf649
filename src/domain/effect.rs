//! What follows from a decision, as plain values. `apply` returns them; `object/actor.rs`
//! performs them, in order.

use super::time::Millis;
use super::verdict::Verdict;

/// The result of `apply`.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<S, I, W> {
    pub state: S,
    pub verdict: Verdict,
    /// Performed in this order. What follows from an effect is performed before the next effect.
    pub effects: Vec<Effect<I, W>>,
}

impl<S: PartialEq, I, W> Decision<S, I, W> {
    /// The decision that made `next` of `before`: a change is stored, news is shown, and then comes what
    /// follows.
    pub fn of(
        before: &S,
        next: S,
        verdict: Verdict,
        is_news: bool,
        follows: Vec<Effect<I, W>>,
    ) -> Self {
        let store = (next != *before).then_some(Effect::Store);
        let show = is_news.then_some(Effect::Show);
        let effects = store.into_iter().chain(show).chain(follows).collect();
        Self { state: next, verdict, effects }
    }
}

/// One thing to do. `I` is the input of the actor, `W` the work that only its kind of actor does.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<I, W> {
    /// Store the state. It is the first effect of every decision that changes it.
    Store,
    /// Send the state to every watcher. It comes right after [`Effect::Store`].
    Show,
    /// Set the object's one alarm.
    Arm(Arm),
    /// Do this work; its outcome is the next input.
    Do(W),
    /// Pass this input to `apply` next.
    Then(I),
    /// Delete everything that is stored.
    Clean,
}

/// When the alarm has to fire. Moving an alarm costs as much as writing a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    /// At this time, even if another is set.
    At(Millis),
    /// At this time, unless one is set for then or earlier.
    By(Millis),
}

impl Arm {
    /// The time to set the alarm to, given the one that is set; `None` leaves it.
    pub fn over(self, set: Option<Millis>) -> Option<Millis> {
        match (self, set) {
            (Self::At(at), _) | (Self::By(at), None) => Some(at),
            (Self::By(at), Some(set)) => (set > at).then_some(at),
        }
    }

    /// Whether the alarm that is set has to be read first.
    pub fn looks(self) -> bool {
        !matches!(self, Self::At(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_moved_only_where_that_is_asked_for() {
        for (arm, set, expected) in [
            (Arm::At(5), None, Some(5)),
            (Arm::At(5), Some(1), Some(5)),
            (Arm::By(5), None, Some(5)),
            (Arm::By(5), Some(5), None),
            (Arm::By(5), Some(4), None),
            (Arm::By(5), Some(6), Some(5)),
        ] {
            assert_eq!(arm.over(set), expected, "{arm:?} over {set:?}");
        }
    }

    #[test]
    fn the_alarm_that_is_set_is_read_only_where_it_matters() {
        assert!(!Arm::At(5).looks());
        assert!(Arm::By(5).looks());
    }

    #[test]
    fn a_change_is_stored_and_news_is_shown_before_what_follows() {
        let effects = |next, is_news| {
            let follows = vec![Effect::<(), ()>::Clean];
            Decision::of(&1, next, Verdict::Noted, is_news, follows).effects
        };
        assert_eq!(effects(1, false), [Effect::Clean]);
        assert_eq!(effects(2, false), [Effect::Store, Effect::Clean]);
        assert_eq!(effects(2, true), [Effect::Store, Effect::Show, Effect::Clean]);
    }
}
