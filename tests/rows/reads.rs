//! Finding tasks: by our key, by the provider's id, by row ids, and in lists.

use crate::support::{NOW, TASK_ID, attach, completed, delivery, key, new_task, picture, row_ids};
use crate::{column, database, in_room, insert, mirror, one, refuse, text, write};
use rusqlite::Connection;
use rusqlite::types::Value;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::report::Report;
use taskwire::domain::task::{Image, Task};
use taskwire::store::row::task_from_row;
use taskwire::store::schema::MIGRATIONS;
use taskwire::store::sql::tasks;

fn by_row_ids(db: &Connection, ids: &[String], task_id: &str) -> Option<TaskKey> {
    let ids = serde_json::to_string(ids).unwrap();
    one(db, tasks::TASK_BY_ROW_IDS, &[&ids, task_id]).map(|task| task.key)
}

#[test]
fn a_task_is_found_by_its_owner_and_by_nobody_else() {
    let db = database();
    insert(&db, &new_task(1));
    let key = key(7);
    assert!(one(&db, tasks::TASK_BY_KEY, &["ada", key.as_str()]).is_some());
    for (user, key) in [("eve", key.as_str()), ("ada", "nothing"), ("", ""), ("%", "%")] {
        assert_eq!(one(&db, tasks::TASK_BY_KEY, &[user, key]), None);
    }
}

#[test]
fn a_task_is_found_by_the_providers_id_once_it_has_one() {
    let db = database();
    insert(&db, &new_task(1));
    assert_eq!(one(&db, tasks::TASK_BY_PROVIDER_ID, &[TASK_ID]), None);
    let task = in_room([attach(&new_task(1))]);
    mirror(&db, &task);
    assert_eq!(one(&db, tasks::TASK_BY_PROVIDER_ID, &[TASK_ID]), Some(task));
    assert_eq!(one(&db, tasks::TASK_BY_PROVIDER_ID, &[""]), None);
}

#[test]
fn row_ids_find_a_task_that_is_unattached_or_attached_to_this_very_id() {
    let db = database();
    insert(&db, &new_task(3));
    let ids = row_ids(&new_task(3));
    assert_eq!(by_row_ids(&db, &ids, TASK_ID), Some(key(7)));
    refuse(&db, &new_task(3));
    assert_eq!(by_row_ids(&db, &ids, TASK_ID), Some(key(7)), "a start that was lost");
    mirror(&db, &Task { version: 2, ..in_room([attach(&new_task(3))]) });
    assert_eq!(by_row_ids(&db, &ids, TASK_ID), Some(key(7)));
    assert_eq!(by_row_ids(&db, &ids, "tsk_other"), None, "it is another task's");
}

#[test]
fn row_ids_are_believed_only_if_all_are_rows_of_one_task() {
    let db = database();
    let other = Task {
        images: (0..2).map(|i| Image::pending(&key(8), i)).collect(),
        key: key(8),
        user_id: "eve".into(),
        ..new_task(0)
    };
    insert(&db, &new_task(2));
    insert(&db, &other);
    let (own, others) = (row_ids(&new_task(2)), row_ids(&other));
    let pick = |ids: [&String; 2]| ids.map(String::clone).to_vec();
    assert_eq!(by_row_ids(&db, &pick([&own[1], &own[0]]), TASK_ID), Some(key(7)));
    for ids in [
        pick([&own[0], &others[0]]),
        pick([&others[0], &own[0]]),
        pick([&own[0], &"unknown".to_owned()]),
        pick([&"unknown".to_owned(), &own[0]]),
        vec![],
        vec![String::new()],
    ] {
        assert_eq!(by_row_ids(&db, &ids, TASK_ID), None, "{ids:?}");
    }
}

#[test]
fn a_start_under_way_is_seen_until_it_is_attached_or_refused() {
    let found = |db: &Connection, user: &str, floor: i64| {
        let floor = TaskKey::floor(floor);
        !column(
            db,
            &tasks::HAS_UNATTACHED.replace("SELECT 1", "SELECT '1'"),
            &[text(user), text(&floor)],
        )
        .is_empty()
    };
    let db = database();
    assert!(!found(&db, "ada", NOW));
    insert(&db, &new_task(1));
    assert!(found(&db, "ada", NOW));
    assert!(!found(&db, "ada", NOW + 1), "older than that");
    assert!(!found(&db, "eve", NOW));
    mirror(&db, &in_room([attach(&new_task(1))]));
    assert!(!found(&db, "ada", NOW));

    let db = database();
    insert(&db, &new_task(1));
    refuse(&db, &new_task(1));
    assert!(!found(&db, "ada", NOW));
}

fn list(
    db: &Connection,
    cursor: &str,
    status: Option<&str>,
    kind: Option<&str>,
    limit: f64,
) -> Vec<u8> {
    let optional = |value: Option<&str>| value.map_or(Value::Null, text);
    // The limit is bound as D1 binds a number.
    let values =
        [text("ada"), text(cursor), optional(status), optional(kind), Value::Real(limit), text("")];
    let rows = column(db, tasks::LIST_TASKS, &values);
    rows.iter().map(|row| task_from_row(row).unwrap().id()[4..].parse().unwrap()).collect()
}

/// Tasks 0 to 9, a millisecond apart with random parts that fall: even ones are completed, every
/// third is an upscale.
fn ten_tasks(db: &Connection) -> Vec<TaskKey> {
    let task = |i: u8| {
        let key = TaskKey::new(NOW + i64::from(i), [200 - i; 12]);
        let kind = if i.is_multiple_of(3) { "image.upscale" } else { "image.generate" };
        let new = Task {
            task_id: Some(format!("tsk_{i}")),
            images: vec![Image::pending(&key, 0), Image::pending(&key, 1)],
            key,
            kind: kind.into(),
            ..new_task(0)
        };
        insert(db, &new);
        let done = completed(vec![picture("a"), picture("b")]);
        let done = Report { kind: kind.into(), ..done };
        let even = i.is_multiple_of(2).then(|| delivery("evt_1", done));
        mirror(db, &in_room([attach(&new)].into_iter().chain(even)));
        new.key
    };
    // Written in another order than they are read in.
    let mut keys: Vec<TaskKey> = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7].map(task).to_vec();
    keys.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    insert(db, &Task { key: key(9), user_id: "eve".into(), images: vec![], ..new_task(0) });
    keys
}

#[test]
fn a_list_has_a_users_own_tasks_newest_first() {
    let db = database();
    ten_tasks(&db);
    assert_eq!(list(&db, "~", None, None, 100.0), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(list(&db, "~", None, None, 3.0), [9, 8, 7]);
    assert_eq!(list(&db, "~", None, None, 1.0), [9]);
}

#[test]
fn a_cursor_goes_on_where_the_last_page_ended_though_new_tasks_came() {
    let db = database();
    let keys = ten_tasks(&db);
    let mut seen = list(&db, "~", None, None, 4.0);
    let newer = Task { key: TaskKey::new(NOW + 99, [0; 12]), images: vec![], ..new_task(0) };
    insert(&db, &newer);
    while let Some(last) = seen.last().copied().filter(|last| *last > 0) {
        seen.extend(list(&db, keys[usize::from(last)].as_str(), None, None, 4.0));
    }
    assert_eq!(seen, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    assert!(list(&db, keys[0].as_str(), None, None, 4.0).is_empty());
}

#[test]
fn filters_narrow_a_list_and_keep_its_order() {
    let db = database();
    let keys = ten_tasks(&db);
    assert_eq!(list(&db, "~", Some("completed"), None, 100.0), [8, 6, 4, 2, 0]);
    assert_eq!(list(&db, "~", Some("pending"), None, 2.0), [9, 7]);
    assert!(list(&db, "~", Some("failed"), None, 100.0).is_empty());
    assert_eq!(list(&db, "~", None, Some("image.upscale"), 100.0), [9, 6, 3, 0]);
    assert_eq!(list(&db, "~", Some("completed"), Some("image.upscale"), 100.0), [6, 0]);
    let cursor = keys[6].as_str();
    assert_eq!(list(&db, cursor, Some("completed"), Some("image.upscale"), 100.0), [0]);
}

#[test]
fn a_filtered_page_looks_at_so_many_rows_and_says_where_to_go_on() {
    let db = database();
    let keys = ten_tasks(&db);
    let last = |cursor: &str, before: f64| -> Option<TaskKey> {
        let values = [text("ada"), text(cursor), Value::Real(before)];
        let row = column(&db, tasks::LAST_LOOKED_AT, &values).pop()?;
        Some(serde_json::from_str(&row).expect("a key"))
    };
    let page = |cursor: &str, last: &str, limit: f64| -> Vec<u8> {
        let upscale = text("image.upscale");
        let values =
            [text("ada"), text(cursor), Value::Null, upscale, Value::Real(limit), text(last)];
        let rows = column(&db, tasks::LIST_TASKS, &values);
        rows.iter().map(|row| task_from_row(row).unwrap().id()[4..].parse().unwrap()).collect()
    };
    // Two rows each: of 9 to 0, every third is found. The last of them is looked at too.
    let (mut cursor, mut pages) = ("~".to_owned(), Vec::new());
    while let Some(to) = last(&cursor, 1.0) {
        pages.push(page(&cursor, to.as_str(), 100.0));
        cursor = to.to_string();
    }
    assert_eq!(pages, [vec![9], vec![6], vec![], vec![3], vec![0]]);
    assert_eq!(cursor, keys[0].as_str());
    assert!(page(&cursor, "", 100.0).is_empty());
    assert_eq!(last("~", 9.0), Some(keys[0].clone()));
    assert_eq!(last("~", 10.0), None, "there is no more");
}

#[test]
fn a_listed_task_has_its_own_images_in_order() {
    let db = database();
    ten_tasks(&db);
    let values = [text("ada"), text("~"), Value::Null, Value::Null, Value::Real(100.0), text("")];
    for row in column(&db, tasks::LIST_TASKS, &values) {
        let task = task_from_row(&row).unwrap();
        let ids: Vec<_> = task.images.iter().map(|image| image.id.clone()).collect();
        assert_eq!(ids, [task.key.row_id(0), task.key.row_id(1)]);
    }
}

#[test]
fn a_ping_names_the_migrations_with_and_without_rows() {
    let db = database();
    assert!(db.prepare(tasks::PING).is_err());
    assert_eq!(column(&db, tasks::TABLES, &[]), ["0"]);
    db.execute_batch("CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)").unwrap();
    assert_eq!(column(&db, tasks::PING, &[]), ["[]"]);
    for name in MIGRATIONS {
        write(&db, "INSERT INTO d1_migrations (name) VALUES (?1)", &[name]);
    }
    let named = || {
        let json = column(&db, tasks::PING, &[]).remove(0);
        serde_json::from_str::<Vec<String>>(&json).unwrap()
    };
    assert_eq!(named(), MIGRATIONS);
    insert(&db, &new_task(1));
    assert_eq!(named(), MIGRATIONS);
    assert_eq!(column(&db, tasks::APPLIED, &[]), column(&db, tasks::PING, &[]));
    db.execute_batch("DROP TABLE intents").unwrap();
    assert!(db.prepare(tasks::PING).is_err());
    assert!(db.prepare(tasks::TABLES).is_err());
    assert!(db.prepare(tasks::APPLIED).is_ok());
}
