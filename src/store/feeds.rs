//! What the feeds of tasks show, as frames.

use super::d1::{Store, answered};
use super::row::{Shown, shown_from_row};
use super::sql::feeds as sql;
use crate::domain::id::TaskKey;
use crate::domain::time::{HOUR, Millis, iso};
use crate::error::ApiError;
use crate::platform::{fault, now};
use worker::D1PreparedStatement;

/// How long a task may go on changing. No provider retries a webhook for longer.
const CHANGING: Millis = 8 * 24 * HOUR;

/// Changed tasks that are read at once.
const CHANGED_PAGE: usize = 100;

impl Store {
    /// The user's newest tasks, newest first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn newest_shown(&self, user: &str, limit: u32) -> Result<Vec<Shown>, ApiError> {
        self.shown(self.statement(sql::NEWEST, &[user, &limit.to_string()])?).await
    }

    /// The user's tasks older than `than` that have changed since `since`, oldest first.
    pub fn changed<'a>(&'a self, user: &'a str, than: &'a str, since: Millis) -> Changed<'a> {
        let since = since.max(now() - CHANGING);
        let after = Some(TaskKey::floor(since - CHANGING));
        Changed { store: self, user, than, since: iso(since), after }
    }

    /// The tasks of a batch, newest first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn batch_shown(&self, batch_id: &str) -> Result<Vec<Shown>, ApiError> {
        self.shown(self.statement(sql::OF_BATCH, &[batch_id])?).await
    }

    async fn shown(&self, statement: D1PreparedStatement) -> Result<Vec<Shown>, ApiError> {
        let rows = answered("D1 read", statement.raw::<Option<String>>()).await?;
        let shown: Option<Vec<_>> = rows.into_iter().map(shown_from_row).collect();
        shown.ok_or_else(|| fault("D1 row", "no frame"))
    }
}

/// A walk through tasks that have changed, a page at a time.
pub struct Changed<'a> {
    store: &'a Store,
    user: &'a str,
    than: &'a str,
    since: String,
    /// The key of the last task of the last page. None: that was the last page.
    after: Option<String>,
}

impl Changed<'_> {
    /// The next page. `None` after the last one.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<Shown>>, ApiError> {
        let Some(after) = self.after.take() else { return Ok(None) };
        let limit = CHANGED_PAGE.to_string();
        let values = [self.user, self.than, &after, &self.since, &limit];
        let page = self.store.shown(self.store.statement(sql::CHANGED, &values)?).await?;
        if page.len() == CHANGED_PAGE {
            self.after = page.last().map(|task| task.key.clone());
        }
        Ok(Some(page))
    }
}
