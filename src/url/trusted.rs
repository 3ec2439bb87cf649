//! Checks the URLs in a deployment's settings: nobody may read or change what is sent to them.

use super::hosts::{Scheme, authority, split};
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

/// The `scheme://host:port` of `url`, if it is https, or http on a loopback host. It can stand in a header:
/// the host is a plain one.
pub fn trusted_origin(url: &str) -> Option<String> {
    let (scheme, text) = scheme_and_authority(url)?;
    is_trustworthy(url).then(|| Some(format!("{scheme}://{}", authority(text)?.text())))?
}

/// Whether `url` is http, on a loopback host.
pub fn is_local(url: &str) -> bool {
    url.starts_with("http://") && is_trustworthy(url)
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

    #[test]
    fn an_origin_is_that_of_a_trustworthy_address_with_a_plain_host() {
        for (url, expected) in [
            ("https://ID.example/realms/one?x#y", Some("https://id.example")),
            ("https://token.example:8443", Some("https://token.example:8443")),
            ("http://127.0.0.1:8788/x", Some("http://127.0.0.1:8788")),
            ("http://[::1]:8788", Some("http://[::1]:8788")),
            ("http://id.example", None),
            ("https://*.example", None),
            ("https://*", None),
            ("https://a.example;script-src", None),
            ("https://a.example'unsafe-inline'", None),
            ("https://user@id.example", None),
            ("https://", None),
            ("data:text/html,x", None),
            ("id.example", None),
            ("", None),
        ] {
            assert_eq!(trusted_origin(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn local_is_plain_http_to_this_machine() {
        assert!(is_local("http://localhost:8788"));
        for other in ["https://localhost", "http://id.example", "https://id.example", ""] {
            assert!(!is_local(other), "{other}");
        }
    }
}
