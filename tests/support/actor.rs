//! A pure twin of the shell of every actor, `object/actor.rs`: it performs the effects that `apply`
//! returns, one after the other, and holds them to their rules. What is stored, what watchers see and
//! when the alarm fires comes of effects and of nothing else. What becomes of work is the test's to say.

#![allow(dead_code, reason = "every test program compiles this for itself and uses a part of it")]

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use taskwire::domain::channel::callback;
use taskwire::domain::channel::schedule::LIFETIME;
use taskwire::domain::channel::state::ChannelState;
use taskwire::domain::effect::{Decision, Effect};
use taskwire::domain::task::schedule::{EARLY_LIFETIME, ERASED_LIFETIME, ROOM_LIFETIME};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{MINUTE, Millis};
use taskwire::domain::verdict::Verdict;
use taskwire::domain::{channel, task};

/// More effects than any event has, with all that follows from it.
const MOST_EFFECTS: usize = 200;

/// A kind of actor, and what must hold of it: said here once more, in other words than in `src`.
pub trait Kind: Clone + Debug + PartialEq {
    type State: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned;
    type Input: Clone + Debug + PartialEq;
    type Work: Clone + Debug + PartialEq;

    fn apply(
        state: &Self::State,
        input: Self::Input,
        now: Millis,
    ) -> Decision<Self::State, Self::Input, Self::Work>;

    /// What an alarm begins with.
    fn alarm() -> Self::Input;

    /// What watchers are shown of a state; 0 where there is nothing to see.
    fn version(state: &Self::State) -> u64;

    /// The version that is known when `input` comes.
    fn known(state: &Self::State, input: &Self::Input) -> u64;

    /// Something is still to come, or to be done: only an alarm makes sure of that.
    fn is_open(state: &Self::State) -> bool;

    /// When all of it may be deleted, once it is not open any more.
    fn clean_at(state: &Self::State) -> Millis;
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tasks;

impl Kind for Tasks {
    type State = RoomState;
    type Input = task::apply::Input;
    type Work = task::apply::Work;

    fn apply(state: &RoomState, input: Self::Input, now: Millis) -> task::apply::Decision {
        task::apply::apply(state, input, now)
    }

    fn alarm() -> Self::Input {
        task::apply::Input::Alarm(task::apply::Stage::Adopt)
    }

    /// That it was erased is shown once, and is above any version.
    fn version(state: &RoomState) -> u64 {
        let erased = state.erased.as_ref().map(|_| u64::MAX);
        erased.or(state.task.as_ref().map(|task| task.version)).unwrap_or(0)
    }

    /// A task that comes back from its rows was shown as they have it.
    fn known(state: &RoomState, input: &Self::Input) -> u64 {
        use task::apply::Input::{Adopt, Attach, Wake};
        match (&state.task, input) {
            _ if state.erased.is_some() => u64::MAX,
            (Some(task), _) => task.version,
            (None, Attach(task) | Wake(task) | Adopt(task)) => task.version,
            _ => 0,
        }
    }

    fn is_open(state: &RoomState) -> bool {
        let waits = state.task.as_ref().is_some_and(|task| !task.status.is_terminal());
        let is_left = |erased: &task::erase::Erased| erased.left.is_some() || erased.owed.is_some();
        let goes = state.erased.as_ref().is_some_and(is_left);
        waits || goes || state.is_dirty() || !state.early.is_empty()
    }

    fn clean_at(state: &RoomState) -> Millis {
        match &state.task {
            _ if let Some(erased) = &state.erased => erased.at + ERASED_LIFETIME,
            Some(task) => task.updated_at + ROOM_LIFETIME,
            None => {
                // Three times no rows: the last of the searches is ten minutes after the first.
                let lasts = if state.clock.found_none < 3 { EARLY_LIFETIME } else { 9 * MINUTE };
                state.early.iter().map(|early| early.at + lasts).max().unwrap_or(0)
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Channels;

impl Kind for Channels {
    type State = ChannelState;
    type Input = channel::apply::Input;
    type Work = channel::apply::Work;

    fn apply(state: &ChannelState, input: Self::Input, now: Millis) -> channel::apply::Decision {
        channel::apply::apply(state, input, now)
    }

    fn alarm() -> Self::Input {
        channel::apply::Input::Alarm(channel::apply::Stage::Flush)
    }

    fn version(state: &ChannelState) -> u64 {
        state.erased_at.map_or(state.version(), |_| u64::MAX)
    }

    fn known(state: &ChannelState, _input: &Self::Input) -> u64 {
        Self::version(state)
    }

    fn is_open(state: &ChannelState) -> bool {
        let waits = state.channel.as_ref().is_some_and(|channel| !channel.status.is_terminal());
        let calls =
            |event: &channel::state::Recorded| event.callback.status == callback::Status::Pending;
        let goes = !state.deletions.is_empty() || state.owed.is_some();
        waits || goes || state.is_dirty() || state.events.iter().any(calls)
    }

    fn clean_at(state: &ChannelState) -> Millis {
        let created = state.channel.iter().map(|channel| channel.created_at);
        let heard = state.events.iter().map(|event| event.at);
        let newest = created.chain(heard).chain(state.erased_at).max();
        newest.map_or(0, |newest| newest + LIFETIME)
    }
}

/// An object: what is left of it when its process dies, and what its watchers have seen last.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor<K: Kind> {
    /// None: nothing is stored.
    stored: Option<K::State>,
    /// When the alarm fires.
    pub alarm: Option<Millis>,
    /// The version of the last frame.
    pub shown: u64,
}

/// One event of the runtime, while its effects are performed.
#[derive(Clone, Debug, PartialEq)]
pub struct Run<K: Kind> {
    /// A stack: the next effect is the last.
    effects: Vec<Effect<K::Input, K::Work>>,
    /// The state that was decided on last.
    pub decided: Option<K::State>,
    pub verdict: Option<Verdict>,
    is_alarm: bool,
    performed: usize,
}

/// What came of performing one effect.
pub enum Performed<K: Kind> {
    /// This was decided about this input. [`Run::decided`] has the state that it makes.
    Decided { input: K::Input, verdict: Verdict },
    /// This is to be done. [`Run::end_work`] goes on.
    Work(K::Work),
    /// Everything is deleted.
    Cleaned,
    /// Something else.
    Other,
    /// Nothing was left to be performed.
    Over,
}

impl<K: Kind> Default for Actor<K> {
    fn default() -> Self {
        Self { stored: None, alarm: None, shown: 0 }
    }
}

impl<K: Kind> Run<K> {
    fn of(input: K::Input, is_alarm: bool) -> Self {
        let effects = vec![Effect::Then(input)];
        Self { effects, decided: None, verdict: None, is_alarm, performed: 0 }
    }

    /// A request or a webhook brings `input`.
    pub fn new(input: K::Input) -> Self {
        Self::of(input, false)
    }

    /// What came of the work that was to be done.
    pub fn end_work(&mut self, outcome: Option<K::Input>) {
        self.effects.extend(outcome.map(Effect::Then));
    }
}

impl<K: Kind> Actor<K> {
    /// An object in which `state` is stored.
    pub fn of(state: K::State, alarm: Option<Millis>) -> Self {
        let shown = K::version(&state);
        Self { stored: Some(state), alarm, shown }
    }

    /// What is stored, or the state of an object that nothing has happened to.
    pub fn state(&self) -> K::State {
        self.stored.clone().unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.stored.is_none()
    }

    /// The alarm fires: it is not set any more.
    pub fn fire(&mut self, now: Millis) -> Run<K> {
        let at = self.alarm.take().expect("an alarm fires that was not set");
        assert!(at <= now, "an alarm fires before its time");
        Run::of(K::alarm(), true)
    }

    /// Performs the next effect of `run`.
    pub fn perform(&mut self, run: &mut Run<K>, now: Millis) -> Performed<K> {
        let Some(effect) = run.effects.pop() else {
            self.assert_over(run, now);
            return Performed::Over;
        };
        run.performed += 1;
        assert!(run.performed <= MOST_EFFECTS, "it never ends: {effect:?}");
        match effect {
            Effect::Then(input) => {
                let none = K::State::default();
                let before = self.stored.as_ref().unwrap_or(&none);
                let decision = K::apply(before, input.clone(), now);
                assert_ordered::<K>(before, &input, &decision);
                let Decision { state, verdict, effects } = decision;
                run.verdict.get_or_insert(verdict);
                run.effects.extend(effects.into_iter().rev());
                run.decided = Some(state);
                return Performed::Decided { input, verdict };
            }
            Effect::Store => self.stored.clone_from(&run.decided),
            Effect::Show => {
                assert_eq!(self.stored, run.decided, "shown, and not stored");
                let version = self.version();
                assert!(version > self.shown, "version {version} is shown after {}", self.shown);
                self.shown = version;
            }
            Effect::Arm(arm) => {
                if let Some(at) = arm.over(self.alarm) {
                    assert!(at >= now, "an alarm is set in the past");
                    self.alarm = Some(at);
                }
            }
            Effect::Do(work) => return Performed::Work(work),
            Effect::Clean => {
                let state = self.state();
                assert!(now >= K::clean_at(&state), "deleted too early: {state:?}");
                // What nobody has claimed in days is not waited for any longer.
                let is_orphan = K::version(&state) == 0;
                assert!(is_orphan || !K::is_open(&state), "deleted, and not over: {state:?}");
                (self.stored, self.shown) = (None, 0);
                return Performed::Cleaned;
            }
        }
        Performed::Other
    }

    /// An alarm that has come to its end has set the next one, and once all is over that is the one
    /// that cleans up.
    fn assert_over(&self, run: &Run<K>, now: Millis) {
        let Some(state) = self.stored.as_ref().filter(|_| run.is_alarm) else { return };
        let next = if K::is_open(state) { self.alarm } else { Some(K::clean_at(state).max(now)) };
        assert!(self.alarm.is_some() && self.alarm == next, "{:?} is set: {state:?}", self.alarm);
    }

    /// Performs all effects of `run`. `work` says what comes of work, given what is stored.
    pub fn finish(
        &mut self,
        run: &mut Run<K>,
        now: Millis,
        mut work: impl FnMut(&K::State, K::Work) -> Option<K::Input>,
    ) {
        loop {
            match self.perform(run, now) {
                Performed::Over => return,
                Performed::Work(todo) => run.end_work(work(&self.state(), todo)),
                _ => {}
            }
        }
    }

    /// A request or a webhook brings `input`, and all that follows from it is done.
    pub fn handle(
        &mut self,
        input: K::Input,
        now: Millis,
        work: impl FnMut(&K::State, K::Work) -> Option<K::Input>,
    ) -> Verdict {
        let mut run = Run::new(input);
        self.finish(&mut run, now, work);
        run.verdict.expect("something was decided")
    }

    /// The process dies, and forgets what it was about to do. What is stored is left. The runtime fires
    /// an alarm again that did not come to its end, and watchers that lost their socket come back and
    /// see what is stored.
    pub fn die(&mut self, run: Option<&Run<K>>, now: Millis) {
        if run.is_some_and(|run| run.is_alarm) {
            self.alarm.get_or_insert(now);
        }
        self.sleep();
    }

    /// The object is evicted and loaded again: what storage gives back is what was written.
    pub fn sleep(&mut self) {
        if let Some(state) = &mut self.stored {
            let text = serde_json::to_string(state).expect("a state is plain JSON");
            let read = serde_json::from_str(&text).expect("a state that was written can be read");
            assert_eq!(state, &read, "storage changes the state");
            *state = read;
        }
        self.shown = self.version();
    }

    fn version(&self) -> u64 {
        self.stored.as_ref().map_or(0, K::version)
    }

    /// While something is open an alarm is set.
    pub fn assert_awaited(&self) {
        let open = self.stored.as_ref().filter(|state| K::is_open(state));
        assert!(self.alarm.is_some() || open.is_none(), "nobody will see to it: {open:?}");
    }
}

/// What has changed is stored first; what is new is shown right after it, and only then; whatever else
/// follows comes later.
fn assert_ordered<K: Kind>(
    before: &K::State,
    input: &K::Input,
    decision: &Decision<K::State, K::Input, K::Work>,
) {
    let has_changed = decision.state != *before;
    let is_news = K::version(&decision.state) != K::known(before, input);
    let first: &[Effect<K::Input, K::Work>] = match (has_changed, is_news) {
        (false, false) => &[],
        (true, false) => &[Effect::Store],
        (true, true) => &[Effect::Store, Effect::Show],
        (false, true) => panic!("news without a change: {input:?} on {before:?}"),
    };
    let effects = &decision.effects;
    assert!(effects.starts_with(first), "{effects:?} of {input:?} on {before:?}");
    let later = &effects[first.len()..];
    let is_late = |effect: &Effect<_, _>| matches!(effect, Effect::Store | Effect::Show);
    assert!(!later.iter().any(is_late), "{effects:?} of {input:?} on {before:?}");
}
