//! When the object's one alarm fires, and what is due then: simulated in virtual time.

#[path = "support/actor.rs"]
mod actor;
mod support;

use actor::{Actor, Performed, Tasks};
use support::{
    NOW, after, attach, completed, decide, delivery, failed, new_task, picture, poll, report,
    stored, unknown,
};
use taskwire::domain::task::apply::{Input, Work, apply};
use taskwire::domain::task::report::Outcome;
use taskwire::domain::task::schedule::{
    Due, EARLY_LIFETIME, FIRST_POLL, ROOM_LIFETIME, due, next_alarm,
};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{Status, Task};
use taskwire::domain::time::{HOUR, MINUTE, Millis, SECOND};
use taskwire::domain::verdict::Verdict;

/// What the world around a simulated room answers.
struct World {
    /// What the provider says when asked; `None`: nothing.
    poll: Option<Outcome>,
    /// Whether D1 takes rows at a time.
    d1: fn(Millis) -> bool,
}

#[derive(Debug, Default, PartialEq)]
struct Tally {
    alarms: u32,
    polls: Vec<Millis>,
    gave_up: Vec<Millis>,
    flushes: u32,
    adoptions: u32,
    cleaned: Option<Millis>,
    /// What was stored before that.
    last: RoomState,
}

/// A room with its alarm set, as it has it after `now`.
fn awake(room: RoomState, now: Millis) -> Actor<Tasks> {
    let alarm = next_alarm(&room, now);
    Actor::of(room, Some(alarm))
}

/// Fires every alarm until the room is cleaned or `until` is reached.
fn simulate(actor: &mut Actor<Tasks>, until: Millis, world: &World) -> Tally {
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
        Work::Delete => panic!("nothing was erased"),
    }
}

const SILENT: World = World { poll: None, d1: |_| true };
const STILL_PENDING: World = World { poll: Some(Outcome::Pending), d1: |_| true };

fn pending() -> RoomState {
    after([attach(&new_task(2)), Input::Flushed(1)])
}

fn done() -> RoomState {
    after([
        attach(&new_task(1)),
        delivery("evt_1", completed(vec![picture("a")])),
        Input::Flushed(2),
    ])
}

#[test]
fn the_first_poll_comes_twenty_seconds_after_the_start() {
    let room = pending();
    assert_eq!(FIRST_POLL, 20 * SECOND);
    assert_eq!(next_alarm(&room, NOW), NOW + 20 * SECOND);
    assert_eq!(due(&room, NOW + 20 * SECOND - 1), Due::default());
    assert_eq!(due(&room, NOW + 20 * SECOND), Due { poll: true, ..Due::default() });
}

#[test]
fn a_lost_webhook_costs_some_twenty_polls_and_one_give_up() {
    for world in [&SILENT, &STILL_PENDING] {
        let mut room = awake(pending(), NOW);
        let tally = simulate(&mut room, NOW + 30 * HOUR, world);
        let polls = &tally.polls;
        assert!((12..=22).contains(&polls.len()), "{} polls", polls.len());
        let gaps: Vec<Millis> = polls.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let backing_off = &gaps[..gaps.len() - 1];
        assert!(backing_off.is_sorted(), "{gaps:?}");
        assert!(gaps.iter().all(|gap| *gap <= 5 * MINUTE + 10), "{gaps:?}");
        let [given_up] = tally.gave_up[..] else { panic!("gave up {:?}", tally.gave_up) };
        assert!((NOW + HOUR..NOW + HOUR + SECOND).contains(&given_up));
        assert_eq!(polls.last(), Some(&given_up), "a last poll comes first");
        assert_eq!(tally.cleaned.map(|at| at - given_up), Some(ROOM_LIFETIME + 1));
        assert_eq!(tally.flushes, 1);
        assert_eq!(tally.alarms as usize, polls.len() + 1);
        let task = tally.last.task.expect("attached");
        assert_eq!(task.error.map(|error| error.code).as_deref(), Some("timeout"));
    }
}

#[test]
fn a_first_write_that_was_not_noted_is_noted_at_the_first_alarm_and_does_not_make_it_spin() {
    let mut actor = Actor::<Tasks>::default();
    actor.handle(attach(&new_task(2)), NOW, |_, work| {
        assert_eq!(work, Work::Flush { note: false });
        None
    });
    let tally = simulate(&mut actor, NOW + 30 * MINUTE, &STILL_PENDING);
    assert_eq!((tally.flushes, tally.last.flushed), (1, 1));
    let alarms = tally.alarms;
    assert!(alarms < 20, "{alarms} alarms in half an hour");
}

/// How long the alarm sleeps after each of `times` failures.
fn gaps(mut room: RoomState, failure: &Input, times: usize) -> Vec<Millis> {
    let mut now = NOW;
    let gap = |_| {
        room = apply(&room, failure.clone(), now).state;
        let slept = next_alarm(&room, now) - now;
        now += slept;
        slept
    };
    (0..times).map(gap).collect()
}

#[test]
fn polls_that_fail_become_rarer_by_half_down_to_one_in_five_minutes() {
    let gaps = gaps(pending(), &Input::PollFailed, 10);
    assert_eq!(gaps[..4], [20 * SECOND, 30 * SECOND, 45 * SECOND, 67_500]);
    assert_eq!(gaps[8..], [5 * MINUTE, 5 * MINUTE]);
}

#[test]
fn a_poll_that_finds_the_result_ends_the_polling() {
    let outcome = completed(vec![picture("a"), picture("b")]).outcome;
    let mut room = awake(pending(), NOW);
    let world = World { poll: Some(outcome), d1: |_| true };
    let tally = simulate(&mut room, NOW + 30 * HOUR, &world);
    assert_eq!((tally.polls.len(), tally.gave_up.len(), tally.flushes), (1, 0, 1));
    assert_eq!(tally.last.task.map(|task| task.status), Some(Status::Completed));
}

#[test]
fn an_image_is_waited_for_an_hour_and_a_video_three() {
    for (kind, patience) in
        [("image.generate", HOUR), ("image.upscale", HOUR), ("video.generate", 3 * HOUR)]
    {
        let room = after([attach(&Task { kind: kind.into(), ..new_task(0) })]);
        assert!(!due(&room, NOW + patience - 1).give_up, "{kind}");
        let end = due(&room, NOW + patience);
        assert!(end.give_up && end.poll, "{kind}");
    }
}

#[test]
fn a_task_is_waited_for_as_long_as_its_provider_says() {
    for kind in ["image.generate", "video.generate", "audio.generate"] {
        let patience = 10 * MINUTE;
        let task = Task { kind: kind.into(), patience: Some(patience), ..new_task(0) };
        let room = stored(&after([attach(&task)]));
        assert!(!due(&room, NOW + patience - 1).give_up, "{kind}");
        assert!(due(&room, NOW + patience).give_up, "{kind}");
    }
}

#[test]
fn a_task_that_is_adopted_days_later_is_asked_for_at_once_and_then_given_up() {
    let late = NOW + 48 * HOUR;
    let room = apply(&RoomState::default(), attach(&new_task(1)), late).state;
    assert_eq!(next_alarm(&room, late), late);
    let what = due(&room, late);
    assert!(what.poll && what.give_up);
}

#[test]
fn no_alarm_is_ever_set_in_the_past() {
    for room in [pending(), done(), after([delivery("evt_1", unknown())]), RoomState::default()] {
        for later in [0, 1, SECOND, HOUR, 24 * HOUR, 90 * HOUR, 1_000 * HOUR] {
            assert!(next_alarm(&room, NOW + later) >= NOW + later);
        }
    }
}

#[test]
fn an_event_leaves_the_alarm_where_it_is() {
    let room = pending();
    for report in [unknown(), completed(vec![picture("a")]), failed("internal")] {
        let (next, _) = decide(&room, delivery("evt_1", report), NOW + 5 * SECOND);
        // Dirty since then: the alarm that was set at attach drains it, no later than it polls.
        let alarm = NOW + FIRST_POLL;
        let drains = due(&next, alarm).flush == next.is_dirty();
        assert!(drains && (!next.is_dirty() || next_alarm(&next, NOW + 5 * SECOND) <= alarm));
    }
}

#[test]
fn rows_that_d1_did_not_take_are_written_again_ever_later() {
    let mut room = after([attach(&new_task(1))]);
    let mut now = NOW;
    let mut gaps = Vec::new();
    for _ in 0..15 {
        room = apply(&room, delivery("evt_1", completed(vec![])), now).state;
        room = apply(&room, Input::FlushFailed, now).state;
        let next = next_alarm(&room, now);
        assert!(due(&room, next).flush);
        gaps.push(next - now);
        now = next;
    }
    assert_eq!(gaps[..4], [2, 4, 8, 16].map(|seconds| seconds * SECOND));
    assert_eq!(gaps[11..], [4_096 * SECOND, 8_192 * SECOND, 4 * HOUR, 4 * HOUR]);

    let version = room.task.as_ref().map_or(0, |task| task.version);
    let flushed = apply(&room, Input::Flushed(version), now).state;
    assert!(!due(&flushed, now).flush);
    assert_eq!(flushed.clock.flush_failures, 0, "the next failure starts from the shortest");
}

#[test]
fn rows_wait_two_days_for_d1_without_the_alarm_spinning() {
    let mut room = apply(&done(), Input::Flushed(0), NOW).state;
    room.flushed = 1;
    let mut room = awake(room, NOW);
    let world = World { poll: None, d1: |now| now > NOW + 48 * HOUR };
    let tally = simulate(&mut room, NOW + 96 * HOUR, &world);
    assert!(tally.alarms < 40, "{} alarms, one in four hours is enough", tally.alarms);
    let cleaned = tally.cleaned.expect("cleaned once D1 agrees");
    assert!(cleaned > NOW + 48 * HOUR, "never before D1 has the rows");
    assert!(!tally.last.is_dirty());
}

#[test]
fn a_finished_room_is_cleaned_a_day_after_its_last_change_and_not_before() {
    let room = done();
    let end = NOW + SECOND + 24 * HOUR;
    assert_eq!(ROOM_LIFETIME, 24 * HOUR);
    assert_eq!(next_alarm(&room, NOW + MINUTE), end);
    assert_eq!(due(&room, end - 1), Due::default());
    assert_eq!(due(&room, end), Due { clean: true, ..Due::default() });
}

#[test]
fn a_room_is_never_cleaned_while_its_task_is_pending_or_its_rows_are_behind() {
    let far = NOW + 1_000 * HOUR;
    assert!(!due(&pending(), far).clean);
    let behind = after([attach(&new_task(1)), delivery("evt_1", completed(vec![]))]);
    let what = due(&behind, far);
    assert!(what.flush && !what.clean);
}

#[test]
fn a_report_of_a_task_that_is_not_ours_costs_three_alarms_and_is_deleted_after_ten_minutes() {
    let room = after([delivery("evt_1", completed(vec![picture("a")]))]);
    assert_eq!(next_alarm(&room, NOW), NOW + 2 * SECOND);
    assert!(!due(&room, NOW + 2 * SECOND - 1).adopt && due(&room, NOW + 2 * SECOND).adopt);
    let tally = simulate(&mut awake(room, NOW), NOW + 200 * HOUR, &SILENT);
    assert_eq!((tally.alarms, tally.adoptions), (3, 3));
    let cleaned = tally.cleaned.expect("deleted");
    assert!((NOW + 10 * MINUTE..NOW + 10 * MINUTE + SECOND).contains(&cleaned), "{cleaned}");
    assert_eq!((tally.polls.len(), tally.flushes), (0, 0));
}

#[test]
fn a_search_that_d1_does_not_answer_says_nothing_and_is_repeated_each_hour_for_three_days() {
    let room = after([delivery("evt_1", completed(vec![picture("a")]))]);
    let never = World { poll: None, d1: |_| false };
    let tally = simulate(&mut awake(room.clone(), NOW), NOW + 200 * HOUR, &never);
    let cleaned = tally.cleaned.expect("deleted");
    assert!((NOW + EARLY_LIFETIME..NOW + EARLY_LIFETIME + SECOND).contains(&cleaned));
    assert!((72..=80).contains(&tally.adoptions), "{} searches", tally.adoptions);

    // Once it answers again, it is asked as often as in good times.
    let hours = World { poll: None, d1: |now| now > NOW + 30 * HOUR };
    let tally = simulate(&mut awake(room, NOW), NOW + 200 * HOUR, &hours);
    let cleaned = tally.cleaned.expect("deleted");
    let healed = NOW + 30 * HOUR;
    assert!((healed + 9 * MINUTE..healed + 71 * MINUTE).contains(&cleaned));

    // One that fails after that is repeated as soon as the first.
    let report = delivery("evt_1", completed(vec![picture("a")]));
    let failed = [report, Input::AdoptFailed, Input::AdoptFailed, Input::NoRows];
    let room = after(failed);
    let due = next_alarm(&room, NOW);
    let again = apply(&room, Input::AdoptFailed, due).state;
    assert_eq!(next_alarm(&again, due), due + 10 * SECOND);
    let early = apply(&room, Input::AdoptFailed, NOW).state;
    assert_eq!(next_alarm(&early, NOW), due, "one that fails late does not bring the next forward");
}

#[test]
fn each_report_is_searched_for_from_the_beginning() {
    let room = after([delivery("evt_1", unknown()), Input::NoRows, Input::NoRows]);
    let second = apply(&room, delivery("evt_2", completed(vec![])), NOW + MINUTE).state;
    assert_eq!(next_alarm(&second, NOW + MINUTE), NOW + MINUTE + 2 * SECOND);
    let searched = apply(&second, Input::NoRows, NOW + 2 * MINUTE).state;
    assert!(!due(&searched, NOW + 2 * MINUTE).clean, "the first search for it");
    let third = apply(&room, Input::NoRows, NOW + 2 * MINUTE).state;
    assert!(due(&third, NOW + 2 * MINUTE).clean);
    // A start that gets that far after all takes it, and D1's old answers count no more.
    let attached = apply(&third, attach(&new_task(1)), NOW + 2 * MINUTE).state;
    assert!(attached.task.is_some() && !due(&attached, NOW + 2 * MINUTE).clean);
}

#[test]
fn an_early_report_is_kept_while_the_newest_is_young() {
    let room = after([delivery("evt_1", unknown())]);
    let at = NOW + 40 * HOUR;
    let room = apply(&room, delivery("evt_2", completed(vec![])), at).state;
    assert!(!due(&room, NOW + EARLY_LIFETIME).clean);
    assert!(due(&room, at + EARLY_LIFETIME).clean);
}

#[test]
fn an_empty_room_has_nothing_to_look_for() {
    let what = due(&RoomState::default(), NOW);
    assert!(!what.adopt && !what.poll && !what.flush, "{what:?}");
}

#[test]
fn a_task_that_was_healed_gets_a_day_of_its_own() {
    let room = after([attach(&new_task(1)), Input::GiveUp, Input::Flushed(2)]);
    let late = NOW + 23 * HOUR;
    let answer = delivery("evt_1", completed(vec![picture("a")]));
    let (room, verdict) = decide(&room, answer, late);
    assert_eq!(verdict, Verdict::Applied);
    assert!(next_alarm(&room, late) <= late + FIRST_POLL, "its rows are behind");
    let room = apply(&room, Input::Flushed(3), late).state;
    assert_eq!(next_alarm(&room, late), late + ROOM_LIFETIME);
}
