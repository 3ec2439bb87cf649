//! Every statement that D1 is given, run by SQLite itself on the real migrations. Parameters are
//! bound as the Worker binds them: text, and numbers as floats.

mod content;
mod deliveries;
mod erase;
mod events;
mod feeds;
mod idempotency;
mod mirror;
mod operator;
mod plans;
mod reads;
mod starts;
mod sweep;

#[path = "../support/mod.rs"]
mod support;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::Task;
use taskwire::store::row::{task_from_row, to_json};
use taskwire::store::sql::tasks;

const MIGRATIONS: [&str; 11] = [
    include_str!("../../migrations/0001_tasks.sql"),
    include_str!("../../migrations/0002_sweep.sql"),
    include_str!("../../migrations/0003_content.sql"),
    include_str!("../../migrations/0004_provider.sql"),
    include_str!("../../migrations/0005_content_by_owner.sql"),
    include_str!("../../migrations/0006_unsettled.sql"),
    include_str!("../../migrations/0007_erasing.sql"),
    include_str!("../../migrations/0008_intents.sql"),
    include_str!("../../migrations/0009_outputs.sql"),
    include_str!("../../migrations/0010_events.sql"),
    include_str!("../../migrations/0011_operator.sql"),
];

fn database() -> Connection {
    let db = Connection::open_in_memory().expect("SQLite");
    for migration in MIGRATIONS {
        db.execute_batch(migration).expect("a migration");
    }
    db
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// Runs a statement that writes. Returns how many rows it changed.
fn write(db: &Connection, sql: &str, values: &[&str]) -> usize {
    let values = params_from_iter(values.iter().map(|value| text(value)));
    db.execute(sql, values).unwrap_or_else(|error| panic!("{error}: {sql}"))
}

/// The first column of every row, as text.
fn column(db: &Connection, sql: &str, values: &[Value]) -> Vec<String> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let rows = statement.query_map(params_from_iter(values), |row| row.get(0));
    rows.and_then(Iterator::collect).unwrap_or_else(|error| panic!("{error}: {sql}"))
}

fn insert(db: &Connection, task: &Task) {
    let rows = to_json(&task);
    assert_eq!(write(db, tasks::INSERT_TASK, &[&rows]), 1);
    assert_eq!(write(db, tasks::INSERT_IMAGES, &[&rows]), task.images.len());
}

/// Rows changed in `tasks` and in `images`.
fn mirror(db: &Connection, task: &Task) -> (usize, usize) {
    let rows = to_json(&task);
    let changed = |statements: &[&str]| {
        let writes = statements.iter().filter(|sql| **sql != tasks::LEFT_BEHIND);
        writes.fold((0, 0), |(of_task, of_images), sql| match write(db, sql, &[&rows]) {
            images if *sql == tasks::UPSERT_IMAGES => (of_task, of_images + images),
            tasks => (of_task + tasks, of_images),
        })
    };
    let (of_task, of_images) = changed(tasks::mirror(task));
    if of_task > 0 {
        return (of_task, of_images);
    }
    let (attached, more) = changed(tasks::attach(task));
    (attached, of_images + more)
}

fn refuse(db: &Connection, task: &Task) -> (usize, usize) {
    let (user, key) = (task.user_id.as_str(), task.key.as_str());
    let error = r#"{"code":"provider_timeout","message":"No answer."}"#;
    let now = "2026-11-20T10:00:10.000Z";
    (
        write(db, tasks::REFUSE_TASK, &[user, key, error, now]),
        write(db, tasks::REFUSE_IMAGES, &[user, key, error]),
    )
}

fn one(db: &Connection, sql: &str, values: &[&str]) -> Option<Task> {
    let values: Vec<Value> = values.iter().map(|value| text(value)).collect();
    let mut rows = column(db, sql, &values);
    assert!(rows.len() <= 1, "{rows:?}");
    rows.pop().map(|row| task_from_row(&row).unwrap_or_else(|error| panic!("{error}: {row}")))
}

fn by_key(db: &Connection, user: &str, key: &TaskKey) -> Option<Task> {
    one(db, tasks::TASK_BY_KEY, &[user, key.as_str()])
}

/// A task as its room has it after these inputs.
fn in_room(inputs: impl IntoIterator<Item = taskwire::domain::task::apply::Input>) -> Task {
    support::after(inputs).task.expect("attached")
}
