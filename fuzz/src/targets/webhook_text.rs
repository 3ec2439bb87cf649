//! A webhook as text, the cases of the signature targets: headers, an empty line, the body. Two headers
//! are the deployment's: `secrets` is the configured list, and `now` the clock in Unix seconds.

use super::latin;
use super::meter::metered;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{Engine, alphabet, engine::DecodePaddingMode};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use taskwire::provider::contract::Provider;
use taskwire::signature::{MAX_SECRETS, Raw, Scheme, SecretSet, SignatureError};

const NOW: i64 = 1_614_265_330;
const SECRETS: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw wbs_test_secret_one";

/// Another sender's secret.
pub const STRANGER: &str = "whsec_bm90IHRoZSBwcm92aWRlcidz";

/// Base64 for secrets, as lenient as the libraries that generate them.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How a webhook was verified, and its delivery key.
#[derive(Debug, PartialEq, Eq)]
pub struct Good {
    pub scheme: Scheme,
    pub delivery: String,
}

/// A webhook with the deployment that it comes to.
#[derive(Clone)]
pub struct Webhook {
    headers: Vec<(String, String)>,
    pub secrets: String,
    pub now: i64,
    pub body: Vec<u8>,
}

impl Webhook {
    pub fn read(data: &[u8]) -> Self {
        let border = data.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = border.map_or((data, &[][..]), |at| (&data[..at], &data[at + 2..]));
        let headers: Vec<(String, String)> = latin(head)
            .split('\n')
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim_start().to_owned()))
            .collect();
        let mut webhook =
            Self { headers, secrets: SECRETS.to_owned(), now: NOW, body: body.to_vec() };
        if let Some(secrets) = webhook.header("secrets") {
            webhook.secrets = secrets.to_owned();
        }
        if let Some(now) = webhook.header("now") {
            webhook.now = now.parse().unwrap_or(NOW);
        }
        webhook
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut String)) {
        if let Some((_, value)) = self.headers.iter_mut().find(|(found, _)| found == name) {
            change(value);
        }
    }

    /// The secrets that count.
    pub fn secret_list(&self) -> Vec<String> {
        let parts = self.secrets.split(|c: char| c == ',' || c.is_whitespace());
        let hollow = ["", "whsec_", "wbs_"];
        parts.filter(|part| !hollow.contains(part)).take(MAX_SECRETS).map(str::to_owned).collect()
    }

    /// The same as the library reads them.
    pub fn secret_set(&self) -> Option<SecretSet> {
        let set = SecretSet::parse(&self.secrets);
        assert_eq!(set.is_none(), self.secret_list().is_empty(), "a deployment lost its secrets");
        set
    }

    /// Whether it comes from `provider`. `None` where no secret is configured.
    pub fn verify(&self, provider: &dyn Provider) -> Option<Result<Good, SignatureError>> {
        let secrets = self.secret_set()?;
        let header = |name: &&'static str| Some((*name, self.header(name)?.to_owned()));
        let headers: Vec<_> = provider.webhook_headers().iter().filter_map(header).collect();
        Some(metered(|| {
            let webhook = Raw::new(&self.body, &headers);
            let verified = provider.verify(webhook, &secrets, self.now)?;
            assert!(std::ptr::eq(verified.body(), &*self.body), "another body than was signed");
            Ok(Good { scheme: verified.scheme(), delivery: verified.delivery() })
        }))
    }

    /// Replaces placeholders in headers by valid signatures: `$HEX1` is that of the second secret.
    pub fn sign(
        &mut self,
        name: &str,
        place: &str,
        signature: impl Fn(&Self, &str) -> Option<String>,
    ) {
        if !self.header(name).is_some_and(|header| header.contains(place)) {
            return;
        }
        for (i, secret) in self.secret_list().iter().enumerate() {
            if let Some(signed) = signature(self, secret) {
                self.change(name, |header| {
                    *header = header.replace(&format!("{place}{i}"), &signed);
                });
            }
        }
    }

    pub fn flip(&mut self, place: usize) {
        match self.body.get_mut(place) {
            Some(byte) => *byte ^= 1 << (place % 8),
            None => self.body.push(0),
        }
    }
}

pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

pub fn hex_mac(secret: &str, parts: &[&[u8]]) -> String {
    hex::encode(mac(secret.as_bytes(), parts))
}

/// `None` where the secret is none of this scheme.
pub fn standard_mac(secret: &str, parts: &[&[u8]]) -> Option<String> {
    let key = LENIENT.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()?;
    (!key.is_empty()).then(|| format!("v1,{}", STANDARD.encode(mac(&key, parts))))
}
