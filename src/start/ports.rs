//! The ports of a start: what it does to the outside.

use crate::domain::channel::intent::Intent;
use crate::domain::channel::state::Channel;
use crate::domain::claim::{Claim, Claimed};
use crate::domain::id::TaskKey;
use crate::domain::task::{Task, TaskError};
use crate::domain::time::Millis;
use crate::domain::usage::apply::{Answer, Wanted};
use crate::domain::usage::prices::Prices;
use crate::domain::usage::word::Word;
use crate::error::ApiError;
use crate::provider::calls::Calls;
use crate::provider::registry::Registry;
use std::collections::BTreeSet;
use std::time::Duration;

/// Calls that are under way at once: the connections that the runtime allows a request.
pub(super) const SIDE_BY_SIDE: usize = 6;

/// The rows in D1. A call that fails may have been performed anyway.
#[expect(async_fn_in_trait, reason = "a Worker has one thread: nothing needs these to be Send")]
pub trait Rows {
    /// What was started under an idempotency key.
    async fn claimed(&self, user: &str, key: &str) -> Result<Option<Claimed>, ApiError>;

    /// Inserts the rows of tasks that are about to be started, all or none. Fails if the idempotency key
    /// is taken.
    async fn insert(&self, tasks: &[&Task], claim: Option<&Claim>) -> Result<(), ApiError>;

    /// Deletes the rows of starts that did not happen, and sets what their idempotency key stands for.
    /// `None` frees the key.
    async fn undo(
        &self,
        tasks: &[&Task],
        claim: Option<&Claim>,
        stands_for: Option<&str>,
    ) -> Result<(), ApiError>;

    /// Fails the rows of a start, with the reason.
    async fn refuse(&self, task: &Task, reason: &TaskError, now: Millis) -> Result<(), ApiError>;

    /// Fails the rows of a start that the provider does not have.
    async fn give_up(&self, task: &Task, reason: &TaskError, now: Millis) -> Result<(), ApiError>;

    /// Upserts the rows of a task. Returns the version of rows that are newer and have no provider's id.
    async fn mirror(&self, task: &Task) -> Result<Option<u64>, ApiError>;

    /// Those of a provider's ids that a row has.
    async fn known_ids(&self, ids: &[&str]) -> Result<BTreeSet<String>, ApiError>;

    /// What was started under a claim, in the order it was asked for.
    async fn started_under(&self, user: &str, started: &str) -> Result<Vec<Task>, ApiError>;

    /// Records that a channel is about to be started, and claims its idempotency key: both or neither.
    /// Fails if the key is taken.
    async fn intend(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
        at: Millis,
    ) -> Result<(), ApiError>;

    /// Removes the intent of a start that was refused, and frees its idempotency key.
    async fn withdraw_intent(&self, intent: &Intent, claim: Option<&Claim>)
    -> Result<(), ApiError>;

    /// Sets what a claimed key stands for.
    async fn resolve_claim(
        &self,
        user: &str,
        claim: &Claim,
        stands_for: &str,
    ) -> Result<(), ApiError>;

    /// Inserts the row of a channel.
    async fn insert_channel(&self, channel: &Channel) -> Result<(), ApiError>;
}

/// The rooms of tasks and channels, and the books of users.
#[expect(async_fn_in_trait, reason = "a Worker has one thread: nothing needs these to be Send")]
pub trait Rooms {
    /// Attaches a task to its room and returns its current state: an early webhook may have completed it.
    async fn attach(&self, task: Task) -> Result<Task, ApiError>;

    /// The current task, if it is this user's.
    async fn read(&self, task_id: &str, user: &str) -> Result<Option<Task>, ApiError>;

    /// Makes sure that a task under way has a room with an alarm.
    async fn wake(&self, task: &Task) -> Result<(), ApiError>;

    /// Enters starts in the user's book, before they are made.
    async fn reserve(&self, user: &str, wanted: Wanted) -> Result<Answer, ApiError>;

    /// Takes back the entries of starts that were not made.
    async fn release(&self, user: &str, starts: Vec<TaskKey>) -> Result<(), ApiError>;

    /// Tells the user's book how starts stand that no room takes care of.
    async fn tell(&self, user: &str, words: Vec<Word>) -> Result<(), ApiError>;

    /// Attaches a channel to its room.
    async fn attach_channel(&self, channel: Channel) -> Result<(), ApiError>;

    /// The current channel, if this user may see it.
    async fn read_channel(&self, channel_id: &str, user: &str)
    -> Result<Option<Channel>, ApiError>;
}

/// The clock, timers and the log.
#[expect(async_fn_in_trait, reason = "a Worker has one thread: nothing needs these to be Send")]
pub trait Clock {
    fn now(&self) -> Millis;

    async fn pause(&self, pause: Duration);

    /// Runs `work` with a deadline. Fails with `unavailable` when it has passed.
    async fn with_deadline<T>(
        &self,
        deadline: Duration,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError>;

    /// Writes an error to the log.
    fn log_error(&self, what: &str, detail: &str);
}

/// How starts are limited in this deployment. Without it nothing is.
#[derive(Clone, Debug, Default)]
pub struct Money {
    /// The tier that the caller's token names. `None`: a server asks.
    pub tier: Option<String>,
    /// Whether there is a budget, so that each start has to have a price.
    pub counts: bool,
    pub prices: Prices,
}

/// All ports, and the providers.
pub struct Ports<'a, R, C, O, T> {
    pub providers: Registry,
    pub rows: &'a R,
    pub calls: &'a C,
    pub rooms: &'a O,
    pub clock: &'a T,
    /// How starts are limited. `None`: they are not.
    pub money: Option<Money>,
}

impl<R: Rows, C: Calls, O: Rooms, T: Clock> Ports<'_, R, C, O, T> {
    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }
}
