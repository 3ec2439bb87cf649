//! fal's wire as literals: submissions, the queue, results, webhooks and their signatures.

mod results;
mod signature;
mod starts;

#[path = "../support/verified.rs"]
mod verified;

use taskwire::provider::call::TaskRef;
use taskwire::provider::contract::Provider;
use taskwire::provider::registry::PROVIDERS;

const ID: &str = "024ca5b1-45d3-4afd-883e-ad3abe2a1c4d";
const TASK_ID: &str = "fal_024ca5b1-45d3-4afd-883e-ad3abe2a1c4d";

fn fal() -> &'static dyn Provider {
    PROVIDERS.named("fal").expect("registered")
}

fn about() -> TaskRef<'static> {
    TaskRef { task_id: TASK_ID, kind: "fal.request", model: Some("fal-ai/flux/dev"), links: None }
}
