//! How an event ends on one road, and when it is tried before that.

use crate::support::{NOW, TASK_ID, attach, completed, delivery, new_task, picture};
use crate::three_roads;
use taskwire::domain::outbox::pace::STANDARD;
use taskwire::domain::outbox::road::Road;
use taskwire::domain::outbox::state::{End, Event, Kind, Outbox, Outcome, Parcel};
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::events::with_events;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{HOUR, MINUTE, Millis};

fn outbox(roads: &[Road]) -> Outbox {
    let mut outbox = Outbox::default();
    outbox.add(Event::new(Kind::Completed, TASK_ID.into(), 2, NOW, roads));
    outbox
}

fn parcel(road: Road) -> Parcel {
    Parcel { subject: TASK_ID.into(), version: 2, road }
}

/// The times of all attempts, each of which ends so.
fn attempts(
    mut outbox: Outbox,
    road: Road,
    outcome: impl Fn(usize) -> Outcome,
) -> (Vec<Millis>, Option<End>) {
    let parcel = parcel(road);
    let (mut at, mut times) = (NOW, Vec::new());
    while let Some(next) = outbox.next_at(2, Millis::MIN) {
        at = at.max(next);
        assert_eq!(outbox.due(2, at), std::slice::from_ref(&parcel));
        assert!(at == NOW || outbox.due(2, at - 1).is_empty(), "it is due too early");
        outbox.ended(&parcel, outcome(times.len()), at);
        times.push(at);
        assert!(times.len() < 1000);
    }
    (times, outbox.end(&parcel))
}

#[test]
fn an_event_that_nobody_takes_is_tried_ten_times_at_the_times_of_the_standard() {
    let road = Road::to(0, "https://a.example");
    let (times, end) = attempts(outbox(std::slice::from_ref(&road)), road, |_| Outcome::Failed {
        status: Some(500),
        wish: None,
    });
    assert_eq!((times.len(), end), (10, Some(End::Exhausted)));
    for (pair, pause) in times.windows(2).zip(STANDARD) {
        let waited = pair[1] - pair[0];
        assert!((waited - pause).abs() * 10 <= pause, "{waited} and not {pause}");
    }
}

#[test]
fn a_wish_puts_the_next_attempt_off_and_a_410_ends_them() {
    let road = Road::Hook;
    let wish = |n| Outcome::Failed { status: None, wish: (n == 0).then_some(HOUR) };
    let (times, _) = attempts(outbox(std::slice::from_ref(&road)), road.clone(), wish);
    assert_eq!((times[1] - times[0], times.len()), (HOUR, 10));
    let (times, end) = attempts(outbox(std::slice::from_ref(&road)), road, |_| Outcome::Gone);
    assert_eq!((times.len(), end), (1, Some(End::Gone)));
}

#[test]
fn each_road_has_its_own_state_and_nothing_is_kept_of_what_was_delivered() {
    let [url, queue, hook] = <[Road; 3]>::try_from(three_roads()).unwrap();
    let mut outbox = outbox(&three_roads());
    outbox.ended(&parcel(url.clone()), Outcome::Failed { status: Some(500), wish: None }, NOW);
    outbox.ended(&parcel(queue), Outcome::Delivered(Some(200)), NOW);
    outbox.ended(&parcel(hook.clone()), Outcome::Gone, NOW);
    assert_eq!((outbox.failures(&parcel(url.clone())), outbox.due(2, NOW)), (1, vec![]));
    assert_eq!(outbox.end(&parcel(hook.clone())), Some(End::Gone));
    assert!(outbox.is_open());
    outbox.ended(&parcel(url.clone()), Outcome::Delivered(Some(200)), NOW + MINUTE);
    assert!(!outbox.is_open() && !outbox.is_empty());
    // An answer that comes after all changes nothing.
    let before = outbox.clone();
    outbox.ended(&parcel(hook), Outcome::Failed { status: Some(500), wish: None }, NOW + MINUTE);
    outbox.ended(&parcel(url), Outcome::Failed { status: Some(500), wish: None }, NOW + MINUTE);
    assert_eq!(outbox, before);
}

#[test]
fn wrong_settings_are_waited_for_without_end_and_a_missing_destination_for_five_days() {
    let road = Road::Queue;
    let mut held = outbox(std::slice::from_ref(&road));
    let mut at = NOW;
    for _ in 0..5000 {
        at = at.max(held.next_at(2, Millis::MIN).expect("it waits"));
        held.ended(&parcel(road.clone()), Outcome::Held, at);
    }
    assert!(held.is_open() && held.failures(&parcel(road.clone())) == 0);
    let (times, end) = attempts(outbox(std::slice::from_ref(&road)), road, |_| Outcome::Absent);
    assert_eq!(end, Some(End::Undeliverable));
    let waited = times.last().unwrap() - NOW;
    assert!((120 * HOUR..121 * HOUR).contains(&waited), "{waited}");
    assert!(times.len() < 160, "{} looks", times.len());
}

#[test]
fn an_event_is_due_once_its_version_is_in_d1() {
    let outbox = outbox(&[Road::Queue]);
    assert_eq!((outbox.due(1, NOW), outbox.next_at(1, Millis::MIN)), (vec![], None));
    assert_eq!(outbox.due(2, NOW), [parcel(Road::Queue)]);
}

/// A task that has ended, with `roads`, and whose rows are in D1.
fn done(roads: Vec<Road>) -> RoomState {
    let inputs =
        [attach(&new_task(1)), delivery("d", completed(vec![picture("a")])), Input::Flushed(2)];
    inputs.into_iter().fold(RoomState::default(), |room, input| {
        let decision = apply(&room, input, NOW);
        with_events(&room, decision, || roads.clone(), NOW).state
    })
}

#[test]
fn without_a_road_the_stored_state_is_what_it_was_before_there_were_events() {
    let plain = serde_json::to_string(&done(vec![])).unwrap();
    assert!(!plain.contains("outbox"), "{plain}");
    let told = serde_json::to_string(&done(vec![Road::Queue])).unwrap();
    assert!(told.contains(r#""outbox":[{"type":"task.completed","subject":"tsk_"#), "{told}");
}

#[test]
fn a_room_is_cleaned_only_after_its_events_are_through_or_given_up() {
    use taskwire::domain::task::schedule::{due, next_alarm};
    let mut room = done(vec![Road::Queue]);
    let later = NOW + 30 * HOUR;
    assert!(due(&done(vec![]), later).clean);
    assert!(!due(&room, later).clean && due(&room, later).send);
    room.outbox.ended(
        &parcel(Road::Queue),
        Outcome::Failed { status: Some(500), wish: None },
        later,
    );
    assert!(!due(&room, later).clean && next_alarm(&room, later) > later);
    room.outbox.ended(&parcel(Road::Queue), Outcome::Gone, later);
    assert!(due(&room, later).clean);
}
