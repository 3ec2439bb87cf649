//! Mynth's name, and the names of its settings.

use crate::provider::settings::{Proof, Settings, Webhooks};

pub const NAME: &str = "mynth";

pub static SETTINGS: Settings = Settings {
    api_key: "MYNTH_API_KEY",
    key_scheme: "Bearer",
    proof: Proof::Secret("MYNTH_WEBHOOK_SECRET"),
    api_url: ("MYNTH_API_URL", "https://api.mynth.io"),
    callback_hosts: None,
    public_rows: None,
    webhooks: Webhooks::Chosen("MYNTH_WEBHOOK_MODE"),
    is_required: true,
};
