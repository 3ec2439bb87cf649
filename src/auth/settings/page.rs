//! Which token the web app sends.

use crate::config::Config;
use crate::error::ApiError;

const PAGE_TOKEN: &str = "AUTH_PAGE_TOKEN";
const ID_TOKEN: &str = "id_token";

/// The token that the web app sends: `id_token`, or `None` for the access token.
///
/// # Errors
///
/// `not_configured` for another word in `AUTH_PAGE_TOKEN`.
pub fn page_token<F: Fn(&str) -> Option<String>>(
    config: &Config<F>,
) -> Result<Option<&'static str>, ApiError> {
    match config.get(PAGE_TOKEN).as_deref() {
        None | Some("access_token") => Ok(None),
        Some(ID_TOKEN) => Ok(Some(ID_TOKEN)),
        Some(_) => Err(ApiError::wrong_setting(PAGE_TOKEN, "must be access_token or id_token")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_sends_its_id_token_only_where_that_is_said() {
        let page = |text: &'static str| {
            page_token(&Config::from_lookup(|name| {
                (name == PAGE_TOKEN && !text.is_empty()).then(|| text.to_owned())
            }))
        };
        assert_eq!((page("").unwrap(), page("access_token").unwrap()), (None, None));
        assert_eq!(page("id_token").unwrap(), Some("id_token"));
        assert_eq!(page("ID").unwrap_err().issues[0].path, "AUTH_PAGE_TOKEN");
    }
}
