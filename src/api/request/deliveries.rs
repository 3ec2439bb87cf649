//! What operators ask of the log of deliveries.

use super::cursor;
use super::list::read_limit;
use crate::domain::admin::delivery::{DeliveryList, KEPT, Order};
use crate::domain::admin::stats::hour_of;
use crate::domain::delivery::mark::Mark;
use crate::domain::id::is_plain_id;
use crate::domain::time::{DAY, Millis, iso, parse_iso};
use crate::error::{ApiError, Issue};
use crate::json::fields::Fields;
use crate::provider::registry::PROVIDERS;

/// Default page size.
pub const DEFAULT_LIMIT: u32 = 50;
/// Most deliveries that one request repeats.
pub const REPLAY_LIMIT: u32 = 200;
/// Longest text of a field, in characters.
pub const CHARS: usize = 200;

/// Reads the decoded `name=value` pairs of `GET /admin/deliveries`. Unknown names are refused: a misspelt filter
/// would otherwise show everything.
///
/// # Errors
///
/// Every parameter that is wrong or unknown; a cursor of another query.
pub fn list(pairs: impl IntoIterator<Item = (String, String)>) -> Result<DeliveryList, ApiError> {
    let mut query = all(Order::Newest, DEFAULT_LIMIT);
    let (mut issues, mut after) = (Vec::new(), None);
    for (name, value) in pairs {
        let problem = match name.as_str() {
            "limit" => read_limit(&value, &mut query.limit),
            "cursor" => {
                after = Some(value);
                None
            }
            "order" => match value.as_str() {
                "newest" => set(&mut query.order, Order::Newest),
                "oldest" => set(&mut query.order, Order::Oldest),
                _ => wrong("must be newest or oldest"),
            },
            "task" if is_plain_id(&value) => set(&mut query.task, Some(value)),
            "task" => wrong("must be the id of a task or a channel"),
            "verdict" => read(verdicts(&value), &mut query.verdicts),
            "provider" => match PROVIDERS.named(&value) {
                Some(_) => set(&mut query.provider, Some(value)),
                None => Some(format!("must be one of {}", providers().join(", "))),
            },
            "since" => read(time(&value).map(Some), &mut query.since),
            _ => wrong("is not a known parameter"),
        };
        issues.extend(problem.map(|message| Issue::new(name, message)));
    }
    if !issues.is_empty() {
        return Err(ApiError::validation(issues));
    }
    query.cursor = after.map(|after| cursor::read(&query.text(), &after)).transpose()?;
    Ok(query)
}

fn all(order: Order, limit: u32) -> DeliveryList {
    let (cursor, task, verdicts, provider, since) = (None, None, Vec::new(), None, None);
    DeliveryList { order, limit, cursor, task, verdicts, provider, since }
}

/// The names of all providers.
pub fn providers() -> Vec<&'static str> {
    PROVIDERS.all().iter().map(|it| it.name()).collect()
}

fn set<T>(field: &mut T, value: T) -> Option<String> {
    *field = value;
    None
}

fn wrong(message: &str) -> Option<String> {
    Some(message.to_owned())
}

fn read<T>(found: Result<T, String>, field: &mut T) -> Option<String> {
    found.map(|value| *field = value).err()
}

/// Verdicts with commas between them, sorted, each once.
fn verdicts(text: &str) -> Result<Vec<Mark>, String> {
    let found: Option<Vec<Mark>> = text.split(',').map(|word| Mark::named(word.trim())).collect();
    let mut found = found.ok_or_else(|| {
        format!("must be some of {}, with commas", Mark::ALL.map(Mark::as_str).join(", "))
    })?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn time(text: &str) -> Result<Millis, String> {
    parse_iso(text).ok_or_else(|| "must be a time such as 2026-11-20T10:00:00Z".to_owned())
}

/// Reads the query of `GET /admin/stats`: since when, a full hour.
///
/// # Errors
///
/// `validation_error` for a `since` that is no time or is to come, and for anything else.
pub fn since(
    pairs: impl IntoIterator<Item = (String, String)>,
    now: Millis,
) -> Result<Millis, ApiError> {
    let mut since = now - DAY;
    let mut issues = Vec::new();
    for (name, value) in pairs {
        let problem = match name.as_str() {
            "since" => match time(&value) {
                Ok(at) if at > now => wrong("must not be in the future"),
                found => read(found, &mut since),
            },
            _ => wrong("is not a known parameter"),
        };
        issues.extend(problem.map(|message| Issue::new(name, message)));
    }
    // Nothing older is kept.
    if issues.is_empty() {
        Ok(hour_of(since.max(now - KEPT)))
    } else {
        Err(ApiError::validation(issues))
    }
}

/// Deliveries that are to be repeated, oldest first.
#[derive(Debug, PartialEq, Eq)]
pub struct ReplayRange {
    pub list: DeliveryList,
    /// Those that came before.
    pub until: Millis,
    /// What its cursors are bound to.
    pub text: String,
}

/// A required time; the epoch, with a complaint, without a good one.
fn required_time(fields: &mut Fields, name: &str) -> Millis {
    let text = fields.required_text(name, 1..=CHARS);
    match time(&text) {
        Ok(at) => at,
        // What is missing is complained of already.
        Err(_) if text.is_empty() => 0,
        Err(message) => {
            fields.complain(name, message);
            0
        }
    }
}

/// Reads the body of `POST /admin/replay`.
///
/// # Errors
///
/// `malformed_json`, or every field that is wrong; a cursor of another request.
pub fn replay(body: &[u8]) -> Result<ReplayRange, ApiError> {
    let mut fields = Fields::parse(body)?;
    let mut list = all(Order::Oldest, REPLAY_LIMIT);
    let since = required_time(&mut fields, "since");
    let until = required_time(&mut fields, "until");
    if let Some(text) = fields.text("verdict", 1..=CHARS) {
        match verdicts(&text) {
            Ok(found) => list.verdicts = found,
            Err(message) => fields.complain("verdict", message),
        }
    }
    let after = fields.text("cursor", 1..=CHARS);
    fields.finish(())?;
    if until <= since {
        return Err(ApiError::validation(vec![Issue::new("until", "must be after since")]));
    }
    list.since = Some(since);
    let text = format!("replay {} {} {:?}", iso(since), iso(until), list.verdicts);
    list.cursor = after.map(|after| cursor::read(&text, &after)).transpose()?;
    Ok(ReplayRange { list, until, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::HOUR;

    const NOW: Millis = 1_795_168_800_000;

    fn parse(pairs: &[(&str, &str)]) -> Result<DeliveryList, ApiError> {
        list(owned(pairs))
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    fn path(error: &ApiError) -> &str {
        assert_eq!((error.status(), error.issues.len()), (422, 1), "{error}");
        &error.issues[0].path
    }

    #[test]
    fn without_a_query_it_is_the_newest_fifty() {
        assert_eq!(parse(&[]), Ok(all(Order::Newest, 50)));
    }

    #[test]
    fn every_filter_is_read() {
        let query = parse(&[
            ("task", "tsk_1"),
            ("verdict", "stale,failed, stale"),
            ("provider", PROVIDERS.all()[0].name()),
            ("since", "2026-11-20T11:00:00+01:00"),
            ("order", "oldest"),
            ("limit", "100"),
        ]);
        let expected = DeliveryList {
            task: Some("tsk_1".into()),
            verdicts: vec![Mark::Stale, Mark::Failed],
            provider: Some(PROVIDERS.all()[0].name().into()),
            since: Some(NOW),
            ..all(Order::Oldest, 100)
        };
        assert_eq!(query, Ok(expected));
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        let wrong = [
            ("limit", "0"),
            ("limit", "101"),
            ("limit", "many"),
            ("order", "random"),
            ("order", ""),
            ("task", ""),
            ("task", "a b"),
            ("verdict", ""),
            ("verdict", "applied,wrong"),
            ("verdict", "Applied"),
            ("provider", "nobody"),
            ("since", "yesterday"),
            ("since", "2026-11-20"),
            ("cursor", "12"),
            ("ticket", "x"),
        ];
        for (name, value) in wrong {
            assert_eq!(path(&parse(&[(name, value)]).unwrap_err()), name, "{name}={value}");
        }
        let all = parse(&[("limit", "0"), ("order", "x"), ("colour", "red")]).unwrap_err();
        assert_eq!(all.issues.len(), 3);
    }

    #[test]
    fn a_cursor_is_good_for_its_own_filters_and_any_limit() {
        let mine = [("verdict", "failed,stale"), ("order", "oldest")];
        let cursor = cursor::write(&parse(&mine).unwrap().text(), 12);
        let with =
            |pairs: &[(&str, &str)]| parse(&[pairs, &[("cursor", cursor.as_str())]].concat());
        assert_eq!(with(&mine).unwrap().cursor, Some(12));
        let same = [("order", "oldest"), ("limit", "3"), ("verdict", "stale,failed")];
        assert_eq!(with(&same).unwrap().cursor, Some(12));
        for others in [
            &[("verdict", "failed"), ("order", "oldest")][..],
            &[("verdict", "failed,stale")],
            &[("verdict", "failed,stale"), ("order", "oldest"), ("task", "t")],
            &[("verdict", "failed,stale"), ("order", "oldest"), ("since", "2026-11-20T10:00:00Z")],
        ] {
            assert_eq!(path(&with(others).unwrap_err()), "cursor", "{others:?}");
        }
    }

    #[test]
    fn figures_are_since_a_full_hour_within_what_is_kept() {
        let since = |pairs: &[(&str, &str)]| since(owned(pairs), NOW + HOUR / 2);
        assert_eq!(since(&[]), Ok(NOW - DAY));
        assert_eq!(since(&[("since", "2026-11-20T09:59:59Z")]), Ok(NOW - HOUR));
        assert_eq!(since(&[("since", "2001-01-01T00:00:00Z")]), Ok(NOW - KEPT));
        for (name, value) in [
            ("since", "2026-11-20T10:30:00.001Z"),
            ("since", "now"),
            ("until", "2026-11-20T10:00:00Z"),
        ] {
            assert_eq!(path(&since(&[(name, value)]).unwrap_err()), name, "{value}");
        }
    }

    const RANGE: &str = r#""since":"2026-11-20T09:00:00Z","until":"2026-11-20T10:00:00Z""#;

    #[test]
    fn a_range_is_read_with_its_verdicts_and_its_cursor() {
        let range = replay(format!("{{{RANGE}}}").as_bytes()).expect("a range");
        assert_eq!((range.list.since, range.until), (Some(NOW - HOUR), NOW));
        assert_eq!((range.list.order, range.list.limit), (Order::Oldest, 200));
        let some = format!(r#"{{{RANGE},"verdict":"failed"}}"#);
        let failed = replay(some.as_bytes()).expect("a range");
        assert_eq!(failed.list.verdicts, [Mark::Failed]);
        let cursor = cursor::write(&failed.text, 9);
        let next = format!(r#"{{{RANGE},"verdict":"failed","cursor":"{cursor}"}}"#);
        assert_eq!(replay(next.as_bytes()).expect("a page").list.cursor, Some(9));
        let others = format!(r#"{{{RANGE},"cursor":"{cursor}"}}"#);
        assert_eq!(path(&replay(others.as_bytes()).unwrap_err()), "cursor");
    }

    #[test]
    fn each_wrong_field_of_a_range_is_named() {
        for (body, field) in [
            (r#"{"until":"2026-11-20T10:00:00Z"}"#.to_owned(), "since"),
            (r#"{"since":"2026-11-20T10:00:00Z"}"#.to_owned(), "until"),
            (r#"{"since":"now","until":"2026-11-20T10:00:00Z"}"#.to_owned(), "since"),
            (r#"{"since":7,"until":"2026-11-20T10:00:00Z"}"#.to_owned(), "since"),
            (
                r#"{"since":"2026-11-20T10:00:00Z","until":"2026-11-20T10:00:00Z"}"#.to_owned(),
                "until",
            ),
            (format!(r#"{{{RANGE},"verdict":"good"}}"#), "verdict"),
            (format!(r#"{{{RANGE},"cursor":"x"}}"#), "cursor"),
            (format!(r#"{{{RANGE},"limit":5}}"#), "limit"),
        ] {
            assert_eq!(path(&replay(body.as_bytes()).unwrap_err()), field, "{body}");
        }
        assert_eq!(replay(b"{").unwrap_err().status(), 400);
    }
}
