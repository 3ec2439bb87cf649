//! Checks the URLs in a deployment's settings: nobody may read or change what is sent to them.

use super::hosts::{Scheme, authority, split};
use super::scheme_and_authority;
use crate::error::{ApiError, Code};

/// `url`, the value of variable `name`, to which secrets or keys are sent.
///
/// # Errors
///
/// `not_configured` if it is neither https nor http on a loopback host.
pub fn trusted(name: &str, url: String) -> Result<String, ApiError> {
    if is_trustworthy(&url) {
        return Ok(url);
    }
    let message = format!("{name} must be https, or http on a loopback address.");
    Err(ApiError::new(Code::NotConfigured, message))
}

/// Whether `url` is https, or http on a loopback host.
pub fn is_trustworthy(url: &str) -> bool {
    if url.starts_with("https://") {
        return true;
    }
    let Some(("http", text)) = scheme_and_authority(url) else { return false };
    authority(text).is_some_and(|authority| authority.is_loopback())
}

/// Whether something signed may be sent to `url`: it is https, or http on a loopback host, it is read in the
/// same way by everyone, and it holds no user info.
pub fn is_destination(url: &str) -> bool {
    match split(url) {
        Some((Scheme::Https, _)) => true,
        Some((Scheme::Http, authority)) => authority.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_a_plain_safe_address_without_user_info() {
        for good in
            ["https://a.example/x?y=1", "http://127.0.0.1:8788/receiver", "http://localhost"]
        {
            assert!(is_destination(good), "{good}");
        }
        for bad in [
            "http://a.example",
            "https://user:pass@a.example/",
            "https://user@a.example",
            "http://localhost@a.example",
            "ftp://a.example",
            "https://",
            "a.example",
            "https://a.example\\@b",
        ] {
            assert!(!is_destination(bad), "{bad}");
        }
    }

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
