//! One task or row, and pages of them.

use crate::domain::channel::frame::Content;
use crate::domain::id::TaskKey;
use crate::domain::list::{ContentCursor, Page, Tasks};
use crate::domain::task::Task;
use crate::domain::task::frame::TaskView;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TaskAnswer<'a> {
    pub task: TaskView<'a>,
}

/// Tasks, newest first. With a filter there may be fewer than were asked for, or none, before the last
/// page: it looks at 1,000 tasks.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TaskPage<'a> {
    tasks: Vec<TaskView<'a>>,
    /// The `cursor` of the next page, null on the last one.
    next_cursor: Option<&'a str>,
}

impl<'a> From<&'a Tasks> for TaskPage<'a> {
    fn from(Tasks { tasks, next }: &'a Tasks) -> Self {
        let next_cursor = next.as_ref().map(TaskKey::as_str);
        Self { tasks: tasks.iter().map(TaskView::from).collect(), next_cursor }
    }
}

/// The tasks of a batch, newest first, including those that the provider refused.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer<'a> {
    batch_id: &'a str,
    tasks: Vec<TaskView<'a>>,
}

impl<'a> BatchAnswer<'a> {
    pub fn of(batch_id: &'a str, tasks: &'a [Task]) -> Self {
        Self { batch_id, tasks: tasks.iter().map(TaskView::from).collect() }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ContentAnswer {
    pub content: Content,
}

/// Rows, newest first. There may be fewer than were asked for: a page ends at some 2 MB.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ContentPage<'a> {
    content: &'a [Content],
    /// The `cursor` of the next page, null on the last one.
    next_cursor: Option<String>,
}

impl<'a> From<&'a Page<Content>> for ContentPage<'a> {
    fn from(Page { rows, is_more }: &'a Page<Content>) -> Self {
        let last = rows.last().filter(|_| *is_more);
        Self {
            content: rows,
            next_cursor: last.map(|row| ContentCursor::text(&row.id, &row.created_at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::callback::Status;
    use serde_json::{Map, Value};

    const ROW: &str = r#"{"id":"cnt_1","title":"Inception","body":"","category":"film","metadata":{},"data":null,"channelId":"c1","eventName":null,"source":"modelriver","userId":null,"callback":"none","createdAt":"2026-11-20T10:00:00.000Z"}"#;

    fn row() -> Content {
        Content {
            id: "cnt_1".into(),
            title: "Inception".into(),
            body: String::new(),
            category: "film".into(),
            metadata: Map::new(),
            data: Value::Null,
            channel_id: "c1".into(),
            event_name: None,
            source: "modelriver".into(),
            user_id: None,
            callback: Status::None,
            created_at: "2026-11-20T10:00:00.000Z".into(),
        }
    }

    fn text(value: &impl Serialize) -> String {
        serde_json::to_string(value).unwrap()
    }

    #[test]
    fn a_row_and_pages_of_rows_are_pinned() {
        assert_eq!(text(&ContentAnswer { content: row() }), format!(r#"{{"content":{ROW}}}"#));
        for (is_more, cursor) in [(true, r#""cnt_1@2026-11-20T10:00:00.000Z""#), (false, "null")] {
            let page = Page { rows: vec![row()], is_more };
            let literal = format!(r#"{{"content":[{ROW}],"nextCursor":{cursor}}}"#);
            assert_eq!(text(&ContentPage::from(&page)), literal);
        }
    }

    #[test]
    fn a_batch_is_pinned() {
        assert_eq!(text(&BatchAnswer::of("btc_1", &[])), r#"{"batchId":"btc_1","tasks":[]}"#);
    }

    #[test]
    fn a_page_of_no_tasks_is_pinned() {
        let page = |next| text(&TaskPage::from(&Tasks { tasks: vec![], next }));
        assert_eq!(page(None), r#"{"tasks":[],"nextCursor":null}"#);
        let key = TaskKey::new(1, [7; 12]);
        assert_eq!(page(Some(key.clone())), format!(r#"{{"tasks":[],"nextCursor":"{key}"}}"#));
    }
}
