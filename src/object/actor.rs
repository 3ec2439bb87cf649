//! The shell of every actor: it loads the state, calls `apply`, and performs the effects.
//!
//! It decides nothing. From loading the state to [`Effect::Store`] and [`Effect::Show`] there is no
//! `await`, so no other event can interleave.

use super::alarm::arm;
use super::instance::Instance;
use super::socket::broadcast;
use super::storage::{read, save};
use crate::domain::effect::{Decision, Effect};
use crate::domain::time::Millis;
use crate::domain::verdict::Verdict;
use crate::platform::{next_turn, now};
use futures_util::future::LocalBoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use std::mem;
use std::rc::Rc;
use worker::Result;

/// One kind of actor: its `apply`, its frames, and the work that only it does.
#[expect(async_fn_in_trait, reason = "an object has one thread: nothing needs these to be Send")]
pub trait Actor {
    type State: Default + Serialize + DeserializeOwned + 'static;
    type Input;
    type Work;

    /// The object that it lives in.
    fn object(&self) -> &Instance;

    /// The pure function that changes it.
    fn apply(
        &self,
        state: &Self::State,
        input: Self::Input,
        now: Millis,
    ) -> Decision<Self::State, Self::Input, Self::Work>;

    /// The frame for watchers. `None`: there is nothing to show.
    fn frame(&self, state: &Self::State) -> Option<String>;

    /// The frame for guests. `None`: nothing is shown to them.
    fn guest_frame(&self, _state: &Self::State) -> Option<String> {
        None
    }

    /// Does the work of this kind of actor. Its outcome is the next input.
    ///
    /// # Errors
    ///
    /// A failure of the object's storage.
    async fn work(&self, work: Self::Work) -> Result<Option<Self::Input>>;

    /// The stored state.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    fn load(&self) -> Result<Rc<Self::State>> {
        let kept = self.object().kept();
        if let Some(state) = kept.get() {
            return Ok(state);
        }
        let (state, bytes) = read(&self.object().storage())?;
        let state = Rc::new(state);
        kept.put(&state, bytes);
        Ok(state)
    }

    /// Stores the state.
    ///
    /// # Errors
    ///
    /// A failure of the object's storage.
    fn store(&self, state: &Rc<Self::State>) -> Result<()> {
        let kept = self.object().kept();
        kept.clear();
        let bytes = save(&self.object().storage(), &**state)?;
        kept.put(state, bytes);
        Ok(())
    }

    /// Applies `input` and performs the effects in order. Whatever follows from an effect is performed
    /// before the next one.
    ///
    /// # Errors
    ///
    /// A failure of the object's storage or alarm.
    fn handle(&self, input: Self::Input) -> LocalBoxFuture<'_, Result<Verdict>> {
        Box::pin(perform(self, input))
    }
}

async fn perform<A: Actor + ?Sized>(actor: &A, input: A::Input) -> Result<Verdict> {
    let mut verdict = None;
    // A stack: the next effect is at the end.
    let mut effects = vec![Effect::Then(input)];
    let mut decided = None;
    // Whether frames are on their way. They leave between two turns, and so before the work.
    let mut is_shown = false;
    while let Some(effect) = effects.pop() {
        match effect {
            Effect::Then(input) => {
                let decision = actor.apply(&*actor.load()?, input, now());
                verdict.get_or_insert(decision.verdict);
                effects.extend(decision.effects.into_iter().rev());
                decided = Some(Rc::new(decision.state));
            }
            Effect::Store => {
                if let Some(state) = &decided {
                    actor.store(state)?;
                }
            }
            Effect::Show => {
                if let Some(state) = &decided
                    && let Some(frame) = actor.frame(state)
                {
                    is_shown |= broadcast(actor.object(), &frame, || actor.guest_frame(state));
                }
            }
            Effect::Arm(when) => arm(actor.object(), when).await?,
            Effect::Do(work) => {
                if mem::take(&mut is_shown) {
                    next_turn().await;
                }
                effects.extend(actor.work(work).await?.map(Effect::Then));
            }
            Effect::Clean => {
                actor.object().kept().clear();
                actor.object().storage().delete_all().await?;
            }
        }
    }
    Ok(verdict.unwrap_or(Verdict::Noted))
}
