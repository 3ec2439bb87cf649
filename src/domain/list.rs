//! Pages of lists, as they are asked for.

use super::id::TaskKey;
use super::task::Status;

/// Default page size.
pub const DEFAULT_LIMIT: u32 = 20;
/// Largest page size.
pub const LARGEST_LIMIT: u32 = 100;
/// The stored bytes of a page of content. They are in memory several times over, as D1's answer, as
/// rows and as JSON, and the Worker has 128 MB for all that it does at once.
pub const PAGE_BYTES: u32 = 2 * 1024 * 1024;

/// A page of a user's tasks, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskList {
    pub limit: u32,
    /// Only tasks older than this one.
    pub cursor: Option<TaskKey>,
    pub status: Option<Status>,
    pub kind: Option<String>,
}

impl TaskList {
    /// The newest `limit` tasks.
    pub fn newest(limit: u32) -> Self {
        Self { limit, cursor: None, status: None, kind: None }
    }
}

/// A page of content, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentList {
    pub limit: u32,
    /// The id of the last row of the previous page.
    pub cursor: Option<String>,
}

/// Rows in their order.
#[derive(Debug, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Whether there are rows after the last of these.
    pub is_more: bool,
}

impl<T> Page<T> {
    /// Of what a statement found, where a row that does not fit into the page is none.
    ///
    /// # Errors
    ///
    /// That of the first row that cannot be read.
    pub fn of<R, E>(found: Vec<Option<R>>, read: impl Fn(R) -> Result<T, E>) -> Result<Self, E> {
        let all = found.len();
        let rows: Vec<T> =
            found.into_iter().map_while(|row| row.map(&read)).collect::<Result<_, _>>()?;
        Ok(Self { is_more: rows.len() < all, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE_BYTES, Page};

    #[test]
    fn a_page_of_content_is_a_small_part_of_the_memory_that_a_worker_has() {
        assert_eq!(PAGE_BYTES, 128 * 1024 * 1024 / 64);
    }

    #[test]
    fn a_page_ends_at_the_first_row_that_does_not_fit() {
        let of = |found: &[Option<u8>]| Page::of(found.to_vec(), Ok::<u8, ()>).unwrap();
        assert_eq!(of(&[]), Page { rows: vec![], is_more: false });
        assert_eq!(of(&[Some(1), Some(2)]), Page { rows: vec![1, 2], is_more: false });
        assert_eq!(of(&[Some(1), None, None]), Page { rows: vec![1], is_more: true });
        assert_eq!(Page::of(vec![Some(1)], |_| Err::<u8, _>("bad")), Err("bad"));
    }
}
