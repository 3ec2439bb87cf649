//! What is deleted: tasks with their images and keys, content, what is past its retention, and nothing
//! of anybody else.

use crate::content::{put, row};
use crate::support::{NOW, attach, completed, delivery, new_task, picture};
use crate::{column, database, in_room, insert, mirror, refuse, text, write};
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;
use taskwire::domain::channel::frame::ContentRow;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::Task;
use taskwire::domain::time::{DAY, Millis, iso};
use taskwire::store::sql::{content, erase, keys};

fn count(db: &Connection, table: &str) -> i64 {
    db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect(table)
}

fn counts(db: &Connection) -> [i64; 3] {
    ["tasks", "images", "idempotency_keys"].map(|table| count(db, table))
}

/// A task of this user, made and settled at this time, with two images.
fn settled(db: &Connection, user: &str, seed: u8, at: Millis) -> Task {
    let task = Task {
        key: TaskKey::new(at, [seed; 12]),
        user_id: user.into(),
        task_id: Some(format!("tsk_{user}_{seed}_{at}")),
        created_at: at,
        updated_at: at,
        ..in_room([attach(&new_task(2)), delivery("evt_1", completed(vec![picture("a")]))])
    };
    let images = (0..2).map(|i| taskwire::domain::task::Image::pending(&task.key, i)).collect();
    let task = Task { images, ..task };
    mirror(db, &task);
    task
}

fn claimed(db: &Connection, user: &str, key: &str, stands_for: &str) {
    let values = [user, key, "hash", stands_for, "2026-11-20T10:00:00.000Z"];
    assert_eq!(write(db, keys::CLAIM_KEY, &values), 1);
}

fn delete(db: &Connection, user: &str, key: &TaskKey, batch: Option<&str>) {
    let batch = batch.map_or(Value::Null, text);
    write(db, erase::DELETE_IMAGES, &[user, key.as_str()]);
    write(db, erase::DELETE_TASK, &[user, key.as_str()]);
    db.execute(erase::FREE_KEY, [text(user), text(key.as_str()), batch]).expect("a statement");
}

#[test]
fn an_erased_task_goes_with_its_images_and_its_key_and_no_other() {
    let db = database();
    let task = settled(&db, "ada", 1, NOW);
    settled(&db, "ada", 2, NOW);
    claimed(&db, "ada", "k1", task.key.as_str());
    claimed(&db, "ada", "k2", "another");
    delete(&db, "eve", &task.key, None);
    assert_eq!(counts(&db), [2, 4, 2], "it is not eve's");
    delete(&db, "ada", &task.key, None);
    assert_eq!(counts(&db), [1, 2, 1]);
    delete(&db, "ada", &task.key, None);
    assert_eq!(counts(&db), [1, 2, 1], "once more changes nothing");
}

#[test]
fn the_key_of_a_batch_goes_with_its_last_task() {
    let db = database();
    claimed(&db, "ada", "k1", "btc_1");
    let tasks = [1, 2].map(|seed| {
        let task = new_task(2);
        let key = TaskKey::new(NOW, [seed; 12]);
        let images = (0..2).map(|i| taskwire::domain::task::Image::pending(&key, i)).collect();
        Task { key, images, batch_id: Some("btc_1".into()), ..task }
    });
    tasks.iter().for_each(|task| insert(&db, task));
    let user = tasks[0].user_id.clone();
    db.execute("UPDATE idempotency_keys SET user_id = ?1", [&user]).expect("a statement");
    delete(&db, &user, &tasks[0].key, Some("btc_1"));
    assert_eq!(counts(&db), [1, 2, 1]);
    delete(&db, &user, &tasks[1].key, Some("btc_1"));
    assert_eq!(counts(&db), [0, 0, 0]);
}

#[test]
fn a_refused_start_leaves_no_row_unless_the_provider_has_it_after_all() {
    let db = database();
    let task = new_task(2);
    let undo = |db: &Connection| {
        let values = [task.user_id.as_str(), task.key.as_str()];
        (write(db, erase::UNDO_IMAGES, &values), write(db, erase::UNDO_TASK, &values))
    };
    insert(&db, &task);
    assert_eq!(undo(&db), (2, 1));
    insert(&db, &task);
    refuse(&db, &task);
    assert_eq!(undo(&db), (2, 1), "it has failed meanwhile");
    insert(&db, &task);
    mirror(&db, &in_room([attach(&task)]));
    assert_eq!(undo(&db), (0, 0), "its webhook was first");
}

#[test]
fn the_next_row_of_content_is_above_every_row_that_was_ever_shown() {
    let db = database();
    let last = || column(&db, content::LAST_SEQ, &[]).pop().expect("one");
    let seq = |id: &str| column(&db, content::SEQ_OF, &[text(id), text("ada")]).pop();
    assert_eq!(last(), "0");
    for (id, second) in [("a", 1), ("b", 2)] {
        put(&db, &row(id, second, Some("ada")));
    }
    write(&db, erase::KEEP_FLOOR, &[]);
    assert_eq!(write(&db, erase::DELETE_CONTENT, &["b"]), 1);
    assert_eq!((seq("a").as_deref(), seq("b"), last().as_str()), (Some("1"), None, "2"));
    put(&db, &row("c", 3, Some("ada")));
    assert_eq!(seq("c").as_deref(), Some("3"));
    write(&db, erase::KEEP_FLOOR, &[]);
    let ids = json!(["a", "c", "x"]).to_string();
    assert_eq!(write(&db, erase::DELETE_CONTENTS, &[&ids]), 2);
    write(&db, erase::KEEP_FLOOR, &[]);
    assert_eq!(last(), "3", "an empty table does not lower it");
    put(&db, &row("d", 4, None));
    assert_eq!(last(), "4");
    write(&db, erase::KEEP_FLOOR, &[]);
    write(&db, erase::DELETE_CONTENT, &["d"]);
    put(&db, &row("e", 5, Some("eve")));
    put(&db, &ContentRow { version: 2, ..row("e", 5, Some("ada")) });
    assert_eq!(last(), "6", "a row that gets another owner comes in anew");
}

#[test]
fn a_late_upsert_of_a_row_keeps_its_place() {
    let db = database();
    let first = row("a", 1, Some("ada"));
    put(&db, &first);
    put(&db, &row("b", 2, Some("ada")));
    assert_eq!(put(&db, &ContentRow { version: 2, ..first }), 1);
    let seq = column(&db, content::SEQ_OF, &[text("a"), text("ada")]);
    assert_eq!(seq, ["1"]);
}

#[test]
fn a_user_is_asked_for_once_and_the_later_request_counts() {
    let db = database();
    let ask = |at: Millis| write(&db, erase::ASK_TO_ERASE, &["ada", &iso(at)]);
    assert_eq!((ask(NOW), ask(NOW + 1), ask(NOW - 1)), (1, 1, 0));
    let asked = column(&db, erase::ERASURES, &[Value::Real(9.0)]);
    assert_eq!(asked, [format!(r#"{{"user_id":"ada","before":"{}"}}"#, iso(NOW + 1))]);
    assert_eq!(write(&db, erase::ERASED, &["ada", &iso(NOW)]), 0, "a later one has come");
    assert_eq!(write(&db, erase::ERASED, &["ada", &iso(NOW + 1)]), 1);
}

#[test]
fn what_a_user_started_after_the_request_is_not_found() {
    let db = database();
    let old = settled(&db, "ada", 1, NOW - 1);
    settled(&db, "ada", 2, NOW);
    settled(&db, "eve", 3, NOW - 1);
    let before = |after: &str| {
        let values = [text("ada"), text(&TaskKey::floor(NOW)), Value::Real(9.0), text(after)];
        column(&db, erase::TASKS_BEFORE, &values)
    };
    let found = before("");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains(old.key.as_str()));
    assert!(before(old.key.as_str()).is_empty(), "it goes on after the last one");
}

#[test]
fn users_are_gone_through_in_order_from_the_first_that_was_not_looked_at() {
    let db = database();
    for (user, seed) in [("ada", 1), ("ada", 2), ("bob", 3), ("eve", 4)] {
        settled(&db, user, seed, NOW);
    }
    let from =
        |user: &str, most: f64| column(&db, erase::TASK_OWNERS, &[text(user), Value::Real(most)]);
    assert_eq!(from("", 9.0), ["ada", "bob", "eve"]);
    assert_eq!(from("", 2.0), ["ada", "bob"]);
    assert_eq!(from("bob", 9.0), ["bob", "eve"]);
    assert_eq!(from("f", 9.0), [""; 0]);
    put(&db, &row("a", 1, None));
    put(&db, &row("b", 2, Some("ada")));
    let owners = column(&db, erase::CONTENT_OWNERS, &[text(""), Value::Real(9.0)]);
    assert_eq!(owners, ["ada"], "everyone's rows have no owner");
}

#[test]
fn settled_tasks_past_their_retention_go_and_younger_ones_and_pending_ones_stay() {
    let db = database();
    let before = NOW - 30 * DAY;
    settled(&db, "ada", 1, before - 1);
    settled(&db, "ada", 2, before);
    settled(&db, "eve", 3, before - DAY);
    settled(&db, "zoe", 4, before - DAY);
    let late = settled(&db, "ada", 5, before - DAY);
    let healed = iso(before + DAY);
    write(&db, "UPDATE tasks SET updated_at = ?1 WHERE id = ?2", &[&healed, late.key.as_str()]);
    let waits = settled(&db, "ada", 6, before - DAY);
    write(&db, "UPDATE tasks SET status = 'pending' WHERE id = ?1", &[waits.key.as_str()]);
    let users = json!(["ada", "eve"]).to_string();
    let old = |most: f64| {
        let floor = TaskKey::floor(before);
        let values = [text(&users), text(&floor), text(&iso(before)), Value::Real(most)];
        column(&db, erase::OLD_TASKS, &values)
    };
    assert_eq!(old(1.0).len(), 1);
    let found = old(9.0);
    assert_eq!(found.len(), 2, "{found:?}");
    let pairs = format!("[{}]", found.join(","));
    assert_eq!(write(&db, erase::DELETE_IMAGES_OF, &[&pairs]), 4);
    assert_eq!(write(&db, erase::DELETE_TASKS, &[&pairs]), 2);
    assert_eq!(counts(&db), [4, 8, 0]);
    assert!(old(9.0).is_empty());
}

#[test]
fn content_past_its_retention_goes_whose_ever_it_is() {
    let db = database();
    for (id, second, user) in
        [("a", 1, Some("ada")), ("b", 2, None), ("c", 3, Some("eve")), ("d", 9, Some("ada"))]
    {
        put(&db, &row(id, second, user));
    }
    let old = |owners: serde_json::Value| {
        let before = "2026-11-20T10:00:05.000Z";
        let values = [text(&owners.to_string()), text(before), Value::Real(9.0)];
        column(&db, erase::OLD_CONTENT, &values)
    };
    assert_eq!(old(json!([null, "ada"])), ["b", "a"]);
    assert_eq!(old(json!(["eve"])), ["c"]);
}
