//! The page's files, with the policy of this deployment.

use super::answer::Response;
use super::response::policy::{POLICY, with_origins};
use crate::platform::config;
use worker::{Env, Result};

/// `asset` with the origins of this deployment in its content security policy, if it has one.
pub fn page(asset: web_sys::Response, env: &Env) -> Result<Response> {
    let Some(own) = asset.headers().get(POLICY)? else { return Ok(Response::Passed(asset)) };
    let policy = with_origins(&own, &config(env));
    if policy == own {
        return Ok(Response::Passed(asset));
    }
    // The headers of what was fetched cannot be changed.
    let headers = web_sys::Headers::new_with_headers(&asset.headers())?;
    headers.set(POLICY, &policy)?;
    let init = web_sys::ResponseInit::new();
    init.set_status(asset.status());
    init.set_headers(&headers);
    let body = asset.body();
    let response = web_sys::Response::new_with_opt_readable_stream_and_init(body.as_ref(), &init)?;
    Ok(Response::Passed(response))
}
