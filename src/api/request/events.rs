//! The query of `GET /admin/events`, and the ids of events.

use super::cursor;
use super::list::read_limit;
use crate::domain::id::is_plain_id;
use crate::domain::outbox::list::{DEFAULT_LIMIT, EventList, Order};
use crate::domain::outbox::note::Standing;
use crate::error::{ApiError, Issue};

/// Reads decoded `name=value` pairs.
///
/// # Errors
///
/// Every parameter that is wrong or unknown.
pub fn parse(pairs: impl IntoIterator<Item = (String, String)>) -> Result<EventList, ApiError> {
    let mut query = EventList {
        limit: DEFAULT_LIMIT,
        order: Order::Newest,
        state: None,
        task: None,
        after: None,
    };
    let (mut issues, mut given) = (Vec::new(), None);
    for (name, value) in pairs {
        let problem = match name.as_str() {
            "limit" => read_limit(&value, &mut query.limit),
            "order" => match value.as_str() {
                "newest" => None,
                "oldest" => {
                    query.order = Order::Oldest;
                    None
                }
                _ => Some("must be newest or oldest".to_owned()),
            },
            "state" => {
                query.state = Standing::ALL.into_iter().find(|state| state.as_str() == value);
                let message = "must be delivered, waiting or failed";
                query.state.is_none().then(|| message.to_owned())
            }
            "task" if is_plain_id(&value) => {
                query.task = Some(value);
                None
            }
            "task" => Some("must be the id of a task, or of a row of content".to_owned()),
            "cursor" => {
                given = Some(value);
                None
            }
            _ => Some("is not a known parameter".to_owned()),
        };
        issues.extend(problem.map(|message| Issue::new(name, message)));
    }
    // Once the query is known, which it has to be of.
    if let Some(text) = given {
        match cursor::read(&name(&query), &text) {
            Ok(after) => query.after = Some(after),
            Err(error) => issues.extend(error.issues),
        }
    }
    if issues.is_empty() { Ok(query) } else { Err(ApiError::validation(issues)) }
}

/// The cursor of this query after the event of this number.
pub fn cursor_after(query: &EventList, seq: u64) -> String {
    cursor::write(&name(query), seq)
}

/// What a cursor is bound to.
fn name(query: &EventList) -> String {
    let (state, task) = (query.state.map(Standing::as_str), query.task.as_deref());
    format!("events {:?} {} {}", query.order, state.unwrap_or("-"), task.unwrap_or("-"))
}

/// Whether `text` can be the id of an event: ours are made of two ids and a number.
pub fn is_event_id(text: &str) -> bool {
    let parts = text.strip_prefix("evt_").and_then(|rest| rest.rsplit_once('_'));
    parts.is_some_and(|(subject, version)| is_plain_id(subject) && version.parse::<u64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(pairs: &[(&str, &str)]) -> Result<EventList, Vec<String>> {
        let pairs = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        parse(pairs).map_err(|error| error.issues.into_iter().map(|issue| issue.path).collect())
    }

    #[test]
    fn each_filter_is_read() {
        let none = parsed(&[]).unwrap();
        assert_eq!(
            (none.limit, none.order, none.state, none.task, none.after),
            (50, Order::Newest, None, None, None)
        );
        let all =
            parsed(&[("limit", "3"), ("order", "oldest"), ("state", "failed"), ("task", "tsk_1")])
                .unwrap();
        assert_eq!((all.limit, all.order, all.state), (3, Order::Oldest, Some(Standing::Failed)));
        assert_eq!(all.task.as_deref(), Some("tsk_1"));
        let next = cursor_after(&all, 7);
        let pairs = [
            ("cursor", next.as_str()),
            ("state", "failed"),
            ("order", "oldest"),
            ("task", "tsk_1"),
        ];
        assert_eq!(parsed(&pairs).unwrap().after, Some(7), "in any order");
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let pairs = [
            ("limit", "0"),
            ("order", "up"),
            ("state", "lost"),
            ("task", "a b"),
            ("cursor", "x"),
            ("verdict", "applied"),
        ];
        assert_eq!(
            parsed(&pairs).unwrap_err(),
            ["limit", "order", "state", "task", "verdict", "cursor"]
        );
    }

    #[test]
    fn a_cursor_is_of_one_query_whatever_its_limit() {
        let of_failed = cursor_after(&parsed(&[("state", "failed")]).unwrap(), 7);
        let cursor = ("cursor", of_failed.as_str());
        assert_eq!(parsed(&[cursor, ("state", "failed"), ("limit", "9")]).unwrap().after, Some(7));
        for other in [("state", "waiting"), ("order", "oldest"), ("task", "tsk_1"), ("limit", "9")]
        {
            assert_eq!(parsed(&[cursor, other]), Err(vec!["cursor".to_owned()]), "{other:?}");
        }
    }

    #[test]
    fn an_id_has_the_shape_of_ours() {
        for good in ["evt_tsk_1_2", "evt_cnt_a-b_c_10"] {
            assert!(is_event_id(good), "{good}");
        }
        for bad in ["", "evt_", "evt_tsk", "evt_tsk_x", "evt__2", "tsk_1_2", "evt_a b_2"] {
            assert!(!is_event_id(bad), "{bad}");
        }
    }
}
