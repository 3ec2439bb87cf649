//! ModelRiver's signatures. In a header, `$BODY0` and `$DATA0` are replaced by the valid signature of the
//! first secret, over the raw body and over its `data`.

use super::place_in;
use super::webhook_text::{STRANGER, Webhook, hex_mac};
use serde::de::IgnoredAny;
use std::ops::Range;
use taskwire::provider::modelriver::ModelRiver;
use taskwire::signature::SignatureError::{Future, Stale};
use taskwire::signature::{Scheme, SignatureError, TOLERANCE_SECONDS};

const BODY: &str = "mr-signature";
const DATA: &str = "x-modelriver-signature";
const TIMESTAMP: &str = "x-modelriver-timestamp";

/// Nothing unsigned verifies, nothing changed after signing verifies, and the result is deterministic.
pub fn modelriver_signature(data: &[u8]) {
    let mut webhook = Webhook::read(data);
    webhook.sign(BODY, "$BODY", |webhook, secret| Some(of_body(webhook, secret)));
    webhook.sign(DATA, "$DATA", of_data);
    let Some(verdict) = webhook.verify(&ModelRiver) else { return };
    assert_eq!(webhook.verify(&ModelRiver).as_ref(), Some(&verdict), "two verdicts on one request");
    let Ok(verified) = verdict else { return };

    assert!(verified.delivery.starts_with("sha256:") && verified.delivery.len() == 71);
    let secrets = webhook.secret_list();
    let any_signed = |header, mac: &dyn Fn(&str) -> Option<String>| {
        let header = webhook.header(header);
        secrets.iter().filter_map(|secret| mac(secret)).any(|mac| header == Some(&mac))
    };
    match verified.scheme {
        Scheme::HexOfBody => {
            assert!(any_signed(BODY, &|secret| Some(of_body(&webhook, secret))), "not signed");
            // Without the other signature: that is good for a body that was changed beside its data.
            webhook.change(DATA, String::clear);
            let place = place_in(webhook.body.len(), data);
            refused(&webhook, |it| it.flip(place));
            refused(&webhook, |it| it.body.push(b' '));
        }
        Scheme::HexOfPart => {
            assert!(any_signed(DATA, &|secret| of_data(&webhook, secret)), "not signed");
            refuses_changes_of_data(&webhook, data);
        }
        other => panic!("verified in a scheme of somebody else: {other:?}"),
    }
    refused(&webhook, |it| it.secrets = STRANGER.to_owned());
}

fn of_body(webhook: &Webhook, secret: &str) -> String {
    hex_mac(secret, &[&webhook.body])
}

fn of_data(webhook: &Webhook, secret: &str) -> Option<String> {
    let timestamp = webhook.header(TIMESTAMP)?;
    let signed = &webhook.body[signed_part(&webhook.body)];
    Some(hex_mac(secret, &[timestamp.as_bytes(), b".", signed]))
}

/// Where the value after the first `"data":` is, as the provider's simplest bodies have it; the whole
/// body where there is none.
fn signed_part(body: &[u8]) -> Range<usize> {
    const NAME: &[u8] = b"\"data\":";
    let found = body.windows(NAME.len()).position(|window| window == NAME).and_then(|at| {
        let start = at + NAME.len();
        let start = start + body[start..].iter().take_while(|byte| **byte == b' ').count();
        let mut values = serde_json::Deserializer::from_slice(&body[start..]).into_iter();
        let _: IgnoredAny = values.next()?.ok()?;
        Some(start..start + values.byte_offset())
    });
    found.unwrap_or(0..body.len())
}

fn refused(webhook: &Webhook, change: impl FnOnce(&mut Webhook)) -> SignatureError {
    let mut changed = webhook.clone();
    change(&mut changed);
    changed
        .verify(&ModelRiver)
        .expect("it has secrets")
        .expect_err("it was changed, and still verifies")
}

/// The exact bytes of `data` are signed with the time, and there is only one `data`.
fn refuses_changes_of_data(webhook: &Webhook, data: &[u8]) {
    let part = signed_part(&webhook.body);
    let place = part.start + place_in(part.len(), data);
    refused(webhook, |it| it.flip(place));
    if part.len() < webhook.body.len() {
        refused(webhook, |it| drop(it.body.splice(1..1, *b"\"data\":1,")));
    }
    let at: i64 = webhook.header(TIMESTAMP).and_then(|t| t.parse().ok()).expect("a signed time");
    assert!(at.abs_diff(webhook.now) <= TOLERANCE_SECONDS, "verified, and out of its time");
    let tolerance = TOLERANCE_SECONDS as i64;
    if let Some(late) = at.checked_add(tolerance + 1) {
        assert_eq!(refused(webhook, |it| it.now = late), Stale);
    }
    if let Some(soon) = at.checked_sub(tolerance + 1) {
        assert_eq!(refused(webhook, |it| it.now = soon), Future);
    }
}
