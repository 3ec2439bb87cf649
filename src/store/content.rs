//! Channels and their content in D1.

use super::d1::Store;
use super::deliveries::Logged;
use super::row::to_json;
use super::sql::content as sql;
use crate::domain::channel::frame::{Content, rows};
use crate::domain::channel::state::{Channel, ChannelState};
use crate::domain::list::{ContentList, PAGE_BYTES, Page};
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::platform::fault;
use serde::Deserialize;
use wasm_bindgen::JsValue;

/// Most rows that a feed reads at once.
const ROWS: u32 = 200;

/// A row and its sequence number, which is the order of arrival.
#[derive(Deserialize)]
pub struct Placed {
    pub seq: u64,
    pub content: Content,
}

impl Store {
    /// Upserts the rows of a channel, and adds what is to be logged. Rows of a newer version stay as they are.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn mirror_channel(
        &self,
        state: &ChannelState,
        logged: &Logged,
        now: Millis,
    ) -> Result<(), ApiError> {
        let mut batch = self.logging(logged, now)?;
        for row in rows(state) {
            let row = to_json(&row);
            batch.push(self.statement(sql::GIVE_CONTENT, &[&row])?);
            batch.push(self.statement(sql::UPSERT_CONTENT, &[&row])?);
        }
        // Only a request that was started here has a row in `channels`.
        if let Some(channel) = state.channel.as_ref().filter(|channel| channel.workflow.is_some()) {
            batch.push(self.statement(sql::UPSERT_CHANNEL, &[&to_json(channel)])?);
        }
        if batch.is_empty() { Ok(()) } else { self.write(batch).await }
    }

    /// A row that this user may see.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn content(&self, id: &str, user: &str) -> Result<Option<Content>, ApiError> {
        self.parsed(self.statement(sql::CONTENT_BY_ID, &[id, user])?).await
    }

    /// A row, without an access check.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn content_of_anyone(&self, id: &str) -> Result<Option<Content>, ApiError> {
        self.parsed(self.statement(sql::CONTENT_OF_ANYONE, &[id])?).await
    }

    /// The first row of a channel, without an access check.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn content_of(&self, channel_id: &str) -> Result<Option<Content>, ApiError> {
        self.parsed(self.statement(sql::CONTENT_BY_CHANNEL, &[channel_id])?).await
    }

    /// The channel of a request that was started here, without an access check.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn channel(&self, channel_id: &str) -> Result<Option<Channel>, ApiError> {
        self.parsed(self.statement(sql::CHANNEL, &[channel_id])?).await
    }

    /// Whether the callback of a row has been delivered.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn was_delivered(&self, id: &str) -> Result<bool, ApiError> {
        let status: Option<String> = self.parsed(self.statement(sql::CALLBACK_OF, &[id])?).await?;
        Ok(status.as_deref() == Some("delivered"))
    }

    /// A page of the rows that a user may see, newest first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn list_content(
        &self,
        user: &str,
        query: &ContentList,
    ) -> Result<Page<Content>, ApiError> {
        let text = |value: Option<&str>| value.map_or(JsValue::NULL, JsValue::from_str);
        let cursor = query.cursor.as_ref();
        let id = text(cursor.map(|cursor| cursor.id.as_str()));
        let made = text(cursor.and_then(|cursor| cursor.created_at.as_deref()));
        let values = [user.into(), id, query.limit.into(), PAGE_BYTES.into(), made];
        self.page(self.bind(sql::LIST_CONTENT, &values)?).await
    }

    /// The sequence number of a row that this user may see.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn seq_of(&self, id: &str, user: &str) -> Result<Option<u64>, ApiError> {
        self.parsed(self.statement(sql::SEQ_OF, &[id, user])?).await
    }

    /// The sequence number of the newest row, 0 without any.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn last_seq(&self) -> Result<u64, ApiError> {
        let last = self.parsed(self.statement(sql::LAST_SEQ, &[])?).await?;
        last.ok_or_else(|| fault("D1 row", "no newest row"))
    }

    /// The rows that came in after `seq` and that a user may see, in that order, up to some bytes.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn content_after(
        &self,
        user: &str,
        seq: u64,
        bytes: u32,
    ) -> Result<Page<Placed>, ApiError> {
        let values = [user.into(), seq.to_string().into(), ROWS.into(), bytes.into()];
        self.page(self.bind(sql::CONTENT_AFTER, &values)?).await
    }
}
