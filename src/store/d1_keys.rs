//! Idempotency keys in D1.

use super::d1::Store;
use super::row::KeyRow;
use super::sql;
use crate::api::start::Claimed;
use crate::domain::time::{HOUR, Millis, iso};
use crate::error::ApiError;
use crate::platform::now;
use worker::D1PreparedStatement;

/// How long an idempotency key is remembered.
pub(super) const KEY_LIFETIME: Millis = 24 * HOUR;

impl Store {
    /// The statements that claim an idempotency key. They fail where it is taken.
    pub(super) fn claiming(
        &self,
        user: &str,
        claim: &Claimed,
        at: Millis,
    ) -> Result<[D1PreparedStatement; 2], ApiError> {
        let values = [user, &claim.key, &claim.request, &claim.stands_for, &iso(at)];
        Ok([
            self.statement(sql::FORGET_KEY, &[user, &claim.key, &iso(at - KEY_LIFETIME)])?,
            self.statement(sql::CLAIM_KEY, &values)?,
        ])
    }

    /// Whether the key stands for this very start: its claim came through, though no answer did.
    pub async fn holds(&self, user: &str, claim: &Claimed) -> Result<bool, ApiError> {
        let known = self.key(user, &claim.key).await?;
        Ok(known.is_some_and(|known| known.task_id == claim.stands_for))
    }

    /// What an idempotency key stands for.
    pub async fn key(&self, user: &str, key: &str) -> Result<Option<KeyRow>, ApiError> {
        let oldest = iso(now() - KEY_LIFETIME);
        self.parsed(self.statement(sql::KEY, &[user, key, &oldest])?).await
    }
}
