//! Starts under limits: refused before any provider is called, entered before it is, and taken back where it
//! was not. Whatever step fails, the book comes to what the provider bills.

use crate::fakes::{FAULTS, Fault, run};
use crate::world::World;
use crate::{job, start};
use std::collections::BTreeMap;
use taskwire::domain::task::Task;
use taskwire::domain::time::{MINUTE, SECOND};
use taskwire::domain::usage::amount::Amount;
use taskwire::domain::usage::apply::Input;
use taskwire::domain::usage::prices::Prices;
use taskwire::domain::usage::terms::{Budget, Limits, Starts, Terms};
use taskwire::domain::usage::window::Per;
use taskwire::domain::usage::word::Word;
use taskwire::error::{ApiError, Code};
use taskwire::start::ports::Money;

/// Two pictures, as the provider estimates both together, or the price of each thing else.
pub const COST: &str = "0.0125";

/// The steps of the longest start.
pub const MOST_STEPS: usize = 17;

pub fn amount(text: &str) -> Amount {
    Amount::parse(text).expect("a decimal")
}

fn prices(names: &[(&str, &str)]) -> Prices {
    let price = |(name, text): &(&str, &str)| ((*name).to_owned(), amount(text));
    Prices::new(names.iter().map(price).collect::<BTreeMap<_, _>>())
}

pub fn limited(faults: &[(usize, Fault)], budget: Option<&str>) -> World {
    let limits = Limits {
        starts: Some(Starts { limit: 100, per: Per::Minute }),
        running: Some(100),
        budget: budget.map(|text| Budget { amount: amount(text), per: Per::Month }),
    };
    let prices = prices(&[("image.alt", COST)]);
    let mut world = World::new(faults);
    world.terms = Terms { limits, all: None, seed: 0 };
    world.money = Some(Money { tier: None, counts: budget.is_some(), prices });
    world
}

fn calls(world: &World) -> Vec<String> {
    let is_call = |step: &&String| step.starts_with("POST") || step.starts_with("GET");
    world.steps.borrow().iter().filter(is_call).cloned().collect()
}

pub fn used(world: &World) -> Amount {
    let book = world.usage.borrow();
    book.budget.as_ref().map_or(Amount::ZERO, |tally| book.used(tally))
}

/// What the keeper does with entries of which no word has come.
pub fn ask_rows(world: &World) {
    let unheard = world.usage.borrow().unheard(world.now());
    let rows = world.rows.borrow();
    let row = |key| rows.values().find(|row| row.key == key);
    let words = unheard.iter().filter_map(|(key, _)| row(key.clone())).map(Word::of).collect();
    let gone = unheard.iter().filter(|(key, _)| row(key.clone()).is_none());
    let gone = gone.map(|(key, _)| key.clone()).collect();
    world.keep(Input::Words(words));
    world.keep(Input::NoRows(gone));
}

#[test]
fn a_start_beyond_a_limit_calls_no_provider_and_makes_no_row() {
    let full = |change: fn(&mut Limits)| {
        let mut world = limited(&[], Some("0.02"));
        change(&mut world.terms.limits);
        start(&world, "image.alt", 1, false).unwrap().unwrap();
        let before = (calls(&world), world.rows.borrow().len());
        let error = start(&world, "image.alt", 2, false).unwrap().unwrap_err();
        assert_eq!((calls(&world), world.rows.borrow().len()), before);
        error
    };
    let rate = full(|it| it.starts = Some(Starts { limit: 1, per: Per::Minute }));
    assert_eq!((rate.code, rate.status()), (Code::RateLimited, 429));
    assert!((1..=60).contains(&rate.retry_after.expect("when to try again")));
    let running = full(|it| it.running = Some(1));
    assert_eq!((running.code, running.status()), (Code::TooManyRunning, 429));
    assert!(running.retry_after.is_some());
    let budget = full(|_| {});
    assert_eq!((budget.code, budget.status()), (Code::BudgetExceeded, 402));
    assert!(budget.resets_at.is_some());
}

#[test]
fn a_book_out_of_reach_is_a_503_and_never_a_free_pass() {
    for fault in [Fault::Fails, Fault::FailsButDone] {
        let world = limited(&[(0, fault)], None);
        let error = start(&world, "image.alt", 1, false).unwrap().unwrap_err();
        assert_eq!((error.code, error.status()), (Code::Unavailable, 503));
        assert_eq!((calls(&world).len(), world.rows.borrow().len()), (0, 0));
    }
}

#[test]
fn without_limits_nobody_asks_a_book() {
    let world = World::new(&[]);
    start(&world, "image.generate", 1, true).unwrap().unwrap();
    let of_book = ["reserve", "release", "tell"];
    assert!(!world.steps.borrow().iter().any(|step| of_book.contains(&step.as_str())));
}

#[test]
fn a_price_is_the_operators_of_the_model_else_the_providers_else_the_operators_of_the_kind() {
    type Case = (&'static str, &'static [(&'static str, &'static str)], Result<&'static str, Code>);
    let cases: [Case; 5] = [
        ("image.generate", &[("m/x", "0.02"), ("*", "1")], Ok("0.04")),
        ("image.generate", &[("image.generate", "1")], Ok("0.0125")),
        ("image.alt", &[("image.alt", "0.07"), ("*", "1")], Ok("0.07")),
        ("image.alt", &[("*", "0.09")], Ok("0.09")),
        ("image.alt", &[("m/x", "0.02")], Err(Code::PriceUnknown)),
    ];
    for (kind, names, expected) in cases {
        let mut world = limited(&[], Some("1"));
        world.money.as_mut().expect("money").prices = prices(names);
        let outcome = start(&world, kind, 1, false).unwrap();
        match expected {
            Ok(text) => assert_eq!(used(&world), amount(text), "{kind} {names:?}"),
            Err(code) => assert_eq!(outcome.unwrap_err().code, code),
        }
        let dry = calls(&world).iter().filter(|call| call.ends_with("/estimate")).count();
        assert_eq!(dry, usize::from(kind == "image.generate" && names[0].0 != "m/x"), "{names:?}");
    }
    // Where no budget is set, nothing has to have a price, and nobody is asked for one.
    let world = limited(&[], None);
    start(&world, "image.generate", 1, false).unwrap().unwrap();
    assert_eq!(calls(&world), ["POST /image/generate"]);
}

#[test]
fn a_batch_is_entered_whole_or_not_at_all_and_asks_for_the_price_of_alike_tasks_once() {
    let batch = |world: &World| {
        let jobs = (1..=4).map(|seed| job(world, "image.generate", seed)).collect();
        run(world.ports().start(jobs, None)).unwrap()
    };
    let world = limited(&[], Some("0.0499"));
    let error = batch(&world).unwrap_err();
    assert_eq!(error.code, Code::BudgetExceeded);
    assert_eq!(calls(&world), ["POST /image/generate/estimate"]);
    assert_eq!(used(&world), Amount::ZERO);
    let world = limited(&[], Some("0.05"));
    assert!(batch(&world).unwrap().outcomes.iter().all(Result::is_ok));
    assert_eq!((calls(&world).len(), used(&world)), (5, amount("0.05")));
}

#[test]
fn the_refused_part_of_a_batch_gives_its_reservation_back() {
    let world = limited(&[], Some("1"));
    world.book.borrow_mut().refuses = Some(Code::ProviderRefused);
    world.book.borrow_mut().refuses_after = 1;
    let jobs = (1..=3).map(|seed| job(&world, "image.alt", seed)).collect();
    run(world.ports().start(jobs, None)).unwrap().unwrap();
    let book = world.usage.borrow();
    assert_eq!((used(&world), book.running()), (amount(COST), 1));
    assert_eq!(book.starts.as_ref().expect("a limit").used, 1, "and its place among the starts");
}

#[test]
fn an_estimate_in_the_answer_to_a_start_replaces_what_was_reserved() {
    let reserved = |estimates, budget: Option<&str>| {
        let world = limited(&[], budget);
        world.book.borrow_mut().estimates = estimates;
        start(&world, "image.alt", 1, false).unwrap().unwrap();
        let logged = world.log.borrow().iter().filter(|line| line.contains("estimate")).count();
        (used(&world), logged)
    };
    assert_eq!(reserved(None, Some("1")), (amount(COST), 0));
    assert_eq!(reserved(Some("0.05"), Some("1")), (amount("0.05"), 0));
    assert_eq!(reserved(Some("0.00100000"), Some("1")), (amount("0.001"), 0));
    for unreadable in ["-0.05", "free", "1e-3", "NaN"] {
        assert_eq!(reserved(Some(unreadable), Some("1")), (amount(COST), 1), "{unreadable}");
    }
    // Where no money is counted nobody wants to know.
    assert_eq!(reserved(Some("free"), None), (Amount::ZERO, 0));
}

#[test]
fn a_repeat_under_a_key_is_not_refused_for_what_its_first_has_used_up() {
    let mut world = limited(&[], Some("0.0125"));
    world.terms.limits.starts = Some(Starts { limit: 1, per: Per::Day });
    world.terms.limits.running = Some(1);
    let first = start(&world, "image.alt", 1, true).unwrap().unwrap();
    let again = start(&world, "image.alt", 2, true).unwrap().unwrap();
    assert_eq!(first.key, again.key);
    assert_eq!((world.usage.borrow().open.len(), used(&world)), (1, amount(COST)));
}

#[test]
fn a_repeat_waits_for_a_first_that_has_entered_and_has_no_rows_yet() {
    // The first dies as soon as it has entered.
    let mut world = limited(&[(1, Fault::DiesAfter)], Some("0.0125"));
    assert!(start(&world, "image.alt", 1, true).is_err());
    assert_eq!(world.steps.borrow()[1], "reserve");
    world.restart();
    let since = world.now();
    let error = start(&world, "image.alt", 2, true).unwrap().unwrap_err();
    assert_eq!((error.code, world.now() - since), (Code::IdempotencyInProgress, 20 * SECOND));
    assert_eq!(world.usage.borrow().open.len(), 1, "the repeat has entered nothing");
    // Minutes later it is clear that the first was never made.
    world.now.set(world.now() + 3 * MINUTE);
    ask_rows(&world);
    start(&world, "image.alt", 3, true).unwrap().unwrap();
    assert_eq!(used(&world), amount(COST));
}

#[test]
fn a_start_whose_rows_take_too_long_is_given_up_before_its_entry_may_be_taken_back() {
    let world = limited(&[], Some("1"));
    world.rows_take.set(2 * MINUTE);
    let error = start(&world, "image.alt", 1, false).unwrap().unwrap_err();
    assert_eq!(error.code, Code::Unavailable);
    assert_eq!((calls(&world).len(), world.rows.borrow().len()), (0, 0));
    assert_eq!((used(&world), world.usage.borrow().open.len()), (Amount::ZERO, 0));
}

/// The sum that the book has to come to, and the largest that it may.
fn check(world: &World, kind: &str, how: &str) {
    let (book, used) = (world.usage.borrow(), used(world));
    let paid = amount(COST).times(world.book.borrow().paid.len());
    // Without rows nobody knows whether the provider has it: what was reserved stands.
    let is_nobodys =
        |row: &&Task| row.task_id.is_none() && row.images.is_empty() && row.error.is_some();
    let unclear = world.rows.borrow().values().filter(is_nobodys).count();
    let known = if kind == "image.alt" { unclear } else { 0 };
    assert!(used >= paid, "{used} is in the book, {paid} was paid: {how}");
    assert!(used <= paid + amount(COST).times(known), "{used} is more than {paid}: {how}");
    let running = world.rows.borrow().values().filter(|row| row.task_id.is_some()).count();
    assert_eq!(book.running() as usize, running, "under way: {how}");
}

fn play(kind: &str, keyed: bool, refuses: Option<Code>, faults: &[(usize, Fault)]) -> usize {
    let how = format!("{kind}, keyed: {keyed}, {refuses:?}, {faults:?}");
    let mut world = limited(faults, Some("1"));
    world.book.borrow_mut().refuses = refuses;
    let outcome = start(&world, kind, 7, keyed);
    let steps = world.steps.borrow().len();
    world.restart();
    for _ in 0..3 {
        world.sweep();
        ask_rows(&world);
    }
    check(&world, kind, &how);
    if keyed {
        world.book.borrow_mut().refuses = None;
        let again: Result<_, ApiError> = start(&world, kind, 8, true).expect("nothing dies");
        if let (Ok(Ok(first)), Ok(second)) = (&outcome, &again) {
            assert_eq!(first.key, second.key, "{how}");
        }
        world.sweep();
        ask_rows(&world);
        check(&world, kind, &format!("again, {how}"));
    }
    steps
}

#[test]
fn whichever_step_fails_in_whichever_way_the_book_comes_to_what_the_provider_bills() {
    let mut longest = 0;
    for kind in ["image.generate", "image.alt"] {
        for keyed in [false, true] {
            for refuses in [None, Some(Code::InsufficientBalance), Some(Code::ProviderTimeout)] {
                longest = longest.max(play(kind, keyed, refuses, &[]));
                for at in 0..MOST_STEPS {
                    for fault in FAULTS {
                        longest = longest.max(play(kind, keyed, refuses, &[(at, fault)]));
                    }
                }
            }
        }
    }
    assert!((7..=MOST_STEPS).contains(&longest), "a start takes up to {longest} steps");
}

#[test]
fn whichever_two_steps_fail_the_book_comes_to_what_the_provider_bills() {
    for kind in ["image.generate", "image.alt"] {
        for keyed in [false, true] {
            for first in 0..MOST_STEPS {
                for second in first + 1..MOST_STEPS {
                    for one in [Fault::Fails, Fault::FailsButDone, Fault::Hangs] {
                        for two in FAULTS {
                            play(kind, keyed, None, &[(first, one), (second, two)]);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_request_to_the_second_provider_is_entered_before_its_call_and_taken_back_where_it_is_refused()
{
    let channels = |budget, refuses| {
        let mut world = limited(&[], Some(budget));
        world.money.as_mut().expect("money").prices = prices(&[("films", COST)]);
        world.book.borrow_mut().refuses = refuses;
        let outcome = crate::channels::start(&world, true).expect("alive");
        (outcome.map(drop).map_err(|error| error.code), used(&world), calls(&world).len())
    };
    assert_eq!(channels("1", None), (Ok(()), amount(COST), 1));
    let refused = Code::ProviderRefused;
    assert_eq!(channels("1", Some(refused)), (Err(refused), Amount::ZERO, 1));
    let lost = Code::ProviderTimeout;
    assert_eq!(channels("1", Some(lost)), (Err(lost), amount(COST), 1));
    assert_eq!(channels("0.01", None), (Err(Code::BudgetExceeded), Amount::ZERO, 0));
}
