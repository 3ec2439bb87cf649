//! What was erased: that it has no rows says nothing about it, and the book never shows less than it may
//! have cost.

use crate::{NOW, amount, key, terms};
use taskwire::domain::time::{HOUR, MINUTE};
use taskwire::domain::usage::apply::{Input, Wanted, apply};
use taskwire::domain::usage::book::{Book, LONGEST, PROVISIONAL};
use taskwire::domain::usage::view::usage;
use taskwire::domain::usage::word::{Charge, End, Word};

fn say(book: &mut Book, input: Input, now: i64) {
    *book = apply(book, input, now).state;
}

fn started(is_channel: bool) -> Book {
    let starts = vec![(key(1), amount("0.40")), (key(2), amount("0.10"))];
    let wanted = Wanted { starts, claim: None, tier: None, is_channel };
    let mut book = Book::default();
    let terms = terms(None, Some(9), Some("1"));
    say(&mut book, Input::Reserve { wanted, terms, grant: None }, NOW);
    book
}

/// Spent, reserved, and how many are under way.
fn sums(book: &Book, now: i64) -> (String, String, u32) {
    let shown = usage(book, &terms(None, Some(9), Some("1")), now);
    let budget = shown.budget.expect("a budget");
    (budget.spent, budget.reserved, shown.running.expect("a limit").now)
}

fn assert_sums(book: &Book, now: i64, wanted: (&str, &str, u32)) {
    assert_eq!(sums(book, now), (wanted.0.into(), wanted.1.into(), wanted.2));
}

#[test]
fn an_erased_start_without_rows_is_under_way_until_its_end_is_known() {
    let mut book = started(false);
    say(&mut book, Input::Words(vec![Word::of_erased(key(1), 0)]), NOW);
    let now = NOW + 3 * MINUTE;
    assert_eq!(book.unheard(now), [(key(2), false)], "its rows are not asked");
    say(&mut book, Input::NoRows(vec![key(1), key(2)]), now);
    assert_sums(&book, now, ("0.00", "0.40", 1));
    let end = Some(End { charge: Charge::Cost(amount("0.30")), is_final: true });
    say(&mut book, Input::Words(vec![Word::new(key(1), 1 << 53, end)]), now);
    assert_sums(&book, now, ("0.30", "0.00", 0));
}

#[test]
fn an_erased_start_of_which_nobody_hears_costs_what_was_reserved() {
    let mut book = started(false);
    let erased = [key(1), key(2)].map(|start| Word::of_erased(start, 0)).to_vec();
    say(&mut book, Input::Words(erased), NOW);
    let now = NOW + LONGEST;
    say(&mut book, Input::NoRows(vec![key(1)]), now);
    assert_sums(&book, now, ("0.50", "0.00", 0));
    say(&mut book, Input::Release(vec![]), now + PROVISIONAL);
    assert!(book.open.is_empty(), "it is not kept for ever");
}

#[test]
fn a_word_that_its_rows_were_erased_undoes_that_there_were_none() {
    let mut book = started(false);
    say(&mut book, Input::NoRows(vec![key(1)]), NOW);
    assert_sums(&book, NOW, ("0.00", "0.10", 1));
    say(&mut book, Input::Words(vec![Word::of_erased(key(1), 0)]), NOW);
    assert_sums(&book, NOW, ("0.00", "0.50", 2));
    // But not that it has ended.
    let end = Some(End { charge: Charge::Nothing, is_final: false });
    say(&mut book, Input::Words(vec![Word::new(key(1), 2, end)]), NOW);
    say(&mut book, Input::Words(vec![Word::of_erased(key(1), 0)]), NOW);
    assert_sums(&book, NOW, ("0.00", "0.10", 1));
}

#[test]
fn when_all_is_erased_the_reservations_of_earlier_channels_stand() {
    for (is_channel, before, wanted) in [
        (true, NOW + 1, ("0.00", "0.50", 2)),
        (true, NOW, ("0.00", "0.00", 0)),
        // Of each task something is said by itself.
        (false, NOW + 1, ("0.00", "0.00", 0)),
    ] {
        let mut book = started(is_channel);
        say(&mut book, Input::Erased { before }, NOW + 1);
        say(&mut book, Input::NoRows(vec![key(1), key(2)]), NOW + HOUR);
        assert_sums(&book, NOW + HOUR, wanted);
    }
}

#[test]
fn what_the_provider_estimates_replaces_what_was_reserved_whichever_word_brings_it() {
    let estimate = Some(amount("0.25"));
    let word = |end| Word { estimate, ..Word::new(key(1), 1, end) };
    let mut book = started(false);
    for _ in 0..2 {
        say(&mut book, Input::Words(vec![word(None)]), NOW);
        assert_sums(&book, NOW, ("0.00", "0.35", 2));
    }
    // A word without an estimate says nothing about that.
    say(&mut book, Input::Words(vec![Word::new(key(1), 2, Some(End::MADE))]), NOW);
    assert_sums(&book, NOW, ("0.25", "0.10", 1));
    let mut book = started(false);
    say(&mut book, Input::Words(vec![word(Some(End::MADE))]), NOW);
    assert_sums(&book, NOW, ("0.25", "0.10", 1));
    let mut book = started(false);
    let more = Word { estimate: Some(amount("2")), ..word(None) };
    say(&mut book, Input::Words(vec![more]), NOW);
    assert_sums(&book, NOW, ("0.00", "2.10", 2));
}

#[test]
fn what_is_stored_and_said_of_what_was_erased_is_pinned() {
    let mut book = started(false);
    let word = Word { estimate: Some(amount("0.03")), ..Word::of_erased(key(1), 1) };
    let literal = r#"{"start":"01a1f8660d00AAAAAQAAAAAAAAAA","version":1,"estimate":"0.03","is_erased":true}"#;
    assert_eq!(serde_json::to_string(&word).unwrap(), literal);
    say(&mut book, Input::Words(vec![word]), NOW);
    let literal = r#"{"at":1795168800000,"amount":"0.03","is_erased":true}"#;
    assert_eq!(serde_json::to_string(&book.open[&key(1)]).unwrap(), literal);
}
