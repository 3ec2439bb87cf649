//! The token in the URL of a webhook that is not signed.

use taskwire::domain::id::TaskKey;
use taskwire::signature::{Intent, Raw, Scheme, Secret, WebhookTokenKey};

/// 2026-11-20T10:00:00.000Z.
const NOW: i64 = 1_795_168_800_000;

#[test]
fn a_webhook_that_is_not_signed_is_taken_by_its_token_alone() {
    let key =
        WebhookTokenKey::new(&Secret::new("token secret".to_owned()).expect("a secret").into());
    let intent = Intent { user: "ada".to_owned(), key: TaskKey::new(NOW, [7; 12]) };
    let webhook = Raw::new(b"{}", &[]);
    let (found, verified) = key.accept(&key.sign(&intent), webhook, NOW).expect("its own token");
    assert_eq!(
        (found, verified.scheme(), verified.body()),
        (intent, Scheme::PathToken, &b"{}"[..])
    );
    assert_eq!(
        verified.delivery(),
        "request:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    assert!(key.accept("v1.e30.AAAA", webhook, NOW).is_none());
}
