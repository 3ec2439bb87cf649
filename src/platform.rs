//! The runtime's clock, randomness, variables, timers and log.

use crate::cache::Latest;
use crate::config::Config;
use crate::domain::id::{RANDOM_BYTES, TaskKey};
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::log::flood::CountLine;
use crate::log::{Line, What};
use futures_channel::oneshot;
use js_sys::{Date, Reflect};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::{Context, Delay, Env, console_error, console_log};

pub fn now() -> Millis {
    Date::now() as Millis
}

/// What is made of an `env`, once for each isolate: it has the settings of a deployment, and no isolate outlives
/// one. Another `env` has other settings: a test wraps it.
pub type PerEnv<T> = Latest<JsValue, T>;

thread_local! {
    /// The variables that were read.
    static VARIABLES: RefCell<PerEnv<BTreeMap<String, Option<String>>>> =
        const { RefCell::new(PerEnv::new()) };
}

pub fn config(env: &Env) -> Config<impl Fn(&str) -> Option<String>> {
    Config::from_lookup(|name| {
        VARIABLES.with_borrow_mut(|known| {
            let env: &JsValue = env.as_ref();
            let read = known.of(env, BTreeMap::new);
            if let Some(value) = read.get(name) {
                return value.clone();
            }
            let value = variable(env, name);
            read.insert(name.to_owned(), value.clone());
            value
        })
    })
}

fn variable(env: &JsValue, name: &str) -> Option<String> {
    Reflect::get(env, &name.into()).ok()?.as_string()
}

/// A new key for a task that is about to be started.
///
/// # Errors
///
/// `internal_error` if the runtime has no randomness.
pub fn new_key(now: Millis) -> Result<TaskKey, ApiError> {
    let mut random = [0; RANDOM_BYTES];
    getrandom::fill(&mut random).map_err(|error| fault("randomness", error))?;
    Ok(TaskKey::new(now, random))
}

thread_local! {
    /// The shortest deadline around what is being polled.
    static SHORTEST: Cell<Duration> = const { Cell::new(Duration::MAX) };
}

/// Puts back the deadline that was there before, after a panic too.
struct Around(Duration);

impl Drop for Around {
    fn drop(&mut self) {
        SHORTEST.set(self.0);
    }
}

/// Runs `work` with a deadline. Within a shorter one it needs no timer.
///
/// # Errors
///
/// Those of `work`, or `unavailable` when the deadline has passed.
pub async fn with_deadline<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let timer = (deadline < SHORTEST.get()).then(|| Delay::from(deadline));
    let (mut work, mut timer) = (pin!(work), pin!(timer));
    poll_fn(|context| {
        let polled = {
            let _around = Around(SHORTEST.replace(SHORTEST.get().min(deadline)));
            work.as_mut().poll(context)
        };
        if polled.is_ready() {
            return polled;
        }
        match timer.as_mut().as_pin_mut().map(|timer| timer.poll(context)) {
            Some(Poll::Ready(())) => Poll::Ready(Err(outage(
                "deadline",
                format_args!("after {} ms", deadline.as_millis()),
            ))),
            _ => Poll::Pending,
        }
    })
    .await
}

/// Lets the runtime do first what it has been asked to: it sends nothing while our code has the processor.
pub async fn next_turn() {
    Delay::from(Duration::ZERO).await;
}

/// Runs `work` to its end even if the client disconnects, since a start costs money.
///
/// # Errors
///
/// `internal_error` if `work` ended without an outcome.
pub async fn finish_even_if_client_leaves<T: 'static>(
    context: &Context,
    work: impl Future<Output = T> + 'static,
) -> Result<T, ApiError> {
    let (done, outcome) = oneshot::channel();
    context.wait_until(async move {
        let _ = done.send(work.await);
    });
    outcome.await.map_err(|error| fault("start", error))
}

/// Writes one line to the log. Never pass a secret, a ticket or a token.
pub fn log(what: &str, detail: impl Display) {
    console_log!("{what}: {detail}");
}

/// Writes a structured line.
pub fn log_line(line: &Line<'_>) {
    console_log!("{}", line.text());
}

/// Writes a structured line about many.
pub fn log_count(line: &CountLine<'_>) {
    console_log!("{}", line.text());
}

/// A room has been behind for a day.
pub fn log_behind(provider: &str, id: Option<&str>) {
    log_line(&Line {
        event: What::Behind,
        provider,
        id,
        code: "unavailable",
        reason: "Its rows or its feeds have not been brought up to date for a day.",
    });
}

/// Logs a fault of ours. What the caller hears of it is in the answer.
pub fn log_error(what: &str, error: impl Display) {
    console_error!("{what}: {error}");
}

/// Logs a temporary failure and returns the general `unavailable` error.
pub fn outage(what: &str, error: impl Display) -> ApiError {
    log_error(what, error);
    ApiError::unavailable()
}

/// Logs a bug of ours and returns the general `internal_error`.
pub fn fault(what: &str, error: impl Display) -> ApiError {
    log_error(what, error);
    ApiError::internal()
}
