//! Every order of what can happen to one task: its start, webhooks once and again, alarms with whatever
//! the provider says then, D1 that is away, rows that were given up. And a process that dies between
//! any two effects of any of these.

use crate::actor::{Kind, Tasks};
use crate::support::{
    NOW, after, assert_sound, attach, completed, decide, delivery, failed, new_task, picture,
};
use crate::world::{Came, Said, Step, World};
use taskwire::domain::task::apply::Input;
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::domain::task::schedule::LONGEST_POLL;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{ImageStatus, Status, Task};
use taskwire::domain::time::HOUR;
use taskwire::domain::verdict::Verdict;

/// More effects than any step has.
const ALL: usize = usize::MAX;

const STEPS: [Step; 12] = [
    Step::Attach,
    Step::Wake,
    Step::Completed,
    Step::Failed,
    Step::Unknown,
    Step::Again,
    Step::Alarm(Said::Nothing),
    Step::Alarm(Said::Pending),
    Step::Alarm(Said::Completed),
    Step::Slept,
    Step::D1,
    Step::GivenUp,
];

/// What must have become of the task, told from the steps alone: the provider's first word stands, and
/// giving up counts only before it.
#[derive(Clone, Debug, Default)]
struct Facts {
    is_attached: bool,
    /// Its room was cleaned.
    is_over: bool,
    word: Option<Status>,
    gave_up: bool,
    /// Its rows were given up: its version goes on above theirs.
    is_lost: bool,
    /// How often the process has died: what it had got to is not told from these.
    deaths: usize,
}

impl Facts {
    fn after(&self, step: Step, before: &World, came: &Came, now: &World) -> Self {
        let mut facts = self.clone();
        match step {
            // One that came before says nothing.
            Step::Completed | Step::Failed | Step::Again
                if came.verdict != Some(Verdict::Duplicate) =>
            {
                facts.word = facts.word.or(now.last.as_ref().and_then(word));
            }
            Step::Attach | Step::Wake => facts.is_attached = true,
            Step::GivenUp => facts.is_lost = true,
            Step::Alarm(_) | Step::Slept if came.has_looked => {
                // Rows are found by the ids that came with the pictures, or by the provider's.
                let early = &before.room().early;
                let is_named = early.iter().any(|early| !early.report.row_ids.is_empty());
                let is_known = is_named || before.rows.task_id.is_some();
                facts.is_attached = is_known && !before.is_away;
            }
            _ => {}
        }
        if step == Step::Alarm(Said::Completed) && came.has_polled {
            facts.word = facts.word.or(Some(Status::Completed));
        }
        let is_alarm = matches!(step, Step::Alarm(_) | Step::Slept);
        let is_late = is_alarm && now.now >= NOW + HOUR;
        facts.gave_up |= is_late && facts.is_attached && facts.word.is_none();
        if came.has_cleaned {
            (facts.is_attached, facts.is_over) = (false, true);
        }
        facts
    }

    /// What is left of a process that died: that is told from what it has stored.
    fn left_by(&self, came: &Came, room: &RoomState) -> Self {
        let early = room.early.iter().find_map(|early| word_of(&early.report));
        let task = room.task.as_ref();
        let word = task.filter(|task| task.is_final()).map(|task| task.status);
        Self {
            is_attached: task.is_some(),
            is_over: self.is_over || came.has_cleaned,
            word: word.or(early).or(self.word),
            gave_up: self.gave_up || task.is_some_and(|task| task.status.is_terminal()),
            deaths: self.deaths + 1,
            ..self.clone()
        }
    }

    fn expected(&self) -> Option<(Status, u64)> {
        let silence = if self.gave_up { Status::Failed } else { Status::Pending };
        let version = 1 + u64::from(self.word.is_some()) + u64::from(self.gave_up);
        self.is_attached.then(|| (self.word.unwrap_or(silence), version))
    }
}

/// How a task ends by this report.
fn word_of(report: &Report) -> Option<Status> {
    match report.outcome {
        Outcome::Completed { .. } => Some(Status::Completed),
        Outcome::Failed { .. } => Some(Status::Failed),
        Outcome::Pending | Outcome::Unknown { .. } => None,
    }
}

fn word(input: &Input) -> Option<Status> {
    match input {
        Input::Report { report, .. } => word_of(report),
        _ => None,
    }
}

#[derive(Default)]
struct Walk {
    history: Vec<(Step, usize)>,
    orders: usize,
    deaths: usize,
}

impl Walk {
    /// Walks every order that begins like this one and is so many steps longer, with so many deaths.
    fn on(&mut self, world: &World, facts: &Facts, steps: usize, deaths: usize) {
        if steps == 0 {
            return;
        }
        // Each step finds what storage gives back, as after an eviction.
        let mut world = world.clone();
        world.actor.sleep();
        for step in STEPS {
            // A start is not heard of again days later.
            if step == Step::Attach && facts.is_over {
                continue;
            }
            if !self.whole(&world, facts, step, (steps, deaths)) {
                continue;
            }
            for effects in (0..).take_while(|_| deaths > 0) {
                if !self.cut_off(&world, facts, (step, effects), (steps, deaths)) {
                    break;
                }
            }
        }
    }

    /// Takes a step to its end. Whether it is possible.
    fn whole(
        &mut self,
        world: &World,
        facts: &Facts,
        step: Step,
        (steps, deaths): (usize, usize),
    ) -> bool {
        let mut next = world.clone();
        self.history.push((step, ALL));
        let came = next.take(step, ALL);
        if let Some(came) = &came {
            self.orders += 1;
            let facts = facts.after(step, world, came, &next);
            self.check(step, world, came, &next, &facts);
            // Orders without a death are another test's.
            if facts.deaths > 0 || deaths == 0 {
                self.settle(next.clone(), facts.deaths);
            }
            self.on(&next, &facts, steps - 1, deaths);
        }
        self.history.pop();
        came.is_some()
    }

    /// Takes a step up to an effect, at which the process dies. Whether that was before its end.
    fn cut_off(
        &mut self,
        world: &World,
        facts: &Facts,
        (step, effects): (Step, usize),
        (steps, deaths): (usize, usize),
    ) -> bool {
        let mut next = world.clone();
        let died = next.take(step, effects).filter(|came| came.has_died);
        if let Some(came) = &died {
            self.deaths += 1;
            self.history.push((step, effects));
            let facts = facts.left_by(came, &next.room());
            self.check_kept(world, &next);
            self.settle(next.clone(), facts.deaths);
            self.hear_again(next.clone(), facts.deaths);
            self.on(&next, &facts, steps - 1, deaths - 1);
            self.history.pop();
        }
        died.is_some()
    }

    fn check(&self, step: Step, before: &World, came: &Came, after: &World, facts: &Facts) {
        let (history, room, next) = (&self.history, before.room(), after.room());
        assert_sound(&next);
        let found = next.task.as_ref().map(|task| (task.status, task.version));
        let expected = facts.expected();
        if facts.is_lost || facts.deaths > 0 {
            let status = |it: Option<(Status, u64)>| it.map(|(status, _)| status);
            assert_eq!(status(found), status(expected), "{history:?}");
        } else {
            assert_eq!(found, expected, "{history:?}");
        }
        self.check_kept(before, after);
        if came.verdict == Some(Verdict::Duplicate) {
            assert_eq!((step, &next), (Step::Again, &room), "{history:?}");
        }
        if room.task.is_none() && next.task.is_none() && !came.has_cleaned {
            let kept = if came.verdict == Some(Verdict::Kept) { 1 } else { 0 };
            assert_eq!(next.early.len(), room.early.len() + kept, "{history:?}");
        }
        if facts.deaths == 0 {
            self.assert_awaited(after);
        }
    }

    /// While something is open an alarm is set, and soon.
    fn assert_awaited(&self, world: &World) {
        world.actor.assert_awaited();
        let room = world.room();
        let is_open = room.task.is_some() && Tasks::is_open(&room);
        let is_soon = world.actor.alarm.is_none_or(|at| at <= world.now + LONGEST_POLL);
        assert!(is_soon || !is_open, "nobody will see to it soon: {:?}", self.history);
    }

    /// What is final stays, whatever happens, and whoever dies.
    fn check_kept(&self, before: &World, after: &World) {
        let history = &self.history;
        let (room, next) = (before.room(), after.room());
        if after.actor.is_empty() {
            // Once it is cleaned, or before it was ever stored.
            let task = room.task.as_ref();
            assert!(task.is_none_or(|task| *task == after.rows), "a task is lost: {history:?}");
            return;
        }
        let Some(before) = &room.task else { return };
        let task = next.task.as_ref().expect("a task never goes away");
        assert!(task.version >= before.version, "{history:?}");
        if before.is_final() {
            let version = task.version;
            assert_eq!(task, &Task { version, updated_at: task.updated_at, ..before.clone() });
        }
        assert!(task.version > before.version || task == before, "{history:?}");
    }

    /// Whatever has happened, once D1 is there again the alarms settle it. Where a death has left none,
    /// the provider's webhook does. In the end the alarm cleans up.
    fn settle(&self, mut world: World, deaths: usize) {
        let history = &self.history;
        world.is_away = false;
        let stored = world.room();
        let early = || stored.early.iter().map(|early| &early.report);
        // The first word of what waits for rows that it names.
        let waits = !world.rows.is_final() && early().any(|report| !report.row_ids.is_empty());
        let heard = early().find_map(word_of).filter(|_| waits);
        if Tasks::is_open(&stored) && world.actor.alarm.is_none() {
            self.hear(&mut world, deaths);
        }
        // The death was in no webhook that comes again. The one with the pictures is still to come.
        if Tasks::is_open(&world.room()) && world.actor.alarm.is_none() {
            world.take(Step::Completed, ALL);
            self.assert_awaited(&world);
        }
        self.fire(&mut world);
        self.hear(&mut world, deaths);
        self.fire(&mut world);
        assert!(heard.is_none_or(|word| world.rows.status == word), "a word is lost: {history:?}");
        let room = world.room();
        // What came too early, and belongs to nobody, is gone by now.
        let Some(task) = &room.task else {
            assert!(world.actor.is_empty() && stored.task.is_none(), "{history:?}");
            return;
        };
        assert_eq!((&world.rows, world.published), (task, task.version), "{history:?}");
        if let Some(stored) = stored.task.filter(Task::is_final) {
            assert_eq!((task.status, &task.images), (stored.status, &stored.images), "{history:?}");
        }
        if world.actor.alarm.is_none() {
            return assert!(deaths > 0, "nobody cleans up: {history:?}");
        }
        // One may have been set for something that is done. The next is the last.
        let mut alarms = (0..2).map(|_| {
            let at = world.actor.alarm.expect("an alarm");
            world.alarm(at, Said::Nothing, ALL).expect("an alarm").has_cleaned
        });
        assert!(alarms.any(|has_cleaned| has_cleaned), "{history:?}");
        assert!(world.actor.is_empty() && world.actor.alarm.is_none(), "{history:?}");
    }

    /// The provider comes again before any alarm.
    fn hear_again(&self, mut world: World, deaths: usize) {
        self.hear(&mut world, deaths);
        self.settle(world, deaths);
    }

    /// The webhooks come again that were not answered. Where the process has died just once, during one
    /// of them, an alarm is set then.
    fn hear(&self, world: &mut World, deaths: usize) {
        for webhook in std::mem::take(&mut world.unanswered) {
            world.delivered(webhook, ALL);
            if deaths == 1 {
                self.assert_awaited(world);
            }
        }
    }

    /// Fires the alarm for as long as something is open. The provider says nothing any more.
    fn fire(&self, world: &mut World) {
        for alarms in 0.. {
            let room = world.room();
            if !Tasks::is_open(&room) {
                return;
            }
            assert!(alarms < 5, "it never settles: {:?}", self.history);
            world.actor.assert_awaited();
            let next = world.actor.alarm.expect("an alarm");
            // Not all the alarms on the way to the end are fired.
            let at = match &room.task {
                Some(task) if !task.status.is_terminal() => next.max(task.deadline()),
                Some(_) => next,
                None if alarms == 0 => next,
                None => next.max(Tasks::clean_at(&room)),
            };
            world.alarm(at, Said::Nothing, ALL);
        }
    }
}

/// Walks every order of so many steps with so many deaths. Answers how many orders and deaths there were.
fn walk(steps: usize, deaths: usize) -> (usize, usize) {
    let mut walk = Walk::default();
    walk.on(&World::new(), &Facts::default(), steps, deaths);
    (walk.orders, walk.deaths)
}

#[test]
fn in_every_order_of_five_events_the_providers_first_word_stands() {
    assert_eq!(walk(5, 0), (43_941, 0));
}

#[test]
fn wherever_the_process_dies_the_task_is_settled_and_what_was_stored_is_not_lost() {
    assert_eq!(walk(4, 1), (72_410, 27_414));
}

#[test]
fn a_process_that_dies_twice_loses_no_more_than_one_that_dies_once() {
    assert_eq!(walk(3, 2), (9_928, 26_129));
}

#[test]
fn a_webhook_before_its_task_and_one_after_it_make_the_same_task() {
    let words =
        [completed(vec![picture("a"), picture("b")]), completed(vec![]), failed("internal")];
    for word in words {
        let ahead = after([delivery("evt_1", word.clone()), attach(&new_task(2))]);
        let behind = after([attach(&new_task(2)), delivery("evt_1", word)]);
        assert_eq!(ahead.task, behind.task);
        assert!(ahead.early.is_empty());
        let flushed = |room: &RoomState| (room.flushed, room.is_dirty());
        assert_eq!(flushed(&ahead), flushed(&behind));
    }
}

#[test]
fn of_two_words_the_first_stands_on_either_side_of_the_task() {
    let completed = || delivery("evt_c", completed(vec![picture("a"), picture("b")]));
    let failed = || delivery("evt_f", failed("internal"));
    let task = || attach(&new_task(2));
    let status = |inputs: [Input; 3]| after(inputs).task.map(|task| task.status);
    for inputs in [
        [task(), completed(), failed()],
        [completed(), task(), failed()],
        [completed(), failed(), task()],
    ] {
        assert_eq!(status(inputs), Some(Status::Completed));
    }
    for inputs in [
        [task(), failed(), completed()],
        [failed(), task(), completed()],
        [failed(), completed(), task()],
    ] {
        assert_eq!(status(inputs), Some(Status::Failed));
    }
}

#[test]
fn a_task_that_timed_out_is_healed_by_its_answer_and_then_final() {
    let room = after([attach(&new_task(2)), Input::GiveUp]);
    let task = room.task.as_ref().expect("attached");
    assert_eq!(task.error.as_ref().map(|error| error.code.as_str()), Some("timeout"));
    assert!(task.images.iter().all(|image| image.status == ImageStatus::Failed));

    let answer = delivery("evt_1", completed(vec![picture("a"), picture("b")]));
    let (room, verdict) = decide(&room, answer, NOW + 90_000);
    assert_eq!(verdict, Verdict::Applied);
    let healed: &Task = room.task.as_ref().expect("attached");
    assert_eq!((healed.status, healed.version, &healed.error), (Status::Completed, 3, &None));
    assert!(healed.images.iter().all(|image| image.status == ImageStatus::Success));
    assert!(healed.images.iter().all(|image| image.error.is_none()));

    let (after, verdict) = decide(&room, delivery("evt_2", failed("internal")), NOW + 91_000);
    assert_eq!((verdict, &after.task), (Verdict::Stale, &room.task));
}
