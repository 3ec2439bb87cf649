//! What D1 knows of any owner's task, for operators.

use super::d1::Store;
use super::sql::timeline as sql;
use crate::domain::id::TaskKey;
use crate::domain::task::Task;
use crate::domain::timeline::Heard;
use crate::error::ApiError;

impl Store {
    /// The task with this id, by its provider's name for it or by our own key.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn task_of_anyone(&self, id: &str) -> Result<Option<Task>, ApiError> {
        let found = self.by_provider_id(id).await?;
        if found.is_some() || TaskKey::parse(id).is_none() {
            return Ok(found);
        }
        self.task(self.statement(sql::TASK_OF_ANYONE, &[id])?).await
    }

    /// The webhooks about a task.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn heard_of(&self, task_id: &str) -> Result<Vec<Heard>, ApiError> {
        self.all(self.statement(sql::HEARD_OF, &[task_id])?).await
    }
}
