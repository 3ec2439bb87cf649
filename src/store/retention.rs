//! What is past its retention, table by table.

use super::d1::Store;
use super::row::to_json;
use super::sql::deliveries::ERASE_BODIES_OF_CHANNELS;
use super::sql::erase as sql;
use crate::domain::id::TaskKey;
use crate::domain::retention::Table;
use crate::domain::time::{Millis, iso};
use crate::error::ApiError;
use worker::D1PreparedStatement;

impl Store {
    /// The next users who have rows in `table`, from `from` on.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn owners(
        &self,
        table: Table,
        from: &str,
        most: usize,
    ) -> Result<Vec<String>, ApiError> {
        let sql = match table {
            Table::Tasks => sql::TASK_OWNERS,
            Table::Channels => sql::CHANNEL_OWNERS,
            Table::Content => sql::CONTENT_OWNERS,
        };
        self.rows(self.bind(sql, &[from.into(), (most as f64).into()])?).await
    }

    /// Deletes rows of these users that were settled before some time: how many, `most` at most. Without
    /// a user it is everyone's content.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn delete_old(
        &self,
        table: Table,
        owners: &[Option<&str>],
        before: Millis,
        most: usize,
    ) -> Result<usize, ApiError> {
        let (owners, time, most) = (to_json(&owners), iso(before), (most as f64).into());
        match table {
            Table::Tasks => {
                let key = TaskKey::floor(before);
                let values = [owners.into(), key.into(), time.into(), most];
                let old: Vec<(String, String)> =
                    self.all(self.bind(sql::OLD_TASKS, &values)?).await?;
                if !old.is_empty() {
                    self.delete_tasks(&old).await?;
                }
                Ok(old.len())
            }
            Table::Channels => {
                let found = self.bind(sql::OLD_CHANNELS, &[owners.into(), time.into(), most])?;
                let delete = [ERASE_BODIES_OF_CHANNELS, sql::DELETE_CHANNELS];
                self.delete_found(found, &[], &delete).await
            }
            Table::Content => {
                let found = self.bind(sql::OLD_CONTENT, &[owners.into(), time.into(), most])?;
                self.delete_found(found, &[sql::KEEP_FLOOR], &[sql::DELETE_CONTENTS]).await
            }
        }
    }

    async fn delete_found(
        &self,
        found: D1PreparedStatement,
        first: &[&str],
        delete: &[&str],
    ) -> Result<usize, ApiError> {
        let ids = self.rows(found).await?;
        if !ids.is_empty() {
            let first = first.iter().map(|sql| self.statement(sql, &[]));
            let ids = to_json(&ids);
            let delete = delete.iter().map(|sql| self.statement(sql, &[&ids]));
            self.write(first.chain(delete).collect::<Result<_, _>>()?).await?;
        }
        Ok(ids.len())
    }
}
