//! Answers: JSON, and the errors of the table.

use super::incoming::Request;
use crate::error::{ApiError, Code};
use crate::platform::fault;
use serde::Serialize;
use std::cell::RefCell;
use std::fmt::Display;
use worker::{IntoResponse, Result};

type Header = (&'static str, &'static str);

/// No answer of the API may be cached.
const PRIVATE: Header = ("cache-control", "private, no-store");
/// A browser asks each time, and may be told that nothing has changed.
const VERSIONED: Header = ("cache-control", "private, no-cache");
/// The text format of Prometheus.
const METRICS: Header = ("content-type", "text/plain; version=0.0.4; charset=utf-8");
const JSON: Header = ("content-type", "application/json");
const BEARER: Header = ("www-authenticate", "Bearer");

/// The headers that no answer goes without: a browser takes the content type at its word, and comes back
/// over https only.
const SAFE: [Header; 2] =
    [("x-content-type-options", "nosniff"), ("strict-transport-security", "max-age=31536000")];

/// An answer, before it is the runtime's.
pub enum Response {
    Own(Own),
    /// Made by the runtime, an object, or the assets: passed on as it is.
    Passed(web_sys::Response),
}

/// An answer of ours.
pub struct Own {
    status: u16,
    /// Besides [`SAFE`]. The same in every answer of a kind.
    fixed: &'static [Header],
    /// And those of this answer.
    more: Vec<(&'static str, String)>,
    body: Option<String>,
}

impl Response {
    pub fn new(status: u16, fixed: &'static [Header], body: Option<String>) -> Self {
        Self::Own(Own { status, fixed, more: Vec::new(), body })
    }

    /// With one more header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Own(own) = &mut self {
            own.more.push((name, value.into()));
        }
        self
    }
}

impl From<worker::Response> for Response {
    fn from(response: worker::Response) -> Self {
        Self::Passed(response.into())
    }
}

impl IntoResponse for Response {
    fn into_raw(
        self,
    ) -> std::result::Result<web_sys::Response, impl Into<Box<dyn std::error::Error>>> {
        match self {
            Self::Own(own) => own.into_raw(),
            Self::Passed(response) => Ok(response),
        }
    }
}

/// What the runtime makes an answer from, by status and headers. It only reads it, so one will do for all
/// answers of a kind, and saves a call for each header.
type Kept = (u16, &'static [Header], web_sys::ResponseInit, web_sys::Headers);

thread_local! {
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

impl Own {
    fn into_raw(self) -> Result<web_sys::Response> {
        let (init, headers) = kept(self.status, self.fixed)?;
        let init = match self.more.is_empty() {
            true => init,
            false => {
                let headers = web_sys::Headers::new_with_headers(&headers)?;
                for (name, value) in &self.more {
                    headers.append(name, value)?;
                }
                init_of(self.status, &headers)
            }
        };
        let body = self.body.as_deref();
        Ok(web_sys::Response::new_with_opt_str_and_init(body, &init)?)
    }
}

fn init_of(status: u16, headers: &web_sys::Headers) -> web_sys::ResponseInit {
    let init = web_sys::ResponseInit::new();
    init.set_status(status);
    init.set_headers(headers);
    init
}

fn kept(
    status: u16,
    fixed: &'static [Header],
) -> Result<(web_sys::ResponseInit, web_sys::Headers)> {
    let known = KEPT.with_borrow(|kept| {
        let one = kept.iter().find(|one| one.0 == status && one.1 == fixed)?;
        Some((one.2.clone(), one.3.clone()))
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let headers = web_sys::Headers::new()?;
    for (name, value) in SAFE.iter().chain(fixed) {
        headers.set(name, value)?;
    }
    let init = init_of(status, &headers);
    KEPT.with_borrow_mut(|kept| kept.push((status, fixed, init.clone(), headers.clone())));
    Ok((init, headers))
}

/// The JSON of an answer.
fn text(body: &impl Serialize) -> std::result::Result<Option<String>, ApiError> {
    serde_json::to_string(body).map(Some).map_err(|error| fault("answer", error))
}

pub fn json(status: u16, body: &impl Serialize) -> std::result::Result<Response, ApiError> {
    Ok(Response::new(status, &[JSON, PRIVATE], text(body)?))
}

/// Figures as text.
pub fn plain(text: String) -> Response {
    Response::new(200, &[METRICS, PRIVATE], Some(text))
}

/// The answer without a body: it is done.
pub fn nothing() -> std::result::Result<Response, ApiError> {
    Ok(Response::new(204, &[PRIVATE], None))
}

/// A JSON answer with its version as `ETag`, or a 304 if `If-None-Match` has that version.
pub fn versioned(
    request: &Request,
    body: &impl Serialize,
    version: impl Display,
) -> std::result::Result<Response, ApiError> {
    let tag = format!("\"{version}\"");
    let known = request.header("if-none-match")?;
    let is_known = known.is_some_and(|list| {
        list.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag)
    });
    let response = match is_known {
        true => Response::new(304, &[VERSIONED], None),
        false => Response::new(200, &[JSON, VERSIONED], text(body)?),
    };
    Ok(response.with("etag", tag))
}

pub fn refuse(error: &ApiError) -> Response {
    let fixed: &[Header] = match error.code {
        Code::Unauthorized => &[JSON, PRIVATE, BEARER],
        _ => &[JSON, PRIVATE],
    };
    let mut response = Response::new(error.status(), fixed, Some(error.body()));
    if let Some(allow) = error.allow {
        response = response.with("allow", allow);
    }
    if let Some(seconds) = error.retry_after {
        response = response.with("retry-after", seconds.to_string());
    }
    response
}
