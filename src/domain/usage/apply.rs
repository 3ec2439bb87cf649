//! The one function that changes a book: `(state, input, now) -> (state', verdict, effects)`.

use super::amount::Amount;
use super::book::{Book, Ended, Entry};
use super::pool::{Ask, Grant};
use super::terms::Terms;
use super::word::{Charge, Word};
use crate::domain::effect::{self, Effect};
use crate::domain::id::TaskKey;
use crate::domain::time::Millis;
use crate::domain::verdict::Verdict;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Starts are to be made: all of them may, or none.
    Reserve { wanted: Wanted, terms: Terms, grant: Option<Grant> },
    /// These starts were not made: as though they had never been asked for.
    Release(Vec<TaskKey>),
    /// How starts stand.
    Words(Vec<Word>),
    /// These starts have no rows. Unless they were erased, they were not made.
    NoRows(Vec<TaskKey>),
    /// All rows of channels that were started before this time are being erased.
    Erased { before: Millis },
}

/// Starts that are to be made together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// Each with what it may cost.
    pub starts: Vec<(TaskKey, Amount)>,
    /// The caller's idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The tier that the caller's token names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    #[serde(default)]
    pub is_channel: bool,
}

/// The work that a book's object does.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Tell whoever asked.
    Answer(Answer),
    /// Tell the pool that less is held.
    GiveBack(Ask),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Granted,
    /// A request with the same idempotency key has its starts under way.
    Again,
    Refused(Refusal),
    /// More of the deployment's budget is needed first.
    Needs(Ask),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    RateLimited { resets_at: Millis },
    TooManyRunning { limit: u32 },
    BudgetExceeded { resets_at: Millis, is_everyones: bool },
}

pub type Decision = effect::Decision<Book, Input, Work>;

/// Decides what `input` changes in `book`, and which effects follow.
pub fn apply(book: &Book, input: Input, now: Millis) -> Decision {
    let mut next = book.clone();
    next.tidy(now);
    let follows = match input {
        Input::Reserve { wanted, terms, grant } => {
            let answer = reserve(&mut next, wanted, &terms, grant, now);
            vec![Effect::Do(Work::Answer(answer))]
        }
        Input::Release(starts) => {
            starts.iter().for_each(|start| release(&mut next, start));
            vec![]
        }
        Input::Words(words) => {
            words.iter().for_each(|word| hear(&mut next, word, now));
            give_back(&mut next)
        }
        Input::NoRows(starts) => {
            for start in &starts {
                // What was erased may have been made: its reservation stands until its end is known.
                if let Some(entry) = next.open.get_mut(start).filter(|entry| !entry.is_erased) {
                    let ended = Ended { charge: Amount::ZERO, version: 0, at: now };
                    entry.ended.get_or_insert(ended);
                }
            }
            vec![]
        }
        Input::Erased { before } => {
            let is_its = |start: &TaskKey| start.created_at().is_some_and(|at| at < before);
            for (start, entry) in &mut next.open {
                entry.is_erased |= entry.is_channel && is_its(start);
            }
            vec![]
        }
    };
    let is_news = next != *book;
    Decision::of(book, next, Verdict::Noted, is_news, follows)
}

fn reserve(
    book: &mut Book,
    wanted: Wanted,
    terms: &Terms,
    grant: Option<Grant>,
    now: Millis,
) -> Answer {
    // The message was repeated on its way.
    if wanted.starts.iter().all(|(start, _)| book.open.contains_key(start)) {
        return Answer::Granted;
    }
    let is_its = |entry: &Entry| entry.ended.is_none() && entry.claim == wanted.claim;
    if wanted.claim.is_some() && book.open.values().any(is_its) {
        return Answer::Again;
    }
    let mut next = book.clone();
    next.roll(terms, now);
    if let Some(grant) = grant {
        take(&mut next, grant);
    }
    if let Some(answer) =
        refusal(&next, &wanted, terms, grant.is_some_and(|grant| grant.is_refused))
    {
        // What the pool has handed out is not forgotten.
        if next.all.as_ref().map(|part| part.seq) != book.all.as_ref().map(|part| part.seq) {
            *book = next;
        }
        return answer;
    }
    let (at, count) = (next.entry_time(now), wanted.starts.len() as u32);
    if let Some(starts) = &mut next.starts {
        starts.used += count;
    }
    if wanted.tier.is_some() {
        next.tier = wanted.tier;
    }
    let (claim, is_channel) = (wanted.claim, wanted.is_channel);
    for (start, amount) in wanted.starts {
        let claim = claim.clone();
        let entry = Entry { at, amount, is_channel, claim, is_erased: false, ended: None };
        next.open.insert(start, entry);
    }
    *book = next;
    Answer::Granted
}

/// Why the starts may not be made, if they may not. `is_used_up`: the pool has no more.
fn refusal(book: &Book, wanted: &Wanted, terms: &Terms, is_used_up: bool) -> Option<Answer> {
    let count = wanted.starts.len() as u32;
    if let (Some(rule), Some(known)) = (terms.limits.starts, &book.starts)
        && known.used.saturating_add(count) > rule.limit
    {
        let resets_at = known.since + rule.per.length();
        return Some(Answer::Refused(Refusal::RateLimited { resets_at }));
    }
    let limit = terms.most_running();
    if book.running().saturating_add(count) > limit {
        return Some(Answer::Refused(Refusal::TooManyRunning { limit }));
    }
    let cost: Amount = wanted.starts.iter().map(|(_, amount)| *amount).sum();
    if let (Some(rule), Some(tally)) = (terms.limits.budget, &book.budget)
        && book.used(tally) + cost > rule.amount
    {
        let resets_at = tally.since + rule.per.length();
        let refusal = Refusal::BudgetExceeded { resets_at, is_everyones: false };
        return Some(Answer::Refused(refusal));
    }
    if let (Some(rule), Some(part)) = (terms.all, &book.all) {
        let used = book.used(&part.tally) + cost;
        if used > part.held {
            let resets_at = part.tally.since + rule.per.length();
            let refusal = Refusal::BudgetExceeded { resets_at, is_everyones: true };
            return Some(match is_used_up {
                true => Answer::Refused(refusal),
                false => Answer::Needs(part.ask(used)),
            });
        }
    }
    None
}

/// Takes what the pool has handed out. An answer that another one has overtaken is none.
fn take(book: &mut Book, grant: Grant) {
    let Some(part) = &mut book.all else { return };
    if grant.since > part.tally.since {
        // The pool's clock is ahead: it has begun the next window.
        (part.tally.since, part.tally.spent) = (grant.since, Amount::ZERO);
        (part.held, part.seq) = (grant.total, grant.seq);
    } else if grant.since == part.tally.since && grant.seq > part.seq {
        (part.held, part.seq) = (grant.total, grant.seq);
    }
}

/// With nothing open, what is held and not used goes back: others may have it.
fn give_back(book: &mut Book) -> Vec<Effect<Input, Work>> {
    let is_idle = book.running() == 0;
    let Some(part) = book.all.as_ref().filter(|_| is_idle) else { return vec![] };
    let used = book.used(&part.tally);
    if part.held <= used {
        return vec![];
    }
    let ask = Ask { ahead: Amount::ZERO, ..part.ask(used) };
    let Some(part) = &mut book.all else { return vec![] };
    (part.held, part.seq) = (used, ask.seq);
    vec![Effect::Do(Work::GiveBack(ask))]
}

fn release(book: &mut Book, start: &TaskKey) {
    let is_open = book.open.get(start).is_some_and(|entry| entry.ended.is_none());
    let Some(entry) = is_open.then(|| book.open.remove(start)).flatten() else { return };
    if let Some(starts) = book.starts.as_mut().filter(|starts| entry.at >= starts.since) {
        starts.used = starts.used.saturating_sub(1);
    }
}

fn hear(book: &mut Book, word: &Word, now: Millis) {
    let Some(entry) = book.open.get_mut(&word.start) else { return };
    entry.amount = word.estimate.unwrap_or(entry.amount);
    entry.is_erased |= word.is_erased;
    // Words may overtake each other.
    if entry.ended.as_ref().is_some_and(|ended| word.version < ended.version) {
        return;
    }
    let Some(end) = word.end else {
        // The provider has it after all.
        entry.ended = None;
        return;
    };
    let charge = match end.charge {
        Charge::Nothing => Amount::ZERO,
        Charge::Reserved => entry.amount,
        Charge::Cost(cost) => cost,
    };
    if !end.is_final {
        let at = entry.ended.as_ref().map_or(now, |ended| ended.at);
        entry.ended = Some(Ended { charge, version: word.version, at });
    } else if let Some(entry) = book.open.remove(&word.start) {
        book.spend(&entry, charge);
    }
}
