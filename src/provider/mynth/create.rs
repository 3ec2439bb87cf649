//! Starting a task: the body that is sent and the id that comes back.

use crate::domain::id::is_task_id;
use crate::domain::task::PublicToken;
use crate::json;
use crate::provider::fields::pick_text;
use serde_json::{Map, Value};

/// The name under which our row ids travel in the task's metadata.
pub const ROW_IDS: &str = "imageRowIds";

/// The most that a task's metadata may take, in bytes of JSON.
pub const METADATA_LIMIT: usize = 2048;

/// The path of the call that starts a task of `kind`: `image.remove_background` is at
/// `/image/remove-background`.
pub fn start_path(kind: &str) -> String {
    format!("/{}", kind.replace('.', "/").replace('_', "-"))
}

/// The caller's metadata with our row ids.
pub fn metadata_with_rows(own: &Map<String, Value>, row_ids: &[String]) -> Map<String, Value> {
    let mut metadata = own.clone();
    metadata.insert(ROW_IDS.to_owned(), row_ids.into());
    metadata
}

/// Bytes of `metadata` as JSON.
pub fn metadata_size(metadata: &Map<String, Value>) -> usize {
    serde_json::to_vec(metadata).map_or(usize::MAX, |bytes| bytes.len())
}

/// What the provider says of a task it has started.
#[derive(Debug, PartialEq)]
pub struct Started {
    pub task_id: String,
    pub access: Option<PublicToken>,
}

/// The reply to a start: `{taskId, access?}`, or `{data: {taskId | task_id, …}}`.
pub fn started(reply: &[u8]) -> Option<Started> {
    let reply: Value = json::read(reply).ok()?;
    let places = || [reply.get("data"), Some(&reply)].into_iter().flatten();
    let task_id = places()
        .find_map(|place| pick_text(place, &["task_id", "taskId", "id"]))
        .filter(|id| is_task_id(id))?;
    let access = places()
        .flat_map(|place| [place.get("access"), Some(place)].into_iter().flatten())
        .find_map(|place| pick_text(place, &["public_access_token", "publicAccessToken"]));
    Some(Started { task_id, access: access.map(PublicToken::new) })
}
