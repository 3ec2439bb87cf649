//! What the book answers, case by case.

use crate::{NOW, amount, key, terms};
use taskwire::domain::effect::Effect;
use taskwire::domain::time::{DAY, HOUR, MINUTE, Millis};
use taskwire::domain::usage::apply::{Answer, Input, Refusal, Wanted, Work, apply};
use taskwire::domain::usage::book::Book;
use taskwire::domain::usage::terms::Terms;
use taskwire::domain::usage::view::{Usage, usage};
use taskwire::domain::usage::word::{Charge, End, Word};

struct Kept {
    book: Book,
    terms: Terms,
    now: Millis,
}

impl Kept {
    fn new(terms: Terms) -> Self {
        Self { book: Book::default(), terms, now: NOW }
    }

    fn reserve(&mut self, numbers: &[u32], cost: &str, claim: Option<&str>) -> Answer {
        let starts = numbers.iter().map(|number| (key(*number), amount(cost))).collect();
        let claim = claim.map(str::to_owned);
        let wanted = Wanted { starts, claim, tier: None, is_channel: false };
        let input = Input::Reserve { wanted, terms: self.terms, grant: None };
        let decision = apply(&self.book, input, self.now);
        self.book = decision.state;
        match decision.effects.last() {
            Some(Effect::Do(Work::Answer(answer))) => *answer,
            other => panic!("no answer: {other:?}"),
        }
    }

    fn say(&mut self, input: Input) {
        self.book = apply(&self.book, input, self.now).state;
    }

    fn end(&mut self, number: u32, version: u64, charge: Charge, is_final: bool) {
        let end = Some(End { charge, is_final });
        self.say(Input::Words(vec![Word::new(key(number), version, end)]));
    }

    fn usage(&self) -> Usage {
        usage(&self.book, &self.terms, self.now)
    }

    /// Spent, reserved, left.
    fn money(&self) -> [String; 3] {
        let budget = self.usage().budget.expect("a budget");
        [budget.spent, budget.reserved, budget.left]
    }
}

#[test]
fn starts_are_counted_in_windows_and_a_refusal_says_when_the_next_begins() {
    let mut kept = Kept::new(terms(Some(2), None, None));
    assert_eq!(kept.reserve(&[1, 2], "0", None), Answer::Granted);
    let Answer::Refused(Refusal::RateLimited { resets_at }) = kept.reserve(&[3], "0", None) else {
        panic!("not refused")
    };
    assert!(resets_at > kept.now && resets_at <= kept.now + MINUTE);
    kept.now = resets_at - 1;
    assert!(matches!(kept.reserve(&[3], "0", None), Answer::Refused(_)));
    kept.now = resets_at;
    assert_eq!(kept.reserve(&[3], "0", None), Answer::Granted);
    kept.now -= MINUTE;
    assert_eq!(kept.reserve(&[4], "0", None), Answer::Granted);
    let refused = kept.reserve(&[5], "0", None);
    assert!(matches!(refused, Answer::Refused(_)), "a clock that is set back begins no window");
}

#[test]
fn a_refusal_changes_nothing() {
    let mut kept = Kept::new(terms(Some(3), Some(2), Some("0.10")));
    assert_eq!(kept.reserve(&[1], "0.04", None), Answer::Granted);
    let before = kept.book.clone();
    for (numbers, cost, why) in
        [(&[2, 3, 4][..], "0.01", "rate"), (&[2, 3], "0.01", "running"), (&[2], "0.07", "budget")]
    {
        let answer = kept.reserve(numbers, cost, None);
        let said = match answer {
            Answer::Refused(Refusal::RateLimited { .. }) => "rate",
            Answer::Refused(Refusal::TooManyRunning { limit: 2 }) => "running",
            Answer::Refused(Refusal::BudgetExceeded { is_everyones: false, .. }) => "budget",
            other => panic!("{other:?}"),
        };
        assert_eq!(said, why);
        assert_eq!(kept.book, before);
    }
}

#[test]
fn a_batch_is_reserved_whole_or_not_at_all() {
    let mut kept = Kept::new(terms(None, None, Some("1.00")));
    assert!(matches!(kept.reserve(&[1, 2, 3, 4], "0.26", None), Answer::Refused(_)));
    assert_eq!(kept.money(), ["0.00", "0.00", "1.00"]);
    assert_eq!(kept.reserve(&[1, 2, 3, 4], "0.25", None), Answer::Granted);
    assert_eq!(kept.money(), ["0.00", "1.00", "0.00"]);
}

#[test]
fn what_was_reserved_becomes_what_it_has_cost_once_whatever_comes_twice() {
    let mut kept = Kept::new(terms(None, Some(9), Some("1.00")));
    kept.reserve(&[1, 2, 3, 4], "0.10", None);
    for _ in 0..3 {
        kept.end(1, 2, Charge::Cost(amount("0.0125")), true);
        kept.end(2, 2, Charge::Nothing, true);
        kept.end(3, 2, Charge::Reserved, true);
        kept.say(Input::Release(vec![key(1), key(4)]));
    }
    assert_eq!(kept.money(), ["0.1125", "0.00", "0.8875"]);
    assert_eq!(kept.usage().running.expect("a limit").now, 0);
    assert!(kept.book.open.is_empty(), "nothing of them is kept");
}

#[test]
fn a_timeout_is_charged_until_the_provider_says_what_it_was() {
    let mut kept = Kept::new(terms(None, Some(9), Some("1.00")));
    kept.reserve(&[1, 2, 3], "0.10", None);
    for number in 1..=3 {
        kept.end(number, 2, Charge::Reserved, false);
    }
    assert_eq!(kept.money(), ["0.30", "0.00", "0.70"]);
    assert_eq!(kept.usage().running.expect("a limit").now, 0, "nobody waits for them");
    kept.end(1, 3, Charge::Cost(amount("0.04")), true);
    kept.end(2, 3, Charge::Nothing, true);
    // A word that was overtaken.
    kept.end(3, 1, Charge::Nothing, false);
    assert_eq!(kept.money(), ["0.14", "0.00", "0.86"]);
    kept.now += 76 * HOUR;
    kept.say(Input::Release(vec![]));
    assert!(kept.book.open.is_empty(), "no word comes any more");
}

#[test]
fn a_start_that_is_found_after_it_was_given_up_is_under_way_again() {
    let mut kept = Kept::new(terms(None, Some(9), Some("1.00")));
    kept.reserve(&[1], "0.10", None);
    kept.end(1, 2, Charge::Nothing, false);
    assert_eq!(kept.money(), ["0.00", "0.00", "1.00"]);
    kept.say(Input::Words(vec![Word::new(key(1), 3, None)]));
    assert_eq!(kept.money(), ["0.00", "0.10", "0.90"]);
    kept.end(1, 4, Charge::Cost(amount("0.09")), true);
    assert_eq!(kept.money(), ["0.09", "0.00", "0.91"]);
}

#[test]
fn a_repeated_request_reserves_nothing_while_the_first_is_under_way() {
    let mut kept = Kept::new(terms(Some(1), Some(1), Some("0.10")));
    assert_eq!(kept.reserve(&[1], "0.10", Some("k")), Answer::Granted);
    assert_eq!(kept.reserve(&[1], "0.10", Some("k")), Answer::Granted, "the message came twice");
    assert_eq!(kept.reserve(&[2], "0.10", Some("k")), Answer::Again);
    assert!(matches!(kept.reserve(&[2], "0.10", Some("other")), Answer::Refused(_)));
    assert_eq!(kept.book.open.len(), 1);
}

#[test]
fn a_start_that_was_not_made_gives_back_all_that_it_took() {
    let mut kept = Kept::new(terms(Some(1), Some(1), Some("0.10")));
    kept.reserve(&[1], "0.10", Some("k"));
    kept.say(Input::Release(vec![key(1)]));
    assert_eq!(kept.reserve(&[2], "0.10", Some("k")), Answer::Granted);
}

#[test]
fn a_cost_belongs_to_the_window_of_its_start() {
    let mut kept = Kept::new(terms(None, None, Some("1.00")));
    kept.reserve(&[1, 2], "0.40", None);
    kept.now += DAY;
    assert_eq!(kept.money(), ["0.00", "0.00", "1.00"]);
    kept.end(1, 2, Charge::Cost(amount("0.50")), true);
    kept.reserve(&[3], "0.30", None);
    kept.end(2, 2, Charge::Cost(amount("0.50")), true);
    assert_eq!(kept.money(), ["0.00", "0.30", "0.70"]);
}

#[test]
fn without_a_word_an_entry_stands_for_what_it_reserved_and_is_under_way_no_longer() {
    let mut kept = Kept::new(terms(None, Some(1), Some("1.00")));
    kept.reserve(&[1], "0.40", None);
    kept.now += 3 * MINUTE;
    assert_eq!(kept.book.unheard(kept.now), [(key(1), false)]);
    kept.now += 6 * HOUR;
    assert_eq!(kept.money(), ["0.40", "0.00", "0.60"]);
    assert_eq!(kept.reserve(&[2], "0.40", None), Answer::Granted);
}

#[test]
fn an_entry_without_rows_costs_nothing_unless_its_room_says_otherwise() {
    let mut kept = Kept::new(terms(None, Some(1), Some("1.00")));
    kept.reserve(&[1], "0.40", None);
    kept.say(Input::NoRows(vec![key(1), key(9)]));
    assert_eq!(kept.money(), ["0.00", "0.00", "1.00"]);
    kept.end(1, 2, Charge::Cost(amount("0.30")), true);
    assert_eq!(kept.money(), ["0.30", "0.00", "0.70"]);
}

#[test]
fn a_setting_that_changes_frees_nobody() {
    let mut kept = Kept::new(terms(Some(1), None, Some("1.00")));
    kept.reserve(&[1], "0.60", None);
    kept.end(1, 2, Charge::Reserved, true);
    let budget = kept.terms.limits.budget.as_mut().expect("a budget");
    budget.per = taskwire::domain::usage::window::Per::Month;
    assert_eq!(kept.money(), ["0.60", "0.00", "0.40"]);
    budget_of(&mut kept, "0.50");
    assert_eq!(kept.money(), ["0.60", "0.00", "0.00"]);
    kept.terms = Terms::default();
    assert_eq!(kept.usage(), Usage::default(), "null where there is no limit");
}

fn budget_of(kept: &mut Kept, text: &str) {
    kept.terms.limits.budget.as_mut().expect("a budget").amount = amount(text);
}

#[test]
fn what_is_shown_is_pinned() {
    let mut kept = Kept::new(terms(Some(10), Some(5), Some("2")));
    kept.terms.seed = 0;
    kept.reserve(&[1, 2], "0.03", None);
    kept.end(1, 2, Charge::Cost(amount("0.02500000")), true);
    let literal = r#"{"starts":{"limit":10,"left":8,"resetsAt":"2026-11-20T10:01:00.000Z"},"running":{"limit":5,"now":1},"budget":{"amount":"2.00","spent":"0.025","reserved":"0.03","left":"1.945","resetsAt":"2026-11-21T00:00:00.000Z"}}"#;
    assert_eq!(serde_json::to_string(&kept.usage()).unwrap(), literal);
}

#[test]
fn a_stored_book_is_pinned() {
    let mut kept = Kept::new(terms(Some(10), Some(5), Some("2")));
    kept.terms.seed = 0;
    kept.reserve(&[1], "0.03", None);
    let literal = r#"{"starts":{"per":"1m","since":1795168800000,"used":1},"budget":{"per":"1d","since":1795132800000,"spent":"0.00"},"open":{"01a1f8660d00AAAAAQAAAAAAAAAA":{"at":1795168800000,"amount":"0.03"}}}"#;
    assert_eq!(serde_json::to_string(&kept.book).unwrap(), literal);
}
