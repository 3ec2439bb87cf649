//! What D1 is told of events: how each stands on each road, also after D1 was away, and by which room.

use crate::support::{NOW, TASK_ID, attach, completed, delivery, new_task, picture};
use crate::three_roads;
use proptest::prelude::*;
use serde_json::{Value, json};
use taskwire::domain::outbox::note::{KEPT, Noted};
use taskwire::domain::outbox::road::Road;
use taskwire::domain::outbox::state::{End, Event, Kind, Outbox, Outcome, Parcel};
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::events::with_events;
use taskwire::domain::task::schedule::{due, next_alarm};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{DAY, HOUR, MINUTE, Millis, SECOND, iso};

fn event() -> Event {
    Event::new(Kind::Completed, TASK_ID.into(), 2, NOW, &three_roads())
}

fn parcel(road: &Road) -> Parcel {
    Parcel { subject: TASK_ID.into(), version: 2, road: road.clone() }
}

/// An attempt that ends so: what D1 is told.
fn attempt(outbox: &mut Outbox, road: &Road, outcome: Outcome, now: Millis) -> Event {
    let before = outbox.event(&parcel(road)).expect("it is there").clone();
    outbox.ended(&parcel(road), outcome, now);
    outbox.stands(&before, &parcel(road), outcome, now)
}

fn shown(event: &Event) -> Value {
    serde_json::to_value(Noted::from(event)).expect("JSON")
}

fn one_event() -> Outbox {
    let mut outbox = Outbox::default();
    outbox.add(event());
    outbox
}

const TAKEN: Outcome = Outcome::Delivered(Some(204));
const REFUSED: Outcome = Outcome::Failed { status: Some(500), wish: None };

#[test]
fn an_event_stands_on_each_road_as_its_attempts_have_ended() {
    let [url, queue, hook] = <[Road; 3]>::try_from(three_roads()).unwrap();
    let mut outbox = one_event();
    let told = shown(&attempt(&mut outbox, &url, REFUSED, NOW + 10));
    let next_at = iso(outbox.next_at(2, NOW + 10).expect("it is tried again"));
    let waiting = |at| json!({"state": "waiting", "attempts": 0, "status": null, "at": iso(at), "nextAt": iso(NOW), "reason": null});
    let refused = json!({"state": "waiting", "attempts": 1, "status": 500, "at": iso(NOW + 10), "nextAt": next_at, "reason": null});
    assert_eq!(
        told,
        json!({
            "id": format!("evt_{TASK_ID}_2"), "at": iso(NOW), "type": "task.completed", "taskId": TASK_ID,
            "version": 2, "state": "waiting",
            "roads": {"address 1": refused, "queue": waiting(NOW), "hook": waiting(NOW)},
        })
    );
    // What was delivered is forgotten here: it is in what D1 is told of this attempt, and of no other.
    let told = shown(&attempt(&mut outbox, &queue, Outcome::Delivered(None), NOW + 20));
    let delivered = json!({"state": "delivered", "attempts": 1, "status": null, "at": iso(NOW + 20), "nextAt": null, "reason": null});
    assert_eq!((&told["roads"]["queue"], &told["roads"]["address 1"]), (&delivered, &refused));
    let told = shown(&attempt(&mut outbox, &hook, Outcome::Gone, NOW + 30));
    let gone = json!({"state": "failed", "attempts": 1, "status": 410, "at": iso(NOW + 30), "nextAt": null, "reason": "gone"});
    assert_eq!((&told["roads"]["hook"], &told["state"]), (&gone, &json!("failed")));
    assert_eq!(told["roads"].as_object().unwrap().len(), 2);
}

#[test]
fn why_an_event_waits_or_was_given_up_is_said_in_a_word() {
    for (outcome, attempts, status, reason) in [
        (Outcome::Failed { status: None, wish: None }, 1, json!(null), json!("no_answer")),
        (Outcome::Held, 0, json!(null), json!("held")),
        (Outcome::Absent, 0, json!(null), json!("absent")),
    ] {
        let told = shown(&attempt(&mut one_event(), &Road::Hook, outcome, NOW));
        let road = &told["roads"]["hook"];
        assert_eq!(
            (&road["attempts"], &road["status"], &road["reason"]),
            (&json!(attempts), &status, &reason)
        );
    }
    let mut outbox = one_event();
    let mut told = Value::Null;
    for _ in 0..10 {
        told = shown(&attempt(&mut outbox, &Road::Hook, REFUSED, NOW));
    }
    let road = &told["roads"]["hook"];
    assert_eq!(
        (&road["state"], &road["reason"], &road["attempts"]),
        (&json!("failed"), &json!("exhausted"), &json!(10))
    );
}

#[test]
fn what_d1_could_not_be_told_is_told_again_and_nothing_is_kept_after_that() {
    let mut outbox = Outbox::default();
    outbox.add(Event::new(Kind::Completed, TASK_ID.into(), 2, NOW, &[Road::Queue]));
    let told = attempt(&mut outbox, &Road::Queue, TAKEN, NOW);
    assert!(outbox.is_empty(), "it was delivered");
    outbox.noted(&told, false, NOW);
    assert!(outbox.is_open() && outbox.due(2, NOW + DAY).is_empty(), "it is not sent again");
    assert_eq!(outbox.next_at(0, Millis::MIN), Some(NOW + MINUTE));
    assert!(!outbox.has_due(0, NOW + MINUTE - 1) && outbox.has_due(0, NOW + MINUTE));
    let again = outbox.named(&outbox.behind(NOW + MINUTE)[0]).expect("it is there").clone();
    assert_eq!(shown(&again), shown(&told));
    outbox.noted(&again, false, NOW + MINUTE);
    assert_eq!(outbox.next_at(0, Millis::MIN), Some(NOW + 3 * MINUTE));
    outbox.noted(&again, true, NOW + 3 * MINUTE);
    assert!(outbox.is_empty());
    // After eight days D1 would delete the row.
    outbox.noted(&told, false, NOW + KEPT - 1);
    assert!(outbox.is_open());
    outbox.noted(&again, false, NOW + KEPT);
    assert!(outbox.is_empty());
}

#[test]
fn a_late_word_that_d1_has_it_does_not_hide_what_has_happened_since() {
    let [url, queue, _] = <[Road; 3]>::try_from(three_roads()).unwrap();
    let mut outbox = one_event();
    let first = attempt(&mut outbox, &url, TAKEN, NOW);
    let second = attempt(&mut outbox, &queue, TAKEN, NOW + 1);
    outbox.noted(&second, false, NOW + 2);
    outbox.noted(&first, true, NOW + 3);
    let kept = outbox.named(&event().id()).expect("it is there");
    assert!(kept.behind.is_some() && kept.ways.iter().any(|way| way.end == Some(End::Delivered)));
    assert_eq!(outbox.end(&parcel(&queue)), None, "it was not given up");
}

#[test]
fn an_event_that_is_sent_again_is_as_new_on_all_roads_and_keeps_its_id_and_its_time() {
    let later = NOW + 7 * DAY;
    let mut outbox = one_event();
    for road in three_roads() {
        attempt(&mut outbox, &road, Outcome::Gone, NOW);
    }
    let roads = [Road::Queue, Road::to(0, "https://b.example")];
    outbox.reopen(Event::new(Kind::Completed, TASK_ID.into(), 2, NOW, &roads), later);
    let again = outbox.named(&event().id()).expect("it is there").clone();
    assert_eq!((again.at, outbox.events().len(), outbox.due(2, later).len()), (NOW, 1, 2));
    assert_eq!(shown(&again)["state"], "waiting");
    // Nobody waits for its destination since it was born, but since it was sent again.
    let told = attempt(&mut outbox, &Road::Queue, Outcome::Absent, later);
    assert_eq!(shown(&told)["roads"]["queue"]["state"], "waiting");
    attempt(&mut outbox, &Road::Queue, TAKEN, later + 1);
    // What D1 could not be told before that is of no use now.
    let before = attempt(&mut one_event(), &Road::Hook, TAKEN, NOW);
    let state = outbox.clone();
    outbox.noted(&before, false, later);
    assert_eq!(outbox, state);
}

#[test]
fn a_room_stays_until_d1_knows_and_its_alarm_comes_to_it() {
    let inputs =
        [attach(&new_task(1)), delivery("d", completed(vec![picture("a")])), Input::Flushed(2)];
    let room = inputs.into_iter().fold(RoomState::default(), |room, input| {
        let decision = apply(&room, input, NOW);
        with_events(&room, decision, || vec![Road::Queue], NOW).state
    });
    let mut outbox = room.outbox.clone();
    let told = attempt(&mut outbox, &Road::Queue, TAKEN, NOW);
    let sent = apply(&room, Input::Sent(parcel(&Road::Queue), TAKEN), NOW).state;
    let behind = apply(&sent, Input::Noted(Box::new(told.clone()), false), NOW).state;
    let later = NOW + 30 * HOUR;
    assert!(due(&sent, later).clean && !due(&behind, later).clean);
    assert_eq!(next_alarm(&behind, NOW), NOW + MINUTE);
    assert!(due(&behind, NOW + MINUTE).send && !due(&behind, NOW).send);
    let noted = apply(&behind, Input::Noted(Box::new(told), true), NOW + MINUTE).state;
    assert_eq!(noted, sent);
    // A state that was stored with it can be read.
    let text = serde_json::to_string(&behind).unwrap();
    assert_eq!(serde_json::from_str::<RoomState>(&text).unwrap(), behind);
}

/// The row as D1 has it: of each road the latest word.
#[derive(Default)]
struct Row(serde_json::Map<String, Value>);

impl Row {
    fn write(&mut self, event: &Event) {
        for (road, stands) in shown(event)["roads"].as_object().expect("roads") {
            let is_later = |known: &Value| stands["at"].as_str() >= known["at"].as_str();
            if self.0.get(road).is_none_or(is_later) {
                self.0.insert(road.clone(), stands.clone());
            }
        }
    }
}

proptest! {
    /// Whenever D1 is away, and whatever is answered: once D1 is back, it has the state of every road.
    #[test]
    fn once_d1_is_back_it_has_how_each_road_ended(
        steps in prop::collection::vec((0..3_usize, 0..4_usize, any::<bool>()), 1..30)
    ) {
        let roads = three_roads();
        let (mut outbox, mut row, mut now) = (one_event(), Row::default(), NOW);
        let mut ends = std::collections::BTreeMap::new();
        for (road, outcome, is_away) in steps {
            now += SECOND;
            let road = &roads[road];
            let is_open = outbox.event(&parcel(road)).is_some_and(|it| it.ways.iter().any(|way| way.road == *road && way.end.is_none()));
            if is_open {
                let outcome = [TAKEN, REFUSED, Outcome::Gone, Outcome::Held][outcome];
                let told = attempt(&mut outbox, road, outcome, now);
                ends.insert(road.name(), outcome);
                if !is_away {
                    row.write(&told);
                }
                outbox.noted(&told, !is_away, now);
            }
        }
        // It is told what it lacks when that is due.
        now += 5 * HOUR;
        for id in outbox.behind(now) {
            let told = outbox.named(&id).expect("it is there").clone();
            row.write(&told);
            outbox.noted(&told, true, now);
        }
        prop_assert!(outbox.behind(Millis::MAX).is_empty());
        for (name, outcome) in ends {
            let state = match outcome {
                Outcome::Delivered(_) => "delivered",
                Outcome::Gone => "failed",
                _ => "waiting",
            };
            prop_assert_eq!(&row.0[&name]["state"], state, "{}", name);
        }
    }
}
