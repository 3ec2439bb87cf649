//! The query of `GET /content`.

use super::list::read_limit;
use crate::domain::list::{ContentCursor, ContentList, DEFAULT_LIMIT};
use crate::error::{ApiError, Issue};

/// Longest id of a row, in bytes. Ours have 26.
pub const ID_BYTES: usize = 64;

/// Reads decoded `name=value` pairs.
///
/// # Errors
///
/// Every parameter that is wrong or unknown.
pub fn parse(pairs: impl IntoIterator<Item = (String, String)>) -> Result<ContentList, ApiError> {
    let mut query = ContentList { limit: DEFAULT_LIMIT, cursor: None };
    let mut issues = Vec::new();
    for (name, value) in pairs {
        let problem = match name.as_str() {
            "limit" => read_limit(&value, &mut query.limit),
            "cursor" => {
                query.cursor = ContentCursor::parse(&value).filter(|_| is_row_id(&value));
                query.cursor.is_none().then(|| "is not a cursor from here".to_owned())
            }
            _ => Some("is not a known parameter".to_owned()),
        };
        issues.extend(problem.map(|message| Issue::new(name, message)));
    }
    if issues.is_empty() { Ok(query) } else { Err(ApiError::validation(issues)) }
}

/// Whether `text` can be the id of a row.
pub fn is_row_id(text: &str) -> bool {
    (1..=ID_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<ContentList, ApiError> {
        super::parse(pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())))
    }

    #[test]
    fn a_list_has_twenty_rows_from_the_newest_on_unless_it_is_asked_otherwise() {
        assert_eq!(parse(&[]).unwrap(), ContentList { limit: 20, cursor: None });
        let query = parse(&[("limit", "100"), ("cursor", "cnt_1")]).unwrap();
        assert_eq!(query, ContentList { limit: 100, cursor: ContentCursor::parse("cnt_1") });
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        for (name, value) in [
            ("limit", "0"),
            ("limit", "101"),
            ("cursor", ""),
            ("cursor", "a b"),
            ("cursor", "cnt_1@x"),
            ("kind", "x"),
        ] {
            let error = parse(&[(name, value)]).unwrap_err();
            assert_eq!(error.issues[0].path, name);
            let is_unknown = error.issues[0].message == "is not a known parameter";
            assert_eq!(is_unknown, name == "kind");
        }
    }
}
