//! Requests of ours: to providers, to the issuer, to objects.
//!
//! Built on the platform's own types. The SDK's `RequestInit` carries every option that Cloudflare
//! has, and would be a twentieth of the Worker.

use worker::{AbortSignal, Fetch, Request, Response, Result};

/// One request, as the platform takes it.
pub struct Outgoing<'a> {
    pub method: &'static str,
    pub url: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Option<&'a str>,
}

impl Outgoing<'_> {
    pub fn request(&self) -> Result<Request> {
        let headers = web_sys::Headers::new()?;
        for (name, value) in self.headers {
            headers.set(name, value)?;
        }
        let init = web_sys::RequestInit::new();
        init.set_method(self.method);
        init.set_headers(&headers);
        // A key goes to the host it is for, and nowhere that host may point to.
        init.set_redirect(web_sys::RequestRedirect::Manual);
        if let Some(body) = self.body {
            init.set_body(&body.into());
        }
        Ok(web_sys::Request::new_with_str_and_init(self.url, &init)?.into())
    }

    /// Sends it over the network. The answer's body is part of what has to come in time.
    pub async fn send(&self, patience_ms: u32) -> Result<Response> {
        let signal = AbortSignal::from(web_sys::AbortSignal::timeout_with_u32(patience_ms));
        Fetch::Request(self.request()?).send_with_signal(&signal).await
    }
}
