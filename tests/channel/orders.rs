//! Every order of what happens around a callback: its webhook, once and again and as a failure, each
//! way in which an attempt can end, a crash, D1 that is away, and time.
//!
//! Orders that lead to the same state are merged, so that long ones can be walked too. The checks depend
//! only on a state, a step and the next state.

use crate::world::{Heard, Step, World, body};
use crate::{NOW, channel};
use std::collections::{BTreeMap, HashMap};
use taskwire::domain::channel::apply::{Input, apply};
use taskwire::domain::channel::callback::{Status, WINDOW};
use taskwire::domain::channel::schedule::{due, next_alarm};
use taskwire::domain::channel::state::{ChannelState, Recorded};
use taskwire::domain::task::Status as TaskStatus;
use taskwire::domain::time::Millis;

/// Enough steps for a failed attempt, its backoff, one that a crash loses, and a successful one.
const LONGEST: usize = 8;

pub const STEPS: [Step; 20] = [
    Step::Asked,
    Step::Answer,
    Step::Again,
    Step::Unbidden,
    Step::Forbidden,
    Step::Failure,
    Step::ToldBefore,
    Step::Answered(204),
    Step::Answered(302),
    Step::Answered(404),
    Step::Answered(429),
    Step::Answered(503),
    Step::TimedOut,
    Step::Crash,
    Step::Late(204),
    Step::Late(404),
    Step::Late(503),
    Step::Alarm,
    Step::Slept,
    Step::D1,
];

/// Where orders lead, and from where to where each step leads.
#[derive(Default)]
struct Places {
    /// By something cheap of theirs, since there are many.
    known: HashMap<Vec<Millis>, Vec<usize>>,
    worlds: Vec<World>,
    ways: Vec<Vec<usize>>,
}

impl Places {
    fn at(&mut self, world: World) -> usize {
        let alike = self.known.entry(times(&world)).or_default();
        if let Some(place) = alike.iter().find(|place| self.worlds[**place].is_where(&world)) {
            return *place;
        }
        alike.push(self.worlds.len());
        self.worlds.push(world);
        self.worlds.len() - 1
    }

    /// Takes every step that is possible at `place`, if that has not been done before.
    fn ways(&mut self, place: usize) -> &[usize] {
        // Places are come to in the order in which they are first left.
        if place == self.ways.len() {
            let world = self.worlds[place].clone();
            let steps = STEPS.into_iter().filter_map(|step| world.after(step));
            let ways = steps.map(|after| self.at(judged(&world, after))).collect();
            self.ways.push(ways);
        }
        &self.ways[place]
    }
}

/// What is cheap to compare of a world, and different in most.
fn times(world: &World) -> Vec<Millis> {
    let state = world.state();
    let of_callback = |event: &Recorded| {
        let callback = &event.callback;
        [event.at, callback.next_at, callback.attempts.into(), callback.status as Millis]
    };
    let callbacks = state.events.iter().flat_map(of_callback);
    let flushes = [state.flush_at, state.flush_failures.into(), state.version() as Millis];
    let alarm = world.actor.alarm.unwrap_or_default();
    callbacks.chain(flushes).chain([world.now, alarm, world.is_away.into()]).collect()
}

/// Holds a step against what was, and notes what the next steps are to be held against.
fn judged(before: &World, mut after: World) -> World {
    let how = after.history.as_slice();
    let step = *how.last().expect("a step");
    let (was_there, is_there) = (before.state(), after.state());
    for event in &is_there.events {
        let heard = after.heard.entry(event.key.clone()).or_insert_with(|| Heard::at(before.now));
        let known = was_there.events.iter().find(|known| known.key == event.key);
        let was = known.map(|known| known.callback.status);
        let is_its = before.meant_by(step) == Some(&event.key);
        // Windows are closed at the end of an alarm.
        let closes = after.calling.is_none() && after.now >= heard.arrived + WINDOW;
        assert_eq!(event.callback.status, expected(was, step, is_its, closes), "{how:?}");
        if let Some(known) = known.filter(|known| known.callback.status != Status::Pending) {
            assert_eq!(event.callback, known.callback, "what was settled changes: {how:?}");
        }
        if after.calling.as_ref().is_some_and(|calling| calling.key == event.key)
            && is_of_alarm(step)
        {
            assert_eq!(event.callback.status, Status::Pending, "{how:?}");
            assert_eq!(heard.good, 0, "it is called after a 2xx: {how:?}");
            assert!(after.now < heard.arrived + WINDOW, "it is called too late: {how:?}");
            let body = body(event);
            assert_eq!(heard.body.get_or_insert_with(|| body.clone()), &body, "{how:?}");
        }
        if is_its && matches!(step, Step::Answered(_) | Step::TimedOut | Step::Late(_)) {
            assert!(!event.callback.is_due(after.now), "it is called again at once: {how:?}");
        }
        let counts = was != Some(Status::Delivered) && event.callback.status == Status::Delivered;
        heard.good += u32::from(counts);
        assert!(heard.good <= 1, "it is told twice: {how:?}");
    }
    assert_kept(&was_there, &is_there, how);
    assert_goes_on(&after, how);
    after
}

/// Whether `step` begins an alarm, or goes on with one.
fn is_of_alarm(step: Step) -> bool {
    matches!(
        step,
        Step::Alarm | Step::Slept | Step::ToldBefore | Step::Answered(_) | Step::TimedOut
    )
}

/// What must have become of a callback, told from the step alone.
fn expected(was: Option<Status>, step: Step, is_its: bool, closes: bool) -> Status {
    let Some(was) = was else {
        return match step {
            Step::Unbidden => Status::None,
            Step::Forbidden => Status::Failed,
            _ => Status::Pending,
        };
    };
    match step {
        _ if was != Status::Pending => was,
        Step::Answered(204) | Step::Late(204) | Step::ToldBefore if is_its => Status::Delivered,
        Step::Answered(302 | 404) | Step::Late(404) if is_its => Status::Failed,
        _ if closes && is_of_alarm(step) => Status::Expired,
        _ => was,
    }
}

/// What was made stays, and stays made.
fn assert_kept(before: &ChannelState, after: &ChannelState, how: &[Step]) {
    let mut rows = after.contents().map(|(event, made)| (&event.key, event.at, made));
    for (event, made) in before.contents() {
        assert_eq!(rows.next(), Some((&event.key, event.at, made)), "a row is lost: {how:?}");
    }
    if after.contents().next().is_some() {
        let channel = channel(after);
        let found = (channel.status, &channel.error);
        assert_eq!(found, (TaskStatus::Completed, &None), "a row has become a failure: {how:?}");
    }
}

/// While a callback is open an alarm is set, or under way, for a moment when there is something to do,
/// and the window is its end.
fn assert_goes_on(world: &World, how: &[Step]) {
    if world.calling.is_none() {
        world.actor.assert_awaited();
    }
    let state = &world.state();
    let is_open = |event: &Recorded| event.callback.status == Status::Pending;
    let open = state.events.iter().filter(|event| is_open(event));
    let Some(until) = open.map(|event| world.heard[&event.key].arrived + WINDOW).min() else {
        return;
    };
    let is_in_time = |at: Millis| at <= until.max(world.now);
    let set = world.actor.alarm.is_none_or(is_in_time);
    let alarm = next_alarm(state, world.now);
    assert!(set && is_in_time(alarm), "it sleeps through the window: {how:?}");
    let then = due(state, alarm);
    let has_work = then.call.is_some() || then.expire || then.flush;
    assert!(has_work, "it wakes for nothing: {how:?}");
    let last = world.now + WINDOW;
    let end = apply(state, Input::Expire, last).state;
    assert!(!end.events.iter().any(is_open), "it never ends: {how:?}");
    assert_eq!(due(&end, last).call, None, "{how:?}");
}

#[test]
fn in_every_order_a_callback_is_delivered_once_and_in_time_or_ends() {
    let mut places = Places::default();
    // How many orders of this length lead to each place.
    let mut orders = BTreeMap::from([(places.at(World::new(NOW)), 1_u64)]);
    let mut walked = 0;
    for _ in 0..LONGEST {
        let mut longer = BTreeMap::new();
        for (place, count) in orders {
            for next in places.ways(place) {
                *longer.entry(*next).or_default() += count;
            }
        }
        walked += longer.values().sum::<u64>();
        orders = longer;
    }
    println!("walked {walked} orders of up to {LONGEST} steps");
    assert_eq!(walked, 84_176_800);
}
