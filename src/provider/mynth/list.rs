//! The provider's list of tasks, newest first, in which lost starts are searched for.

use crate::domain::id::is_plain_id;
use crate::domain::time::{MINUTE, Millis, SECOND, parse_iso};
use crate::provider::lenient::{pick, pick_text};
use serde_json::Value;

/// How far the provider's clock may differ from ours, plus the time that a start takes.
const SKEW: Millis = 2 * MINUTE;

/// Tasks per search: the provider's largest page.
pub const LISTED: usize = 100;

/// Most candidates that are polled for one start. If there are more, the start may be missed; its
/// webhook then finds the rows.
const LIMIT: usize = 25;

/// The ids in `reply` of tasks that may be the start of `kind` at `started_at`.
pub fn candidates(reply: &Value, kind: &str, started_at: Millis) -> Vec<String> {
    let tasks = reply.get("data").unwrap_or(reply).as_array().map(Vec::as_slice);
    let fits = |task: &&Value| {
        let is_kind = pick_text(task, &["type"]).is_none_or(|found| found == kind);
        is_kind && created(task).is_none_or(|at| at.abs_diff(started_at) <= SKEW as u64)
    };
    let ids = tasks.unwrap_or_default().iter().filter(fits);
    let ids = ids.filter_map(|task| pick_text(task, &["id"])).filter(|id| is_plain_id(id));
    ids.take(LIMIT).collect()
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

    const AT: Millis = 1_795_168_800_000; // 2026-11-20T10:00:00Z

    #[test]
    fn tasks_of_the_kind_from_around_the_time_of_the_start_are_candidates() {
        let reply = json!({"data": [
            {"id": "tsk_new", "type": "image.generate", "created_at": "2026-11-20T10:00:05.000Z"},
            {"id": "tsk_camel", "type": "image.generate", "createdAt": "2026-11-20T09:59:30.000Z"},
            {"id": "tsk_seconds", "created": 1_795_168_801},
            {"id": "tsk_millis", "created": 1_795_168_801_000_i64},
            {"id": "tsk_undated", "type": "image.generate"},
            {"id": "tsk_old", "type": "image.generate", "created_at": "2026-11-20T09:57:59.000Z"},
            {"id": "tsk_later", "type": "image.generate", "created_at": "2026-11-20T10:02:01.000Z"},
            {"id": "tsk_other", "type": "image.rate", "created_at": "2026-11-20T10:00:05.000Z"},
            {"id": "../tasks", "type": "image.generate"},
            {"id": "tsk_absurd", "created": i64::MIN},
            {"id": "tsk_distant", "created": i64::MAX},
            {"type": "image.generate"},
            null,
        ]});
        let expected = ["tsk_new", "tsk_camel", "tsk_seconds", "tsk_millis", "tsk_undated"];
        assert_eq!(candidates(&reply, "image.generate", AT), expected);
        assert_eq!(candidates(&reply["data"], "image.generate", AT), expected);
    }

    #[test]
    fn what_is_no_list_has_no_candidates() {
        for reply in [json!(null), json!({"data": 1}), json!("x"), json!({})] {
            assert!(candidates(&reply, "image.generate", AT).is_empty());
        }
    }
}
