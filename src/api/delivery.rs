//! A webhook while it is handled, for the operator's log and figures.

use super::answer::Response;
use super::incoming::Request;
use crate::domain::delivery::arrival::{Arrival, REFUSED_BYTES, VERIFIED_BYTES, text_of};
use crate::domain::delivery::mark::Mark;
use crate::domain::delivery::queue::{PAUSE, Queue};
use crate::domain::delivery::record::Record;
use crate::domain::delivery::sampler::{COUNTED, Keep, Sampler};
use crate::domain::time::Millis;
use crate::domain::verdict::Verdict;
use crate::error::{ApiError, Code};
use crate::metrics;
use crate::platform::{config, log_error, new_key, now};
use crate::provider::contract::Provider;
use crate::provider::event::Event;
use crate::signature::Verified;
use crate::store::Store;
use crate::store::row::to_json;
use std::cell::RefCell;
use std::time::Duration;
use worker::{Context, Delay, Env};

/// A webhook, and what is known of it so far.
pub struct Incoming {
    arrival: Arrival,
    provider: &'static dyn Provider,
    /// The log is on.
    is_to_log: bool,
    is_verified: bool,
    /// A room has added it to the log.
    is_logged: bool,
    /// What became of it. `None`: it was not taken.
    mark: Option<Mark>,
}

impl Incoming {
    /// A webhook of this provider has come.
    pub fn of(provider: &'static dyn Provider, env: &Env) -> Self {
        let arrival = Arrival {
            key: String::new(),
            at: now(),
            provider: provider.name().to_owned(),
            event: None,
            delivery: None,
            task_id: None,
            bytes: 0,
            body: None,
        };
        let is_to_log = config(env).logs_deliveries();
        Self { arrival, provider, is_to_log, is_verified: false, is_logged: false, mark: None }
    }

    /// Its body is there, and is not trusted yet.
    pub fn came(&mut self, body: &[u8]) {
        self.arrival.bytes = body.len();
        if self.is_to_log {
            self.arrival.body = Some(text_of(body, REFUSED_BYTES));
        }
    }

    /// Its signature is good.
    pub fn verified(&mut self, webhook: &Verified<'_>) {
        self.is_verified = true;
        if self.is_to_log {
            self.arrival.body = Some(text_of(webhook.body(), VERIFIED_BYTES));
            self.arrival.delivery = Some(webhook.delivery());
            self.arrival.key =
                new_key(self.arrival.at).map(|key| key.to_string()).unwrap_or_default();
        }
    }

    /// It was read.
    pub fn says(&mut self, event: &Event) {
        self.arrival.event = Some(self.provider.event_name(event));
        self.arrival.task_id = event.subject().map(str::to_owned);
    }

    /// What the room that it is sent to adds to the log.
    pub fn for_room(&self) -> Option<Arrival> {
        self.is_to_log.then(|| self.arrival.clone())
    }

    /// What became of it in its room, and whether the room has logged it.
    pub fn judged(&mut self, verdict: Verdict, is_logged: bool) {
        self.mark = Some(Mark::of(verdict));
        self.is_logged = is_logged;
    }

    /// What became of it without a room.
    pub fn marked(&mut self, mark: Mark) {
        self.mark = Some(mark);
    }

    /// It is answered. What is still to be logged is logged after the answer.
    pub fn answered(
        mut self,
        answer: &Result<Response, ApiError>,
        request: &Request,
        (env, context): (&Env, &Context),
    ) {
        let (mark, status, reason) = match answer {
            Ok(_) => (self.mark.unwrap_or(Mark::Noted), 200, None),
            Err(error) => (mark_of(error), error.status(), Some(error.message.clone())),
        };
        if mark == Mark::TooLarge {
            let length = request.header("content-length").ok().flatten();
            self.arrival.bytes = length.and_then(|text| text.parse().ok()).unwrap_or_default();
        }
        // Nothing of what was erased is kept.
        if mark == Mark::UnknownTask {
            self.arrival.body = None;
        }
        let ms = (now() - self.arrival.at).max(0);
        let finished = Finished { incoming: self, mark, status, reason, ms };
        metrics::delivery(env, &finished.record());
        if finished.incoming.is_to_log && !finished.incoming.is_logged {
            finished.log(env.clone(), context);
        }
    }
}

/// A webhook that was answered.
struct Finished {
    incoming: Incoming,
    mark: Mark,
    status: u16,
    reason: Option<String>,
    ms: Millis,
}

thread_local! {
    static REFUSED: RefCell<Sampler> = const { RefCell::new(Sampler::new()) };
    static WAITING: RefCell<Queue> = const { RefCell::new(Queue::new()) };
}

impl Finished {
    fn record(&self) -> Record<'_> {
        Record {
            arrival: &self.incoming.arrival,
            verdict: self.mark,
            status: self.status,
            ms: self.ms,
            reason: self.reason.as_deref(),
            settled: None,
            committed: None,
        }
    }

    fn log(self, env: Env, context: &Context) {
        if self.incoming.is_verified {
            let row = to_json(&self.record());
            if WAITING.with_borrow_mut(|waiting| waiting.add(row, now())) {
                context.wait_until(write_waiting(env));
            }
            return;
        }
        let name = self.incoming.provider.name();
        match REFUSED.with_borrow_mut(|refused| refused.one_more(name, self.mark, now())) {
            Keep::Row => context.wait_until(async move {
                let write = async { Store::new(&env)?.log_refused(&self.record(), now()).await };
                noted(write.await);
            }),
            Keep::CountLater => context.wait_until(count_refused(env)),
            Keep::Count => {}
        }
    }
}

/// Writes all rows that wait. What D1 does not take is lost: the log is not worth a queue on disk.
async fn write_waiting(env: Env) {
    Delay::from(Duration::from_millis(PAUSE.unsigned_abs())).await;
    while let Some(page) = WAITING.with_borrow_mut(Queue::page) {
        noted(async { Store::new(&env)?.log_deliveries(&page).await }.await);
    }
}

fn noted(written: Result<(), ApiError>) {
    if let Err(error) = written {
        log_error("delivery log", error);
    }
}

async fn count_refused(env: Env) {
    Delay::from(Duration::from_millis(COUNTED.unsigned_abs())).await;
    let counts = REFUSED.with_borrow_mut(Sampler::counted);
    if !counts.is_empty() {
        noted(async { Store::new(&env)?.count_deliveries(&counts, now()).await }.await);
    }
}

/// What an answer that is an error says of the webhook.
fn mark_of(error: &ApiError) -> Mark {
    match error.code {
        Code::InvalidSignature => Mark::BadSignature,
        Code::PayloadTooLarge => Mark::TooLarge,
        Code::MalformedEvent => Mark::Malformed,
        _ => Mark::Failed,
    }
}
