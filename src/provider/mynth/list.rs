//! The provider's list of tasks, newest first, in which lost starts are searched for.

use crate::domain::id::is_plain_id;
use crate::domain::time::{Millis, SECOND, parse_iso};
use crate::provider::call::{Listed, Listing};
use crate::provider::lenient::{pick, pick_text};
use serde_json::Value;

/// Tasks of a page: the provider's largest.
const PAGE: usize = 100;

/// The path of the call: from the newest task on, or below the task `after`.
pub fn path(after: Option<&str>) -> String {
    match after {
        Some(after) => format!("/tasks?limit={PAGE}&after={after}"),
        None => format!("/tasks?limit={PAGE}"),
    }
}

/// A page of the list, bare or under `data`.
pub fn listing(reply: &Value) -> Option<Listing> {
    let tasks = reply.get("data").unwrap_or(reply).as_array()?;
    let listed = |task: &Value| {
        let id = pick_text(task, &["id"]).filter(|id| is_plain_id(id))?;
        let kind = pick_text(task, &["type"]);
        Some(Listed { id, kind, created_at: created(task), key: None })
    };
    let is_last = tasks.len() < PAGE;
    let tasks: Vec<Listed> = tasks.iter().filter_map(listed).collect();
    let next = tasks.last().filter(|_| !is_last).map(|last| last.id.clone());
    Some(Listing { tasks, next })
}

fn created(task: &Value) -> Option<Millis> {
    match pick(task, &["created_at", "createdAt", "created"])? {
        Value::String(text) => parse_iso(text),
        // Seconds or milliseconds: no task was made before the year 2001 in either.
        Value::Number(number) => {
            let at = number.as_i64()?;
            Some(if at < 1_000_000_000_000 { at.saturating_mul(SECOND) } else { at })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_is_read_with_the_times_that_it_gives_in_any_form() {
        let at = 1_795_168_805_000;
        let reply = json!({"data": [
            {"id": "tsk_new", "type": "image.generate", "created_at": "2026-11-20T10:00:05.000Z"},
            {"id": "tsk_camel", "createdAt": "2026-11-20T10:00:05.000Z"},
            {"id": "tsk_seconds", "created": 1_795_168_805},
            {"id": "tsk_millis", "created": 1_795_168_805_000_i64},
            {"id": "tsk_first_millis", "created": 1_000_000_000_000_i64},
            {"id": "tsk_undated"},
            {"id": "tsk_absurd", "created": i64::MIN},
            {"id": "../tasks", "type": "image.generate"},
            {"type": "image.generate"},
            null,
        ]});
        let page = listing(&reply).expect("a page");
        let found: Vec<_> = page.tasks.iter().map(|it| (it.id.as_str(), it.created_at)).collect();
        let expected = [
            ("tsk_new", Some(at)),
            ("tsk_camel", Some(at)),
            ("tsk_seconds", Some(at)),
            ("tsk_millis", Some(at)),
            ("tsk_first_millis", Some(1_000_000_000_000)),
            ("tsk_undated", None),
            ("tsk_absurd", Some(i64::MIN)),
        ];
        assert_eq!(found, expected);
        assert_eq!(page.tasks[0].kind.as_deref(), Some("image.generate"));
        assert_eq!(page.next, None);
        assert_eq!(listing(&reply["data"]), Some(page));
    }

    #[test]
    fn a_full_page_has_more_below_it() {
        let full: Vec<_> = (0..PAGE).map(|i| json!({"id": format!("tsk_{i}")})).collect();
        let page = listing(&json!({"data": full})).expect("a page");
        assert_eq!(page.next.as_deref(), Some("tsk_99"));
        assert_eq!(path(Some("tsk_1")), "/tasks?limit=100&after=tsk_1");
    }

    #[test]
    fn what_is_no_list_is_no_page() {
        for reply in [json!(null), json!({"data": 1}), json!("x"), json!({})] {
            assert_eq!(listing(&reply), None);
        }
    }
}
