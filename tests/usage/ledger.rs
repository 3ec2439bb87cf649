//! What has happened, written down in the plainest way: one line for each start that was granted, and
//! nothing is ever forgotten. The book has to come to the same sums.

use crate::{NOW, amount, key, terms};
use proptest::prelude::*;
use std::collections::BTreeMap;
use taskwire::domain::effect::Effect;
use taskwire::domain::time::{HOUR, MINUTE, Millis};
use taskwire::domain::usage::amount::Amount;
use taskwire::domain::usage::apply::{Answer, Input, Wanted, Work, apply};
use taskwire::domain::usage::book::{Book, LONGEST, MOST_PROVISIONAL, PROVISIONAL};
use taskwire::domain::usage::terms::Terms;
use taskwire::domain::usage::view::usage;
use taskwire::domain::usage::word::{Charge, End, Word};

/// One start that was granted.
#[derive(Clone, Debug)]
struct Line {
    at: Millis,
    amount: Amount,
    is_released: bool,
    /// Of the newest word that was heard in time.
    version: u64,
    end: Option<(Amount, bool)>,
    /// When its first end of ours was heard.
    provisional_at: Option<Millis>,
}

#[derive(Clone, Debug)]
enum Step {
    /// So many starts of so many cents. The message may come twice.
    Reserve { count: u32, cents: u32, repeats: bool },
    /// The start that is that far back was not made.
    Release(usize),
    /// A word on the start that is that far back.
    Hear { back: usize, version: u64, end: Option<(u32, bool)>, times: usize },
    /// So much time passes; the object is evicted, and loaded from its storage again.
    Pass(Millis),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..4u32, 0..40u32, any::<bool>())
            .prop_map(|(count, cents, repeats)| Step::Reserve { count, cents, repeats }),
        1 => (0..6usize).prop_map(Step::Release),
        5 => (0..12usize, 1..4u64, proptest::option::weighted(0.8, (0..60u32, any::<bool>())), 1..4usize)
            .prop_map(|(back, version, end, times)| Step::Hear { back, version, end, times }),
        2 => prop_oneof![Just(1), 0..2 * MINUTE, 0..3 * HOUR, 0..80 * HOUR, -5 * MINUTE..0]
            .prop_map(Step::Pass),
    ]
}

struct World {
    book: Book,
    terms: Terms,
    now: Millis,
    lines: BTreeMap<u32, Line>,
    next: u32,
}

impl World {
    fn say(&mut self, input: Input) -> Option<Answer> {
        let decision = apply(&self.book, input, self.now);
        let changed = decision.state != self.book;
        assert_eq!(changed, decision.effects.first() == Some(&Effect::Store), "stored first");
        self.book = decision.state;
        let mut answers = decision.effects.into_iter().filter_map(|effect| match effect {
            Effect::Do(Work::Answer(answer)) => Some(answer),
            _ => None,
        });
        answers.next()
    }

    fn since(&self) -> Option<Millis> {
        self.book.budget.as_ref().map(|tally| tally.since)
    }

    /// What the lines of the window come to: settled, and still reserved.
    fn sums(&self, since: Millis) -> (Amount, Amount) {
        let lines = || self.lines.values().filter(|it| it.at >= since && !it.is_released);
        let spent = lines().filter_map(|it| it.end.map(|(charge, _)| charge)).sum();
        let reserved = lines().filter(|it| it.end.is_none()).map(|it| it.amount).sum();
        (spent, reserved)
    }

    fn running(&self) -> u32 {
        self.lines.values().filter(|it| it.end.is_none() && !it.is_released).count() as u32
    }

    /// What passes by itself.
    fn grow_old(&mut self) {
        for line in self.lines.values_mut().filter(|it| !it.is_released) {
            if line.end.is_none() && self.now >= line.at + LONGEST {
                line.end = Some((line.amount, false));
                line.provisional_at = Some(self.now);
                line.version = 0;
            }
            if line.provisional_at.is_some_and(|at| self.now >= at + PROVISIONAL)
                && let Some((_, is_final)) = &mut line.end
            {
                *is_final = true;
            }
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Reserve { count, cents, repeats } => {
                let cost = amount(&format!("{}.{:02}", cents / 100, cents % 100));
                let numbers: Vec<u32> = (self.next..self.next + count).collect();
                self.next += count;
                let starts = numbers.iter().map(|number| (key(*number), cost)).collect();
                let wanted = Wanted { starts, claim: None, tier: None, is_channel: false };
                let input = Input::Reserve { wanted, terms: self.terms, grant: None };
                self.grow_old();
                let mut answer = self.say(input.clone());
                if repeats {
                    let again = self.say(input);
                    assert!(again == answer || answer != Some(Answer::Granted), "the same twice");
                    answer = again;
                }
                if answer == Some(Answer::Granted) {
                    for number in numbers {
                        let at = self.book.open[&key(number)].at;
                        self.lines.insert(
                            number,
                            Line {
                                at,
                                amount: cost,
                                is_released: false,
                                version: 0,
                                end: None,
                                provisional_at: None,
                            },
                        );
                    }
                    let limits = self.terms.limits;
                    assert!(self.running() <= limits.running.unwrap_or(1000), "too many run");
                    if let Some(rule) = limits.budget {
                        let (spent, reserved) = self.sums(self.since().expect("a window"));
                        // What ended may have cost more than was reserved; a grant never exceeds.
                        assert!(spent + reserved <= rule.amount, "{spent} {reserved} granted");
                    }
                }
            }
            Step::Release(back) => {
                let Some(number) = self.next.checked_sub(1 + back as u32) else { return };
                self.grow_old();
                self.say(Input::Release(vec![key(number), key(number)]));
                if let Some(line) = self.lines.get_mut(&number).filter(|it| it.end.is_none()) {
                    line.is_released = true;
                }
            }
            Step::Hear { back, version, end: said, times } => {
                let Some(number) = self.next.checked_sub(1 + back as u32) else { return };
                let cost = |cents: u32| amount(&format!("{}.{:02}", cents / 100, cents % 100));
                let end = |(cents, is_final)| End { charge: Charge::Cost(cost(cents)), is_final };
                let word = Word::new(key(number), version, said.map(end));
                self.grow_old();
                for _ in 0..times {
                    self.say(Input::Words(vec![word.clone()]));
                }
                let now = self.now;
                let Some(line) = self.lines.get_mut(&number).filter(|it| !it.is_released) else {
                    return;
                };
                let is_final = line.end.is_some_and(|(_, is_final)| is_final);
                if is_final || (line.end.is_some() && version < line.version) {
                    return;
                }
                line.end = said.map(|(cents, is_final)| (cost(cents), is_final));
                match said {
                    Some(_) => {
                        line.version = version;
                        line.provisional_at.get_or_insert(now);
                    }
                    None => line.provisional_at = None,
                }
            }
            Step::Pass(ms) => {
                self.now += ms;
                let stored = serde_json::to_string(&self.book).expect("plain JSON");
                self.book = serde_json::from_str(&stored).expect("a book");
            }
        }
    }

    fn check(&mut self) {
        self.grow_old();
        // A view lets go of what is over as any message does, but does not store that.
        self.say(Input::Release(Vec::new()));
        let shown = usage(&self.book, &self.terms, self.now);
        assert_eq!(
            shown.running.map(|it| it.now),
            self.terms.limits.running.map(|_| self.running())
        );
        let Some(shown) = shown.budget else { return };
        let length = self.terms.limits.budget.expect("a budget").per.length();
        let resets = taskwire::domain::time::parse_iso(&shown.resets_at).expect("a time");
        let (spent, reserved) = self.sums(resets - length);
        assert_eq!((shown.spent, shown.reserved), (spent.to_string(), reserved.to_string()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_500, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn the_book_comes_to_the_same_sums_as_a_list_of_all_that_has_happened(
        steps in proptest::collection::vec(step(), 1..60),
        running in proptest::option::of(1..8u32),
        budget in proptest::option::weighted(0.9, 1..4u32),
    ) {
        let budget = budget.map(|whole| format!("{whole}.00"));
        let terms = terms(None, running, budget.as_deref());
        let mut world =
            World { book: Book::default(), terms, now: NOW, lines: BTreeMap::new(), next: 0 };
        for step in steps {
            world.take(step);
            world.check();
        }
    }
}

#[test]
fn a_book_lets_go_of_what_is_over_and_does_not_grow() {
    let terms = terms(None, None, Some("100000"));
    let mut book = Book::default();
    let mut now = NOW;
    let mut largest = 0;
    for number in 0..5000 {
        now += MINUTE;
        let wanted = Wanted {
            starts: vec![(key(number), amount("0.01"))],
            claim: None,
            tier: None,
            is_channel: false,
        };
        book = apply(&book, Input::Reserve { wanted, terms, grant: None }, now).state;
        // Each ends by a timeout of ours, and the provider never says another word.
        let end = Some(End { charge: Charge::Reserved, is_final: false });
        let word = Word::new(key(number), 2, end);
        book = apply(&book, Input::Words(vec![word]), now).state;
        largest = largest.max(book.open.len());
    }
    assert_eq!(largest, MOST_PROVISIONAL + 1);
    let tally = book.budget.as_ref().expect("a budget");
    let today = (now - tally.since) / MINUTE + 1;
    assert_eq!(book.used(tally), amount("0.01").times(today as usize), "and loses no cent");
}
