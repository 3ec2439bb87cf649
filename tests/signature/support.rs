//! What the tests sign with, independently of the code under test, and how they call it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use taskwire::provider::{modelriver, mynth};
use taskwire::signature::{
    Raw, Scheme, Scope, Secret, SecretSet, SignatureError, Ticket, TicketKey, Verified,
};

pub const NOW: i64 = 1_614_265_330;
pub const T: &str = "1614265330";
pub const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
pub const STANDARD_BODY: &[u8] = br#"{"test": 2432232314}"#;
pub const STANDARD_SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
pub const HEX_BODY: &[u8] =
    br#"{"event":"task.image.generate.completed","task":{"id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP"}}"#;
pub const HEX_MAC: &str = "554910f15337d8ab0f90f118919e958950f39ffe13130d09949be5bd1d6a9f86";
pub const HEX_SECRET: &str = "wbs_test_secret_one";

/// A completed event of a realistic size.
pub fn realistic_body() -> Vec<u8> {
    let start = r#"{"id":"evt_01KE7XWWEQ4MCGWKBQKJ1G47RP","type":"task.image.generate.completed","timestamp":"2026-10-04T10:00:12.000Z","data":{"id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP","type":"image.generate","status":"completed","request":{"prompt":""#;
    let prompt = "a lighthouse in the fog, ".repeat(12);
    let end = r#"","count":1},"result":{"model":"m","images":[{"status":"success","id":"img_1","url":"https://cdn.example/1.webp"}]},"errors":null,"cost":"0.03"}}"#;
    [start, &prompt, end].concat().into_bytes()
}

pub fn secrets(text: &str) -> SecretSet {
    SecretSet::parse(text).expect("a secret")
}

pub fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

pub fn hex_mac(secret: &str, t: &str, body: &[u8]) -> String {
    let text = [t.as_bytes(), b".", body].concat();
    hex::encode(hmac(secret.as_bytes(), &text))
}

pub fn standard_mac(secret: &str, id: &str, t: &str, body: &[u8]) -> String {
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("base64");
    let text = [id.as_bytes(), b".", t.as_bytes(), b".", body].concat();
    format!("v1,{}", STANDARD.encode(hmac(&key, &text)))
}

/// How a webhook was verified, and what its delivery is known by.
#[derive(Debug, PartialEq, Eq)]
pub struct Good {
    pub scheme: Scheme,
    pub delivery: String,
}

pub type Verdict = Result<Good, SignatureError>;

/// A webhook with those of its headers that are there, as `verify` sees it.
fn verdict(
    body: &[u8],
    headers: &[(&'static str, Option<&str>)],
    verify: impl Fn(Raw<'_>) -> Result<Verified<'_>, SignatureError>,
) -> Verdict {
    let there: Vec<(&'static str, String)> =
        headers.iter().filter_map(|(name, value)| Some((*name, (*value)?.to_owned()))).collect();
    let verified = verify(Raw::new(body, &there))?;
    assert_eq!(verified.body(), body, "another body than the one that was signed");
    for (name, value) in &there {
        assert_eq!(verified.header(name), Some(value.as_str()));
    }
    Ok(Good { scheme: verified.scheme(), delivery: verified.delivery() })
}

/// The headers that Mynth signs with; `None` where there is none.
#[derive(Clone, Copy, Default)]
pub struct MynthHeaders<'a> {
    pub webhook_id: Option<&'a str>,
    pub webhook_timestamp: Option<&'a str>,
    pub webhook_signature: Option<&'a str>,
    pub x_mynth_signature: Option<&'a str>,
    pub x_mynth_delivery: Option<&'a str>,
}

impl MynthHeaders<'_> {
    pub fn verify(&self, body: &[u8], set: &SecretSet, now: i64) -> Verdict {
        let headers = [
            ("webhook-id", self.webhook_id),
            ("webhook-timestamp", self.webhook_timestamp),
            ("webhook-signature", self.webhook_signature),
            ("x-mynth-signature", self.x_mynth_signature),
            ("x-mynth-delivery", self.x_mynth_delivery),
        ];
        verdict(body, &headers, |webhook| mynth::signature::verify(webhook, set, now))
    }
}

/// The headers that ModelRiver signs with; `None` where there is none.
#[derive(Clone, Copy, Default)]
pub struct ModelRiverHeaders<'a> {
    pub mr_signature: Option<&'a str>,
    pub x_signature: Option<&'a str>,
    pub x_timestamp: Option<&'a str>,
}

impl ModelRiverHeaders<'_> {
    pub fn verify(&self, body: &[u8], set: &SecretSet, now: i64) -> Verdict {
        let headers = [
            ("mr-signature", self.mr_signature),
            ("x-modelriver-signature", self.x_signature),
            ("x-modelriver-timestamp", self.x_timestamp),
        ];
        verdict(body, &headers, |webhook| modelriver::signature::verify(webhook, set, now))
    }
}

pub fn hex(header: &str, body: &[u8], set: &SecretSet, now: i64) -> Verdict {
    let headers = MynthHeaders { x_mynth_signature: Some(header), ..MynthHeaders::default() };
    headers.verify(body, set, now)
}

pub fn standard([id, t, signature]: [&str; 3], body: &[u8], set: &SecretSet, now: i64) -> Verdict {
    let headers = MynthHeaders {
        webhook_id: Some(id),
        webhook_timestamp: Some(t),
        webhook_signature: Some(signature),
        ..MynthHeaders::default()
    };
    headers.verify(body, set, now)
}

/// Every way to change one bit of `bytes`.
pub fn one_bit_flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

/// The same for a header's value, read as HTTP does: one character per byte.
pub fn one_bit_flips_of_text(text: &str) -> impl Iterator<Item = String> {
    one_bit_flips(text.as_bytes()).map(|bytes| bytes.into_iter().map(char::from).collect())
}

pub const TICKET: &str = "v1.eyJ1c2VyIjoidXNlcl8xIiwic2NvcGUiOnsia2luZCI6InRhc2siLCJpZCI6InRza18wMUtFN1hXV0VRNE1DR1dLQlFLSjFHNDdSUCJ9LCJleHBpcmVzQXQiOjE3OTUxNzI0MDAwMDB9.F819KVda06_PoRdJa4AymUZ7W6A7vF5EzECJNVY8Dck";
pub const EXPIRES_AT: i64 = 1_795_172_400_000;

pub fn ticket_key(secret: &str) -> TicketKey {
    TicketKey::new(&Secret::new(secret.to_owned()).expect("a secret").into())
}

pub fn ticket() -> Ticket {
    Ticket {
        user: "user_1".to_owned(),
        scope: Scope::Task("tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP".to_owned()),
        expires_at: EXPIRES_AT,
    }
}
