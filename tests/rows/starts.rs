//! The rows of a start, and of one that was refused.

use crate::support::{attach, completed, delivery, failed, key, new_task, picture};
use crate::{MIGRATIONS, by_key, column, database, in_room, insert, mirror, refuse};
use rusqlite::Connection;
use serde_json::json;
use taskwire::domain::task::report::Report;
use taskwire::domain::task::{Image, ImageStatus, Status, Task, TaskError};
use taskwire::store::row::to_json;
use taskwire::store::sql::tasks;

#[test]
fn a_start_has_its_rows_before_the_provider_has_named_it() {
    let db = database();
    let task = new_task(3);
    insert(&db, &task);
    let found = by_key(&db, "ada", &task.key).expect("a row");
    assert_eq!(found, Task { task_id: None, ..task });
}

#[test]
fn texts_of_every_kind_come_back_as_they_went() {
    let texts = [
        "it's \"quoted\"",
        "'; DROP TABLE tasks; --",
        "🦊 é ☃ \u{202e}",
        "null",
        "{\"a\":1}",
        "[1,2]",
        "\\u0000 \\n",
        "line\nline\ttab\r",
        "%_?1 $x :y @z",
        "",
        "0",
        "1e5",
        "\u{1}\u{7f}",
    ];
    let long = "ä".repeat(8192);
    for (i, text) in texts.into_iter().chain([long.as_str()]).enumerate() {
        let db = database();
        let metadata = json!({"text": text, text: [1, 2.5, null, true, {"deep": text}], "big": 9007199254740993_i64});
        let task = Task {
            prompt: Some(text.into()),
            requested_model: Some(text.into()),
            user_id: format!("user {text}"),
            metadata: metadata.as_object().cloned().unwrap(),
            ..new_task(2)
        };
        insert(&db, &task);
        let found = by_key(&db, &task.user_id, &task.key).unwrap_or_else(|| panic!("text {i}"));
        assert_eq!(found, Task { task_id: None, ..task.clone() });

        let mut done = in_room([attach(&task), delivery("evt_1", completed(vec![picture(text)]))]);
        done.error = None;
        done.result = Some(json!({"text": text, "null": null}));
        mirror(&db, &done);
        assert_eq!(by_key(&db, &task.user_id, &task.key), Some(done));
    }
}

#[test]
fn the_rows_of_a_start_are_made_once() {
    let db = database();
    insert(&db, &new_task(1));
    let rows = to_json(&new_task(1));
    for sql in [tasks::INSERT_TASK, tasks::INSERT_IMAGES] {
        assert!(db.execute(sql, [&rows]).is_err());
    }
}

#[test]
fn a_refused_start_says_why_in_all_of_its_rows() {
    let db = database();
    let images = (0..2).map(|position| Image::pending(&key(8), position)).collect();
    let other = Task { key: key(8), images, ..new_task(0) };
    insert(&db, &new_task(3));
    insert(&db, &other);
    assert_eq!(refuse(&db, &new_task(3)), (1, 3));
    let task = by_key(&db, "ada", &key(7)).expect("a row");
    let error = TaskError::new("provider_timeout", "No answer.");
    assert_eq!((task.status, task.version, task.error), (Status::Failed, 1, Some(error.clone())));
    assert_eq!(task.updated_at, task.created_at + 10_000);
    for image in task.images {
        assert_eq!((image.status, image.error), (ImageStatus::Failed, Some(error.clone())));
    }
    let others = by_key(&db, "ada", &key(8)).expect("a row");
    assert_eq!(others, Task { task_id: None, ..other });
}

#[test]
fn a_refusal_that_comes_twice_changes_nothing_the_second_time() {
    let db = database();
    insert(&db, &new_task(2));
    refuse(&db, &new_task(2));
    assert_eq!(refuse(&db, &new_task(2)), (0, 0));
}

#[test]
fn a_start_that_the_provider_has_taken_cannot_be_refused() {
    let task = in_room([attach(&new_task(2))]);
    let done = in_room([attach(&new_task(2)), delivery("evt_1", completed(vec![picture("a")]))]);
    for attached in [task, done] {
        let db = database();
        insert(&db, &new_task(2));
        mirror(&db, &attached);
        let before = by_key(&db, "ada", &attached.key);
        assert_eq!(refuse(&db, &attached), (0, 0));
        assert_eq!(by_key(&db, "ada", &attached.key), before);
    }
}

#[test]
fn nobody_refuses_another_users_start() {
    let db = database();
    insert(&db, &new_task(2));
    assert_eq!(refuse(&db, &Task { user_id: "eve".into(), ..new_task(2) }), (0, 0));
}

#[test]
fn the_tables_take_no_status_that_the_contract_does_not_have() {
    let db = database();
    insert(&db, &new_task(1));
    for table in ["tasks", "images"] {
        assert!(db.execute(&format!("UPDATE {table} SET status = 'done'"), []).is_err());
    }
    assert_eq!(column(&db, "SELECT status FROM images", &[]), ["pending"]);
}

#[test]
fn a_row_names_the_provider_of_its_task_and_one_from_before_there_were_several_the_first() {
    let db = Connection::open_in_memory().expect("SQLite");
    let (before, since) = MIGRATIONS.split_at(3);
    before.iter().for_each(|sql| db.execute_batch(sql).expect("a migration"));
    let columns = "id, user_id, kind, status, version, metadata, created_at, updated_at";
    let time = "2026-11-20T10:00:00.000Z";
    let values = [key(7).as_str(), time, time].map(str::to_owned);
    let insert_old = format!(
        "INSERT INTO tasks ({columns}) VALUES (?1, 'ada', 'image.rate', 'pending', 0, '{{}}', ?2, ?3)"
    );
    db.execute(&insert_old, values).expect("a row");
    since.iter().for_each(|sql| db.execute_batch(sql).expect("a migration"));
    assert_eq!(by_key(&db, "ada", &key(7)).expect("a row").provider, "mynth");

    let db = database();
    let task = Task { provider: "another".into(), ..new_task(1) };
    insert(&db, &task);
    assert_eq!(by_key(&db, "ada", &task.key).expect("a row").provider, "another");
    let taken = in_room([attach(&task)]);
    mirror(&db, &taken);
    assert_eq!(by_key(&db, "ada", &task.key), Some(taken.clone()));
    // One whose rows were lost gets them again with its next change, and the provider with them.
    let db = database();
    let said = Report { provider: "another".into(), ..failed("internal") };
    mirror(&db, &in_room([attach(&task), delivery("evt_1", said)]));
    assert_eq!(by_key(&db, "ada", &task.key).expect("a row").provider, "another");
}
