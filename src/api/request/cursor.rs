//! Cursors of operators' lists. Each is bound to its query: with other filters it would leave out rows.

use crate::error::{ApiError, Issue};
use sha2::{Digest, Sha256};

/// Bytes of the hash of a query.
const MARK: usize = 8;

/// The cursor at row `at` of the list that `query` asks for: its name and its filters, without limit and cursor.
pub fn write(query: &str, at: u64) -> String {
    format!("{at}.{}", mark(query))
}

/// The row that a cursor of the same query is at.
///
/// # Errors
///
/// `validation_error` for a cursor of another query, and for anything else.
pub fn read(query: &str, cursor: &str) -> Result<u64, ApiError> {
    // Compared as it is written, so that a cursor has one spelling.
    let at = cursor.split_once('.').and_then(|(at, _)| at.parse().ok());
    at.filter(|at| write(query, *at) == cursor).ok_or_else(|| {
        let message = "is not a cursor of this list with these filters";
        ApiError::validation(vec![Issue::new("cursor", message)])
    })
}

fn mark(query: &str) -> String {
    hex::encode(&Sha256::digest(query)[..MARK])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_by_its_own_query_alone() {
        for at in [0, 1, 9_007_199_254_740_993] {
            assert_eq!(read("deliveries newest", &write("deliveries newest", at)), Ok(at));
        }
        let cursor = write("deliveries newest", 12);
        let error = read("deliveries oldest", &cursor).unwrap_err();
        assert_eq!((error.status(), error.issues[0].path.as_str()), (422, "cursor"));
    }

    #[test]
    fn nothing_else_is_a_cursor() {
        let own = write("q", 12);
        let (_, mark) = own.split_once('.').unwrap();
        let others =
            [format!("012.{mark}"), format!("+12.{mark}"), format!("13{mark}"), own.to_uppercase()];
        for bad in ["", "12", "12.", ".", "x.y", "-1.00"].into_iter().map(str::to_owned) {
            assert!(read("q", &bad).is_err(), "{bad}");
        }
        for bad in others.iter().filter(|bad| **bad != own) {
            assert!(read("q", bad).is_err(), "{bad}");
        }
    }
}
