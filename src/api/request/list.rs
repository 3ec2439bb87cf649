//! The query of `GET /tasks`.

use crate::domain::id::TaskKey;
use crate::domain::list::{DEFAULT_LIMIT, LARGEST_LIMIT, TaskList};
use crate::domain::task::Status;
use crate::error::{ApiError, Issue};

/// Longest name of a kind, in characters. The longest known one has 23.
pub const KIND_CHARS: usize = 64;

/// Reads decoded `name=value` pairs. Unknown names are refused: a misspelt filter would otherwise show
/// everything.
///
/// # Errors
///
/// Every parameter that is wrong or unknown.
pub fn parse(pairs: impl IntoIterator<Item = (String, String)>) -> Result<TaskList, ApiError> {
    let mut query = TaskList { limit: DEFAULT_LIMIT, cursor: None, status: None, kind: None };
    let mut issues = Vec::new();
    for (name, value) in pairs {
        let problem = match name.as_str() {
            "limit" => read_limit(&value, &mut query.limit),
            "cursor" => {
                query.cursor = TaskKey::parse(&value);
                query.cursor.is_none().then(|| "is not a cursor from here".to_owned())
            }
            "status" => {
                query.status = status(&value);
                let message = "must be pending, completed or failed";
                query.status.is_none().then(|| message.to_owned())
            }
            "kind" if (1..=KIND_CHARS).contains(&value.chars().count()) => {
                query.kind = Some(value);
                None
            }
            "kind" => Some(format!("must be 1 to {KIND_CHARS} characters")),
            _ => Some("is not a known parameter".to_owned()),
        };
        issues.extend(problem.map(|message| Issue::new(name, message)));
    }
    if issues.is_empty() { Ok(query) } else { Err(ApiError::validation(issues)) }
}

/// Reads a `limit`. Returns what is wrong with it.
pub(super) fn read_limit(text: &str, limit: &mut u32) -> Option<String> {
    match text.parse() {
        Ok(number) if (1..=LARGEST_LIMIT).contains(&number) => {
            *limit = number;
            None
        }
        _ => Some(format!("must be a whole number from 1 to {LARGEST_LIMIT}")),
    }
}

fn status(word: &str) -> Option<Status> {
    [Status::Pending, Status::Completed, Status::Failed]
        .into_iter()
        .find(|status| status.as_str() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<TaskList, ApiError> {
        super::parse(pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())))
    }

    #[test]
    fn a_list_without_a_query_has_twenty_tasks_of_every_kind() {
        let query = parse(&[]).unwrap();
        assert_eq!(query, TaskList { limit: 20, cursor: None, status: None, kind: None });
    }

    #[test]
    fn every_filter_is_read() {
        let key = TaskKey::new(5, [1; 12]);
        let pairs = [
            ("limit", "100"),
            ("cursor", key.as_str()),
            ("status", "failed"),
            ("kind", "image.alt"),
        ];
        let query = parse(&pairs).unwrap();
        assert_eq!(query.limit, 100);
        assert_eq!(query.cursor, Some(key));
        assert_eq!(query.status, Some(Status::Failed));
        assert_eq!(query.kind.as_deref(), Some("image.alt"));
        let longest = "é".repeat(KIND_CHARS);
        assert_eq!(parse(&[("kind", &longest)]).unwrap().kind, Some(longest));
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        let long = "é".repeat(KIND_CHARS + 1);
        let wrong = [
            ("kind", long.as_str()),
            ("limit", "0"),
            ("limit", "101"),
            ("limit", "ten"),
            ("cursor", "x"),
            ("status", "done"),
            ("kind", ""),
            ("page", "2"),
        ];
        for (name, value) in wrong {
            let error = parse(&[(name, value)]).unwrap_err();
            assert_eq!(error.issues.len(), 1);
            assert_eq!(error.issues[0].path, name);
            let is_unknown = error.issues[0].message == "is not a known parameter";
            assert_eq!(is_unknown, name == "page");
        }
        assert_eq!(parse(&wrong).unwrap_err().issues.len(), wrong.len());
    }
}
