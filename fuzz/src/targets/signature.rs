//! Mynth's signatures. In a header, `$HEX0` and `$STD0` are replaced by the valid signature of the first
//! secret: a fuzzer cannot guess a MAC.

use super::place_in;
use super::webhook_text::{STRANGER, Webhook, hex_mac, standard_mac};
use taskwire::provider::mynth::Mynth;
use taskwire::signature::SignatureError::{Future, Mismatch, Stale};
use taskwire::signature::{Scheme, TOLERANCE_SECONDS};

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const STANDARD: &str = "webhook-signature";
const HEX: &str = "x-mynth-signature";

/// Nothing unsigned verifies, nothing changed after signing verifies, and the result is deterministic.
pub fn signature(data: &[u8]) {
    let mut webhook = Webhook::read(data);
    webhook.sign(HEX, "$HEX", |webhook, secret| {
        let t = times(webhook.header(HEX)?).next().unwrap_or_default().to_owned();
        Some(of_hex(webhook, secret, &t))
    });
    webhook.sign(STANDARD, "$STD", of_standard);
    let Some(verdict) = webhook.verify(&Mynth) else { return };
    assert_eq!(webhook.verify(&Mynth).as_ref(), Some(&verdict), "two verdicts on one request");
    let Ok(verified) = verdict else { return };

    let at = signed_at(&webhook).expect("verified, and nobody has signed it");
    assert!(at.abs_diff(webhook.now) <= TOLERANCE_SECONDS, "verified, and out of its time");
    assert!((1..=256).contains(&verified.delivery.len()), "a delivery key of any size");
    assert!(verified.delivery.bytes().all(|byte| byte.is_ascii_graphic()));
    let is_standard = webhook.header(STANDARD).is_some();
    let scheme = if is_standard { Scheme::StandardWebhooks } else { Scheme::TimestampedHex };
    assert_eq!(verified.scheme, scheme);
    refuses_changes(&webhook, at, data);
}

fn of_hex(webhook: &Webhook, secret: &str, t: &str) -> String {
    hex_mac(secret, &[t.as_bytes(), b".", &webhook.body])
}

fn of_standard(webhook: &Webhook, secret: &str) -> Option<String> {
    let (id, timestamp) = (webhook.header(ID)?, webhook.header(TIMESTAMP)?);
    standard_mac(secret, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", &webhook.body])
}

/// Whatever a header names as its time.
fn times(header: &str) -> impl Iterator<Item = &str> {
    let parts = header.split(',').map(|part| part.trim_matches([' ', '\t']));
    parts.filter_map(|part| part.strip_prefix("t="))
}

/// The time that was signed, if one of the secrets has signed this.
fn signed_at(webhook: &Webhook) -> Option<i64> {
    let secrets = webhook.secret_list();
    if let Some(header) = webhook.header(STANDARD) {
        let mut macs = secrets.iter().filter_map(|secret| of_standard(webhook, secret));
        let is_signed = macs.any(|mac| header.contains(&mac));
        return webhook.header(TIMESTAMP).filter(|_| is_signed)?.parse().ok();
    }
    let header = webhook.header(HEX)?;
    let signed = |t: &&str| secrets.iter().any(|key| header.contains(&of_hex(webhook, key, t)));
    times(header).find(signed)?.parse().ok()
}

/// A webhook that verifies stops doing so with any change to what was signed.
fn refuses_changes(webhook: &Webhook, at: i64, data: &[u8]) {
    let refusal = |change: &dyn Fn(&mut Webhook)| {
        let mut changed = webhook.clone();
        change(&mut changed);
        changed
            .verify(&Mynth)
            .expect("it has secrets")
            .expect_err("it was changed, and still verifies")
    };
    let place = place_in(webhook.body.len(), data);
    assert_eq!(refusal(&|it| it.flip(place)), Mismatch);
    assert_eq!(refusal(&|it| it.body.push(b' ')), Mismatch);
    assert_eq!(refusal(&|it| it.secrets = STRANGER.to_owned()), Mismatch);
    let tolerance = TOLERANCE_SECONDS as i64;
    if let Some(late) = at.checked_add(tolerance + 1) {
        assert_eq!(refusal(&|it| it.now = late), Stale);
    }
    if let Some(soon) = at.checked_sub(tolerance + 1) {
        assert_eq!(refusal(&|it| it.now = soon), Future);
    }
    if webhook.header(STANDARD).is_some() && webhook.header(ID).is_some_and(|id| id.len() < 256) {
        assert_eq!(refusal(&|it| it.change(ID, |id| id.insert(0, 'x'))), Mismatch);
    }
}
