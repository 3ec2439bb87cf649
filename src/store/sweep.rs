//! The sweep's access to D1.

use super::d1::Store;
use super::keys::KEY_LIFETIME;
use super::row::to_json;
use super::sql::keys::{FIRST_OF_KEYS, FORGET_KEYS, KEYS_AFTER, LAST_OF_KEYS};
use super::sql::sweep as sql;
use crate::domain::channel::state::Channel;
use crate::domain::id::TaskKey;
use crate::domain::task::{Task, TaskError};
use crate::domain::time::{Millis, iso};
use crate::error::ApiError;
use serde::Deserialize;
use std::collections::BTreeSet;
use wasm_bindgen::JsValue;

/// The sweep's turn: nobody else sweeps until it ends.
#[derive(Deserialize)]
pub struct Turn {
    /// The key of the last task with a room that was woken.
    pub woken_after: String,
    /// Where the sweep is among what is past its retention: see [`crate::domain::retention`].
    pub retained_after: String,
    #[serde(skip)]
    until: String,
}

impl Store {
    /// Takes the turn to sweep until the time `until`, if nobody has it now.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn take_turn(&self, now: Millis, until: Millis) -> Result<Option<Turn>, ApiError> {
        let until = iso(until);
        let taken = self.parsed(self.statement(sql::TAKE_TURN, &[&until, &iso(now)])?).await?;
        Ok(taken.map(|turn: Turn| Turn { until, ..turn }))
    }

    /// Gives the turn back.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn end_turn(&self, turn: &Turn) -> Result<(), ApiError> {
        let values = [turn.woken_after.as_str(), &turn.retained_after, &turn.until];
        self.write(vec![self.statement(sql::END_TURN, &values)?]).await
    }

    /// Starts from before `started` that have no provider's id, oldest first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn lost(&self, started: Millis, most: u32) -> Result<Vec<Task>, ApiError> {
        let values = [JsValue::from_str(&TaskKey::floor(started)), JsValue::from_f64(most.into())];
        self.tasks(self.bind(sql::LOST, &values)?).await
    }

    /// Pending tasks from before `attached` that have a provider's id, those after the key `after`.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn pending(
        &self,
        after: &str,
        attached: Millis,
        most: u32,
    ) -> Result<Vec<Task>, ApiError> {
        let values = [
            JsValue::from_str(after),
            JsValue::from_str(&TaskKey::floor(attached)),
            JsValue::from_f64(most.into()),
        ];
        self.tasks(self.bind(sql::PENDING, &values)?).await
    }

    /// Channels that were started before `started` and are pending, oldest first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn pending_channels(
        &self,
        started: Millis,
        most: u32,
    ) -> Result<Vec<Channel>, ApiError> {
        let values = [JsValue::from_str(&iso(started)), JsValue::from_f64(most.into())];
        self.all(self.bind(sql::PENDING_CHANNELS, &values)?).await
    }

    /// Those of a provider's ids that a row has.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn known_provider_ids(&self, ids: &[&str]) -> Result<BTreeSet<String>, ApiError> {
        let rows = self.rows(self.statement(sql::KNOWN_IDS, &[&to_json(&ids)])?).await?;
        Ok(rows.into_iter().collect())
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

    /// Deletes the expired ones of the next `most` idempotency keys: whether there are more. After the last
    /// of all it begins with the first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn forget_keys(&self, now: Millis, most: u32) -> Result<bool, ApiError> {
        let last = self.rows(self.bind(LAST_OF_KEYS, &[JsValue::from_f64(most.into())])?).await?;
        let Some(last) = last.first() else {
            self.write(vec![self.statement(KEYS_AFTER, &[FIRST_OF_KEYS])?]).await?;
            return Ok(false);
        };
        let forget = self.statement(FORGET_KEYS, &[last, &iso(now - KEY_LIFETIME)])?;
        self.write(vec![forget, self.statement(KEYS_AFTER, &[last])?]).await?;
        Ok(true)
    }
}
