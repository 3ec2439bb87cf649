//! Deleting rows in D1: what a user has erased.

use super::d1::Store;
use super::row::to_json;
use super::sql::deliveries::{ERASE_BODIES, ERASE_BODIES_OF_TASKS};
use super::sql::erase as sql;
use super::sql::events;
use crate::domain::channel::erase::Gone;
use crate::domain::id::TaskKey;
use crate::domain::task::Task;
use crate::domain::task::erase::Rows;
use crate::domain::time::{Millis, iso, parse_iso};
use crate::error::ApiError;
use crate::platform::fault;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::D1PreparedStatement;

/// A user who wants all rows gone.
pub struct Erasure {
    pub user_id: String,
    /// What was made at this time or later stays.
    pub before: Millis,
}

#[derive(Deserialize)]
struct Asked {
    user_id: String,
    before: String,
}

impl Store {
    /// Deletes the rows of a task, and the idempotency key under which it was started.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn delete_task(&self, rows: &Rows) -> Result<(), ApiError> {
        let [user, key] = [rows.user_id.as_str(), rows.key.as_str()];
        let batch = rows.batch_id.as_deref().map_or(JsValue::NULL, JsValue::from_str);
        let mut deletion = vec![
            self.statement(ERASE_BODIES, &[&rows.task_id])?,
            self.statement(sql::DELETE_IMAGES, &[user, key])?,
            self.statement(sql::DELETE_TASK, &[user, key])?,
            self.bind(sql::FREE_KEY, &[user.into(), key.into(), batch])?,
        ];
        deletion.extend(self.both(events::ERASE, &rows.task_id)?);
        self.write(deletion).await
    }

    /// Deletes a row of content, or a channel with all of its rows.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn delete_content(&self, gone: &Gone) -> Result<(), ApiError> {
        let floor = self.statement(sql::KEEP_FLOOR, &[])?;
        // A webhook holds more than one row, so all bodies of the channel go.
        let bodies = self.statement(ERASE_BODIES, &[&gone.channel_id])?;
        // Before the rows, by which those of a channel are found.
        let mut batch = Vec::from(match &gone.content_id {
            Some(id) => self.both(events::ERASE, id)?,
            None => self.both(events::ERASE_OF_CHANNEL, &gone.channel_id)?,
        });
        batch.extend(match &gone.content_id {
            Some(id) => vec![bodies, floor, self.statement(sql::DELETE_CONTENT, &[id])?],
            None => vec![
                bodies,
                floor,
                self.statement(sql::DELETE_CONTENT_OF, &[&gone.channel_id])?,
                self.statement(sql::DELETE_CHANNEL, &[&gone.channel_id])?,
            ],
        });
        self.write(batch).await
    }

    /// Two statements that take the same value.
    fn both(&self, pair: [&str; 2], value: &str) -> Result<[D1PreparedStatement; 2], ApiError> {
        let [first, second] = pair;
        Ok([self.statement(first, &[value])?, self.statement(second, &[value])?])
    }

    /// Remembers that this user wants all that was made before `before` gone.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn ask_to_erase(&self, user: &str, before: Millis) -> Result<(), ApiError> {
        self.write(vec![self.statement(sql::ASK_TO_ERASE, &[user, &iso(before)])?]).await
    }

    /// Users who want all rows gone.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn erasures(&self, most: u32) -> Result<Vec<Erasure>, ApiError> {
        let asked: Vec<Asked> = self.all(self.bind(sql::ERASURES, &[most.into()])?).await?;
        let read = |Asked { user_id, before }| {
            let before = parse_iso(&before).ok_or_else(|| fault("D1 row", "no time"))?;
            Ok(Erasure { user_id, before })
        };
        asked.into_iter().map(read).collect()
    }

    /// A user's tasks from before some time, oldest first: those after the key `after`.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn tasks_before(
        &self,
        erasure: &Erasure,
        after: &str,
        most: u32,
    ) -> Result<Vec<Task>, ApiError> {
        let before = TaskKey::floor(erasure.before);
        let values = [erasure.user_id.as_str().into(), before.into(), most.into(), after.into()];
        self.tasks(self.bind(sql::TASKS_BEFORE, &values)?).await
    }

    /// The channels of a user from before some time, and those of which the user has rows.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn channels_before(
        &self,
        erasure: &Erasure,
        most: u32,
    ) -> Result<Vec<String>, ApiError> {
        let before = iso(erasure.before);
        let values = [erasure.user_id.as_str().into(), before.into(), most.into()];
        self.rows(self.bind(sql::CHANNELS_BEFORE, &values)?).await
    }

    /// Nothing is left of what a user wanted gone, but idempotency keys, intents and the wish itself.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn end_erasure(&self, erasure: &Erasure) -> Result<(), ApiError> {
        let user = erasure.user_id.as_str();
        let values = [user, &iso(erasure.before)];
        self.write(vec![
            self.statement(sql::DELETE_INTENTS, &[user, &TaskKey::floor(erasure.before)])?,
            self.statement(sql::DELETE_KEYS, &values)?,
            self.statement(sql::ERASED, &values)?,
        ])
        .await
    }

    /// Deletes a settled task that was not touched for long, without its room: there is none any more.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn delete_tasks(&self, pairs: &[(String, String)]) -> Result<(), ApiError> {
        let pairs = to_json(&pairs);
        self.write(vec![
            self.statement(ERASE_BODIES_OF_TASKS, &[&pairs])?,
            self.statement(sql::DELETE_IMAGES_OF, &[&pairs])?,
            self.statement(sql::DELETE_TASKS, &[&pairs])?,
        ])
        .await
    }
}
