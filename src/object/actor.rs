//! The shell of every actor: it loads the state, asks `apply`, and performs the effects that come back.
//!
//! It decides nothing. Between the reading of the state and the last of [`Effect::Store`] and
//! [`Effect::Show`] there is no `await`, so no other event can come between.

use super::socket::broadcast;
use super::storage::{load, save};
use crate::domain::effect::{Arm, Decision, Effect};
use crate::domain::time::Millis;
use crate::domain::verdict::Verdict;
use crate::platform::{log_error, now};
use futures_util::future::LocalBoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use worker::{Result, State};

/// One kind of actor: what it decides, what it shows, and the work that only it does.
#[expect(async_fn_in_trait, reason = "an object has one thread: nothing needs these to be Send")]
pub trait Actor {
    type State: Default + Serialize + DeserializeOwned;
    type Input;
    type Work;

    /// The object that it lives in.
    fn object(&self) -> &State;

    /// The pure function that changes it.
    fn apply(
        &self,
        state: &Self::State,
        input: Self::Input,
        now: Millis,
    ) -> Decision<Self::State, Self::Input, Self::Work>;

    /// What watchers are sent of a state.
    fn frame(&self, state: &Self::State) -> Option<String>;

    /// Does what no other kind of actor does. What came of it is the next input.
    async fn work(&self, work: Self::Work) -> Result<Option<Self::Input>>;

    /// What is stored.
    fn load(&self) -> Result<Self::State> {
        load(&self.object().storage())
    }

    /// Decides about `input`, and performs all that follows from it: each effect with what follows from
    /// its outcome, before the next.
    fn handle(&self, input: Self::Input) -> LocalBoxFuture<'_, Result<Verdict>> {
        Box::pin(perform(self, input))
    }
}

async fn perform<A: Actor + ?Sized>(actor: &A, input: A::Input) -> Result<Verdict> {
    let mut verdict = None;
    // A stack: the next effect is the last.
    let mut effects = vec![Effect::Then(input)];
    let mut decided = None;
    while let Some(effect) = effects.pop() {
        match effect {
            Effect::Then(input) => {
                let decision = actor.apply(&actor.load()?, input, now());
                verdict.get_or_insert(decision.verdict);
                effects.extend(decision.effects.into_iter().rev());
                decided = Some(decision.state);
            }
            Effect::Store => {
                if let Some(state) = &decided {
                    save(&actor.object().storage(), state)?;
                }
            }
            Effect::Show => {
                if let Some(frame) = decided.as_ref().and_then(|state| actor.frame(state)) {
                    broadcast(actor.object(), &frame);
                }
            }
            Effect::Arm(arm) => set_alarm(actor.object(), arm).await?,
            Effect::Do(work) => effects.extend(actor.work(work).await?.map(Effect::Then)),
            Effect::Clean => actor.object().storage().delete_all().await?,
        }
    }
    Ok(verdict.unwrap_or(Verdict::Noted))
}

async fn set_alarm(object: &State, arm: Arm) -> Result<()> {
    let storage = object.storage();
    let set = if arm.looks() { storage.get_alarm().await? } else { None };
    let Some(at) = arm.over(set) else { return Ok(()) };
    let alarm = storage.set_alarm((at - now()).max(0)).await;
    alarm.inspect_err(|error| log_error("alarm", error))
}
