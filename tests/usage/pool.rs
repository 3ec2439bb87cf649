//! The deployment's budget: whatever is lost or repeated between the pool and the books, they never use
//! more than there is.

use crate::{NOW, amount, key};
use proptest::prelude::*;
use taskwire::domain::effect::Effect;
use taskwire::domain::time::{DAY, HOUR, Millis};
use taskwire::domain::usage::amount::Amount;
use taskwire::domain::usage::apply::{Answer, Input, Refusal, Wanted, Work, apply};
use taskwire::domain::usage::book::Book;
use taskwire::domain::usage::pool::{Ask, Grant, Pool};
use taskwire::domain::usage::terms::{Budget, Limits, Terms};
use taskwire::domain::usage::window::Per;
use taskwire::domain::usage::word::{Charge, End, Word};

const USERS: usize = 4;

#[derive(Clone, Debug)]
struct Step {
    user: usize,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// A start of so many cents. The ask may be lost, or its answer, or be sent twice; the process may die
    /// with the grant in its hand.
    Start { cents: u32, fate: Fate },
    /// The start so far back ends, for at most what was reserved. What goes back may be lost or come late.
    End { back: usize, percent: u32, fate: Fate },
    /// Time passes, and the user's clock may be ahead.
    Pass { ms: Millis, ahead: Millis },
    /// What came late arrives.
    Arrive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Good,
    Lost,
    AnswerLost,
    Twice,
    Late,
}

fn step() -> impl Strategy<Value = Step> {
    let fate = || {
        prop_oneof![
            4 => Just(Fate::Good),
            1 => Just(Fate::Lost),
            1 => Just(Fate::AnswerLost),
            1 => Just(Fate::Twice),
            1 => Just(Fate::Late),
        ]
    };
    let what = prop_oneof![
        6 => (1..30u32, fate()).prop_map(|(cents, fate)| What::Start { cents, fate }),
        5 => (0..6usize, 0..101u32, fate())
            .prop_map(|(back, percent, fate)| What::End { back, percent, fate }),
        1 => (prop_oneof![0..HOUR, 0..DAY], 0..HOUR).prop_map(|(ms, ahead)| What::Pass { ms, ahead }),
        2 => Just(What::Arrive),
    ];
    (0..USERS, what).prop_map(|(user, what)| Step { user, what })
}

struct World {
    budget: Budget,
    pool: Pool,
    granted: [Option<Grant>; USERS],
    books: [Book; USERS],
    ahead: [Millis; USERS],
    late: Vec<(usize, Ask)>,
    /// Starts that were granted: whose, in cents, and what each has cost.
    starts: Vec<(usize, u32)>,
    now: Millis,
}

impl World {
    fn pool(&mut self, user: usize, ask: &Ask) -> Grant {
        if self.pool.roll(ask, self.budget, self.now) {
            self.granted = [None; USERS];
        }
        let grant = self.pool.answer(self.granted[user], ask, self.budget);
        self.granted[user] = Some(grant);
        grant
    }

    fn try_reserve(&mut self, user: usize, wanted: &Wanted, grant: Option<Grant>) -> Answer {
        let terms = Terms { limits: Limits::default(), all: Some(self.budget), seed: 0 };
        let input = Input::Reserve { wanted: wanted.clone(), terms, grant };
        let decision = apply(&self.books[user], input, self.now + self.ahead[user]);
        self.books[user] = decision.state;
        match decision.effects.last() {
            Some(Effect::Do(Work::Answer(answer))) => *answer,
            other => panic!("{other:?}"),
        }
    }

    fn start(&mut self, user: usize, cents: u32, fate: Fate) -> Option<Answer> {
        let number = self.starts.len() as u32;
        let starts = vec![(key(number), amount(&format!("0.{cents:02}")))];
        let wanted = Wanted { starts, claim: None, tier: None, is_channel: false };
        let mut answer = self.try_reserve(user, &wanted, None);
        if let Answer::Needs(ask) = answer {
            match fate {
                Fate::Lost => return None,
                Fate::Late => {
                    self.late.push((user, ask));
                    return None;
                }
                Fate::AnswerLost => {
                    self.pool(user, &ask);
                    return None;
                }
                Fate::Twice => {
                    self.pool(user, &ask);
                }
                Fate::Good => {}
            }
            let grant = self.pool(user, &ask);
            answer = self.try_reserve(user, &wanted, Some(grant));
        }
        if answer == Answer::Granted {
            self.starts.push((user, cents));
        }
        Some(answer)
    }

    fn end(&mut self, back: usize, percent: u32, fate: Fate) {
        let Some(number) = self.starts.len().checked_sub(1 + back) else { return };
        let (user, cents) = self.starts[number];
        let cost = Amount::parse(&format!("0.{:04}", cents * percent)).expect("a decimal");
        let end = Some(End { charge: Charge::Cost(cost), is_final: true });
        let word = Word::new(key(number as u32), 2, end);
        let now = self.now + self.ahead[user];
        let decision = apply(&self.books[user], Input::Words(vec![word]), now);
        self.books[user] = decision.state;
        for effect in decision.effects {
            let Effect::Do(Work::GiveBack(ask)) = effect else { continue };
            match fate {
                Fate::Lost => {}
                Fate::Late => self.late.push((user, ask)),
                Fate::Twice => {
                    self.pool(user, &ask);
                    self.pool(user, &ask);
                }
                _ => {
                    self.pool(user, &ask);
                }
            }
        }
    }

    /// In each window, all that all have settled and reserved is within the budget.
    fn check(&mut self) {
        let windows: Vec<Millis> =
            self.books.iter().filter_map(|book| Some(book.all.as_ref()?.tally.since)).collect();
        for since in windows {
            let parts = self.books.iter().filter_map(|book| Some((book, book.all.as_ref()?)));
            let its = parts.filter(|(_, part)| part.tally.since == since);
            let used: Amount = its.clone().map(|(book, part)| book.used(&part.tally)).sum();
            for (book, part) in its {
                assert!(book.used(&part.tally) <= part.held, "a book uses what it does not hold");
            }
            assert!(used <= self.budget.amount, "{used} is used of {}", self.budget.amount);
        }
        assert!(self.pool.held <= self.budget.amount);
        let granted: Amount = self.granted.iter().flatten().map(|grant| grant.total).sum();
        assert_eq!(granted, self.pool.held);
    }
}

fn world(whole: &str) -> World {
    World {
        budget: Budget { amount: amount(whole), per: Per::Day },
        pool: Pool::default(),
        granted: [None; USERS],
        books: std::array::from_fn(|_| Book::default()),
        ahead: [0; USERS],
        late: Vec::new(),
        starts: Vec::new(),
        now: NOW,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_500, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn all_of_them_together_never_use_more_than_the_budget(
        steps in proptest::collection::vec(step(), 1..80),
        cents in 20..300u32,
    ) {
        let mut world = world(&format!("{}.{:02}", cents / 100, cents % 100));
        for Step { user, what } in steps {
            match what {
                What::Start { cents, fate } => {
                    world.start(user, cents, fate);
                }
                What::End { back, percent, fate } => world.end(back, percent, fate),
                What::Pass { ms, ahead } => {
                    world.now += ms;
                    world.ahead[user] = ahead;
                }
                What::Arrive => {
                    for (user, ask) in std::mem::take(&mut world.late) {
                        // Nobody waits for the answer any more.
                        world.pool(user, &ask);
                    }
                }
            }
            world.check();
        }
    }
}

#[test]
fn what_one_does_not_use_another_can_have() {
    let mut world = world("1.00");
    for _ in 0..4 {
        assert_eq!(world.start(0, 25, Fate::Good), Some(Answer::Granted));
    }
    let refused = world.start(1, 25, Fate::Good);
    let everyones = |it| matches!(it, Refusal::BudgetExceeded { is_everyones: true, .. });
    assert!(matches!(refused, Some(Answer::Refused(it)) if everyones(it)), "{refused:?}");
    // All of the first user's have failed, and cost nothing.
    for number in 0..4 {
        let end = Some(End { charge: Charge::Nothing, is_final: true });
        let word = Word::new(key(number), 2, end);
        let decision = apply(&world.books[0], Input::Words(vec![word]), world.now);
        world.books[0] = decision.state;
        for effect in decision.effects {
            if let Effect::Do(Work::GiveBack(ask)) = effect {
                world.pool(0, &ask);
            }
        }
    }
    assert_eq!(world.pool.held, Amount::ZERO);
    assert_eq!(world.start(1, 25, Fate::Good), Some(Answer::Granted));
}

#[test]
fn who_starts_much_asks_seldom_and_who_starts_once_holds_no_more_than_that() {
    let mut world = world("1000");
    let mut asks = 0;
    for number in 0..200 {
        let before = world.pool.clone();
        assert_eq!(world.start(0, 2, Fate::Good), Some(Answer::Granted));
        asks += usize::from(world.pool != before);
        if number == 0 {
            assert_eq!(world.pool.held, amount("0.02"));
        }
    }
    assert!(asks <= 9, "{asks} asks for 200 starts");
    assert!(world.pool.held <= amount("8.00"));
}

#[test]
fn near_its_end_the_budget_is_used_to_the_last_start_whoever_asks() {
    let mut world = world("0.0875");
    let started = |world: &mut World, user| {
        let starts = vec![(key(world.starts.len() as u32), amount("0.0125"))];
        let wanted = Wanted { starts, claim: None, tier: None, is_channel: false };
        let mut answer = world.try_reserve(user, &wanted, None);
        if let Answer::Needs(ask) = answer {
            let grant = world.pool(user, &ask);
            answer = world.try_reserve(user, &wanted, Some(grant));
        }
        world.starts.push((user, 1));
        answer == Answer::Granted
    };
    let granted = [0, 0, 1, 0, 2, 3, 1, 2, 3, 0].map(|user| started(&mut world, user));
    assert_eq!(granted.iter().filter(|it| **it).count(), 7, "{granted:?}");
}

#[test]
fn a_grant_that_was_lost_is_not_lost() {
    let mut world = world("0.30");
    assert_eq!(world.start(0, 20, Fate::AnswerLost), None);
    assert_eq!(world.start(0, 20, Fate::Good), Some(Answer::Granted));
    assert_eq!(world.pool.held, amount("0.20"));
}
