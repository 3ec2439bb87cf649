//! What a room finds in the rows of a task that it does not have.

use super::TaskRoom;
use crate::domain::apply::Input;
use crate::domain::orphan::orphan;
use crate::domain::room::Verdict;
use crate::domain::schedule::next_alarm;
use crate::domain::task::Task;
use crate::error::ApiError;
use crate::platform::{new_key, now};
use crate::store::d1::Store;
use worker::{Error, Result};

impl TaskRoom {
    /// Looks for the rows of a task whose events came, and whose start did not get to the end.
    pub(super) async fn adopt(&self) -> Result<()> {
        let before = self.load()?;
        let early = &before.early;
        let Some(report) = early.first().map(|early| &early.report) else { return Ok(()) };
        let row_ids = early.iter().map(|early| &early.report.row_ids).find(|ids| !ids.is_empty());
        let found = self.find(&report.task_id, row_ids.map_or(&[], Vec::as_slice)).await;
        self.take(match found {
            Ok(Some(task)) => Input::Attach(Box::new(task)),
            Ok(None) => match new_key(now()).ok().and_then(|key| orphan(&before, key)) {
                Some(task) => Input::Attach(Box::new(task)),
                None => Input::AdoptFailed,
            },
            Err(_) => Input::AdoptFailed,
        })?;
        Ok(())
    }

    async fn find(
        &self,
        task_id: &str,
        row_ids: &[String],
    ) -> std::result::Result<Option<Task>, ApiError> {
        let store = Store::new(&self.env)?;
        let found = match store.by_provider_id(task_id).await? {
            None if !row_ids.is_empty() => store.by_row_ids(row_ids, task_id).await?,
            found => found,
        };
        Ok(found.map(|task| Task { task_id: task_id.to_owned(), ..task }))
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
                    let (room, verdict) = self.take(Input::Attach(Box::new(found)))?;
                    if verdict == Verdict::Attached {
                        self.arm(next_alarm(&room, now())).await?;
                    }
                    room.task
                }
                found => found,
            };
        }
        Ok(task.filter(|task| task.user_id == user_id))
    }
}
