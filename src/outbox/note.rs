//! Tells D1 how an event stands, for whoever operates this.

use crate::domain::outbox::state::Event;
use crate::platform::{config, with_deadline};
use crate::store::{D1_DEADLINE, Store};
use worker::Env;

/// Whether D1 knows how `event` stands, or need not know it.
pub async fn note(env: &Env, event: &Event) -> bool {
    if !config(env).logs_deliveries() {
        return true;
    }
    let noted = async { Store::new(env)?.note_event(event).await };
    with_deadline(D1_DEADLINE, noted).await.is_ok()
}
