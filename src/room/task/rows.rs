//! Reading a task from its rows, for an object without a state.

use super::room::{TaskRoom, known};
use crate::domain::task::Task;
use crate::domain::task::apply::Input;
use crate::error::ApiError;
use crate::object::actor::Actor;
use crate::store::Store;
use worker::{Error, Result};

impl TaskRoom<'_> {
    /// Searches for the rows of a task that has early reports but was never attached.
    pub(super) async fn adopt(&self) -> Result<Input> {
        let before = self.load()?;
        let early = &before.early;
        let Some(report) = early.first().map(|early| &early.report) else {
            return Ok(Input::AdoptFailed);
        };
        let row_ids = early.iter().map(|early| &early.report.row_ids).find(|ids| !ids.is_empty());
        let found = self.find(&report.task_id, row_ids.map_or(&[], Vec::as_slice)).await;
        Ok(match found {
            Ok(Some(task)) => Input::Adopt(known(task)),
            Ok(None) => Input::NoRows,
            Err(_) => Input::AdoptFailed,
        })
    }

    async fn find(
        &self,
        task_id: &str,
        row_ids: &[String],
    ) -> std::result::Result<Option<Task>, ApiError> {
        let store = Store::new(self.env)?;
        let found = match store.by_provider_id(task_id).await? {
            None if !row_ids.is_empty() => store.by_row_ids(row_ids, task_id).await?,
            found => found,
        };
        Ok(found.map(|task| task.named(task_id)))
    }

    /// The task, if it is this user's. Without a state it is read from D1, and attached again if it is not
    /// final.
    pub(super) async fn owned(&self, task_id: &str, user_id: &str) -> Result<Option<Task>> {
        let state = self.load()?;
        let mut task = state.task.clone();
        if task.is_none() && state.erased.is_none() {
            let found = self.find(task_id, &[]).await;
            let found = found.map_err(|error| Error::RustError(error.to_string()))?;
            task = match found {
                Some(found) if !found.is_final() && found.user_id == user_id => {
                    self.handle(Input::Wake(known(found))).await?;
                    self.load()?.task.clone()
                }
                found => found,
            };
        }
        Ok(task.filter(|task| task.user_id == user_id))
    }
}
