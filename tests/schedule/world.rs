//! A room whose alarms are fired in virtual time, and the world around it.

use crate::actor::{Actor, Performed, Tasks};
use crate::support::{after, attach, completed, delivery, new_task, picture, poll, report};
use taskwire::domain::task::Status;
use taskwire::domain::task::apply::{Input, Work};
use taskwire::domain::task::report::Outcome;
use taskwire::domain::task::schedule::next_alarm;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{MINUTE, Millis};

/// What the world around a simulated room answers.
pub struct World {
    /// What the provider says when asked; `None`: nothing.
    pub poll: Option<Outcome>,
    /// Whether D1 takes rows at a time.
    pub d1: fn(Millis) -> bool,
}

#[derive(Debug, Default, PartialEq)]
pub struct Tally {
    pub alarms: u32,
    pub polls: Vec<Millis>,
    pub gave_up: Vec<Millis>,
    pub flushes: u32,
    pub adoptions: u32,
    pub cleaned: Option<Millis>,
    /// What was stored before that.
    pub last: RoomState,
}

/// A room with its alarm set, as it has it after `now`.
pub fn awake(room: RoomState, now: Millis) -> Actor<Tasks> {
    let alarm = next_alarm(&room, now);
    Actor::of(room, Some(alarm))
}

/// Fires every alarm until the room is cleaned or `until` is reached.
pub fn simulate(actor: &mut Actor<Tasks>, until: Millis, world: &World) -> Tally {
    let mut tally = Tally::default();
    while let Some(at) = actor.alarm.filter(|at| *at <= until) {
        assert!(tally.alarms < 10_000, "the alarm spins at {at}: {actor:?}");
        // The object takes a moment, so even an alarm of "now" lets time pass.
        let now = at + 1;
        tally.alarms += 1;
        fire(actor, now, world, &mut tally);
        if actor.state().task.is_some_and(|task| task.status == Status::Pending) {
            let next = actor.alarm.expect("a pending task with no alarm");
            assert!(next <= now + 5 * MINUTE, "a pending task that sleeps");
        }
    }
    tally
}

fn fire(actor: &mut Actor<Tasks>, now: Millis, world: &World, tally: &mut Tally) {
    let mut run = actor.fire(now);
    loop {
        if !actor.is_empty() {
            tally.last = actor.state();
        }
        match actor.perform(&mut run, now) {
            Performed::Work(work) => {
                let version = actor.state().task.map_or(0, |task| task.version);
                run.end_work(outcome(work, version, now, world, tally));
            }
            Performed::Decided { input: Input::GiveUp, .. } => tally.gave_up.push(now),
            Performed::Decided { .. } | Performed::Other => {}
            Performed::Cleaned => tally.cleaned = Some(now),
            Performed::Over => break,
        }
    }
    actor.sleep();
}

fn outcome(
    work: Work,
    version: u64,
    now: Millis,
    world: &World,
    tally: &mut Tally,
) -> Option<Input> {
    match work {
        Work::Adopt => {
            tally.adoptions += 1;
            Some(if (world.d1)(now) { Input::NoRows } else { Input::AdoptFailed })
        }
        Work::Poll => {
            tally.polls.push(now);
            let answer = world.poll.clone().map(|outcome| poll(report(outcome)));
            Some(answer.unwrap_or(Input::PollFailed))
        }
        Work::Flush { note } => {
            tally.flushes += 1;
            match (world.d1)(now) {
                true => note.then_some(Input::Flushed(version)),
                false => Some(Input::FlushFailed),
            }
        }
        Work::Delete | Work::Settle => panic!("nothing was erased"),
        Work::Send => panic!("an event, and there is no road"),
    }
}

pub const SILENT: World = World { poll: None, d1: |_| true };
pub const STILL_PENDING: World = World { poll: Some(Outcome::Pending), d1: |_| true };

pub fn pending() -> RoomState {
    after([attach(&new_task(2)), Input::Flushed(1)])
}

pub fn done() -> RoomState {
    after([
        attach(&new_task(1)),
        delivery("evt_1", completed(vec![picture("a")])),
        Input::Flushed(2),
    ])
}
