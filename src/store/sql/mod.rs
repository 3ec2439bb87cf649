//! Every SQL statement, with its parameters.
//!
//! A task is read and written as one JSON text, in the form in which its room stores it (see
//! [`super::row`]). Most other values are text too, since D1 binds every number as a float.

/// What a task has made, without its images, as a JSON list. Without any it is what the task returned, as in
/// `Task::all_outputs`.
macro_rules! own_outputs {
    () => {
        "coalesce(t.outputs, iif(t.result IS NULL, '[]', \
         iif(length(CAST(t.result AS BLOB)) > 65536, json_array(json_object('type', 'json')), \
         json_array(json_object('type', 'json', 'value', json(t.result))))))"
    };
}

/// A task and its images as one JSON object, in the form in which its room stores it.
macro_rules! task_json {
    () => {
        "json_object('key', t.id, 'user_id', t.user_id, 'task_id', t.mynth_task_id, 'provider', t.provider, \
         'batch_id', t.batch_id, 'kind', t.kind, 'status', t.status, 'version', t.version, 'prompt', t.prompt, \
         'requested_model', t.requested_model, 'model', t.model, 'error', json(t.error), \
         'cost', t.cost, 'metadata', json(t.metadata), 'created_at', t.created_at, \
         'updated_at', t.updated_at, 'result', json(t.result), 'outputs', json(coalesce(t.outputs, '[]')), 'images', \
         (SELECT json_group_array(json_object('id', i.id, 'position', i.position, \
         'status', i.status, 'image_id', i.image_id, 'url', i.url, 'error', json(i.error))) \
         FROM images i WHERE i.id BETWEEN substr(t.id, 13) AND substr(t.id, 13) || '~')) AS row"
    };
}

/// What a feed sends of a task: its frame, with what it has to know of it.
macro_rules! task_frame {
    () => {
        concat!(
            "t.id, t.mynth_task_id, CAST(t.version AS TEXT), json_object('type', 'task', 'task', json_object(\
         'taskId', t.mynth_task_id, 'mynthTaskId', t.mynth_task_id, 'provider', t.provider, \
         'kind', t.kind, 'userId', t.user_id, 'status', t.status, 'version', t.version, 'prompt', t.prompt, \
         'requestedModel', t.requested_model, 'model', t.model, 'error', json(t.error), 'cost', t.cost, \
         'metadata', json(t.metadata), 'createdAt', t.created_at, 'updatedAt', t.updated_at, 'images', \
         (SELECT json_group_array(json_object('id', i.id, 'position', i.position, \
         'mynthTaskId', t.mynth_task_id, 'requestedModel', t.requested_model, 'status', i.status, \
         'imageId', i.image_id, 'url', i.url, 'error', json(i.error))) \
         FROM images i WHERE i.id BETWEEN substr(t.id, 13) AND substr(t.id, 13) || '~'), 'outputs', \
         (SELECT json_group_array(json(o.value)) FROM (\
         SELECT json_object('type', 'image', 'url', i.url) AS value FROM images i \
         WHERE i.id BETWEEN substr(t.id, 13) AND substr(t.id, 13) || '~' AND i.status = 'success' AND i.url IS NOT NULL \
         UNION ALL SELECT e.value FROM json_each(",
            own_outputs!(),
            ") e) o), 'result', json(t.result)))"
        )
    };
}

pub mod content;
pub mod deliveries;
pub mod erase;
pub mod events;
pub mod feeds;
pub mod intents;
pub mod keys;
pub mod operator;
pub mod sweep;
pub mod tasks;
pub mod timeline;
