//! What the sweep finds by its index, and whose turn it is.

use crate::support::{NOW, attach, completed, delivery, failed, key, new_task, picture};
use crate::{by_key, column, database, in_room, insert, mirror, refuse, text, write};
use rusqlite::Connection;
use rusqlite::types::Value;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::{PROVISIONAL, Status, Task, TaskError};
use taskwire::domain::time::{MINUTE, iso};
use taskwire::store::row::{task_from_row, to_json};
use taskwire::store::sql::{sweep, tasks};

fn keys(rows: &[String]) -> Vec<TaskKey> {
    rows.iter().map(|row| task_from_row(row).unwrap().key).collect()
}

/// Starts without a provider's id from before `started`.
fn lost(db: &Connection, started: i64) -> Vec<TaskKey> {
    let values = [text(&TaskKey::floor(started)), Value::Real(50.0)];
    keys(&column(db, sweep::LOST, &values))
}

/// Pending tasks with one from before `attached`, after the key `after`.
fn pending(db: &Connection, after: &str, attached: i64) -> Vec<TaskKey> {
    let values = [text(after), text(&TaskKey::floor(attached)), Value::Real(2.0)];
    keys(&column(db, sweep::PENDING, &values))
}

fn task(seed: u8) -> Task {
    let key = key(seed);
    Task { task_id: Some(format!("tsk_{seed}")), key, ..new_task(0) }
}

#[test]
fn a_start_without_an_answer_is_lost_once_it_is_old_enough() {
    let db = database();
    insert(&db, &task(1));
    assert_eq!(lost(&db, NOW + MINUTE), [key(1)]);
    assert!(lost(&db, NOW).is_empty());
    assert!(pending(&db, "", NOW + MINUTE).is_empty());
}

#[test]
fn a_task_that_is_under_way_is_pending_and_not_lost() {
    let db = database();
    insert(&db, &task(1));
    mirror(&db, &in_room([attach(&task(1))]));
    assert_eq!(pending(&db, "", NOW + MINUTE), [key(1)]);
    assert!(pending(&db, "", NOW).is_empty());
    assert!(lost(&db, NOW + MINUTE).is_empty());
}

#[test]
fn what_is_over_is_settled() {
    let db = database();
    let ends = [completed(vec![picture("a")]), failed("internal")];
    for (seed, end) in (1..).zip(ends) {
        insert(&db, &task(seed));
        mirror(&db, &in_room([attach(&task(seed)), delivery("evt_1", end)]));
    }
    assert!(lost(&db, NOW + MINUTE).is_empty() && pending(&db, "", NOW + MINUTE).is_empty());
}

#[test]
fn a_refusal_with_a_clear_no_is_settled() {
    let db = database();
    insert(&db, &task(1));
    let error = to_json(&TaskError::new("insufficient_balance", "No."));
    let key = key(1);
    assert_eq!(write(&db, tasks::REFUSE_TASK, &["ada", key.as_str(), &error, "now"]), 1);
    assert!(lost(&db, NOW + MINUTE).is_empty());
}

#[test]
fn every_code_without_a_clear_no_is_in_the_index() {
    for code in PROVISIONAL {
        let db = database();
        insert(&db, &task(1));
        let error = to_json(&TaskError::new(code, "Perhaps."));
        let now = iso(NOW);
        write(&db, tasks::REFUSE_TASK, &["ada", key(1).as_str(), &error, &now]);
        assert_eq!(lost(&db, NOW + MINUTE), [key(1)], "{code}");
    }
}

#[test]
fn a_refusal_without_a_clear_no_is_searched_for_once() {
    let db = database();
    insert(&db, &task(1));
    refuse(&db, &task(1)); // with provider_timeout
    assert_eq!(lost(&db, NOW + MINUTE), [key(1)]);
    let error = r#"{"code":"provider_timeout","message":"No answer."}"#;
    let values = ["ada", key(1).as_str(), error, "2026-11-20T10:05:00.000Z"].map(str::to_owned);
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    assert_eq!(write(&db, sweep::GIVE_UP_START, &values), 1);
    assert!(lost(&db, NOW + MINUTE).is_empty());
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
fn pending_tasks_follow_one_another_through_all_users_and_none_is_missed() {
    let db = database();
    let users = ["ada", "bob", "\u{1f600}"];
    for (seed, user) in (0..9).zip(users.iter().cycle()) {
        let task = Task { user_id: (*user).to_owned(), ..task(seed) };
        insert(&db, &task);
        mirror(&db, &in_room([attach(&task)]));
    }
    let mut found: Vec<TaskKey> = Vec::new();
    loop {
        let after = found.last().map_or(String::new(), ToString::to_string);
        let page = pending(&db, &after, NOW + MINUTE);
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    assert_eq!(found, (0..9).map(key).collect::<Vec<_>>());
}

#[test]
fn ids_that_a_row_has_are_told_from_others() {
    let db = database();
    insert(&db, &task(1));
    mirror(&db, &in_room([attach(&task(1))]));
    let ids = to_json(&["tsk_1", "tsk_2"]);
    assert_eq!(column(&db, sweep::KNOWN_IDS, &[text(&ids)]), ["tsk_1"]);
}

#[test]
fn one_sweep_has_the_turn_until_it_ends_or_its_time_is_over() {
    let db = database();
    let take = |now: i64| {
        column(&db, sweep::TAKE_TURN, &[text(&iso(now + MINUTE)), text(&iso(now))]).pop()
    };
    let place = |woken: &str, retained: &str| {
        Some(format!(r#"{{"woken_after":"{woken}","retained_after":"{retained}"}}"#))
    };
    assert_eq!(take(NOW), place("", ""));
    assert_eq!(take(NOW + 1), None, "somebody has it");
    assert_eq!(write(&db, sweep::END_TURN, &["k", "tasks ada", &iso(NOW + MINUTE)]), 1);
    assert_eq!(take(NOW + 2), place("k", "tasks ada"), "it goes on where it was");
    assert!(take(NOW + 2 + MINUTE).is_some(), "whoever had it has died");
    assert_eq!(write(&db, sweep::END_TURN, &["z", "", &iso(NOW + 2 + MINUTE)]), 0, "too late");
}
