//! A webhook as it came, and the proof that its provider sent it.
//!
//! The proof holds the body: whoever reads an event takes a [`Verified`], and there is no other way to
//! its bytes. Only the verifiers of this folder can make one.

use super::body_delivery;

/// A webhook as it came: its raw body, and the headers that its provider signs with.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    body: &'a [u8],
    headers: &'a [(&'static str, String)],
}

impl<'a> Raw<'a> {
    /// `headers` are names in lower case with their values, without those that are missing.
    pub fn new(body: &'a [u8], headers: &'a [(&'static str, String)]) -> Self {
        Self { body, headers }
    }

    /// The bytes as they were received. Nobody has vouched for them.
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
    /// A header with a bare hex signature of a time and a part of the body. What stands beside that part
    /// was not signed.
    HexOfPart,
    /// Not signed. The address that it came to holds a token of ours, for one start.
    PathToken,
}

/// What a delivery is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivery {
    /// The id that the provider gave it, the same on every retry.
    Id(String),
    /// Its body, which a retry repeats. Hashed only where somebody asks.
    Body,
    /// The same, for what was not signed.
    TokenBody,
}

/// A webhook whose signature and time were found good. To ask for one is to ask for a signature.
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

    /// A header by its name in lower case. Headers are not signed, but for those that a scheme names:
    /// what the body says goes first.
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
