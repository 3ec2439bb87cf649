//! The log of webhooks.

use super::d1::Store;
use super::row::to_json;
use super::sql::deliveries as sql;
use crate::domain::delivery::record::Record;
use crate::domain::delivery::sampler::Count;
use crate::domain::time::{DAY, MINUTE, Millis, iso};
use crate::error::ApiError;
use worker::D1PreparedStatement;

/// How long the log is kept.
const KEPT: Millis = 8 * DAY;

/// What goes into the log with the rows that it is about.
#[derive(Default)]
pub struct Logged {
    /// A [`Record`] as JSON.
    pub row: Option<String>,
    /// What has no row.
    pub counts: Vec<Count>,
}

impl Store {
    /// Adds webhooks to the log. `records` is a JSON list of [`Record`]s.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn log_deliveries(&self, records: &str) -> Result<(), ApiError> {
        self.write(vec![self.statement(sql::INSERT_ALL, &[records])?]).await
    }

    /// Adds a refused webhook to the log, or counts it if there are too many.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn log_refused(&self, record: &Record<'_>, now: Millis) -> Result<(), ApiError> {
        let (provider, verdict) = (record.arrival.provider.as_str(), record.verdict.as_str());
        self.write(vec![
            self.statement(sql::INSERT_REFUSED, &[&to_json(record), &iso(now - MINUTE)])?,
            self.statement(sql::COUNT_INSTEAD, &[hour(&iso(now)), provider, verdict])?,
        ])
        .await
    }

    /// Adds counts of what has no row.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn count_deliveries(&self, counts: &[Count], now: Millis) -> Result<(), ApiError> {
        self.write(vec![self.counting(counts, now)?]).await
    }

    fn counting(&self, counts: &[Count], now: Millis) -> Result<D1PreparedStatement, ApiError> {
        self.statement(sql::COUNT, &[hour(&iso(now)), &to_json(&counts)])
    }

    /// The statements that write what goes into the log with other rows.
    pub(super) fn logging(
        &self,
        logged: &Logged,
        now: Millis,
    ) -> Result<Vec<D1PreparedStatement>, ApiError> {
        let row = logged.row.as_deref().map(|row| self.statement(sql::INSERT, &[row]));
        let counts = (!logged.counts.is_empty()).then(|| self.counting(&logged.counts, now));
        row.into_iter().chain(counts).collect()
    }

    /// Deletes what is older than eight days, some thousands of rows at most.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn forget_deliveries(&self, now: Millis) -> Result<(), ApiError> {
        let before = iso(now - KEPT);
        self.write(vec![
            self.statement(sql::FORGET, &[&before])?,
            self.statement(sql::FORGET_COUNTS, &[hour(&before)])?,
        ])
        .await
    }
}

/// The hour of a time: `2026-11-26T19`.
fn hour(iso: &str) -> &str {
    iso.get(..13).unwrap_or(iso)
}
