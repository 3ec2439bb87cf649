//! Tasks and their images in D1.

use super::d1::{Store, answered, describe};
use super::deliveries::Logged;
use super::row::to_json;
use super::sql::erase::{UNDO_IMAGES, UNDO_TASK};
use super::sql::tasks as sql;
use crate::domain::claim::Claim;
use crate::domain::id::TaskKey;
use crate::domain::list::{LOOKED_AT, TaskList, Tasks};
use crate::domain::task::{Status, Task, TaskError};
use crate::domain::time::{Millis, iso};
use crate::error::ApiError;
use crate::platform::fault;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::{D1PreparedStatement, D1Result};

/// A row of [`sql::LEFT_BEHIND`].
#[derive(Deserialize)]
struct Left {
    row: String,
}

impl Store {
    /// Inserts the rows of tasks that are about to be started, all or none. Fails if the idempotency
    /// key is taken.
    ///
    /// # Errors
    ///
    /// `unavailable` if the key is taken or D1 fails.
    pub async fn insert_tasks(
        &self,
        tasks: &[&Task],
        claim: Option<&Claim>,
    ) -> Result<(), ApiError> {
        let mut batch = Vec::new();
        if let (Some(claim), Some(first)) = (claim, tasks.first()) {
            batch.extend(self.claiming(&first.user_id, claim, first.created_at)?);
        }
        for task in tasks {
            let rows = to_json(task);
            batch.push(self.statement(sql::INSERT_TASK, &[&rows])?);
            if !task.images.is_empty() {
                batch.push(self.statement(sql::INSERT_IMAGES, &[&rows])?);
            }
        }
        self.write(batch).await
    }

    /// Fails the rows of a start, with the reason.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn refuse_task(
        &self,
        task: &Task,
        error: &TaskError,
        now: Millis,
    ) -> Result<(), ApiError> {
        self.write(self.failing(sql::REFUSE_TASK, task, error, now)?.into()).await
    }

    /// The statements that fail the rows of a start. `of_task` is the one for the task's own row.
    pub(super) fn failing(
        &self,
        of_task: &str,
        task: &Task,
        error: &TaskError,
        now: Millis,
    ) -> Result<[D1PreparedStatement; 2], ApiError> {
        let (user, key, error) = (task.user_id.as_str(), task.key.as_str(), to_json(error));
        Ok([
            self.statement(of_task, &[user, key, &error, &iso(now)])?,
            self.statement(sql::REFUSE_IMAGES, &[user, key, &error])?,
        ])
    }

    /// Deletes the rows of starts that did not happen, and sets what their idempotency key stands for.
    /// `None` frees the key.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn undo_tasks(
        &self,
        tasks: &[&Task],
        claim: Option<&Claim>,
        stands_for: Option<&str>,
    ) -> Result<(), ApiError> {
        let mut batch = Vec::new();
        for task in tasks {
            let values = [task.user_id.as_str(), task.key.as_str()];
            batch.push(self.statement(UNDO_IMAGES, &values)?);
            batch.push(self.statement(UNDO_TASK, &values)?);
        }
        if let (Some(claim), Some(first)) = (claim, tasks.first()) {
            batch.push(self.resolving(&first.user_id, claim, stands_for)?);
        }
        self.write(batch).await
    }

    /// Upserts the rows of `task`, and adds what is to be logged. Rows of a newer version stay as they are.
    /// `false`: no row of the task was changed, which [`Store::attach_task`] looks into.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn mirror_task(
        &self,
        task: &Task,
        logged: &Logged,
        now: Millis,
    ) -> Result<bool, ApiError> {
        let mut batch = self.logging(logged, now)?;
        let first = batch.len();
        batch.extend(self.about(task, sql::mirror(task))?);
        let results = self.run(batch).await?;
        let meta = results.get(first).and_then(|result| result.meta().ok().flatten());
        Ok(meta.and_then(|meta| meta.changes).is_some_and(|changes| changes > 0))
    }

    /// Upserts rows that may have no provider's id yet. Returns the version of rows that are newer and have none: they say
    /// that the start failed, which is wrong.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn attach_task(&self, task: &Task) -> Result<Option<u64>, ApiError> {
        let results = self.run(self.about(task, sql::attach(task))?).await?;
        let left = results.last().map_or(Ok(Vec::new()), D1Result::results::<Left>);
        let left = left.map_err(|error| fault("D1 row", describe(&error)))?;
        Ok(left.first().and_then(|left| left.row.parse().ok()))
    }

    /// Statements that each take the task as JSON.
    fn about(&self, task: &Task, sql: &[&str]) -> Result<Vec<D1PreparedStatement>, ApiError> {
        // The provider's token stays in the room.
        let rows = match task.access {
            Some(_) => to_json(&Task { access: None, ..task.clone() }),
            None => to_json(task),
        };
        let rows = [JsValue::from(rows)];
        sql.iter().map(|sql| self.bind(sql, &rows)).collect()
    }

    /// The task with this provider's id.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn by_provider_id(&self, task_id: &str) -> Result<Option<Task>, ApiError> {
        self.task(self.statement(sql::TASK_BY_PROVIDER_ID, &[task_id])?).await
    }

    /// The task that these image rows belong to, if it has no provider's id or this one.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn by_row_ids(
        &self,
        row_ids: &[String],
        task_id: &str,
    ) -> Result<Option<Task>, ApiError> {
        self.task(self.statement(sql::TASK_BY_ROW_IDS, &[&to_json(&row_ids), task_id])?).await
    }

    /// What was started under an idempotency key, in the order of the request. `started` is the key of
    /// a task or the id of a batch.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn tasks_started_under(
        &self,
        user: &str,
        started: &str,
    ) -> Result<Vec<Task>, ApiError> {
        if TaskKey::parse(started).is_some() {
            return Ok(self.by_key(user, started).await?.into_iter().collect());
        }
        let mut tasks = self.by_batch(started).await?;
        tasks.reverse();
        Ok(tasks)
    }

    /// A user's task by our own key.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn by_key(&self, user: &str, key: &str) -> Result<Option<Task>, ApiError> {
        self.task(self.statement(sql::TASK_BY_KEY, &[user, key])?).await
    }

    /// Those of a user's tasks that have these keys of ours.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn tasks_by_keys(&self, user: &str, keys: &[TaskKey]) -> Result<Vec<Task>, ApiError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.tasks(self.statement(sql::TASKS_BY_KEYS, &[user, &to_json(&keys)])?).await
    }

    /// Whether a task that the user has started since `since` has no provider's id yet.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails.
    pub async fn has_unattached(&self, user: &str, since: Millis) -> Result<bool, ApiError> {
        let statement = self.statement(sql::HAS_UNATTACHED, &[user, &TaskKey::floor(since)])?;
        Ok(answered("D1 read", statement.first::<f64>(Some("found"))).await?.is_some())
    }

    /// A page of the user's tasks, newest first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn list(&self, user: &str, query: &TaskList) -> Result<Tasks, ApiError> {
        let text = |value: Option<&str>| value.map_or(JsValue::NULL, JsValue::from_str);
        let user = JsValue::from_str(user);
        let cursor = JsValue::from_str(query.cursor.as_ref().map_or("~", TaskKey::as_str));
        let last: Option<TaskKey> = if query.is_filtered() {
            let values = [user.clone(), cursor.clone(), JsValue::from_f64((LOOKED_AT - 1).into())];
            self.parsed(self.bind(sql::LAST_LOOKED_AT, &values)?).await?
        } else {
            None
        };
        let values = [
            user,
            cursor,
            text(query.status.map(Status::as_str)),
            text(query.kind.as_deref()),
            JsValue::from_f64((query.limit + 1).into()),
            JsValue::from_str(last.as_ref().map_or("", TaskKey::as_str)),
        ];
        let found = self.tasks(self.bind(sql::LIST_TASKS, &values)?).await?;
        Ok(query.page(found, last))
    }

    /// The tasks of a batch, newest first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn by_batch(&self, batch_id: &str) -> Result<Vec<Task>, ApiError> {
        self.tasks(self.statement(sql::TASKS_BY_BATCH, &[batch_id])?).await
    }
}
