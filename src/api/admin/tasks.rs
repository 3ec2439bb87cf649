//! Any owner's task: what became of it, and asking its provider now.

use crate::api::answer::{Response, json};
use crate::api::response::events::TaskTimeline;
use crate::api::response::read::TaskAnswer;
use crate::domain::id::is_plain_id;
use crate::domain::task::Task;
use crate::domain::task::seen::Seen;
use crate::domain::timeline::timeline;
use crate::error::{ApiError, Code};
use crate::platform::log;
use crate::room::task::client::TaskClient;
use crate::store::Store;
use futures_util::future::try_join;
use worker::Env;

/// `GET /admin/tasks/{id}`
pub async fn read(id: &str, env: &Env) -> Result<Response, ApiError> {
    let store = Store::new(env)?;
    let row = find(&store, id).await?;
    let Some(task_id) = row.task_id.as_deref() else {
        let timeline = timeline(&row, &Seen::default(), &[], &[]);
        return json(200, &TaskTimeline::new(&row, timeline));
    };
    let (heard, events) = try_join(store.heard_of(task_id), store.events_of(task_id)).await?;
    // A room that cannot be reached knows no more than one that was cleaned up.
    let seen = TaskClient::of(env, task_id)?.look().await.unwrap_or_default().beside(row.version);
    let newer = seen.task.as_deref().filter(|task| task.version >= row.version);
    let task = newer.unwrap_or(&row);
    json(200, &TaskTimeline::new(task, timeline(task, &seen, &heard, &events)))
}

/// `POST /admin/tasks/{id}/reconcile`
pub async fn reconcile(who: &str, id: &str, env: &Env) -> Result<Response, ApiError> {
    let row = find(&Store::new(env)?, id).await?;
    let Some(task_id) = row.task_id.clone() else {
        let message = "The provider has given this task no id. The sweep searches for it.";
        return Err(ApiError::new(Code::NotFound, message));
    };
    log("operator", format_args!("{who} has the provider asked about {task_id}"));
    // What is final stays so, whatever the provider says.
    let task = match row.is_final() {
        true => row,
        false => TaskClient::of(env, &task_id)?.reconcile(row).await?,
    };
    json(200, &TaskAnswer { task: (&task).into() })
}

async fn find(store: &Store, id: &str) -> Result<Task, ApiError> {
    let task = if is_plain_id(id) { store.task_of_anyone(id).await? } else { None };
    task.ok_or_else(ApiError::not_found)
}
