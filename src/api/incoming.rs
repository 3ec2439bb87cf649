//! A caller's request.
//!
//! Not the SDK's type: that asks the runtime for all there is of a request, and what a request costs is
//! such calls. Here what every route needs is read once, and the rest when it is asked for.

use super::broken;
use crate::error::ApiError;
use worker::{Error, FromRequest};

pub struct Request {
    inner: web_sys::Request,
    headers: web_sys::Headers,
    method: String,
    url: String,
}

impl Request {
    /// As it was sent, in upper case.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// As the runtime has parsed and normalized it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The path of the URL. A normalized URL has one, with every `?` and `#` in it escaped.
    pub fn path(&self) -> &str {
        let Some(host) = self.url.find("://").map(|at| at + "://".len()) else { return "/" };
        let Some(start) = self.url[host..].find('/').map(|at| at + host) else { return "/" };
        let end = self.url[start..].find(['?', '#']).map_or(self.url.len(), |at| at + start);
        &self.url[start..end]
    }

    /// A header, if it was sent.
    ///
    /// # Errors
    ///
    /// `internal_error` if the runtime takes `name` for no header's name.
    pub fn header(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.headers.get(name).map_err(|error| broken(error.into()))
    }

    /// The request as the runtime has it.
    pub fn inner(&self) -> &web_sys::Request {
        &self.inner
    }
}

impl FromRequest for Request {
    fn from_raw(inner: web_sys::Request) -> Result<Self, impl Into<Box<dyn std::error::Error>>> {
        let (headers, method, url) = (inner.headers(), inner.method(), inner.url());
        Ok::<_, Error>(Self { inner, headers, method, url })
    }
}
