//! Sends a callback with the provider's API key, to an allowed host.

use super::room::ChannelRoom;
use crate::domain::channel::callback::{PATIENCE, Reply};
use crate::domain::channel::state::{Channel, Recorded};
use crate::http::{Failed, Outgoing, fetch};
use crate::platform::{config, log_error};
use crate::provider::registry::PROVIDERS;
use std::time::Duration;

/// Most bytes of an answer that are read: only its status counts.
const ANSWER_BYTES: usize = 1024;

impl ChannelRoom<'_> {
    /// Makes one attempt at the callback of an event.
    pub(super) async fn call_back(&self, channel: &Channel, event: &Recorded, id: &str) -> Reply {
        let Some(provider) = PROVIDERS.named(&channel.provider) else { return Reply::Refused };
        let (config, settings) = (config(self.env), provider.settings());
        let url = &event.callback.url;
        // Checked again, since the list may have changed since the event came.
        if settings.callback_hosts(&config).allows(url).is_err() {
            return Reply::Refused;
        }
        let Ok(key) = config.secret(settings.api_key) else {
            log_error("callback", format_args!("{} is not set", settings.api_key));
            return Reply::Retry;
        };
        let bearer = format!("Bearer {}", key.expose());
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = provider.callback_body(event, id);
        let request = Outgoing { method: "POST", url, headers: &headers, body: Some(&body) };
        let patience = Duration::from_millis(PATIENCE as u64);
        match request.judge(patience, ANSWER_BYTES, |request| Ok(fetch(request))).await {
            Ok(answer) => provider.callback_reply(answer.status),
            Err(Failed::Late) => Reply::Retry,
            Err(Failed::Broken(error)) => {
                log_error("callback", error);
                Reply::Retry
            }
        }
    }
}
