//! Idempotency keys in D1.

use super::d1::Store;
use super::sql::keys as sql;
use crate::domain::claim::{Claim, Claimed};
use crate::domain::time::{HOUR, Millis, iso};
use crate::error::ApiError;
use crate::platform::now;
use worker::D1PreparedStatement;

/// How long an idempotency key is kept.
pub(super) const KEY_LIFETIME: Millis = 24 * HOUR;

impl Store {
    /// The statements that claim an idempotency key. They fail if it is taken.
    pub(super) fn claiming(
        &self,
        user: &str,
        claim: &Claim,
        at: Millis,
    ) -> Result<[D1PreparedStatement; 2], ApiError> {
        let values = [user, &claim.key, &claim.request, &claim.stands_for, &iso(at)];
        Ok([
            self.statement(sql::FORGET_KEY, &[user, &claim.key, &iso(at - KEY_LIFETIME)])?,
            self.statement(sql::CLAIM_KEY, &values)?,
        ])
    }

    /// What was started under an idempotency key.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn idempotency_key(
        &self,
        user: &str,
        key: &str,
    ) -> Result<Option<Claimed>, ApiError> {
        let oldest = iso(now() - KEY_LIFETIME);
        self.parsed(self.statement(sql::KEY, &[user, key, &oldest])?).await
    }

    /// Sets what a claimed key stands for.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn resolve_key(
        &self,
        user: &str,
        claim: &Claim,
        stands_for: &str,
    ) -> Result<(), ApiError> {
        self.write(vec![self.resolving(user, claim, Some(stands_for))?]).await
    }

    /// The statement that sets what a claimed key stands for. `None` frees the key.
    pub(super) fn resolving(
        &self,
        user: &str,
        claim: &Claim,
        stands_for: Option<&str>,
    ) -> Result<D1PreparedStatement, ApiError> {
        let (key, own) = (claim.key.as_str(), claim.stands_for.as_str());
        match stands_for {
            Some(to) => self.statement(sql::KEY_STANDS_FOR, &[user, key, own, to]),
            None => self.statement(sql::RELEASE_KEY, &[user, key, own]),
        }
    }
}
