//! What the sweep finds, page by page.

use crate::support::{NOW, attach, completed, delivery, failed, key, new_task, picture};
use crate::{by_key, column, database, in_room, insert, mirror, refuse, text, write};
use rusqlite::Connection;
use rusqlite::types::Value;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::{PROVISIONAL, Status, Task};
use taskwire::domain::time::MINUTE;
use taskwire::store::row::{Place, task_from_row, to_json};
use taskwire::store::sql::sweep;

const FIRST: (&str, &str) = ("", "");
const LAST: (&str, &str) = ("\u{10ffff}", "");

/// The keys of what is unsettled between two places, as seen when every start is old enough.
fn unsettled(db: &Connection, from: (&str, &str), to: (&str, &str)) -> Vec<TaskKey> {
    unsettled_since(db, from, to, NOW + MINUTE, NOW + MINUTE)
}

fn unsettled_since(
    db: &Connection,
    from: (&str, &str),
    to: (&str, &str),
    started: i64,
    attached: i64,
) -> Vec<TaskKey> {
    let values = [
        text(from.0),
        text(from.1),
        text(to.0),
        text(to.1),
        text(&TaskKey::floor(started)),
        text(&TaskKey::floor(attached)),
        text(&to_json(&PROVISIONAL)),
        Value::Real(50.0),
    ];
    let rows = column(db, sweep::UNSETTLED, &values);
    rows.iter().map(|row| task_from_row(row).unwrap().key).collect()
}

fn task(seed: u8) -> Task {
    let key = key(seed);
    Task { task_id: Some(format!("tsk_{seed}")), key, ..new_task(0) }
}

#[test]
fn a_start_without_an_answer_is_unsettled_once_it_is_old_enough() {
    let db = database();
    insert(&db, &task(1));
    assert_eq!(unsettled(&db, FIRST, LAST), [key(1)]);
    assert!(unsettled_since(&db, FIRST, LAST, NOW, NOW + MINUTE).is_empty());
}

#[test]
fn a_task_that_is_under_way_is_unsettled_later_than_a_start() {
    let db = database();
    insert(&db, &task(1));
    mirror(&db, &in_room([attach(&task(1))]));
    assert_eq!(unsettled(&db, FIRST, LAST), [key(1)]);
    assert!(unsettled_since(&db, FIRST, LAST, NOW + MINUTE, NOW).is_empty());
}

#[test]
fn what_is_over_is_settled() {
    let db = database();
    let ends = [completed(vec![picture("a")]), failed("internal")];
    for (seed, end) in (1..).zip(ends) {
        insert(&db, &task(seed));
        mirror(&db, &in_room([attach(&task(seed)), delivery("evt_1", end)]));
    }
    assert!(unsettled(&db, FIRST, LAST).is_empty());
}

#[test]
fn a_refusal_without_a_clear_no_is_looked_for_once() {
    let db = database();
    insert(&db, &task(1));
    refuse(&db, &task(1)); // with provider_timeout
    assert_eq!(unsettled(&db, FIRST, LAST), [key(1)]);
    let error = r#"{"code":"provider_timeout","message":"No answer."}"#;
    let values = ["ada", key(1).as_str(), error, "2026-11-20T10:05:00.000Z"].map(str::to_owned);
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    assert_eq!(write(&db, sweep::GIVE_UP_START, &values), 1);
    assert!(unsettled(&db, FIRST, LAST).is_empty());
    assert_eq!(write(&db, sweep::GIVE_UP_START, &values), 0);
    let given_up = by_key(&db, "ada", &key(1)).unwrap();
    assert_eq!((given_up.status, given_up.version), (Status::Failed, 2));
}

#[test]
fn a_start_that_the_provider_has_taken_meanwhile_is_not_given_up() {
    let db = database();
    insert(&db, &task(1));
    mirror(&db, &in_room([attach(&task(1))]));
    let key = key(1);
    let values = ["ada", key.as_str(), r#"{"code":"start_lost","message":"."}"#, "now"];
    assert_eq!(write(&db, sweep::GIVE_UP_START, &values), 0);
}

#[test]
fn pages_follow_one_another_through_all_users_and_miss_nothing() {
    let db = database();
    let users = ["ada", "bob", "\u{1f600}"];
    for (seed, user) in (0..9).zip(users.iter().cycle()) {
        insert(&db, &Task { user_id: (*user).to_owned(), ..task(seed) });
    }
    let mut found = Vec::new();
    let mut from = Place::default();
    loop {
        let values = [text(&from.user_id), text(&from.task_id), Value::Real(3.0)];
        let end = column(&db, sweep::PAGE_END, &values).pop();
        let end: Option<Place> = end.map(|row| serde_json::from_str(&row).unwrap());
        let to = end.clone().unwrap_or(Place { user_id: LAST.0.into(), task_id: String::new() });
        let page = unsettled(&db, (&from.user_id, &from.task_id), (&to.user_id, &to.task_id));
        assert!(page.len() <= 4);
        found.extend(page);
        match end {
            Some(end) => from = end,
            None => break,
        }
    }
    found.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    assert_eq!(found, (0..9).map(key).collect::<Vec<_>>());
}

#[test]
fn the_sweep_remembers_where_it_is_and_writes_only_when_it_has_moved() {
    let db = database();
    let at = || column(&db, sweep::SWEEP_AT, &[]).pop();
    assert_eq!(at(), None);
    assert_eq!(write(&db, sweep::SWEEP_ON, &["ada", "k"]), 1);
    assert_eq!(write(&db, sweep::SWEEP_ON, &["ada", "k"]), 0);
    assert_eq!(at().as_deref(), Some(r#"{"user_id":"ada","task_id":"k"}"#));
    assert_eq!(write(&db, sweep::SWEEP_ON, &["", ""]), 1);
    assert_eq!(at().as_deref(), Some(r#"{"user_id":"","task_id":""}"#));
}
