//! Long random histories, with invariants checked after each step.

use crate::actor::{Actor, Performed, Run, Tasks};
use crate::support::{
    NOW, assert_sound, attach, broken, completed, decide, delivery, failed, key, new_task, picture,
    poll, report, row_ids, stored, unknown,
};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use taskwire::domain::task::apply::{Input, Work, apply};
use taskwire::domain::task::report::{ImageReport, Outcome, Report};
use taskwire::domain::task::schedule::{due, next_alarm};
use taskwire::domain::task::state::{DELIVERY_LIMIT, EARLY_LIMIT, RoomState};
use taskwire::domain::task::{ImageStatus, Task};
use taskwire::domain::time::Millis;
use taskwire::domain::verdict::Verdict;

/// What a number stands for.
struct Chance(u16);

impl Chance {
    fn choice(&self) -> usize {
        usize::from(self.0 >> 4)
    }

    /// What comes while the first work of this event is done. Nothing comes in between there.
    fn meanwhile(&self) -> Option<Self> {
        self.choice().is_multiple_of(4).then(|| Self(self.0.rotate_left(7) & !0x30 | 0x10))
    }

    /// What the work of this event comes to. Rows are left behind at most once.
    fn outcome(&self, work: Work, rows: usize, room: &RoomState, times: usize) -> Option<Input> {
        let choice = self.choice();
        let version = room.task.as_ref().map_or(0, |task| task.version);
        match work {
            Work::Adopt if choice.is_multiple_of(2) => Some(Input::Adopt(Box::new(new_task(rows)))),
            Work::Adopt if choice.is_multiple_of(3) => Some(Input::NoRows),
            Work::Adopt => Some(Input::AdoptFailed),
            Work::Poll if choice.is_multiple_of(3) => Some(input(7 | self.0 & 0xfff0, rows, room)),
            Work::Poll if choice % 3 == 1 => Some(poll(report(Outcome::Pending))),
            Work::Poll => Some(Input::PollFailed),
            Work::Flush { .. } if choice.is_multiple_of(4) => Some(Input::FlushFailed),
            Work::Flush { .. } if choice % 4 == 1 && times == 0 => {
                Some(Input::LeftBehind(choice as u64 % 7))
            }
            Work::Flush { note } => note.then_some(Input::Flushed(version)),
            Work::Delete | Work::Settle => panic!("nothing was erased"),
            Work::Send => panic!("an event, and there is no road"),
        }
    }
}

/// The input that a number stands for; also one that comes out of turn, from work of another event. Few
/// delivery keys, so that many come twice.
fn input(number: u16, rows: usize, room: &RoomState) -> Input {
    let choice = usize::from(number >> 4);
    let key_of = |name: &str| format!("{name}{}", choice % 5);
    let images = || -> Vec<ImageReport> {
        let one = |i: usize| {
            if choice >> i & 1 == 0 { picture(&i.to_string()) } else { broken("unsafe") }
        };
        (0..choice % 6).map(one).collect()
    };
    let echoed = || {
        let mut ids = row_ids(&new_task(rows));
        ids.rotate_left(if rows == 0 { 0 } else { choice % rows });
        ids.truncate(choice % 7);
        ids
    };
    let done = || Report { row_ids: echoed(), ..completed(images()) };
    match number % 16 {
        0..=2 => attach(&new_task(rows)),
        3 => attach(&Task { key: key(9), ..new_task(rows) }),
        4..=6 => delivery(&key_of("c"), done()),
        7 => poll(done()),
        8 | 9 => delivery(&key_of("f"), failed("restricted_content")),
        10 => delivery(&key_of("u"), unknown()),
        11 => poll(report(Outcome::Pending)),
        12 => Input::GiveUp,
        13 => Input::PollFailed,
        // D1 can only have what a room has had.
        14 => Input::Flushed(room.task.as_ref().map_or(0, |t| t.version.min(choice as u64 % 5))),
        _ => {
            let left = Input::LeftBehind(choice as u64 % 7);
            [Input::FlushFailed, Input::AdoptFailed, left][choice % 3].clone()
        }
    }
}

fn is_new_word(input: &Input, room: &RoomState) -> bool {
    let Input::Report { delivery, report } = input else { return false };
    let seen = |key: &String| room.deliveries.iter().any(|delivery| delivery.key == *key);
    matches!(report.outcome, Outcome::Completed { .. } | Outcome::Failed { .. })
        && !delivery.as_ref().is_some_and(seen)
}

fn check_step(before: &RoomState, input: &Input, after: &RoomState, verdict: Verdict, at: Millis) {
    assert_sound(after);
    assert!(after.flushed >= before.flushed);
    assert!(after.deliveries.len() <= DELIVERY_LIMIT && after.early.len() <= EARLY_LIMIT);
    assert!(next_alarm(after, at) >= at);
    let _ = due(after, at);
    if verdict == Verdict::Duplicate {
        assert_eq!(after, before);
    }
    if before.task.is_none() && verdict == Verdict::Kept {
        assert_eq!(after.early.len(), before.early.len() + 1);
    }
    let Some(was) = &before.task else { return };
    let task = after.task.as_ref().expect("a task never goes away");
    assert_eq!((&task.key, &task.user_id), (&was.key, &was.user_id));
    assert!(task.updated_at >= was.updated_at);
    if let Input::LeftBehind(version) = input {
        // The rows get what there is, above what they say.
        assert_eq!(task.version, if was.version > *version { was.version } else { version + 1 });
        let (version, updated_at) = (was.version, was.updated_at);
        assert_eq!(&Task { version, updated_at, ..task.clone() }, was);
        return;
    }
    assert_eq!(task.version, was.version + u64::from(verdict == Verdict::Applied));
    assert_eq!(task == was, verdict != Verdict::Applied);
    if was.is_final() {
        assert_eq!(task, was);
    } else if is_new_word(input, before) {
        assert_eq!(verdict, Verdict::Applied, "the provider's first word is heard");
        assert!(task.is_final());
    }
    for (old, new) in was.images.iter().zip(&task.images) {
        assert_eq!((&old.id, old.position), (&new.id, new.position), "a row keeps its place");
    }
    assert!(task.images.len() >= was.images.len(), "a row never goes away");
}

/// One event, with all that follows from it. Each decision is held against what was. While its work is
/// done another event may come.
fn event(actor: &mut Actor<Tasks>, mut run: Run<Tasks>, chance: &Chance, rows: usize, at: Millis) {
    let mut flushes = 0;
    let mut meanwhile = chance.meanwhile();
    loop {
        let before = actor.state();
        match actor.perform(&mut run, at) {
            Performed::Decided { input, verdict } => {
                let after = run.decided.as_ref().expect("a state");
                check_step(&before, &input, after, verdict, at);
            }
            Performed::Work(work) => {
                let is_flush = matches!(work, Work::Flush { .. });
                let outcome = chance.outcome(work, rows, &before, flushes);
                flushes += usize::from(is_flush);
                if let Some(other) = meanwhile.take() {
                    let other_run = Run::new(input(other.0, rows, &before));
                    event(actor, other_run, &other, rows, at);
                }
                run.end_work(outcome);
            }
            Performed::Cleaned | Performed::Other => {}
            Performed::Over => return,
        }
    }
}

fn run(history: &[u16], rows: usize) -> RoomState {
    let mut actor = Actor::default();
    let mut now = NOW;
    for number in history {
        now += 1_000;
        let chance = Chance(*number);
        // One of five events is the alarm, if one is set.
        let run = match actor.alarm {
            Some(at) if chance.choice() % 5 == 4 => {
                now = now.max(at);
                actor.fire(now)
            }
            _ => Run::new(input(*number, rows, &actor.state())),
        };
        event(&mut actor, run, &chance, rows, now);
        actor.assert_awaited();
    }
    actor.state()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_a_task_stays_sound(history in vec(any::<u16>(), 0..12), rows in 0_usize..5) {
        run(&history, rows);
    }

    #[test]
    fn whatever_the_provider_echoes_each_of_its_images_is_in_one_row_and_no_row_waits(
        names in vec(0_usize..8, 0..8), rows in 0_usize..6, images in 0_usize..9,
    ) {
        let task = new_task(rows);
        let mut ids = row_ids(&task);
        ids.push(key(8).row_id(0));
        let echoed = names.iter().filter_map(|i| ids.get(*i).cloned()).collect();
        let said = (0..images).map(|i| picture(&i.to_string())).collect();
        let said = Report { row_ids: echoed, ..completed(said) };
        let (room, _) = decide(&RoomState::default(), attach(&task), NOW);
        let placed = apply(&room, delivery("evt_1", said), NOW).state.task.expect("attached").images;
        assert_eq!(placed.len(), rows.max(images), "a row is added only where there is none");
        let mut found: Vec<&str> = placed.iter().filter_map(|row| row.image_id.as_deref()).collect();
        found.sort_unstable();
        let mut expected: Vec<String> = (0..images).map(|i| format!("img_{i}")).collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
        let missing = placed.iter().filter(|row| row.status == ImageStatus::Failed).count();
        assert_eq!(missing, rows.saturating_sub(images));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happened_storage_gives_back_the_same_state(
        history in vec(any::<u16>(), 0..120), rows in 0_usize..5,
    ) {
        let room = run(&history, rows);
        assert_eq!(stored(&room), room);
    }
}
