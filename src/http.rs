//! Outgoing requests: to providers, to the issuer, to objects.
//!
//! They use `web_sys` directly. The SDK's `RequestInit` carries every option that Cloudflare has, and
//! would be a twentieth of the Worker's size.

use futures_util::future::{Either, select};
use std::pin::pin;
use std::time::Duration;
use worker::{AbortController, Delay, Error, Fetch, Request, Result};

/// One outgoing request.
pub struct Outgoing<'a> {
    pub method: &'static str,
    pub url: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Option<&'a str>,
}

impl Outgoing<'_> {
    /// The request as the runtime takes it.
    ///
    /// # Errors
    ///
    /// The runtime refuses the URL or a header.
    pub fn request(&self) -> Result<Request> {
        let headers = web_sys::Headers::new()?;
        for (name, value) in self.headers {
            headers.set(name, value)?;
        }
        let init = web_sys::RequestInit::new();
        init.set_method(self.method);
        init.set_headers(&headers);
        // A redirect is not followed: the key must not be sent to another host.
        init.set_redirect(web_sys::RequestRedirect::Manual);
        if let Some(body) = self.body {
            init.set_body(&body.into());
        }
        Ok(web_sys::Request::new_with_str_and_init(self.url, &init)?.into())
    }

    /// Sends the request and reads the whole answer, within `patience`.
    ///
    /// # Errors
    ///
    /// [`Failed::Late`] when the deadline has passed, [`Failed::Broken`] without a complete answer.
    pub async fn send(&self, patience: Duration) -> std::result::Result<Answer, Failed> {
        let controller = AbortController::default();
        let signal = controller.signal();
        let work = async {
            let request = Fetch::Request(self.request()?);
            let mut response = request.send_with_signal(&signal).await?;
            let retry_after = response.headers().get("retry-after")?;
            let retry_after = retry_after.and_then(|seconds| seconds.trim().parse().ok());
            Ok(Answer {
                status: response.status_code(),
                retry_after,
                body: response.bytes().await?,
            })
        };
        // Not `AbortSignal.timeout`: it stays pending after the answer and prevents hibernation.
        match select(pin!(work), pin!(Delay::from(patience))).await {
            Either::Left((outcome, _)) => outcome.map_err(Failed::Broken),
            Either::Right(_) => {
                controller.abort();
                Err(Failed::Late)
            }
        }
    }
}

pub struct Answer {
    pub status: u16,
    /// The `Retry-After` header, in seconds.
    pub retry_after: Option<u32>,
    pub body: Vec<u8>,
}

/// Why there is no answer.
pub enum Failed {
    /// The deadline has passed.
    Late,
    /// The connection failed.
    Broken(Error),
}
