//! Events out: how each stands, and the destinations that are failing.

use super::d1::Store;
use super::row::to_json;
use super::sql::events as sql;
use crate::domain::outbox::list::{EventList, Order};
use crate::domain::outbox::note::{KEPT, Note, Noted, Standing};
use crate::domain::outbox::state::Event;
use crate::domain::time::{Millis, iso, parse_iso};
use crate::error::ApiError;
use wasm_bindgen::JsValue;

impl Store {
    /// Every destination that is failing, with the time since when.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn failing_destinations(&self) -> Result<Vec<(String, Millis)>, ApiError> {
        let rows: Vec<(String, String)> = self.all(self.statement(sql::FAILING, &[])?).await?;
        let read = |(destination, since): (String, String)| Some((destination, parse_iso(&since)?));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Notes that a destination has answered well, or that it is failing.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn note_destination(
        &self,
        destination: &str,
        is_good: bool,
        now: Millis,
    ) -> Result<(), ApiError> {
        let statement = if is_good {
            self.statement(sql::NOTE_WELL, &[destination])
        } else {
            self.statement(sql::NOTE_FAILING, &[destination, &iso(now)])
        };
        self.write(vec![statement?]).await
    }

    /// Notes how an event stands.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn note_event(&self, event: &Event) -> Result<(), ApiError> {
        self.write(vec![self.statement(sql::NOTE, &[&to_json(&Note::from(event))])?]).await
    }

    /// The event of this id.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn event(&self, id: &str) -> Result<Option<Noted>, ApiError> {
        self.parsed(self.statement(sql::EVENT, &[id])?).await
    }

    /// The events about a task or a row of content.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn events_of(&self, subject: &str) -> Result<Vec<Noted>, ApiError> {
        self.all(self.statement(sql::EVENTS_OF, &[subject])?).await
    }

    /// The events of a page, and one more if there is more.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn list_events(&self, query: &EventList) -> Result<Vec<Noted>, ApiError> {
        let pages = if query.order == Order::Newest { sql::NEWEST } else { sql::OLDEST };
        let [all, delivered, of_state, of_task] = pages;
        let state = query.state.map(Standing::as_str);
        let (sql, more): (&str, Vec<JsValue>) = match (&query.task, query.state) {
            (Some(task), _) => {
                (of_task, vec![task.into(), state.map_or(JsValue::NULL, JsValue::from_str)])
            }
            (None, None) => (all, vec![]),
            (None, Some(Standing::Delivered)) => (delivered, vec![]),
            (None, Some(other)) => (of_state, vec![other.as_str().into()]),
        };
        let mut values = vec![(query.from() as f64).into(), f64::from(query.limit + 1).into()];
        values.extend(more);
        self.all(self.bind(sql, &values)?).await
    }

    /// Deletes the rows of events that are older than eight days, some thousands at most.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn forget_events(&self, now: Millis) -> Result<(), ApiError> {
        let before = iso(now - KEPT);
        let forget = sql::FORGET.iter().map(|sql| self.statement(sql, &[&before]));
        self.write(forget.collect::<Result<_, _>>()?).await
    }
}
