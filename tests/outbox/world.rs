//! A task's object, D1, and the receivers at the end of three roads: what each step makes of them. After
//! each effect it holds the object to what must be true of its events.

use crate::actor::{Actor, Kind, Performed, Run, Tasks};
use crate::support::{NOW, attach, completed, delivery, failed, new_task, picture};
use crate::three_roads;
use std::collections::BTreeMap;
use taskwire::domain::outbox::state::{Outcome, Parcel};
use taskwire::domain::task::Task;
use taskwire::domain::task::apply::{Decision, Input, Work};
use taskwire::domain::task::erase::Rows;
use taskwire::domain::task::events::with_events;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{HOUR, Millis, SECOND};

/// A task whose end is told on three roads.
#[derive(Clone, Debug, PartialEq)]
pub struct Told;

impl Kind for Told {
    type State = RoomState;
    type Input = Input;
    type Work = Work;

    fn apply(state: &RoomState, input: Input, now: Millis) -> Decision {
        with_events(state, Tasks::apply(state, input, now), three_roads, now)
    }

    fn alarm() -> Input {
        Tasks::alarm()
    }

    fn version(state: &RoomState) -> u64 {
        Tasks::version(state)
    }

    fn known(state: &RoomState, input: &Input) -> u64 {
        Tasks::known(state, input)
    }

    fn is_open(state: &RoomState) -> bool {
        Tasks::is_open(state) || state.outbox.is_open()
    }

    fn clean_at(state: &RoomState) -> Millis {
        Tasks::clean_at(state)
    }
}

/// What a receiver does with the next attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reply {
    Takes,
    Fails,
    /// It takes the event, and its answer is lost on the way.
    TakesSilently,
    SaysGone,
    /// The settings are wrong, so there is no attempt.
    IsHeld,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Attach,
    Completed,
    Failed,
    /// The alarm fires, at its time or late.
    Alarm,
    LateAlarm,
    /// D1 goes away, or comes back.
    D1,
    Erase,
    Replies(Reply),
}

#[derive(Clone)]
pub struct World {
    pub actor: Actor<Told>,
    pub now: Millis,
    is_away: bool,
    /// What the rows hold.
    rows: Task,
    is_erased: bool,
    pub reply: Reply,
    /// The ends that were stored, by the version, as the test sees them.
    ends: Vec<u64>,
    last_end: Option<String>,
    /// How often each event was taken on each road, and how often the receiver's word did not arrive.
    taken: BTreeMap<Parcel, (u32, u32)>,
    gone: Vec<Parcel>,
    /// After so many effects the process dies.
    pub effects_left: usize,
    pub has_died: bool,
    deliveries: u32,
}

impl World {
    pub fn new() -> Self {
        Self {
            actor: Actor::default(),
            now: NOW,
            is_away: false,
            rows: new_task(1),
            is_erased: false,
            reply: Reply::Takes,
            ends: Vec::new(),
            last_end: None,
            taken: BTreeMap::new(),
            gone: Vec::new(),
            effects_left: usize::MAX,
            has_died: false,
            deliveries: 0,
        }
    }

    /// Whether `step` could happen, and then it has.
    pub fn take(&mut self, step: Step) -> bool {
        self.now += SECOND;
        // A room that was erased, and of which nothing is left, has nothing to tell any more.
        if self.is_erased && self.actor.is_empty() {
            return false;
        }
        match step {
            Step::Attach => self.handle(attach(&self.rows.clone())),
            Step::Completed => self.hear(completed(vec![picture("a")])),
            Step::Failed => self.hear(failed("restricted_content")),
            Step::Erase if self.actor.is_empty() => return false,
            Step::Erase => {
                let rows = Rows::from(&new_task(1));
                self.is_erased = true;
                self.handle(Input::Erase(Box::new(rows)));
            }
            Step::D1 => self.is_away = !self.is_away,
            Step::Replies(reply) => self.reply = reply,
            Step::Alarm => return self.fire(0),
            Step::LateAlarm => return self.fire(HOUR),
        }
        true
    }

    /// The provider's retry is the same delivery.
    fn hear(&mut self, report: taskwire::domain::task::report::Report) {
        self.deliveries += 1;
        self.handle(delivery(&format!("evt_{}", self.deliveries / 2), report));
    }

    fn handle(&mut self, input: Input) {
        self.perform(Run::new(input));
    }

    fn fire(&mut self, late: Millis) -> bool {
        let Some(at) = self.actor.alarm else { return false };
        self.now = self.now.max(at) + late;
        let run = self.actor.fire(self.now);
        self.perform(run);
        true
    }

    fn perform(&mut self, mut run: Run<Told>) {
        let mut heard: Option<Parcel> = None;
        loop {
            if self.effects_left == 0 {
                self.actor.die(Some(&run), self.now);
                self.has_died = true;
                break;
            }
            self.effects_left -= 1;
            match self.actor.perform(&mut run, self.now) {
                Performed::Work(work) => {
                    let outcome = self.work(&work, &mut heard);
                    run.end_work(outcome);
                }
                Performed::Over => break,
                _ => {
                    // Its word was heard once that is stored.
                    let state = self.actor.state();
                    heard = heard.filter(|it| is_open(&state, it));
                    self.look();
                }
            }
        }
        if let Some(lost) = heard {
            self.taken.entry(lost).or_default().1 += 1;
        }
        self.look();
    }

    fn work(&mut self, work: &Work, heard: &mut Option<Parcel>) -> Option<Input> {
        let state = self.actor.state();
        match work {
            Work::Adopt if self.is_away => Some(Input::AdoptFailed),
            Work::Adopt => Some(Input::Adopt(Box::new(self.rows.clone()))),
            Work::Poll => Some(Input::PollFailed),
            Work::Delete if self.is_away => Some(Input::DeleteFailed),
            Work::Delete => Some(Input::Deleted),
            Work::Settle if self.is_away => Some(Input::SettleFailed),
            Work::Settle => Some(Input::Settled(state.erased?.owed?.last_word())),
            Work::Flush { .. } if self.is_away => Some(Input::FlushFailed),
            Work::Flush { note } => {
                let task = state.task?;
                let version = task.version;
                if version > self.rows.version {
                    self.rows = task;
                }
                note.then_some(Input::Flushed(version))
            }
            Work::Send => {
                let due = state.outbox.due(state.readable(), self.now);
                let parcel = due.into_iter().next().expect("it is asked for what is due");
                let outcome = self.receive(&parcel);
                if outcome == Outcome::Delivered(Some(200)) {
                    *heard = Some(parcel.clone());
                }
                Some(Input::Sent(parcel, outcome))
            }
        }
    }

    fn receive(&mut self, parcel: &Parcel) -> Outcome {
        let is_readable = self.is_erased || parcel.version <= self.rows.version;
        assert!(is_readable, "sent before its row: {parcel:?}, and D1 has {}", self.rows.version);
        let (taken, lost) = self.taken.entry(parcel.clone()).or_default();
        match self.reply {
            Reply::Takes => *taken += 1,
            Reply::TakesSilently => (*taken, *lost) = (*taken + 1, *lost + 1),
            Reply::SaysGone => self.gone.push(parcel.clone()),
            Reply::Fails | Reply::IsHeld => {}
        }
        assert!(*taken <= *lost + 1, "{parcel:?} is told again after a word that arrived");
        match self.reply {
            Reply::Takes => Outcome::Delivered(Some(200)),
            Reply::SaysGone => Outcome::Gone,
            Reply::IsHeld => Outcome::Held,
            Reply::Fails | Reply::TakesSilently => {
                Outcome::Failed { status: Some(500), wish: None }
            }
        }
    }

    /// What is stored now: an end that was stored has its event in the same commit.
    fn look(&mut self) {
        let state = self.actor.state();
        let Some(task) = &state.task else { return };
        let end = task.status.is_terminal().then(|| format!("{:?} {:?}", task.status, task.error));
        if end.is_some() && end != self.last_end {
            let born = state.outbox.events().iter().any(|event| event.version == task.version);
            assert!(born, "an end without its event: {state:?}");
            self.ends.push(task.version);
        }
        self.last_end = end;
    }

    /// Everything is well again: every event comes through.
    pub fn settle(mut self) {
        (self.effects_left, self.is_away, self.reply) = (usize::MAX, false, Reply::Takes);
        if self.actor.alarm.is_none() && Told::is_open(&self.actor.state()) {
            // Its rows are not settled, so that the sweep wakes it; or the owner asks once more.
            if self.is_erased {
                self.take(Step::Erase);
            } else {
                self.handle(Input::Wake(Box::new(self.rows.clone())));
            }
        }
        for alarms in 0.. {
            self.actor.assert_awaited();
            if !self.actor.state().outbox.is_open() {
                break;
            }
            assert!(alarms < 40, "it never settles: {:?}", self.actor.state());
            self.take(Step::Alarm);
        }
        for version in &self.ends {
            for road in three_roads() {
                let subject = crate::support::TASK_ID.to_owned();
                let parcel = Parcel { subject, version: *version, road };
                let taken = self.taken.get(&parcel).map_or(0, |(taken, _)| *taken);
                let is_known = taken > 0 || self.gone.contains(&parcel);
                assert!(is_known || self.is_exhausted(&parcel), "lost: {parcel:?}");
            }
        }
    }

    fn is_exhausted(&self, parcel: &Parcel) -> bool {
        self.actor.state().outbox.end(parcel).is_some()
    }
}

fn is_open(state: &RoomState, parcel: &Parcel) -> bool {
    let event = state.outbox.event(parcel);
    event.is_some_and(|event| {
        event.ways.iter().any(|way| way.road == parcel.road && way.end.is_none())
    })
}
