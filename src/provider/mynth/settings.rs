//! Mynth's name, and the names of its settings.

use crate::provider::settings::Settings;

pub const NAME: &str = "mynth";

pub static SETTINGS: Settings = Settings {
    api_key: "MYNTH_API_KEY",
    webhook_secret: "MYNTH_WEBHOOK_SECRET",
    api_url: ("MYNTH_API_URL", "https://api.mynth.io"),
    callback_hosts: None,
    public_rows: None,
    webhook_mode: Some("MYNTH_WEBHOOK_MODE"),
    is_required: true,
};
