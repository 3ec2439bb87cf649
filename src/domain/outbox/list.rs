//! Pages of the list of events.

use super::note::{Noted, Standing};

/// Default page size.
pub const DEFAULT_LIMIT: u32 = 50;

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Newest,
    /// For a reader that goes on from where it has stopped.
    Oldest,
}

/// Which events are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventList {
    pub limit: u32,
    pub order: Order,
    pub state: Option<Standing>,
    /// The task, or the row of content.
    pub task: Option<String>,
    /// The number of the last event of the page before.
    pub after: Option<u64>,
}

impl EventList {
    /// Which number comes before those of the page.
    pub fn from(&self) -> u64 {
        // D1 takes numbers as floats.
        let first = if self.order == Order::Newest { 1 << 53 } else { 0 };
        self.after.unwrap_or(first)
    }

    /// The page of what was found, one more if there is more, and the number after which the next page is. A
    /// reader that follows can always go on.
    pub fn page(&self, mut found: Vec<Noted>) -> (Vec<Noted>, Option<u64>) {
        let is_more = found.len() > self.limit as usize;
        found.truncate(self.limit as usize);
        let last = found.last().map(|event| event.seq);
        let next = match self.order {
            Order::Newest => last.filter(|_| is_more),
            Order::Oldest => Some(last.unwrap_or_else(|| self.from())),
        };
        (found, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: EventList =
        EventList { limit: 2, order: Order::Newest, state: None, task: None, after: None };

    fn found(numbers: &[u64]) -> Vec<Noted> {
        let one = |seq: &u64| {
            let text = format!(
                r#"{{"seq":{seq},"id":"evt_a_2","at":"2026-11-20T10:00:00.000Z","type":"task.failed",
                    "taskId":"a","version":2,"state":"failed","roads":{{}}}}"#
            );
            serde_json::from_str(&text).expect("an event")
        };
        numbers.iter().map(one).collect()
    }

    #[test]
    fn there_is_a_next_page_if_there_is_more_and_always_for_one_who_follows() {
        let (page, next) = NEWEST.page(found(&[9, 8, 7]));
        assert_eq!((page.len(), next), (2, Some(8)));
        assert_eq!(NEWEST.page(found(&[9, 8])).1, None);
        let follows = EventList { order: Order::Oldest, ..NEWEST };
        assert_eq!(follows.page(found(&[3])).1, Some(3));
        assert_eq!(follows.page(vec![]).1, Some(0));
        let later = EventList { after: Some(3), ..follows };
        assert_eq!(later.page(vec![]).1, Some(3));
    }
}
