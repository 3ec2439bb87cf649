//! What a room finds in the rows of a task that it does not have.

use super::room::{TaskRoom, known};
use crate::domain::task::Task;
use crate::domain::task::apply::Input;
use crate::domain::task::orphan::orphan;
use crate::error::ApiError;
use crate::object::actor::Actor;
use crate::platform::{new_key, now};
use crate::store::Store;
use worker::{Error, Result};

impl TaskRoom<'_> {
    /// Looks for the rows of a task whose events came, and whose start did not get to the end.
    pub(super) async fn adopt(&self) -> Result<Input> {
        let before = self.load()?;
        let early = &before.early;
        let Some(report) = early.first().map(|early| &early.report) else {
            return Ok(Input::AdoptFailed);
        };
        let row_ids = early.iter().map(|early| &early.report.row_ids).find(|ids| !ids.is_empty());
        let found = self.find(&report.task_id, row_ids.map_or(&[], Vec::as_slice)).await;
        let orphan = || orphan(&before, new_key(now()).ok()?);
        Ok(match found {
            Ok(found) => match found.or_else(orphan) {
                Some(task) => Input::Adopt(known(task)),
                None => Input::AdoptFailed,
            },
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

    /// The task, if it is this user's. A room that was cleaned, or that never heard of a task
    /// which D1 knows, finds it there; one that is not over takes it up again.
    pub(super) async fn owned(&self, task_id: &str, user_id: &str) -> Result<Option<Task>> {
        let mut task = self.load()?.task;
        if task.is_none() {
            let found = self.find(task_id, &[]).await;
            let found = found.map_err(|error| Error::RustError(error.to_string()))?;
            task = match found {
                Some(found) if !found.is_final() && found.user_id == user_id => {
                    self.handle(Input::Wake(known(found))).await?;
                    self.load()?.task
                }
                found => found,
            };
        }
        Ok(task.filter(|task| task.user_id == user_id))
    }
}
