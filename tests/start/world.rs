//! The world of a start in memory: its state, the providers and a clock. Any step may be told to fail.
//! Its rows are in `rows.rs`, its rooms in `rooms.rs`.

use crate::fakes::{Fault, step, with_deadline};
use crate::third::Third;
use crate::wire::Book;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;
use taskwire::domain::channel::intent::Intent;
use taskwire::domain::channel::state::Channel;
use taskwire::domain::claim::Claimed;
use taskwire::domain::effect::Effect;
use taskwire::domain::task::{Status, Task, TaskError};
use taskwire::domain::time::{MINUTE, Millis};
use taskwire::domain::usage::apply::{Answer as Booked, Input, Work, apply};
use taskwire::domain::usage::book::Book as Usage;
use taskwire::domain::usage::terms::Terms;
use taskwire::error::ApiError;
use taskwire::provider::call::{Answer, Call};
use taskwire::provider::calls::Calls;
use taskwire::provider::contract::Provider;
use taskwire::provider::modelriver::ModelRiver;
use taskwire::provider::mynth::Mynth;
use taskwire::provider::refusal::{no_answer, unreachable};
use taskwire::provider::registry::Registry;
use taskwire::start::lost::settle_lost;
use taskwire::start::ports::{Clock, Money, Ports, Rooms};

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
    /// Ada's book, and what limits her starts.
    pub usage: RefCell<Usage>,
    pub terms: Terms,
    pub money: Option<Money>,
    /// How long each call to a provider takes.
    pub call_takes: Cell<Millis>,
    /// How long it takes to insert rows.
    pub rows_take: Cell<Millis>,
    is_dead: Cell<bool>,
    pub now: Cell<Millis>,
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
        let money = self.money.clone();
        Ports { providers: PROVIDERS, rows: self, calls: self, rooms: self, clock: self, money }
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

    /// The book takes an input: what it answers.
    pub fn keep(&self, input: Input) -> Option<Booked> {
        let decision = apply(&self.usage.borrow(), input, self.now());
        self.usage.replace(decision.state);
        let answer = |effect| match effect {
            Effect::Do(Work::Answer(answer)) => Some(answer),
            _ => None,
        };
        decision.effects.into_iter().find_map(answer)
    }

    /// How many calls were paid for that carry the row ids, or else the prompt, of this task.
    pub fn paid_for(&self, task: &Task) -> usize {
        let row = task.images.first().map_or("https://a.example/1.png", |image| &image.id);
        let book = self.book.borrow();
        book.paid.iter().filter(|paid| paid.body.to_string().contains(row)).count()
    }

    pub async fn step<T>(
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
}

/// The condition of the sweep's statement.
fn is_unsettled(task: &Task) -> bool {
    let is_unclear = task.error.as_ref().is_some_and(TaskError::is_provisional);
    match task.task_id {
        Some(_) => task.status == Status::Pending,
        None => task.status == Status::Pending || (task.version == 1 && is_unclear),
    }
}

impl Calls for World {
    async fn send(&self, provider: &'static dyn Provider, call: Call) -> Result<Answer, ApiError> {
        // An answer lost after a start gives another error than a start that did not happen.
        let number = self.steps.borrow().len();
        let is_lost = self.faults.contains(&(number, Fault::FailsButDone));
        let error = if is_lost { no_answer() } else { unreachable() };
        self.now.set(self.now() + self.call_takes.get());
        let act = || {
            let mut book = self.book.borrow_mut();
            book.now = self.now();
            book.answer(provider.name(), &call).map(Answer::from)
        };
        self.step(&format!("{} {}", call.method, call.path), error, act).await
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
