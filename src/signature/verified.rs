//! A webhook as received, and the proof that its provider sent it.
//!
//! The proof holds the body: a reader of events takes a [`Verified`], and only the verifiers in this
//! folder can make one. So unverified bytes cannot be read as an event by mistake.

use super::body_delivery;

/// A webhook as received: its raw body, and the headers that its provider uses.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    body: &'a [u8],
    headers: &'a [(&'static str, String)],
}

impl<'a> Raw<'a> {
    /// `headers` are pairs of a lower-case name and a value. Missing headers are not in it.
    pub fn new(body: &'a [u8], headers: &'a [(&'static str, String)]) -> Self {
        Self { body, headers }
    }

    /// The bytes as received. They are not verified.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
    }
}

/// How a webhook was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    StandardWebhooks,
    /// A header `t=<seconds>,v1=<hex>`: of the time and the whole body.
    TimestampedHex,
    /// A header with a bare hex signature of the whole body.
    HexOfBody,
    /// A header with a bare hex signature of a time and a part of the body. The rest of the body is not
    /// signed.
    HexOfPart,
    /// Headers with a time and an Ed25519 signature of it and the whole body.
    PublishedKey,
    /// Not signed. Its URL contains a token of ours for one start.
    PathToken,
}

/// What a delivery is deduplicated by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivery {
    /// The id that the provider gave it, the same on every retry.
    Id(String),
    /// Its body, which a retry repeats. Hashed only when asked for.
    Body,
    /// The same for a webhook that is not signed.
    TokenBody,
}

/// A webhook whose signature and time were verified.
#[derive(Debug, Clone)]
pub struct Verified<'a> {
    raw: Raw<'a>,
    scheme: Scheme,
    delivery: Delivery,
}

impl<'a> Verified<'a> {
    pub(super) fn new(raw: Raw<'a>, scheme: Scheme, delivery: Delivery) -> Self {
        Self { raw, scheme, delivery }
    }

    /// The raw body.
    pub fn body(&self) -> &'a [u8] {
        self.raw.body
    }

    /// A header by its name in lower case. Most headers are not signed, so the body takes precedence.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.raw.header(name)
    }

    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The key to deduplicate by, the same on every retry: at most 256 visible ASCII characters.
    pub fn delivery(&self) -> String {
        match &self.delivery {
            Delivery::Id(id) => id.clone(),
            Delivery::Body => body_delivery("sha256", self.raw.body),
            Delivery::TokenBody => body_delivery("request", self.raw.body),
        }
    }
}
