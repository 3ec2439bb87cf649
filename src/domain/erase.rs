//! Erasing: what is to be deleted from D1, and until when that has to be repeated.

use super::time::{MINUTE, Millis};
use serde::{Deserialize, Serialize};

/// A write to D1 that nobody waits for any more may still be under way when its rows are deleted, and
/// make them again. It has ended by this time. Then they are deleted once more.
pub const LATE_WRITE: Millis = MINUTE;

/// Rows that have to go from D1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion<R> {
    pub rows: R,
    /// When D1 first deleted them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Millis>,
}

impl<R> Deletion<R> {
    pub fn of(rows: R) -> Self {
        Self { rows, done_at: None }
    }

    /// When it is due. `retry_at` is when D1 may be asked again after a failure.
    pub fn due_at(&self, retry_at: Millis) -> Millis {
        self.done_at.map_or(retry_at, |at| retry_at.max(at + LATE_WRITE))
    }

    /// D1 has deleted the rows. Whether that was the last time.
    pub fn is_over(&mut self, now: Millis) -> bool {
        now >= *self.done_at.get_or_insert(now) + LATE_WRITE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_deleted_again_once_no_late_write_can_bring_them_back() {
        let mut deletion = Deletion::of(());
        assert_eq!(deletion.due_at(7), 7);
        assert!(!deletion.is_over(10));
        assert_eq!(deletion.due_at(7), 10 + LATE_WRITE);
        assert!(!deletion.is_over(9 + LATE_WRITE), "asked for once more by hand");
        assert_eq!(deletion.due_at(7), 10 + LATE_WRITE);
        assert!(deletion.is_over(10 + LATE_WRITE));
    }

    #[test]
    fn a_failure_delays_either_deletion() {
        let mut deletion = Deletion::of(());
        deletion.is_over(10);
        assert_eq!(deletion.due_at(2 * LATE_WRITE), 2 * LATE_WRITE);
    }
}
