//! Replicate's wire as literals: starts, predictions, signatures, and the list in which lost starts are found.

mod predictions;
mod signature;
mod starts;

#[path = "../support/verified.rs"]
mod verified;

use taskwire::domain::id::TaskKey;
use taskwire::provider::contract::Provider;
use taskwire::provider::event::Event;
use taskwire::provider::registry::PROVIDERS;
use taskwire::signature::{Intent, SecretSet, WebhookTokenKey};

const ID: &str = "ufawqhfynnddngldkgtslldrkq";
const TASK_ID: &str = "rep_ufawqhfynnddngldkgtslldrkq";
const AT: i64 = 1_795_168_800_000;

fn replicate() -> &'static dyn Provider {
    PROVIDERS.named("replicate").expect("registered")
}

fn key() -> TaskKey {
    TaskKey::new(AT, [9; 12])
}

/// The address of a webhook of ours.
fn webhook() -> String {
    let secret = SecretSet::parse("a token secret of thirty-two bytes").expect("a secret");
    let token = WebhookTokenKey::new(&secret).sign(&Intent { user: "ada".into(), key: key() });
    format!("https://public.example/webhooks/replicate/{token}")
}

fn hear(body: &str) -> Event {
    replicate().read(&verified::verified(body.as_bytes(), &[])).expect("an event")
}
