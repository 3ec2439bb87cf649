//! The destinations of events that are failing.

use super::d1::Store;
use super::sql::events as sql;
use crate::domain::time::{Millis, iso, parse_iso};
use crate::error::ApiError;

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
}
