//! Checks the URLs in a deployment's settings: nobody may read or change what is sent to them.

use super::hosts::authority;
use super::scheme_and_authority;
use crate::error::ApiError;

/// `url`, the value of variable `name`, to which secrets or keys are sent.
///
/// # Errors
///
/// `not_configured` if it is neither https nor http on a loopback host.
pub fn trusted(name: &str, url: String) -> Result<String, ApiError> {
    if is_trustworthy(&url) {
        return Ok(url);
    }
    Err(ApiError::wrong_setting(name, "must be https, or http on a loopback address"))
}

/// Whether `url` is https, or http on a loopback host.
pub fn is_trustworthy(url: &str) -> bool {
    if url.starts_with("https://") {
        return true;
    }
    let Some(("http", text)) = scheme_and_authority(url) else { return false };
    authority(text).is_some_and(|authority| authority.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_https_or_on_a_loopback_address() {
        for good in
            ["https://id.example", "http://127.0.0.1:8788", "http://localhost", "http://[::1]:1/x"]
        {
            assert!(is_trustworthy(good), "{good}");
        }
        for bad in [
            "http://id.example",
            "ftp://localhost",
            "http://127.0.0.1.example",
            "http://localhost@id.example",
            "http://localhost:80@id.example",
            "http://[::1]:80@id.example",
            "http://10.0.0.1",
            "http://[::1].example",
            "//localhost",
            "",
        ] {
            assert!(!is_trustworthy(bad), "{bad}");
        }
    }
}
