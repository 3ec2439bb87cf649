//! The book of one user: the whole state of it, stored as one value.
//!
//! Money belongs to the window in which its start was entered, whenever its cost becomes known. So an entry
//! is needed only while its end is open. A word on a start without an entry changes nothing: that is why a
//! settled entry can be forgotten at once, and why nothing is settled twice.

use super::amount::Amount;
use super::pool::Ask;
use super::terms::{Budget, Terms};
use super::window::Per;
use crate::domain::id::TaskKey;
use crate::domain::time::{HOUR, Millis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long an end of ours waits for the provider's own word: its last retry comes within three days.
pub const PROVISIONAL: Millis = 75 * HOUR;
/// Ends of ours that wait at most. The one that has waited for longest stays as it is.
pub const MOST_PROVISIONAL: usize = 200;
/// An entry is under way for this long at most, though no word has come: an hour longer than anything
/// that is waited for.
pub const LONGEST: Millis = 6 * HOUR;
/// An entry older than this is compared with its rows: its word may be lost. A start is given up sooner
/// than that.
pub const UNHEARD: Millis = 3 * 60_000;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The tier of the user's last start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Count>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Tally>,
    /// Of the deployment's budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Part>,
    /// The starts whose end is open.
    pub open: BTreeMap<TaskKey, Entry>,
}

/// Starts in the current window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Count {
    pub per: Per,
    pub since: Millis,
    pub used: u32,
}

/// Money in the current window that is settled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    pub per: Per,
    pub since: Millis,
    pub spent: Amount,
}

/// The part of the deployment's budget that this user may use, and has settled of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub tally: Tally,
    /// Never more than the pool has handed out.
    pub held: Amount,
    /// Rises with each change of `held`.
    pub seq: u64,
}

/// One start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub at: Millis,
    /// What is reserved.
    pub amount: Amount,
    /// Whether it is a channel's, and has no row under its key.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_channel: bool,
    /// Tells a repeated request by its idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// Its rows were erased: that there are none does not mean that it was never made.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_erased: bool,
    /// It has ended for us, and the provider's own word is still possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    pub charge: Amount,
    pub version: u64,
    pub at: Millis,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Entry {
    /// What it counts for.
    pub fn counts(&self) -> Amount {
        self.ended.as_ref().map_or(self.amount, |ended| ended.charge)
    }
}

impl Tally {
    fn new(per: Per, since: Millis) -> Self {
        Self { per, since, spent: Amount::ZERO }
    }

    /// Begins the window that `now` is in, unless it has begun. A clock that is set back begins none. With
    /// another length what was spent stays spent: a changed setting frees nobody.
    fn roll(&mut self, per: Per, since: Millis) -> bool {
        let is_next = per == self.per && since > self.since;
        if is_next {
            *self = Self::new(per, since);
        } else if per != self.per {
            (self.per, self.since) = (per, since);
        }
        is_next
    }
}

impl Book {
    /// Begins the windows that `now` is in.
    pub(super) fn roll(&mut self, terms: &Terms, now: Millis) {
        self.starts = terms.limits.starts.map(|rule| {
            let since = rule.per.since(terms.seed, now);
            let fresh = Count { per: rule.per, since, used: 0 };
            match self.starts.take() {
                Some(known) if known.per != rule.per => Count { used: known.used, ..fresh },
                Some(known) if known.since >= since => known,
                _ => fresh,
            }
        });
        self.budget = terms.limits.budget.map(|Budget { per, .. }| {
            let since = per.since(terms.seed, now);
            let mut tally = self.budget.take().unwrap_or_else(|| Tally::new(per, since));
            tally.roll(per, since);
            tally
        });
        self.all = terms.all.map(|Budget { per, .. }| {
            let since = per.since(0, now);
            let mut part = self.all.take().unwrap_or_else(|| Part::new(per, since));
            if part.tally.roll(per, since) {
                (part.held, part.seq) = (Amount::ZERO, 0);
            }
            part
        });
    }

    /// The time of a new entry: in each of the windows, though the clock may have been set back.
    pub(super) fn entry_time(&self, now: Millis) -> Millis {
        let starts = self.starts.iter().map(|count| count.since);
        let money = self.budget.iter().chain(self.all.iter().map(|part| &part.tally));
        starts.chain(money.map(|tally| tally.since)).fold(now, Millis::max)
    }

    /// Settles an entry that was taken out.
    pub(super) fn spend(&mut self, entry: &Entry, charge: Amount) {
        let all = self.all.iter_mut().map(|part| &mut part.tally);
        for tally in self.budget.iter_mut().chain(all).filter(|tally| entry.at >= tally.since) {
            tally.spent = tally.spent + charge;
        }
    }

    /// What of a tally's window is used: settled, and of what is open.
    pub fn used(&self, tally: &Tally) -> Amount {
        tally.spent + self.open_since(tally.since).map(Entry::counts).sum()
    }

    /// What is still reserved of it.
    pub fn reserved(&self, tally: &Tally) -> Amount {
        let open = self.open_since(tally.since).filter(|entry| entry.ended.is_none());
        open.map(|entry| entry.amount).sum()
    }

    fn open_since(&self, since: Millis) -> impl Iterator<Item = &Entry> {
        self.open.values().filter(move |entry| entry.at >= since)
    }

    /// How many are under way.
    pub fn running(&self) -> u32 {
        self.open.values().filter(|entry| entry.ended.is_none()).count() as u32
    }

    /// The entries of which no word has come for so long that their rows have to be asked.
    pub fn unheard(&self, now: Millis) -> Vec<(TaskKey, bool)> {
        let is_unheard = |(_, entry): &(&TaskKey, &Entry)| {
            let is_open = entry.ended.is_none() && !entry.is_erased;
            is_open && now >= entry.at.saturating_add(UNHEARD)
        };
        self.open.iter().filter(is_unheard).map(|(key, it)| (key.clone(), it.is_channel)).collect()
    }

    /// Lets go of what no word can change any more: the state does not grow.
    pub(super) fn tidy(&mut self, now: Millis) {
        for entry in self.open.values_mut().filter(|entry| now >= entry.at + LONGEST) {
            let amount = entry.amount;
            entry.ended.get_or_insert(Ended { charge: amount, version: 0, at: now });
        }
        let waiting = |entry: &Entry| entry.ended.as_ref().map(|ended| ended.at);
        let mut ends: Vec<Millis> = self.open.values().filter_map(waiting).collect();
        ends.sort_unstable();
        let over = ends.len().checked_sub(MOST_PROVISIONAL + 1).map(|last| ends[last]);
        let is_over = |at: Millis| now >= at + PROVISIONAL || over.is_some_and(|over| at <= over);
        let (kept, gone) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|(_, entry)| !waiting(entry).is_some_and(is_over));
        self.open = kept;
        for entry in BTreeMap::into_values(gone) {
            self.spend(&entry, entry.counts());
        }
    }
}

impl Part {
    fn new(per: Per, since: Millis) -> Self {
        Self { tally: Tally::new(per, since), held: Amount::ZERO, seq: 0 }
    }

    /// Asks for enough to have `used` of it, and for as much ahead as it has: who starts much asks seldom,
    /// and nobody holds more than twice what it uses.
    pub(super) fn ask(&self, used: Amount) -> Ask {
        let since = self.tally.since;
        Ask { since, at_least: used, ahead: self.held, seq: self.seq + 1 }
    }
}
