//! The keeper of a user's book: the object of the feed of the user's tasks, which is told of every start
//! and every end anyway.

use super::asks::{BookAnswer, BookAsk, PoolAsk};
use super::books::as_json;
use crate::domain::channel::intent::Intent;
use crate::domain::id::TaskKey;
use crate::domain::time::{Millis, SECOND};
use crate::domain::usage::apply::{Answer, Decision, Input, Wanted, Work, apply};
use crate::domain::usage::book::Book;
use crate::domain::usage::pool::Grant;
use crate::domain::usage::terms::Terms;
use crate::domain::usage::view::{Usage, usage, usage_frame};
use crate::domain::usage::word::Word;
use crate::error::ApiError;
use crate::limits::policy;
use crate::object::actor::Actor;
use crate::object::address::Address;
use crate::object::instance::Instance;
use crate::object::name::ObjectName;
use crate::platform::{config, fault, log_error, now, with_deadline};
use crate::store::{D1_DEADLINE, Store};
use futures_util::lock::Mutex;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use worker::{Env, Result, WebSocket};

/// How often rows are asked about entries of which no word has come.
const PAUSE: Millis = 20 * SECOND;

/// How often the pool is asked for one start: others may use what it has granted.
const TRIES: usize = 8;

/// What the keeper remembers until its object sleeps.
#[derive(Default)]
pub struct Desk {
    /// The pool is asked by one at a time.
    asking: Mutex<()>,
    /// When rows were last asked.
    asked_at: Cell<Millis>,
}

/// The keeper, while it handles an event of the runtime.
pub struct Keeper<'a> {
    pub user: &'a str,
    pub state: &'a Instance,
    pub env: &'a Env,
    pub desk: &'a Desk,
    /// What the last input was answered.
    pub answer: RefCell<Option<Answer>>,
}

impl Actor for Keeper<'_> {
    type State = Book;
    type Input = Input;
    type Work = Work;

    fn object(&self) -> &Instance {
        self.state
    }

    fn apply(&self, book: &Book, input: Input, now: Millis) -> Decision {
        apply(book, input, now)
    }

    fn frame(&self, book: &Book) -> Option<String> {
        Some(usage_frame(&self.view(book, None)?))
    }

    async fn work(&self, work: Work) -> Result<Option<Input>> {
        match work {
            Work::Answer(answer) => *self.answer.borrow_mut() = Some(answer),
            // Nobody waits for it. If it is lost, the next ask says how much is held.
            Work::GiveBack(ask) => {
                let (env, user_id) = (self.env.clone(), self.user.to_owned());
                self.state.wait_until(async move {
                    if let Err(error) = ask_pool(&env, &PoolAsk { user_id, ask }).await {
                        log_error("pool", error);
                    }
                });
            }
        }
        Ok(None)
    }
}

impl Keeper<'_> {
    /// Answers a message.
    pub async fn ask(&self, text: &str) -> std::result::Result<BookAnswer, ApiError> {
        let ask = serde_json::from_str(text).map_err(|error| fault("book", error))?;
        match ask {
            BookAsk::Reserve(wanted) => {
                let terms = policy(&config(self.env))?.terms(self.user, wanted.tier.as_deref());
                self.ask_rows().await;
                Ok(BookAnswer::Reserved(self.reserve(wanted, terms).await?))
            }
            BookAsk::Release(starts) => self.handled(Input::Release(starts)).await,
            BookAsk::Tell(words) => self.handled(Input::Words(words)).await,
            BookAsk::Erased { before } => self.handled(Input::Erased { before }).await,
            BookAsk::Usage { tier } => {
                self.ask_rows().await;
                let book = self.book()?;
                let shown = self.view(&book, tier.as_deref());
                as_json(&shown.unwrap_or_default()).map(BookAnswer::Usage)
            }
        }
    }

    /// A room says how its start stands.
    pub async fn hear(&self, word: Word) -> std::result::Result<(), ApiError> {
        self.handled(Input::Words(vec![word])).await.map(drop)
    }

    /// Sends a new watcher what is used and left, if anything is limited.
    pub fn show(&self, socket: &WebSocket) -> std::result::Result<(), ApiError> {
        let Some(frame) = self.frame(&*self.book()?) else { return Ok(()) };
        socket.send_with_str(frame).map_err(|error| fault("socket", error))
    }

    /// What the user sees. `None`: nothing is limited, or nobody can say what is.
    fn view(&self, book: &Book, tier: Option<&str>) -> Option<Usage> {
        let policy = policy(&config(self.env)).ok().filter(|policy| !policy.is_none())?;
        let terms = policy.terms(self.user, tier.or(book.tier.as_deref()));
        Some(usage(book, &terms, now()))
    }

    async fn reserve(&self, wanted: Wanted, terms: Terms) -> std::result::Result<Answer, ApiError> {
        let of = |grant| Input::Reserve { wanted: wanted.clone(), terms, grant };
        let answer = self.answered(of(None)).await?;
        if !matches!(answer, Answer::Needs(_)) {
            return Ok(answer);
        }
        // Others may have asked for it meanwhile.
        let _turn = self.desk.asking.lock().await;
        let mut grant: Option<Grant> = None;
        for _ in 0..TRIES {
            match self.answered(of(grant)).await? {
                Answer::Needs(ask) => {
                    let user_id = self.user.to_owned();
                    grant = Some(ask_pool(self.env, &PoolAsk { user_id, ask }).await?);
                }
                answer => return Ok(answer),
            }
        }
        Err(fault("pool", "what it grants is never enough"))
    }

    /// Asks D1 about entries of which no word has come: the word may be lost, and a start that was cut off
    /// has none.
    async fn ask_rows(&self) {
        let Ok(book) = self.book() else { return };
        let unheard = book.unheard(now());
        if unheard.is_empty() || now() < self.desk.asked_at.get() + PAUSE {
            return;
        }
        self.desk.asked_at.set(now());
        let found = with_deadline(D1_DEADLINE, self.rows(unheard)).await;
        let Ok((words, gone)) = found else { return };
        for input in [Input::Words(words), Input::NoRows(gone)] {
            if let Err(error) = self.handle(input).await {
                log_error("book", error);
            }
        }
    }

    /// What the rows say of these entries, and those that have none.
    async fn rows(
        &self,
        entries: Vec<(TaskKey, bool)>,
    ) -> std::result::Result<(Vec<Word>, Vec<TaskKey>), ApiError> {
        let store = Store::new(self.env)?;
        let of = |channels: bool| {
            let its = entries.iter().filter(move |(_, is_channel)| *is_channel == channels);
            its.map(|(key, _)| key.clone()).collect::<Vec<_>>()
        };
        let (tasks, channels) = (of(false), of(true));
        let rows = store.tasks_by_keys(self.user, &tasks).await?;
        let intents = store.intents(&channels).await?;
        let found: BTreeSet<TaskKey> = rows
            .iter()
            .map(|task| task.key.clone())
            .chain(intents.into_iter().map(|Intent { id, .. }| id))
            .collect();
        let gone = entries.into_iter().map(|(key, _)| key).filter(|key| !found.contains(key));
        Ok((rows.iter().map(Word::of).collect(), gone.collect()))
    }

    async fn answered(&self, input: Input) -> std::result::Result<Answer, ApiError> {
        self.handled(input).await?;
        self.answer.take().ok_or_else(|| fault("book", "no answer"))
    }

    async fn handled(&self, input: Input) -> std::result::Result<BookAnswer, ApiError> {
        self.handle(input).await.map_err(|error| fault("book", error))?;
        Ok(BookAnswer::Done)
    }

    fn book(&self) -> std::result::Result<Rc<Book>, ApiError> {
        self.load().map_err(|error| fault("book", error))
    }
}

async fn ask_pool(env: &Env, ask: &PoolAsk) -> std::result::Result<Grant, ApiError> {
    Address::of(env, &ObjectName::Pool)?.ask(ask).await
}
