//! What an event says.

use super::state::{Event, Kind};
use crate::domain::channel::frame::Content;
use crate::domain::task::Task;
use crate::domain::task::frame::TaskView;
use crate::domain::time::iso;
use serde::Serialize;

/// Most bytes of a body. A larger one says where to read the rest.
pub const MOST_BYTES: usize = 20_000;

/// The body of an event about a task. One that is not as it was then, or not there any more, is only named:
/// the body under one id must not say different things.
pub fn of_task(event: &Event, task: Option<&Task>) -> String {
    let same = task.filter(|task| task.version == event.version);
    of(event, same.map(TaskView::from))
}

/// The body of an event about a row of content. One that is not there any more is only named.
pub fn of_content(event: &Event, content: Option<&Content>) -> String {
    of(event, content)
}

/// The same as a message for a queue, which has no headers: its id is in it.
pub fn as_message(event: &Event, body: &str) -> String {
    format!(r#"{{"id":"{}",{}"#, event.id(), &body[1..])
}

fn of(event: &Event, data: Option<impl Serialize>) -> String {
    let whole = data.map(|data| enclosed(event, &to_text(&data)));
    whole.filter(|body| body.len() <= MOST_BYTES).unwrap_or_else(|| thin(event))
}

fn thin(event: &Event) -> String {
    let name = if event.kind == Kind::Created { "id" } else { "taskId" };
    let (subject, version) = (to_text(&event.subject), event.version);
    enclosed(event, &format!(r#"{{"{name}":{subject},"version":{version},"thin":true}}"#))
}

fn enclosed(event: &Event, data: &str) -> String {
    let (kind, at) = (event.kind.as_str(), iso(event.at));
    format!(r#"{{"type":"{kind}","timestamp":"{at}","data":{data}}}"#)
}

fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it is plain JSON")
}
