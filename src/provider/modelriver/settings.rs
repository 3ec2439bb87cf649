//! ModelRiver's name, and the names of its settings.

use crate::provider::settings::{Proof, Settings, Webhooks};

pub const NAME: &str = "modelriver";

pub static SETTINGS: Settings = Settings {
    api_key: "MODELRIVER_API_KEY",
    key_scheme: "Bearer",
    proof: Proof::Secret("MODELRIVER_WEBHOOK_SECRET"),
    api_url: ("MODELRIVER_API_URL", "https://api.modelriver.com"),
    callback_hosts: Some(("MODELRIVER_CALLBACK_HOSTS", "api.modelriver.com")),
    webhooks: Webhooks::Registered,
    public_rows: Some("MODELRIVER_PUBLIC"),
    is_required: false,
};
