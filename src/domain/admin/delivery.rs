//! Deliveries as operators see them, and pages of them.

use crate::domain::delivery::mark::Mark;
use crate::domain::time::{DAY, HOUR, Millis, parse_iso};
use serde::{Deserialize, Serialize};

/// Most rows that a page of a filtered list looks at. A filter that few rows match would else walk through all.
pub const LOOKED_AT: u32 = 5_000;
/// How much later than others D1 may get a delivery: while it was away, its room kept it.
pub const LATE: Millis = HOUR;
/// How long a delivery can be repeated, and how long it is kept.
pub const KEPT: Millis = 8 * DAY;

/// A webhook that came in, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Rises with the order in which they were stored.
    pub id: String,
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub at: String,
    pub provider: String,
    /// The provider's word for what has happened.
    pub event: Option<String>,
    /// What a repetition is recognized by.
    pub provider_delivery: Option<String>,
    /// The task, or the channel.
    pub task_id: Option<String>,
    /// `applied`, `duplicate`, `stale`, `early`, `noted`, `unknown_type`, `unknown_task`, `bad_signature`,
    /// `malformed`, `too_large` or `failed`.
    pub verdict: String,
    /// Of the answer.
    pub status: u16,
    /// From its arrival until this was known.
    pub ms: u64,
    /// The length of its body.
    pub bytes: u64,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// The same with its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WholeDelivery {
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The first 64 KB, or 2 KB of what was refused. Null once erased.
    pub body: Option<String>,
    /// Whether that is all of it.
    pub is_complete: bool,
    /// The task that it has ended: its kind and status, and how long each stage took, in milliseconds.
    pub settled: Option<serde_json::Value>,
}

/// Why a delivery cannot be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReplay {
    /// Its body is not there any more, or not all of it.
    Gone,
    /// It was never known who had sent it, or whose it was.
    Unverified,
}

/// The beginning of a key that stands for the body of a webhook that was not signed. The token in its address said
/// whose task it is about, and that was checked against the task.
const UNSIGNED: &str = "request:";

impl WholeDelivery {
    /// The body and the key to repeat it with.
    ///
    /// # Errors
    ///
    /// Why it cannot be repeated.
    pub fn replayable(&self, now: Millis) -> Result<(&str, &str), NoReplay> {
        let own = &self.delivery;
        let mark = Mark::named(&own.verdict).ok_or(NoReplay::Unverified)?;
        let key = own.provider_delivery.as_deref().ok_or(NoReplay::Unverified)?;
        if !may_be_replayed(mark, key.starts_with(UNSIGNED)) {
            return Err(NoReplay::Unverified);
        }
        let is_fresh = parse_iso(&own.at).is_some_and(|at| now - at < KEPT);
        match &self.body {
            Some(body) if self.is_complete && is_fresh => Ok((body, key)),
            _ => Err(NoReplay::Gone),
        }
    }
}

/// Whether what became of a delivery shows that its sender was known. An unsigned one must also have been found to
/// be about the task of its token.
fn may_be_replayed(mark: Mark, is_unsigned: bool) -> bool {
    match mark {
        Mark::BadSignature | Mark::TooLarge => false,
        Mark::Applied | Mark::Duplicate | Mark::Stale | Mark::Early | Mark::Noted => true,
        Mark::UnknownType | Mark::UnknownTask | Mark::Malformed | Mark::Failed => !is_unsigned,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Newest,
    Oldest,
}

/// A page of deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryList {
    pub order: Order,
    pub limit: u32,
    /// Only those after this one, in the order of the list.
    pub cursor: Option<u64>,
    pub task: Option<String>,
    /// Sorted, each once. Empty: all.
    pub verdicts: Vec<Mark>,
    pub provider: Option<String>,
    pub since: Option<Millis>,
}

/// The rows that a page looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    All,
    /// By the index of tasks.
    Task,
    /// By the index of verdicts, which leaves out the usual one.
    Verdicts,
}

impl DeliveryList {
    pub fn walk(&self) -> Walk {
        match (&self.task, self.verdicts.as_slice()) {
            (Some(_), _) => Walk::Task,
            (None, []) => Walk::All,
            (None, some) if some.contains(&Mark::Applied) => Walk::All,
            (None, _) => Walk::Verdicts,
        }
    }

    /// How many rows it looks at: no more than it shows, where it shows each.
    pub fn looks_at(&self) -> u32 {
        let by_verdict = self.verdicts.is_empty() || self.walk() == Walk::Verdicts;
        match by_verdict && self.provider.is_none() && self.since.is_none() {
            true => self.limit + 1,
            false => LOOKED_AT,
        }
    }

    /// The text that its cursors are bound to.
    pub fn text(&self) -> String {
        let Self { order, task, verdicts, provider, since, .. } = self;
        format!("deliveries {order:?} {task:?} {verdicts:?} {provider:?} {since:?}")
    }

    /// The page of what was `found`. `floor` is where an oldest one without a cursor has begun.
    pub fn page(&self, mut found: Found, floor: u64) -> DeliveryPage {
        let is_more = found.rows.len() > self.limit as usize;
        found.rows.truncate(self.limit as usize);
        let of_row = found.rows.last().and_then(|row| row.id.parse().ok());
        let is_last = !is_more && found.looked < self.looks_at();
        let next = match (is_more, self.order) {
            (true, _) => of_row,
            (false, Order::Newest) if is_last => None,
            // Whoever follows goes on from there.
            (false, Order::Oldest) => found.last.or(self.cursor).or(Some(floor)),
            (false, Order::Newest) => found.last,
        };
        let last_at = match (is_more, found.rows.last()) {
            (true, Some(row)) => Some(row.at.clone()),
            _ => found.last_at,
        };
        let last_at = last_at.as_deref().and_then(parse_iso);
        DeliveryPage { rows: found.rows, next, is_last, last_at }
    }
}

/// What D1 has found of a page.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Found {
    /// One more than the page has, if there is one.
    pub rows: Vec<Delivery>,
    /// How many rows were looked at, the last of them, and when that came.
    pub looked: u32,
    pub last: Option<u64>,
    pub last_at: Option<String>,
}

/// Deliveries in their order.
#[derive(Debug, PartialEq, Eq)]
pub struct DeliveryPage {
    pub rows: Vec<Delivery>,
    /// The row that the next page begins after.
    pub next: Option<u64>,
    /// There are no rows after it, as yet.
    pub is_last: bool,
    /// When the last row came that this page shows or has looked at.
    pub last_at: Option<Millis>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_168_800_000;

    fn whole(verdict: &str, key: Option<&str>) -> WholeDelivery {
        let text = format!(
            r#"{{"id":"7","at":"2026-11-20T09:00:00.000Z","provider":"p","event":"e","providerDelivery":{},
            "taskId":"t","verdict":"{verdict}","status":200,"ms":3,"bytes":2,"reason":null,"body":"{{}}",
            "isComplete":true,"settled":null}}"#,
            serde_json::to_string(&key).unwrap()
        );
        serde_json::from_str(&text).expect("a delivery")
    }

    #[test]
    fn what_was_verified_can_be_repeated_and_nothing_else() {
        for mark in Mark::ALL {
            let word = mark.as_str();
            let is_trusted = !["bad_signature", "too_large"].contains(&word);
            let signed = whole(word, Some("msg_1"));
            let expected = if is_trusted { Ok(("{}", "msg_1")) } else { Err(NoReplay::Unverified) };
            assert_eq!(signed.replayable(NOW), expected, "{word}");
            assert_eq!(whole(word, None).replayable(NOW), Err(NoReplay::Unverified), "{word}");
            let was_checked = ["applied", "duplicate", "stale", "early", "noted"].contains(&word);
            let unsigned = whole(word, Some("request:abc"));
            assert_eq!(unsigned.replayable(NOW).is_ok(), was_checked, "unsigned {word}");
        }
        assert_eq!(whole("other", Some("a")).replayable(NOW), Err(NoReplay::Unverified));
    }

    #[test]
    fn a_body_that_is_erased_cut_off_or_too_old_is_gone() {
        let good = whole("applied", Some("a"));
        let erased = WholeDelivery { body: None, is_complete: false, ..good.clone() };
        let cut = WholeDelivery { is_complete: false, ..good.clone() };
        for gone in [&erased, &cut] {
            assert_eq!(gone.replayable(NOW), Err(NoReplay::Gone));
        }
        let came = NOW - HOUR;
        assert!(good.replayable(came + KEPT - 1).is_ok());
        assert_eq!(good.replayable(came + KEPT), Err(NoReplay::Gone));
        let forged = WholeDelivery { body: None, ..whole("bad_signature", Some("a")) };
        assert_eq!(forged.replayable(NOW), Err(NoReplay::Unverified), "it never could be");
    }

    fn list(order: Order) -> DeliveryList {
        let (task, provider) = (None, None);
        DeliveryList {
            order,
            limit: 2,
            cursor: None,
            task,
            verdicts: vec![],
            provider,
            since: None,
        }
    }

    fn found(ids: &[u64], looked: u32, last: Option<u64>) -> Found {
        let row = |id: &u64| Delivery { id: id.to_string(), ..whole("applied", None).delivery };
        Found { rows: ids.iter().map(row).collect(), looked, last, last_at: None }
    }

    #[test]
    fn the_newest_end_and_the_oldest_go_on() {
        let next = |order, found| list(order).page(found, 5).next;
        for order in [Order::Newest, Order::Oldest] {
            assert_eq!(next(order, found(&[9, 8, 7], 3, Some(7))), Some(8), "one is left out");
        }
        assert_eq!(next(Order::Newest, found(&[9, 8], 2, Some(8))), None);
        assert_eq!(next(Order::Newest, found(&[], 0, None)), None);
        assert_eq!(next(Order::Oldest, found(&[8, 9], 2, Some(9))), Some(9));
        assert_eq!(next(Order::Oldest, found(&[], 0, None)), Some(5));
        let after = DeliveryList { cursor: Some(12), ..list(Order::Oldest) };
        assert_eq!(after.page(found(&[], 0, None), 5).next, Some(12));
    }

    #[test]
    fn a_filtered_page_that_shows_little_goes_on_after_the_last_row_that_it_has_looked_at() {
        let few = DeliveryList { provider: Some("p".into()), ..list(Order::Newest) };
        assert_eq!(few.looks_at(), LOOKED_AT);
        assert_eq!(few.page(found(&[9], LOOKED_AT, Some(4)), 0).next, Some(4));
        assert_eq!(few.page(found(&[9], LOOKED_AT - 1, Some(4)), 0).next, None);
    }

    #[test]
    fn a_page_knows_whether_it_is_the_last_and_how_far_it_has_come() {
        let page = |ids: &[u64], looked| {
            let found = Found {
                last_at: Some("2026-11-20T10:00:00.000Z".into()),
                ..found(ids, looked, Some(9))
            };
            let page = list(Order::Oldest).page(found, 0);
            (page.is_last, page.last_at)
        };
        assert_eq!(page(&[7, 8], 2), (true, Some(NOW)));
        assert_eq!(page(&[7, 8], 3), (false, Some(NOW)));
        assert_eq!(page(&[7, 8, 9], 3), (false, Some(NOW - HOUR)), "that of the last row");
    }

    #[test]
    fn a_list_looks_at_no_more_than_it_shows_where_an_index_finds_all_of_that() {
        let all = list(Order::Newest);
        assert_eq!((all.walk(), all.looks_at()), (Walk::All, 3));
        let unusual = DeliveryList { verdicts: vec![Mark::Stale, Mark::Failed], ..all.clone() };
        assert_eq!((unusual.walk(), unusual.looks_at()), (Walk::Verdicts, 3));
        let usual = DeliveryList { verdicts: vec![Mark::Applied, Mark::Failed], ..all.clone() };
        assert_eq!((usual.walk(), usual.looks_at()), (Walk::All, LOOKED_AT));
        let task = DeliveryList { task: Some("t".into()), ..all.clone() };
        assert_eq!((task.walk(), task.looks_at()), (Walk::Task, 3));
        let both = DeliveryList { verdicts: vec![Mark::Stale], ..task };
        assert_eq!((both.walk(), both.looks_at()), (Walk::Task, LOOKED_AT));
        assert_eq!(DeliveryList { since: Some(NOW), ..all }.looks_at(), LOOKED_AT);
    }
}
