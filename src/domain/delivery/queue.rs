//! Rows that wait to be written together. Webhooks that change nothing come in bursts: a provider repeats all that
//! it has sent.

use crate::domain::time::{Millis, SECOND};

/// How long a row waits for others.
pub const PAUSE: Millis = 50;
/// When somebody else is told to write them, in case the first one is gone.
const PATIENCE: Millis = 5 * SECOND;
/// Most bytes of one write, as JSON.
const PAGE_BYTES: usize = 512 * 1024;

/// Rows that wait, each as JSON.
#[derive(Debug, Default)]
pub struct Queue {
    rows: Vec<String>,
    /// When somebody was told to write them.
    told: Option<Millis>,
}

impl Queue {
    pub const fn new() -> Self {
        Self { rows: Vec::new(), told: None }
    }

    /// Adds a row. `true`: whoever has added it is to write all of them, after [`PAUSE`].
    pub fn add(&mut self, row: String, now: Millis) -> bool {
        self.rows.push(row);
        if self.told.is_some_and(|told| now - told < PATIENCE) {
            return false;
        }
        self.told = Some(now);
        true
    }

    /// The next rows to write, as a JSON list. `None`: there are none, and whoever adds the next is told.
    pub fn page(&mut self) -> Option<String> {
        let mut bytes = 0;
        let fits = |row: &&String| {
            bytes += row.len() + 1;
            bytes <= PAGE_BYTES
        };
        // The longest row alone has less than that.
        let count = self.rows.iter().take_while(fits).count().max(1).min(self.rows.len());
        if count == 0 {
            self.told = None;
            return None;
        }
        let page: Vec<String> = self.rows.drain(..count).collect();
        Some(format!("[{}]", page.join(",")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_168_800_000;

    #[test]
    fn the_first_to_add_writes_for_all() {
        let mut queue = Queue::new();
        assert!(queue.add("1".into(), NOW));
        assert!(!queue.add("2".into(), NOW + 10));
        assert_eq!(queue.page().as_deref(), Some("[1,2]"));
        // What is added while that is written goes with the next page.
        assert!(!queue.add("3".into(), NOW + 20));
        assert_eq!(queue.page().as_deref(), Some("[3]"));
        assert_eq!(queue.page(), None);
        assert!(queue.add("4".into(), NOW + 30));
    }

    #[test]
    fn somebody_else_writes_if_the_first_one_is_gone() {
        let mut queue = Queue::new();
        queue.add("1".into(), NOW);
        assert!(!queue.add("2".into(), NOW + PATIENCE - 1));
        assert!(queue.add("3".into(), NOW + PATIENCE));
        assert_eq!(queue.page().as_deref(), Some("[1,2,3]"));
    }

    #[test]
    fn a_page_has_a_limit_and_a_long_row_a_page_of_its_own() {
        let mut queue = Queue::new();
        let long = "7".repeat(PAGE_BYTES);
        for row in ["1", &long, "2"] {
            queue.add(row.to_owned(), NOW);
        }
        assert_eq!(queue.page().as_deref(), Some("[1]"));
        assert_eq!(queue.page().map(|page| page.len()), Some(PAGE_BYTES + 2));
        assert_eq!(queue.page().as_deref(), Some("[2]"));
    }
}
