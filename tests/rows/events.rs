//! The rows of events: what each says after writes in any order, pages of them, and what is erased.

use crate::content::{put, row};
use crate::support::{NOW, TASK_ID, attach, completed, delivery, new_task, picture};
use crate::{column, database, in_room, mirror, text, write};
use rusqlite::Connection;
use rusqlite::types::Value;
use taskwire::domain::outbox::note::{Note, Noted, Standing};
use taskwire::domain::outbox::road::Road;
use taskwire::domain::outbox::state::{Event, Kind, Outbox, Outcome, Parcel};
use taskwire::domain::task::Task;
use taskwire::domain::time::{DAY, Millis, iso};
use taskwire::domain::timeline::Heard;
use taskwire::store::row::to_json;
use taskwire::store::sql::{events, timeline};

const TAKEN: Outcome = Outcome::Delivered(Some(200));
const REFUSED: Outcome = Outcome::Failed { status: Some(500), wish: None };

fn roads() -> Vec<Road> {
    vec![Road::to(0, "https://a.example"), Road::Queue]
}

/// A database with a task that has ended, and its event.
fn told() -> (Connection, Outbox, Event) {
    let db = database();
    mirror(&db, &in_room([attach(&new_task(1)), delivery("evt_1", completed(vec![picture("a")]))]));
    let event = Event::new(Kind::Completed, TASK_ID.into(), 2, NOW, &roads());
    let mut outbox = Outbox::default();
    outbox.add(event.clone());
    (db, outbox, event)
}

/// An attempt that ends so: what D1 is told.
fn attempt(outbox: &mut Outbox, road: &Road, outcome: Outcome, now: Millis) -> Event {
    let parcel = Parcel { subject: TASK_ID.into(), version: 2, road: road.clone() };
    let before = outbox.event(&parcel).expect("it is there").clone();
    outbox.ended(&parcel, outcome, now);
    outbox.stands(&before, &parcel, outcome, now)
}

fn note(db: &Connection, event: &Event) -> usize {
    write(db, events::NOTE, &[&to_json(&Note::from(event))])
}

fn read(rows: Vec<String>) -> Vec<Noted> {
    rows.iter().map(|row| serde_json::from_str(row).expect(row)).collect()
}

fn noted(db: &Connection) -> Noted {
    read(column(db, events::EVENT, &[text(&format!("evt_{TASK_ID}_2"))])).pop().expect("a row")
}

/// A row for an event about a task that is there.
fn some(db: &Connection, seed: u8, at: Millis, state: Outcome) -> Event {
    let subject = format!("tsk_{seed}");
    let task = Task { key: taskwire::domain::id::TaskKey::new(at, [seed; 12]), ..new_task(1) };
    let images = vec![taskwire::domain::task::Image::pending(&task.key, 0)];
    mirror(db, &Task { version: 2, images, ..task.named(&subject) });
    let mut outbox = Outbox::default();
    outbox.add(Event::new(Kind::Failed, subject.clone(), 2, at, &[Road::Queue]));
    let parcel = Parcel { subject, version: 2, road: Road::Queue };
    let before = outbox.events()[0].clone();
    outbox.ended(&parcel, state, at);
    let event = outbox.stands(&before, &parcel, state, at);
    assert_eq!(note(db, &event), 1);
    event
}

#[test]
fn a_row_has_the_latest_word_of_each_road_in_whatever_order_they_come() {
    let (_, mut outbox, _) = told();
    let [url, queue] = <[Road; 2]>::try_from(roads()).unwrap();
    let words = [
        attempt(&mut outbox, &url, REFUSED, NOW + 1),
        attempt(&mut outbox, &queue, TAKEN, NOW + 2),
        attempt(&mut outbox, &url, TAKEN, NOW + 3),
    ];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let (db, ..) = told();
        for word in order {
            note(&db, &words[word]);
        }
        let row = noted(&db);
        assert_eq!(row.state, Standing::Delivered, "{order:?}");
        let stands = |name: &str| (row.roads[name].attempts, row.roads[name].at.clone());
        assert_eq!((stands("address 1"), stands("queue")), ((2, iso(NOW + 3)), (1, iso(NOW + 2))));
        assert_eq!(
            (row.at.as_str(), row.version, row.kind),
            (iso(NOW).as_str(), 2, Kind::Completed)
        );
        assert_eq!(note(&db, &words[order[2]]), 0, "a word that is known writes nothing");
    }
}

#[test]
fn an_event_has_failed_if_it_has_on_one_road_and_waits_if_it_does_on_one() {
    let (db, mut outbox, _) = told();
    let [url, queue] = <[Road; 2]>::try_from(roads()).unwrap();
    note(&db, &attempt(&mut outbox, &url, TAKEN, NOW + 1));
    assert_eq!(noted(&db).state, Standing::Waiting);
    note(&db, &attempt(&mut outbox, &queue, Outcome::Gone, NOW + 2));
    assert_eq!(noted(&db).state, Standing::Failed);
    // Sent again on one road alone: nothing is left of the other.
    let again = Event::new(Kind::Completed, TASK_ID.into(), 2, NOW, &roads()[..1]);
    outbox.reopen(again, NOW + 3);
    note(&db, &outbox.events()[0].clone());
    let row = noted(&db);
    assert_eq!((row.state, row.roads.len()), (Standing::Waiting, 1));
    note(&db, &attempt(&mut outbox, &url, TAKEN, NOW + 4));
    assert_eq!((noted(&db).state, noted(&db).seq), (Standing::Delivered, 1));
}

#[test]
fn nothing_is_noted_of_what_is_not_there() {
    let (db, _, event) = told();
    write(&db, "DELETE FROM tasks", &[]);
    assert_eq!(note(&db, &event), 0);
    let content = Event::new(Kind::Created, "cnt_1".into(), 2, NOW, &roads());
    assert_eq!(note(&db, &content), 0);
    put(&db, &row("cnt_1", 1, Some("ada")));
    assert_eq!(note(&db, &content), 1);
}

#[test]
fn what_was_erased_leaves_nothing_and_no_number_is_given_twice() {
    let db = database();
    for seed in 1..=3 {
        some(&db, seed, NOW, TAKEN);
    }
    let erase = |task: &str| events::ERASE.map(|sql| write(&db, sql, &[task]));
    assert_eq!(erase("tsk_1"), [1, 0]);
    assert_eq!(erase("tsk_3"), [0, 1], "the newest stays, and says nothing");
    let rest = column(&db, "SELECT id || subject || roads FROM events ORDER BY seq", &[]);
    assert!(rest.len() == 2 && rest[1] == "erased_3{}", "{rest:?}");
    assert_eq!(erase("tsk_3"), [0, 0]);
    some(&db, 4, NOW, TAKEN);
    let listed = read(column(&db, events::NEWEST[0], &[Value::Real(99.0), Value::Real(9.0)]));
    assert_eq!(listed.iter().map(|event| event.seq).collect::<Vec<_>>(), [4, 2]);
    assert_eq!(erase("tsk"), [0, 0], "an id that others begin with");
}

#[test]
fn a_channels_events_go_with_its_rows() {
    let db = database();
    for (id, second) in [("cnt_1", 1), ("cnt_2", 2)] {
        put(&db, &row(id, second, Some("ada")));
        note(&db, &Event::new(Kind::Created, id.into(), 2, NOW, &roads()));
    }
    some(&db, 3, NOW, TAKEN);
    write(&db, "UPDATE ai_content SET channel_id = 'c1'", &[]);
    assert_eq!(events::ERASE_OF_CHANNEL.map(|sql| write(&db, sql, &["c1"])), [2, 0]);
    assert_eq!(column(&db, "SELECT subject FROM events", &[]), ["tsk_3"]);
    // The newest of all.
    put(&db, &row("cnt_3", 3, Some("ada")));
    note(&db, &Event::new(Kind::Created, "cnt_3".into(), 2, NOW, &roads()));
    let channel = "channel-cnt_3";
    assert_eq!(events::ERASE_OF_CHANNEL.map(|sql| write(&db, sql, &[channel])), [0, 1]);
    assert_eq!(column(&db, "SELECT subject FROM events ORDER BY seq", &[]), ["tsk_3", ""]);
}

#[test]
fn pages_follow_each_other_by_state_and_by_task() {
    let db = database();
    for (seed, state) in [(1, TAKEN), (2, REFUSED), (3, Outcome::Gone), (4, TAKEN)] {
        some(&db, seed, NOW, state);
    }
    let page = |sql: &str, from: f64, more: &[Value]| -> Vec<u64> {
        let values = [vec![Value::Real(from), Value::Real(2.0)], more.to_vec()].concat();
        read(column(&db, sql, &values)).iter().map(|event| event.seq).collect()
    };
    assert_eq!(page(events::NEWEST[0], 99.0, &[]), [4, 3]);
    assert_eq!(page(events::NEWEST[0], 3.0, &[]), [2, 1]);
    assert_eq!(page(events::OLDEST[0], 0.0, &[]), [1, 2]);
    assert_eq!(page(events::OLDEST[0], 2.0, &[]), [3, 4]);
    assert_eq!(page(events::NEWEST[1], 99.0, &[]), [4, 1]);
    assert_eq!(page(events::NEWEST[2], 99.0, &[text("failed")]), [3]);
    assert_eq!(page(events::OLDEST[2], 0.0, &[text("waiting")]), [2]);
    assert_eq!(page(events::NEWEST[3], 99.0, &[text("tsk_2"), Value::Null]), [2]);
    assert_eq!(page(events::NEWEST[3], 99.0, &[text("tsk_2"), text("failed")]), [0; 0]);
    assert_eq!(read(column(&db, events::EVENTS_OF, &[text("tsk_3")]))[0].state, Standing::Failed);
}

#[test]
fn what_is_older_than_its_time_goes_and_the_newest_only_says_nothing() {
    let db = database();
    for seed in 1..=3 {
        some(&db, seed, NOW + Millis::from(seed) * DAY, TAKEN);
    }
    let forget = |before: Millis| events::FORGET.map(|sql| write(&db, sql, &[&iso(before)]));
    assert_eq!(forget(NOW + DAY), [0, 0]);
    assert_eq!(forget(NOW + 2 * DAY), [1, 0]);
    assert_eq!(forget(NOW + 4 * DAY), [1, 1]);
    assert_eq!(column(&db, "SELECT id FROM events", &[]), ["erased_3"]);
    assert_eq!(forget(NOW + 5 * DAY), [0, 0]);
}

#[test]
fn any_owners_task_is_found_by_its_key_among_many_users() {
    let db = database();
    for (seed, user) in [(1, "ada"), (2, "bob"), (3, "eve")] {
        let key = taskwire::domain::id::TaskKey::new(NOW, [seed; 12]);
        let task = Task { key, user_id: user.into(), ..new_task(0) };
        mirror(&db, &Task { version: 2, ..task.named(format!("tsk_{seed}")) });
    }
    let key = taskwire::domain::id::TaskKey::new(NOW, [2; 12]);
    let found = |key: &str| column(&db, timeline::TASK_OF_ANYONE, &[text(key)]);
    let task = taskwire::store::row::task_from_row(&found(key.as_str())[0]).expect("a task");
    assert_eq!((task.user_id.as_str(), task.id()), ("bob", "tsk_2"));
    assert!(found("01a1f8660d00AAAAAAAAAAAAAAAA").is_empty());
    assert!(column(&database(), timeline::TASK_OF_ANYONE, &[text("x")]).is_empty());
}

#[test]
fn the_webhooks_about_a_task_come_in_the_order_of_the_log() {
    let db = database();
    let insert = "INSERT INTO deliveries (at, provider, event, task_id, verdict, status, ms, bytes, settled, arrival) \
                  VALUES (?1, 'acme', ?2, ?3, ?4, 200, 7, 2, nullif(?5, ''), ?1)";
    let settled = r#"{"kind":"k","status":"completed","stages":{"start":400,"apply":1}}"#;
    write(&db, insert, &[&iso(NOW), "task.completed", "tsk_1", "applied", settled]);
    write(&db, insert, &[&iso(NOW + 1), "task.completed", "tsk_2", "applied", ""]);
    write(&db, insert, &[&iso(NOW + 2), "task.completed", "tsk_1", "duplicate", ""]);
    let rows = column(&db, timeline::HEARD_OF, &[text("tsk_1")]);
    let heard: Vec<Heard> = rows.iter().map(|row| serde_json::from_str(row).expect(row)).collect();
    let seen: Vec<_> =
        heard.iter().map(|one| (one.id.as_str(), one.verdict.as_str(), one.ms)).collect();
    assert_eq!(seen, [("1", "applied", 7), ("3", "duplicate", 7)]);
    let starts = heard.iter().map(|one| one.settled.and_then(|settled| settled.stages.start));
    assert_eq!(starts.collect::<Vec<_>>(), [Some(400), None]);
}
