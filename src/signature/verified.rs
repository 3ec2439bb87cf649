//! A webhook as received, and the proof that its provider sent it.
//!
//! The proof holds the body: a reader of events takes a [`Verified`], and only the verifiers in this
//! folder can make one. So unverified bytes cannot be read as an event by mistake.

use super::{body_delivery, is_delivery_id};

/// What the key of a delivery without an id begins with: that of a signed one, and of one with a token.
const SIGNED_BODY: &str = "sha256";
const TOKEN_BODY: &str = "request";

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
    /// Taken from our log. It was verified when it came, in one of the other ways, and has no headers any more.
    Logged,
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

    /// A webhook from our log, by the key that it was deduplicated by. The log has to say that it was verified when it
    /// came. `None`: the key is none, or stands for another body.
    pub fn logged(body: &'a [u8], delivery: &str) -> Option<Self> {
        let is_its = match delivery.split_once(':') {
            Some((prefix @ (SIGNED_BODY | TOKEN_BODY), _)) => {
                body_delivery(prefix, body) == delivery
            }
            _ => is_delivery_id(delivery),
        };
        let delivery = Delivery::Id(delivery.to_owned());
        is_its.then(|| Self::new(Raw::new(body, &[]), Scheme::Logged, delivery))
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
            Delivery::Body => body_delivery(SIGNED_BODY, self.raw.body),
            Delivery::TokenBody => body_delivery(TOKEN_BODY, self.raw.body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"a":1}"#;

    #[test]
    fn a_webhook_from_the_log_has_the_key_that_it_had_when_it_came() {
        let of =
            |delivery| Verified::new(Raw::new(BODY, &[]), Scheme::HexOfBody, delivery).delivery();
        for key in [of(Delivery::Id("msg_1".into())), of(Delivery::Body), of(Delivery::TokenBody)] {
            let logged = Verified::logged(BODY, &key).expect("a webhook");
            assert_eq!((logged.delivery(), logged.scheme()), (key, Scheme::Logged));
            assert_eq!((logged.body(), logged.header("webhook-id")), (BODY, None));
        }
    }

    #[test]
    fn a_key_that_stands_for_another_body_makes_none() {
        for delivery in [Delivery::Body, Delivery::TokenBody] {
            let key = Verified::new(Raw::new(b"{}", &[]), Scheme::HexOfBody, delivery).delivery();
            assert!(Verified::logged(BODY, &key).is_none(), "{key}");
        }
        for none in ["", "a b", "sha256:", "request:00", "sha256:zz"] {
            assert!(Verified::logged(BODY, none).is_none(), "{none}");
        }
    }
}
