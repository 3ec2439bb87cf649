//! Idempotency keys: one claim, one start.

use crate::support::{key, new_task};
use crate::{by_key, column, database, text, write};
use rusqlite::Connection;
use rusqlite::types::Value;
use taskwire::domain::claim::Claimed;
use taskwire::domain::task::Task;
use taskwire::store::row::to_json;
use taskwire::store::sql::{keys, sweep, tasks};

const DAY_BEFORE: &str = "2026-11-19T10:00:00.000Z";

/// The batch of a start with a key: all of it or nothing, as D1 runs it.
fn start(db: &mut Connection, task: &Task, request: &str, now: &str) -> rusqlite::Result<()> {
    let rows = to_json(&task);
    let batch = db.transaction()?;
    batch.execute(keys::FORGET_KEY, [&task.user_id, "k", DAY_BEFORE])?;
    batch.execute(keys::CLAIM_KEY, [&task.user_id, "k", request, task.key.as_str(), now])?;
    batch.execute(tasks::INSERT_TASK, [&rows])?;
    batch.execute(tasks::INSERT_IMAGES, [&rows])?;
    batch.commit()
}

fn claim(db: &Connection, user: &str, name: &str) -> Option<Claimed> {
    let row = column(db, keys::KEY, &[text(user), text(name), text(DAY_BEFORE)]).pop()?;
    Some(serde_json::from_str(&row).unwrap())
}

#[test]
fn a_key_stands_for_the_request_and_the_task_that_claimed_it() {
    let mut db = database();
    start(&mut db, &new_task(2), "hash", "2026-11-20T10:00:00.000Z").unwrap();
    let expected = Claimed { request: "hash".into(), stands_for: key(7).as_str().into() };
    assert_eq!(claim(&db, "ada", "k"), Some(expected));
    assert_eq!(claim(&db, "eve", "k"), None);
    assert_eq!(claim(&db, "ada", "other"), None);
}

#[test]
fn a_second_claim_of_a_key_writes_nothing_at_all() {
    let mut db = database();
    start(&mut db, &new_task(2), "hash", "2026-11-20T10:00:00.000Z").unwrap();
    let second = Task { key: key(8), ..new_task(2) };
    assert!(start(&mut db, &second, "hash", "2026-11-20T10:00:01.000Z").is_err());
    assert_eq!(by_key(&db, "ada", &key(8)), None);
    assert_eq!(column(&db, "SELECT count(*) || '' FROM images", &[]), ["2"]);
    assert_eq!(claim(&db, "ada", "k").unwrap().stands_for, key(7).as_str());
}

#[test]
fn two_users_may_use_the_same_key() {
    let mut db = database();
    start(&mut db, &new_task(1), "hash", "2026-11-20T10:00:00.000Z").unwrap();
    let images = vec![];
    let second = Task { key: key(8), user_id: "eve".into(), images, ..new_task(0) };
    start(&mut db, &second, "hash", "2026-11-20T10:00:00.000Z").unwrap();
    assert_eq!(claim(&db, "eve", "k").unwrap().stands_for, key(8).as_str());
}

#[test]
fn a_key_is_forgotten_after_a_day_and_not_before() {
    for (made, forgotten) in [("2026-11-19T09:59:59.999Z", true), (DAY_BEFORE, false)] {
        let mut db = database();
        start(&mut db, &new_task(1), "old", made).unwrap();
        let second = Task { key: key(8), images: vec![], ..new_task(0) };
        let again = start(&mut db, &second, "new", "2026-11-20T10:00:00.000Z");
        assert_eq!(again.is_ok(), forgotten, "{made}");
        assert_eq!(claim(&db, "ada", "k").unwrap().request, if forgotten { "new" } else { "old" });
    }
}

#[test]
fn a_key_that_is_a_day_old_stands_for_nothing_though_its_row_is_still_there() {
    for (made, stands) in [("2026-11-19T09:59:59.999Z", false), (DAY_BEFORE, true)] {
        let mut db = database();
        start(&mut db, &new_task(1), "hash", made).unwrap();
        assert_eq!(claim(&db, "ada", "k").is_some(), stands, "{made}");
    }
}

#[test]
fn forgetting_a_key_touches_no_other() {
    let mut db = database();
    start(&mut db, &new_task(1), "hash", "2026-11-01T10:00:00.000Z").unwrap();
    assert_eq!(write(&db, keys::FORGET_KEY, &["eve", "k", DAY_BEFORE]), 0);
    assert_eq!(write(&db, keys::FORGET_KEY, &["ada", "other", DAY_BEFORE]), 0);
    assert_eq!(write(&db, keys::FORGET_KEY, &["ada", "k", DAY_BEFORE]), 1);
}

#[test]
fn a_key_is_freed_only_by_the_start_that_it_stands_for() {
    let mut db = database();
    start(&mut db, &new_task(1), "hash", "2026-11-20T10:00:00.000Z").unwrap();
    assert_eq!(write(&db, keys::RELEASE_KEY, &["ada", "k", key(8).as_str()]), 0);
    assert_eq!(write(&db, keys::RELEASE_KEY, &["eve", "k", key(7).as_str()]), 0);
    assert_eq!(write(&db, keys::RELEASE_KEY, &["ada", "k", key(7).as_str()]), 1);
    assert_eq!(claim(&db, "ada", "k"), None);
}

#[test]
fn expired_keys_are_forgotten_in_pages_by_each_sweep_where_the_last_one_ended() {
    let db = database();
    assert_eq!(column(&db, sweep::TAKE_TURN, &[text(DAY_BEFORE), text("")]).len(), 1);
    let (old, young) = ("2026-11-01T10:00:00.000Z", "2026-11-20T10:00:00.000Z");
    for user in ["ada", "bob", "eve"] {
        for (key, at) in [("a", old), ("b", young), ("c", old)] {
            write(&db, keys::CLAIM_KEY, &[user, key, "hash", "task", at]);
        }
    }
    let left = || column(&db, "SELECT user_id || key FROM idempotency_keys ORDER BY 1", &[]);
    // As `Store::forget_keys` does it.
    let sweep = |most: f64| match column(&db, keys::LAST_OF_KEYS, &[Value::Real(most)]).pop() {
        Some(last) => {
            let forgotten = write(&db, keys::FORGET_KEYS, &[&last, DAY_BEFORE]);
            write(&db, keys::KEYS_AFTER, &[&last]);
            forgotten
        }
        None => write(&db, keys::KEYS_AFTER, &[keys::FIRST_OF_KEYS]) + 100,
    };
    assert_eq!(sweep(4.0), 3);
    assert_eq!(left(), ["adab", "bobb", "bobc", "evea", "eveb", "evec"]);
    assert_eq!(sweep(4.0), 2, "to the fourth from there");
    assert_eq!(sweep(4.0), 1);
    assert_eq!(left(), ["adab", "bobb", "eveb"]);
    assert_eq!(sweep(4.0), 101, "after the last of all it begins again");
    assert_eq!(sweep(4.0), 0);
    assert_eq!(sweep(4.0), 101);
    write(&db, keys::CLAIM_KEY, &["ada", "0", "hash", "task", old]);
    assert_eq!(sweep(1.0), 1);
}
