//! Since when destinations have been failing. D1 has a row for each that does, and none if all is well. Each
//! isolate reads them once a minute.

use crate::domain::outbox::health::{FAILING_AFTER, is_off};
use crate::domain::outbox::road::Road;
use crate::domain::outbox::state::Outcome;
use crate::domain::time::{MINUTE, Millis};
use crate::log::{Line, What};
use crate::platform::{log_line, now, with_deadline};
use crate::store::{D1_DEADLINE, Store};
use std::cell::RefCell;
use worker::Env;

#[derive(Default)]
struct Known {
    read_at: Option<Millis>,
    failing: Vec<(String, Millis)>,
}

impl Known {
    fn since(&self, destination: &str) -> Option<Millis> {
        self.failing.iter().find(|(known, _)| known == destination).map(|(_, since)| *since)
    }
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// Whether a destination is off. Without D1 none is.
pub(super) async fn off(env: &Env, destination: &str, road: &Road) -> bool {
    let is_fresh = |known: &Known| known.read_at.is_some_and(|at| now() - at < MINUTE);
    if !KNOWN.with_borrow(is_fresh) {
        let read = async { Store::new(env)?.failing_destinations().await };
        if let Ok(failing) = with_deadline(D1_DEADLINE, read).await {
            KNOWN.set(Known { read_at: Some(now()), failing });
        }
    }
    let since = KNOWN.with_borrow(|known| known.since(destination));
    let off = is_off(since, now());
    if off {
        log_line(&Line {
            event: What::DestinationOff,
            provider: "events",
            id: Some(&road.name()),
            code: "destination_off",
            reason: "It has answered nothing but failures for 120 hours. It is on again with another \
                     EVENTS_URL or EVENTS_SECRET, or without its row in event_destinations.",
        });
    }
    off
}

/// Notes how an attempt has ended, if that is news of its destination.
pub(super) async fn note(env: &Env, destination: String, outcome: Outcome, failures: u32) {
    let is_failing = KNOWN.with_borrow(|known| known.since(&destination).is_some());
    let is_good = match outcome {
        Outcome::Delivered(_) if is_failing => true,
        Outcome::Failed { .. } if !is_failing && failures + 1 >= FAILING_AFTER => false,
        _ => return,
    };
    let at = now();
    let write = async { Store::new(env)?.note_destination(&destination, is_good, at).await };
    if with_deadline(D1_DEADLINE, write).await.is_ok() {
        KNOWN.with_borrow_mut(|known| {
            if is_good {
                known.failing.retain(|(known, _)| *known != destination);
            } else {
                known.failing.push((destination, at));
            }
        });
    }
}
