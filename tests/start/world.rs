//! The ports of a start in memory: rows by the rules of the statements, rooms, providers, a clock. Any
//! step may be told to fail.

use crate::fakes::{Fault, step, with_deadline};
use crate::third::Third;
use crate::wire::Book;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::Duration;
use taskwire::domain::channel::intent::Intent;
use taskwire::domain::channel::state::Channel;
use taskwire::domain::claim::{Claim, Claimed};
use taskwire::domain::task::change::fail;
use taskwire::domain::task::{Status, Task, TaskError};
use taskwire::domain::time::{MINUTE, Millis};
use taskwire::error::ApiError;
use taskwire::provider::call::Call;
use taskwire::provider::calls::Calls;
use taskwire::provider::contract::Provider;
use taskwire::provider::modelriver::ModelRiver;
use taskwire::provider::mynth::Mynth;
use taskwire::provider::refusal::{no_answer, unreachable};
use taskwire::provider::registry::Registry;
use taskwire::start::lost::settle_lost;
use taskwire::start::ports::{Clock, Ports, Rooms, Rows};

/// The real providers, and one of this test's own.
pub static PROVIDERS: Registry = Registry(&[&Mynth, &ModelRiver, &Third]);

#[derive(Default)]
pub struct World {
    pub rows: RefCell<BTreeMap<String, Task>>,
    pub keys: RefCell<BTreeMap<String, Claimed>>,
    pub intents: RefCell<BTreeMap<String, Intent>>,
    pub channels: RefCell<BTreeMap<String, Channel>>,
    pub rooms: RefCell<BTreeMap<String, Task>>,
    pub channel_rooms: RefCell<BTreeMap<String, Channel>>,
    pub book: RefCell<Book>,
    /// Which steps go wrong, by their numbers.
    pub faults: Vec<(usize, Fault)>,
    /// The names of the steps that were taken.
    pub steps: RefCell<Vec<String>>,
    pub log: RefCell<Vec<String>>,
    /// How long each call to a provider takes.
    pub call_takes: Cell<Millis>,
    is_dead: Cell<bool>,
    now: Cell<Millis>,
}

impl World {
    pub fn new(faults: &[(usize, Fault)]) -> Self {
        let now = Cell::new(1_795_168_800_000);
        Self { faults: faults.to_vec(), now, ..Self::default() }
    }

    pub fn now(&self) -> Millis {
        self.now.get()
    }

    pub fn ports(&self) -> Ports<'_, Self, Self, Self, Self> {
        Ports { providers: PROVIDERS, rows: self, calls: self, rooms: self, clock: self }
    }

    /// The process is started again. What was stored is there, and nothing goes wrong from here on.
    pub fn restart(&mut self) {
        self.is_dead.set(false);
        self.faults.clear();
    }

    /// What the sweep finds some minutes later, settled by the code that settles it.
    pub fn sweep(&self) {
        self.now.set(self.now.get() + 3 * MINUTE);
        let tasks: Vec<Task> = self.rows.borrow().values().cloned().collect();
        let open = tasks.into_iter().filter(is_unsettled);
        let (lost, pending): (Vec<Task>, Vec<Task>) = open.partition(|it| it.task_id.is_none());
        let until = self.now() + MINUTE;
        let settled = crate::fakes::run(settle_lost(&self.ports(), &lost, until));
        settled.expect("nothing dies").into_iter().for_each(|it| {
            it.expect("nothing fails");
        });
        for task in &pending {
            crate::fakes::run(self.wake(task)).expect("nothing dies").expect("nothing fails");
        }
    }

    /// How many calls were paid for that carry the row ids, or else the prompt, of this task.
    pub fn paid_for(&self, task: &Task) -> usize {
        let row = task.images.first().map_or("https://a.example/1.png", |image| &image.id);
        let book = self.book.borrow();
        book.paid.iter().filter(|paid| paid.body.to_string().contains(row)).count()
    }

    async fn step<T>(
        &self,
        name: &str,
        error: ApiError,
        act: impl FnOnce() -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        if self.is_dead.get() {
            return std::future::pending().await;
        }
        let number = self.steps.borrow().len();
        self.steps.borrow_mut().push(name.to_owned());
        let fault = self.faults.iter().find(|(at, _)| *at == number).map(|(_, fault)| *fault);
        step(fault, || self.is_dead.set(true), error, act).await
    }

    async fn d1<T>(
        &self,
        name: &str,
        act: impl FnOnce() -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.step(name, ApiError::unavailable(), act).await
    }

    /// `REFUSE_TASK` and `GIVE_UP_START`: while the row has no provider's id and its version allows it.
    fn fail_row(&self, task: &Task, reason: &TaskError, version: u64) {
        let mut rows = self.rows.borrow_mut();
        let row = rows.get_mut(task.key.as_str());
        let is_open = |row: &&mut Task| row.task_id.is_none() && row.version < version;
        if let Some(row) = row.filter(is_open) {
            fail(row, reason.clone());
            row.version = version;
        }
    }
}

/// The condition of the sweep's statement.
fn is_unsettled(task: &Task) -> bool {
    let is_unclear = task.error.as_ref().is_some_and(TaskError::is_provisional);
    match task.task_id {
        Some(_) => task.status == Status::Pending,
        None => task.status == Status::Pending || (task.version == 1 && is_unclear),
    }
}

impl Rows for World {
    async fn claimed(&self, _user: &str, key: &str) -> Result<Option<Claimed>, ApiError> {
        self.d1("claimed", || Ok(self.keys.borrow().get(key).cloned())).await
    }

    async fn insert(&self, tasks: &[&Task], claim: Option<&Claim>) -> Result<(), ApiError> {
        self.d1("insert", || {
            if let Some(claim) = claim {
                self.take_key(claim)?;
            }
            let rows = tasks.iter().map(|task| (task.key.to_string(), (*task).clone()));
            self.rows.borrow_mut().extend(rows);
            Ok(())
        })
        .await
    }

    async fn undo(
        &self,
        tasks: &[&Task],
        claim: Option<&Claim>,
        stands_for: Option<&str>,
    ) -> Result<(), ApiError> {
        self.d1("undo", || {
            let is_its = |key: &str| tasks.iter().any(|task| task.key.as_str() == key);
            self.rows.borrow_mut().retain(|key, row| row.task_id.is_some() || !is_its(key));
            if let Some(claim) = claim {
                self.resolve(claim, stands_for);
            }
            Ok(())
        })
        .await
    }

    async fn refuse(&self, task: &Task, reason: &TaskError, _now: Millis) -> Result<(), ApiError> {
        self.d1("refuse", || {
            self.fail_row(task, reason, 1);
            Ok(())
        })
        .await
    }

    async fn give_up(&self, task: &Task, reason: &TaskError, _now: Millis) -> Result<(), ApiError> {
        self.d1("give up", || {
            self.fail_row(task, reason, 2);
            Ok(())
        })
        .await
    }

    async fn mirror(&self, task: &Task) -> Result<Option<u64>, ApiError> {
        self.d1("mirror", || Ok(self.mirror_now(task))).await
    }

    async fn known_ids(&self, ids: &[&str]) -> Result<BTreeSet<String>, ApiError> {
        self.d1("known ids", || {
            let rows = self.rows.borrow();
            let known = rows.values().filter_map(|row| row.task_id.clone());
            Ok(known.filter(|id| ids.contains(&id.as_str())).collect())
        })
        .await
    }

    async fn started_under(&self, _user: &str, started: &str) -> Result<Vec<Task>, ApiError> {
        self.d1("started under", || {
            Ok(self.rows.borrow().get(started).cloned().into_iter().collect())
        })
        .await
    }

    async fn intend(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
        _at: Millis,
    ) -> Result<(), ApiError> {
        self.d1("intend", || {
            claim.map_or(Ok(()), |claim| self.take_key(claim))?;
            self.intents.borrow_mut().insert(intent.id.to_string(), intent.clone());
            Ok(())
        })
        .await
    }

    async fn withdraw_intent(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
    ) -> Result<(), ApiError> {
        self.d1("withdraw intent", || {
            self.intents.borrow_mut().remove(intent.id.as_str());
            if let Some(claim) = claim {
                self.keys.borrow_mut().retain(|_, known| known.stands_for != claim.stands_for);
            }
            Ok(())
        })
        .await
    }

    async fn resolve_claim(
        &self,
        _user: &str,
        claim: &Claim,
        stands_for: &str,
    ) -> Result<(), ApiError> {
        self.d1("settle claim", || {
            self.resolve(claim, Some(stands_for));
            Ok(())
        })
        .await
    }

    async fn insert_channel(&self, channel: &Channel) -> Result<(), ApiError> {
        self.d1("insert channel", || {
            let id = channel.channel_id.clone();
            self.channels.borrow_mut().insert(id, channel.clone());
            Ok(())
        })
        .await
    }
}

impl World {
    fn take_key(&self, claim: &Claim) -> Result<(), ApiError> {
        let mut keys = self.keys.borrow_mut();
        if keys.contains_key(&claim.key) {
            return Err(ApiError::unavailable());
        }
        let claimed =
            Claimed { request: claim.request.clone(), stands_for: claim.stands_for.clone() };
        keys.insert(claim.key.clone(), claimed);
        Ok(())
    }

    /// `KEY_STANDS_FOR` or `RELEASE_KEY`: while the key is this claim's.
    fn resolve(&self, claim: &Claim, stands_for: Option<&str>) {
        let mut keys = self.keys.borrow_mut();
        let known = keys.get_mut(&claim.key).filter(|known| known.stands_for == claim.stands_for);
        match (known, stands_for) {
            (Some(known), Some(word)) => known.stands_for = word.to_owned(),
            (Some(_), None) => drop(keys.remove(&claim.key)),
            (None, _) => {}
        }
    }

    /// `ATTACH_TASK` and `UPSERT_TASK`, then `LEFT_BEHIND`.
    fn mirror_now(&self, task: &Task) -> Option<u64> {
        let mut rows = self.rows.borrow_mut();
        let row = rows.entry(task.key.to_string()).or_insert_with(|| task.clone());
        let may = row.task_id.is_none() || row.task_id == task.task_id;
        if may && row.version < task.version {
            *row = task.clone();
        }
        row.task_id.is_none().then_some(row.version)
    }
}

impl Calls for World {
    async fn send(&self, provider: &'static dyn Provider, call: Call) -> Result<Vec<u8>, ApiError> {
        // An answer lost after a start gives another error than a start that did not happen.
        let number = self.steps.borrow().len();
        let is_lost = self.faults.contains(&(number, Fault::FailsButDone));
        let error = if is_lost { no_answer() } else { unreachable() };
        self.now.set(self.now() + self.call_takes.get());
        let act = || {
            let mut book = self.book.borrow_mut();
            book.now = self.now();
            book.answer(provider.name(), &call)
        };
        self.step(&format!("{} {}", call.method, call.path), error, act).await
    }
}

impl Rooms for World {
    async fn attach(&self, task: Task) -> Result<Task, ApiError> {
        self.step("attach", ApiError::unavailable(), || {
            let mut rooms = self.rooms.borrow_mut();
            let known = rooms.entry(task.id().to_owned()).or_insert_with(|| {
                // A failed start that is attached is under way again.
                let error = task.error.clone().filter(|error| !error.is_of_start());
                let status = if error.is_some() { task.status } else { Status::Pending };
                Task { version: task.version.max(1), error, status, ..task.clone() }
            });
            if known.key != task.key {
                return Err(ApiError::internal());
            }
            // The room writes its rows, above whatever they were given up at.
            while let Some(left) = self.mirror_now(known) {
                known.version = left + 1;
            }
            Ok(known.clone())
        })
        .await
    }

    async fn read(&self, task_id: &str, user: &str) -> Result<Option<Task>, ApiError> {
        self.step("read", ApiError::unavailable(), || {
            let found = self.rooms.borrow().get(task_id).cloned();
            let by_row = || {
                let rows = self.rows.borrow();
                rows.values().find(|row| row.task_id.as_deref() == Some(task_id)).cloned()
            };
            Ok(found.or_else(by_row).filter(|task| task.user_id == user))
        })
        .await
    }

    async fn wake(&self, task: &Task) -> Result<(), ApiError> {
        self.step("wake", ApiError::unavailable(), || {
            let id = task.id().to_owned();
            self.rooms.borrow_mut().entry(id).or_insert_with(|| task.clone());
            Ok(())
        })
        .await
    }

    async fn attach_channel(&self, channel: Channel) -> Result<(), ApiError> {
        self.step("attach channel", ApiError::unavailable(), || {
            self.channel_rooms.borrow_mut().insert(channel.channel_id.clone(), channel);
            Ok(())
        })
        .await
    }

    async fn read_channel(
        &self,
        channel_id: &str,
        _user: &str,
    ) -> Result<Option<Channel>, ApiError> {
        self.step("read channel", ApiError::unavailable(), || {
            let of_room = self.channel_rooms.borrow().get(channel_id).cloned();
            Ok(of_room.or_else(|| self.channels.borrow().get(channel_id).cloned()))
        })
        .await
    }
}

impl Clock for World {
    fn now(&self) -> Millis {
        self.now.get()
    }

    async fn pause(&self, pause: Duration) {
        self.now.set(self.now.get() + pause.as_millis() as Millis);
    }

    async fn with_deadline<T>(
        &self,
        _deadline: Duration,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        with_deadline(|| self.is_dead.get(), work).await
    }

    fn log_error(&self, what: &str, detail: &str) {
        self.log.borrow_mut().push(format!("{what}: {detail}"));
    }
}
