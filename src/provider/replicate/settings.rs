//! Replicate's name, and the names of its settings.

use crate::provider::settings::{Proof, Settings, Webhooks};

pub const NAME: &str = "replicate";

pub static SETTINGS: Settings = Settings {
    api_key: "REPLICATE_API_TOKEN",
    key_scheme: "Bearer",
    proof: Proof::Secret("REPLICATE_WEBHOOK_SECRET"),
    api_url: ("REPLICATE_API_URL", "https://api.replicate.com/v1"),
    callback_hosts: None,
    public_rows: None,
    webhooks: Webhooks::OfEachRequest,
    is_required: false,
};
