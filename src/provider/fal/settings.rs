//! fal's name, and the names of its settings.

use crate::provider::settings::{Proof, Settings, Webhooks};

pub const NAME: &str = "fal";

pub static SETTINGS: Settings = Settings {
    api_key: "FAL_KEY",
    key_scheme: "Key",
    proof: Proof::PublishedKeys((
        "FAL_JWKS_URL",
        "https://rest.alpha.fal.ai/.well-known/jwks.json",
    )),
    api_url: ("FAL_API_URL", "https://queue.fal.run"),
    callback_hosts: None,
    public_rows: None,
    webhooks: Webhooks::OfEachRequest,
    is_required: false,
};
