//! The sweep's access to D1.

use super::d1::Store;
use super::keys::KEY_LIFETIME;
use super::row::{Place, to_json};
use super::sql::keys::FORGET_KEYS;
use super::sql::sweep as sql;
use crate::domain::id::TaskKey;
use crate::domain::task::{PROVISIONAL, Task, TaskError};
use crate::domain::time::{Millis, iso};
use crate::error::ApiError;
use wasm_bindgen::JsValue;

/// Rows of a page. Scanning them takes D1 a few milliseconds.
const PAGE: u32 = 20_000;

/// Most unsettled tasks of one run.
const MOST: u32 = 50;

/// One page of the tasks.
pub struct Page {
    pub unsettled: Vec<Task>,
    pub is_last: bool,
    end: Place,
}

impl Store {
    /// The next page with its unsettled tasks: those without a provider's id if started before `started`,
    /// and the others if started before `attached`.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn sweep_page(&self, started: Millis, attached: Millis) -> Result<Page, ApiError> {
        let start: Place =
            self.parsed(self.statement(sql::SWEEP_AT, &[])?).await?.unwrap_or_default();
        let text = |text: &str| JsValue::from_str(text);
        let skip = JsValue::from_f64((PAGE - 1).into());
        let values = [text(&start.user_id), text(&start.task_id), skip];
        let end: Option<Place> = self.parsed(self.bind(sql::PAGE_END, &values)?).await?;
        let is_last = end.is_none();
        // The last code point, which is not a character: no user id sorts after it.
        let end = end.unwrap_or(Place { user_id: "\u{10ffff}".into(), task_id: String::new() });
        let values = [
            text(&start.user_id),
            text(&start.task_id),
            text(&end.user_id),
            text(&end.task_id),
            text(&TaskKey::floor(started)),
            text(&TaskKey::floor(attached)),
            text(&to_json(&PROVISIONAL)),
            JsValue::from_f64(MOST.into()),
        ];
        let unsettled = self.tasks(self.bind(sql::UNSETTLED, &values)?).await?;
        // A page with more tasks than one run can settle ends at the last of them.
        match unsettled.last().filter(|_| unsettled.len() == MOST as usize) {
            Some(last) => {
                let end = Place { user_id: last.user_id.clone(), task_id: last.key.to_string() };
                Ok(Page { unsettled, is_last: false, end })
            }
            None => Ok(Page { unsettled, is_last, end }),
        }
    }

    /// Stores where the next page begins: after this page, or at the first after the last.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn sweep_on(&self, page: &Page) -> Result<(), ApiError> {
        let end = if page.is_last { &Place::default() } else { &page.end };
        self.write(vec![self.statement(sql::SWEEP_ON, &[&end.user_id, &end.task_id])?]).await
    }

    /// Fails the rows of a start that the provider does not have.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn give_up_start(
        &self,
        task: &Task,
        error: &TaskError,
        now: Millis,
    ) -> Result<(), ApiError> {
        self.write(self.failing(sql::GIVE_UP_START, task, error, now)?.into()).await
    }

    /// Deletes the expired idempotency keys.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn forget_keys(&self, now: Millis) -> Result<(), ApiError> {
        let before = now - KEY_LIFETIME;
        self.write(vec![self.statement(FORGET_KEYS, &[&iso(before)])?]).await
    }
}
