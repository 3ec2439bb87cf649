//! Intents in D1: requests that are about to be started.

use super::d1::Store;
use super::row::to_json;
use super::sql::intents as sql;
use crate::domain::channel::intent::{Intent, LIFETIME};
use crate::domain::claim::Claim;
use crate::domain::id::TaskKey;
use crate::domain::time::Millis;
use crate::error::ApiError;
use wasm_bindgen::JsValue;

impl Store {
    /// Records that a request is about to be started, and claims its idempotency key: both or neither.
    ///
    /// # Errors
    ///
    /// `unavailable` if the key is taken or D1 fails.
    pub async fn insert_intent(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
        at: Millis,
    ) -> Result<(), ApiError> {
        let mut batch = Vec::new();
        if let Some(claim) = claim {
            batch.extend(self.claiming(&intent.user_id, claim, at)?);
        }
        let values = [intent.id.as_str(), &intent.user_id, &intent.workflow];
        batch.push(self.statement(sql::INSERT_INTENT, &values)?);
        self.write(batch).await
    }

    /// Removes the intent of a start that was refused, and frees its idempotency key.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn withdraw_intent(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
    ) -> Result<(), ApiError> {
        let mut batch = vec![self.statement(sql::DELETE_INTENT, &[intent.id.as_str()])?];
        if let Some(claim) = claim {
            batch.push(self.resolving(&intent.user_id, claim, None)?);
        }
        self.write(batch).await
    }

    /// The intent with this id.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn intent(&self, id: &TaskKey) -> Result<Option<Intent>, ApiError> {
        self.parsed(self.statement(sql::INTENT, &[id.as_str()])?).await
    }

    /// Those of these intents that there are.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn intents(&self, ids: &[TaskKey]) -> Result<Vec<Intent>, ApiError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.all(self.statement(sql::INTENTS, &[&to_json(&ids)])?).await
    }

    /// Deletes some of the intents that are over.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn forget_intents(&self, now: Millis, most: u32) -> Result<(), ApiError> {
        let oldest = TaskKey::floor(now - LIFETIME);
        let values = [JsValue::from_str(&oldest), JsValue::from_f64(most.into())];
        self.write(vec![self.bind(sql::FORGET_INTENTS, &values)?]).await
    }
}
