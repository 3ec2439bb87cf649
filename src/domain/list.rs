//! Pages of lists, as they are asked for.

use super::id::TaskKey;
use super::task::{Status, Task};
use super::time::parse_iso;

/// Default page size.
pub const DEFAULT_LIMIT: u32 = 20;
/// Largest page size.
pub const LARGEST_LIMIT: u32 = 100;
/// The stored bytes of a page of content. They are in memory several times over, as D1's answer, as
/// rows and as JSON, and the Worker has 128 MB for all that it does at once.
pub const PAGE_BYTES: u32 = 2 * 1024 * 1024;

/// Most rows that a page of a filtered list looks at. A filter that few rows match, or none, would else
/// walk through all of the user's.
pub const LOOKED_AT: u32 = 1000;

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

    /// Whether it shows only some of the tasks.
    pub fn is_filtered(&self) -> bool {
        self.status.is_some() || self.kind.is_some()
    }

    /// The page. `found` has one task more if there is one; `last` is the last row that was looked at, if
    /// there may be more below it.
    pub fn page(&self, mut found: Vec<Task>, last: Option<TaskKey>) -> Tasks {
        let is_more = found.len() > self.limit as usize;
        found.truncate(self.limit as usize);
        let next = if is_more { found.last().map(|task| task.key.clone()) } else { last };
        Tasks { tasks: found, next }
    }
}

/// Tasks, newest first.
#[derive(Debug, PartialEq)]
pub struct Tasks {
    pub tasks: Vec<Task>,
    /// The cursor of the next page. There may be one after a page without a task.
    pub next: Option<TaskKey>,
}

/// A page of content, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentList {
    pub limit: u32,
    /// The last row of the previous page.
    pub cursor: Option<ContentCursor>,
}

/// Where a page of content ends. The row itself may be erased before the next page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentCursor {
    pub id: String,
    /// When it was made, as it was stored. `None`: the cursor is just an id.
    pub created_at: Option<String>,
}

impl ContentCursor {
    /// Reads a cursor. `None`: it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, created_at) = match text.split_once('@') {
            Some((id, at)) => (id, Some(parse_iso(at).map(|_| at.to_owned())?)),
            None => (text, None),
        };
        Some(Self { id: id.to_owned(), created_at })
    }

    /// The cursor after this row, as a page shows it.
    pub fn text(id: &str, created_at: &str) -> String {
        format!("{id}@{created_at}")
    }
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
    use super::{ContentCursor, PAGE_BYTES, Page, TaskList};
    use crate::domain::id::TaskKey;
    use crate::domain::task::Task;

    fn task(i: i64) -> Task {
        let text = format!(
            r#"{{"task_id":null,"provider":"mynth","key":"{}","user_id":"ada","kind":"image.alt",
            "status":"pending","version":1,"prompt":null,"requested_model":null,"model":null,
            "error":null,"cost":null,"metadata":{{}},"created_at":"2026-11-20T10:00:00.000Z",
            "updated_at":"2026-11-20T10:00:00.000Z","images":[],"result":null}}"#,
            TaskKey::new(i, [0; 12])
        );
        serde_json::from_str(&text).expect("a task")
    }

    #[test]
    fn the_next_page_begins_after_the_last_task_or_after_the_last_row_that_was_looked_at() {
        let (tasks, row) = ([task(3), task(2), task(1)], TaskKey::new(0, [0; 12]));
        let page = |found: usize, last: Option<&TaskKey>| {
            let page = TaskList::newest(2).page(tasks[..found].to_vec(), last.cloned());
            (page.tasks.len(), page.next)
        };
        assert_eq!(page(3, None), (2, Some(tasks[1].key.clone())));
        assert_eq!(page(3, Some(&row)), (2, Some(tasks[1].key.clone())), "one is left out");
        assert_eq!(page(2, None), (2, None));
        assert_eq!(page(2, Some(&row)), (2, Some(row.clone())));
        assert_eq!(page(0, Some(&row)), (0, Some(row.clone())));
        assert_eq!(page(0, None), (0, None));
    }

    #[test]
    fn a_cursor_is_read_back_and_may_be_just_an_id() {
        let at = "2026-11-20T10:00:05.000Z";
        let text = ContentCursor::text("cnt_1", at);
        let whole = ContentCursor { id: "cnt_1".into(), created_at: Some(at.into()) };
        assert_eq!(ContentCursor::parse(&text), Some(whole));
        let id = ContentCursor { id: "cnt_1".into(), created_at: None };
        assert_eq!(ContentCursor::parse("cnt_1"), Some(id));
        for bad in ["cnt_1@", "cnt_1@yesterday", "cnt_1@'"] {
            assert_eq!(ContentCursor::parse(bad), None, "{bad}");
        }
    }

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
