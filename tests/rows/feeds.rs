//! Frames that feeds read from D1: they are those that rooms make.

use crate::support::{attach, completed, delivery, key, new_task, picture};
use crate::{database, in_room, insert, mirror, text};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde_json::json;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::frame::task_frame;
use taskwire::domain::task::output::{Output, OutputType};
use taskwire::domain::task::{Image, ImageStatus, Task, TaskError};
use taskwire::store::row::{Shown, shown_from_row};
use taskwire::store::sql::feeds;

fn shown(db: &Connection, sql: &str, values: &[Value]) -> Vec<Shown> {
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.column_count();
    let read = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get(at)).collect();
    let rows = statement.query_map(params_from_iter(values), read).unwrap();
    rows.map(|row| shown_from_row(row.unwrap()).expect("a frame")).collect()
}

fn newest(db: &Connection, limit: &str) -> Vec<Shown> {
    shown(db, feeds::NEWEST, &[text("ada"), text(limit)])
}

#[test]
fn the_frame_of_a_row_is_the_one_that_its_room_makes_to_the_byte() {
    let odd = "\"Gr\u{fc}\u{df}e\"\\ \u{1}\u{8}\u{1f}\u{7f}\n\r\t\u{c} </script> \u{1f98a}\u{2028}";
    let new = |images: usize| {
        let images = (0..images).map(|i| Image::pending(&key(7), i)).collect();
        Task { prompt: Some(odd.into()), images, ..new_task(0) }
    };
    let mut full = in_room([
        attach(&new(20)),
        delivery("evt_1", completed((0..20).map(|_| picture("a")).collect())),
    ]);
    full.cost = Some("0.0300".into());
    full.batch_id = Some("btc_1".into());
    full.metadata.insert("z".into(), json!({ "b": [1, -0.5, 1e300, 0.1, null], "a": odd }));
    full.metadata.insert("a".into(), json!(9_007_199_254_740_993_u64));
    full.images[3].error = Some(TaskError { code: "unsafe".into(), message: odd.into() });
    full.images[3].status = ImageStatus::Failed;
    let mut failed = in_room([attach(&new(1))]);
    failed.error = Some(TaskError { code: "provider_error".into(), message: odd.into() });
    failed.requested_model = None;
    let mut result = in_room([attach(&new(0))]);
    result.result = Some(json!({ "text": odd, "nested": { "list": [{}, []] } }));
    let mut large = in_room([attach(&new(0))]);
    large.result = Some(json!("x".repeat(70_000)));
    let mut made = in_room([attach(&new(1))]);
    made.result = Some(json!({ "seed": 196_619_188_014_358_660_u64 }));
    made.outputs = vec![
        Output::text(odd),
        Output::file(OutputType::Video, "https://a.example/1.mp4").until(1_795_168_800_000),
    ];
    for task in [full, failed, result, large, made, in_room([attach(&new(2))])] {
        let db = database();
        insert(&db, &task);
        mirror(&db, &Task { version: task.version + 1, ..task.clone() });
        let task = Task { version: task.version + 1, ..task };
        let [row] = newest(&db, "100").try_into().expect("one task");
        assert_eq!(row.frame, task_frame(&task));
        assert_eq!((row.task_id, row.version), (task.task_id, task.version));
        assert_eq!(row.key, task.key.as_str());
    }
}

#[test]
fn a_feed_reads_so_many_of_its_users_newest_tasks_and_all_of_a_batch() {
    let db = database();
    let task = |i: i64, user: &str| Task {
        task_id: None,
        key: TaskKey::new(1_795_168_800_000 + i, [i as u8; 12]),
        user_id: user.into(),
        batch_id: (i > 1).then(|| "btc_1".into()),
        ..new_task(0)
    };
    let tasks = [task(2, "ada"), task(1, "ada"), task(3, "ada"), task(4, "eve")];
    tasks.iter().for_each(|task| insert(&db, task));
    let keys = |rows: Vec<Shown>| rows.into_iter().map(|row| row.key).collect::<Vec<_>>();
    let of = |at: [usize; 2]| at.map(|at| tasks[at].key.to_string());
    assert_eq!(keys(newest(&db, "2")), of([2, 0]));
    let of_batch = keys(shown(&db, feeds::OF_BATCH, &[text("btc_1")]));
    assert_eq!(of_batch, [3, 2, 0].map(|at: usize| tasks[at].key.to_string()));
    assert!(newest(&db, "9").iter().all(|row| row.task_id.is_none()), "no provider took them");
}

#[test]
fn what_is_no_row_of_a_feed_is_not_shown() {
    let row = |cells: &[Option<&str>]| {
        shown_from_row(cells.iter().map(|cell| cell.map(str::to_owned)).collect())
    };
    let whole = [Some("k"), Some(""), Some("2"), Some("{}")];
    assert_eq!(row(&whole).map(|shown| (shown.task_id, shown.version)), Some((None, 2)));
    for at in [0, 2, 3] {
        let mut cells = whole;
        cells[at] = None;
        assert_eq!(row(&cells), None);
    }
    assert_eq!(row(&[Some("k"), None, Some("two"), Some("{}")]), None);
    assert_eq!(row(&whole[..3]), None);
}
