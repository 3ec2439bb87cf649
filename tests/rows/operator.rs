//! What operators read: pages of the log, and figures.

use crate::{column, database, text, write};
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;
use taskwire::domain::admin::delivery::{Delivery, Found, WholeDelivery};
use taskwire::domain::admin::figures::{Events, Pending, Read};
use taskwire::domain::time::{MINUTE, Millis, iso};
use taskwire::store::sql::operator as sql;

/// 10 o'clock.
const TEN: Millis = 1_795_168_800_000;
const ABOVE_ALL: f64 = 9_007_199_254_740_992.0;

struct Row {
    at: Millis,
    task: &'static str,
    verdict: &'static str,
    provider: &'static str,
    settled: Option<&'static str>,
}

const USUAL: Row = Row { at: TEN, task: "t1", verdict: "applied", provider: "a", settled: None };

fn add(db: &Connection, row: &Row) -> i64 {
    let values = (
        iso(row.at),
        row.provider,
        row.task,
        row.verdict,
        row.settled,
        r#"{"é":1}"#,
        r#"{"é":1}"#.len(),
    );
    db.execute(
        "INSERT INTO deliveries (at, provider, event, provider_delivery, task_id, verdict, status, ms, bytes, \
         settled, arrival, body) VALUES (?1, ?2, 'e', 'd', ?3, ?4, 200, 7, ?7, ?5, '', ?6)",
        values,
    )
    .expect("a row");
    db.last_insert_rowid()
}

/// What a page asks for.
struct Page<'a> {
    between: (f64, f64),
    looked_at: u32,
    shown: u32,
    provider: Option<&'a str>,
    since: Option<Millis>,
    verdicts: Option<&'a str>,
    task: Option<&'a str>,
}

const ALL: Page = Page {
    between: (0.0, ABOVE_ALL),
    looked_at: 100,
    shown: 100,
    provider: None,
    since: None,
    verdicts: None,
    task: None,
};

fn found(db: &Connection, sql: &str, page: &Page) -> Found {
    let or_null = |value: Option<&str>| value.map_or(Value::Null, text);
    // Numbers are floats, as D1 binds them.
    let mut values = vec![
        Value::Real(page.between.0),
        Value::Real(page.between.1),
        Value::Real(page.looked_at.into()),
        Value::Real(page.shown.into()),
        or_null(page.provider),
        or_null(page.since.map(iso).as_deref()),
        or_null(page.verdicts),
    ];
    values.extend(page.task.map(text));
    let row = column(db, sql, &values).pop().expect("a row");
    serde_json::from_str(&row).unwrap_or_else(|error| panic!("{error}: {row}"))
}

fn ids(found: &Found) -> Vec<u64> {
    found.rows.iter().map(|row| row.id.parse().expect("a number")).collect()
}

fn filled() -> Connection {
    let db = database();
    for row in [
        Row { at: TEN, ..USUAL },
        Row { at: TEN + 1, verdict: "stale", ..USUAL },
        Row { at: TEN + 2, provider: "b", task: "t2", ..USUAL },
        Row { at: TEN + 3, verdict: "failed", task: "t2", ..USUAL },
        Row { at: TEN + 4, verdict: "stale", provider: "b", task: "t3", ..USUAL },
        Row { at: TEN + 5, ..USUAL },
    ] {
        add(&db, &row);
    }
    db
}

#[test]
fn a_page_is_in_its_order_between_two_ids_and_no_longer_than_asked_for() {
    let db = filled();
    let newest = found(&db, sql::NEWEST, &ALL);
    assert_eq!((ids(&newest), newest.looked, newest.last), (vec![6, 5, 4, 3, 2, 1], 6, Some(1)));
    assert_eq!(newest.last_at, Some(iso(TEN)));
    let oldest = found(&db, sql::OLDEST, &Page { shown: 2, looked_at: 3, ..ALL });
    assert_eq!((ids(&oldest), oldest.looked, oldest.last), (vec![1, 2], 3, Some(3)));
    let some = Page { between: (2.0, 5.0), ..ALL };
    assert_eq!(ids(&found(&db, sql::NEWEST, &some)), [4, 3]);
    assert_eq!(ids(&found(&db, sql::OLDEST, &some)), [3, 4]);
    let none = found(&database(), sql::OLDEST, &ALL);
    assert_eq!((none.rows, none.looked, none.last, none.last_at), (vec![], 0, None, None));
}

#[test]
fn a_row_has_every_field() {
    let db = database();
    add(&db, &USUAL);
    let [row] = <[Delivery; 1]>::try_from(found(&db, sql::NEWEST, &ALL).rows).expect("one");
    assert_eq!(
        serde_json::to_value(row).unwrap(),
        json!({"id":"1","at":"2026-11-20T10:00:00.000Z","provider":"a","event":"e","providerDelivery":"d",
            "taskId":"t1","verdict":"applied","status":200,"ms":7,"bytes":8,"reason":null})
    );
}

#[test]
fn each_filter_leaves_out_what_does_not_fit() {
    let db = filled();
    let newest = |page: &Page| ids(&found(&db, sql::NEWEST, page));
    assert_eq!(newest(&Page { provider: Some("b"), ..ALL }), [5, 3]);
    assert_eq!(newest(&Page { since: Some(TEN + 3), ..ALL }), [6, 5, 4]);
    assert_eq!(newest(&Page { verdicts: Some(r#"["applied","failed"]"#), ..ALL }), [6, 4, 3, 1]);
    let some = found(&db, sql::NEWEST, &Page { provider: Some("b"), looked_at: 3, ..ALL });
    assert_eq!((ids(&some), some.looked, some.last), (vec![5], 3, Some(4)));
}

#[test]
fn those_of_a_task_and_of_unusual_verdicts_are_found_in_both_orders() {
    let db = filled();
    let of_task = Page { task: Some("t1"), ..ALL };
    assert_eq!(ids(&found(&db, sql::NEWEST_OF_TASK, &of_task)), [6, 2, 1]);
    assert_eq!(ids(&found(&db, sql::OLDEST_OF_TASK, &of_task)), [1, 2, 6]);
    let stale = Page { verdicts: Some(r#"["stale"]"#), task: Some("t1"), ..ALL };
    assert_eq!(ids(&found(&db, sql::NEWEST_OF_TASK, &stale)), [2]);
    let both = Page { verdicts: Some(r#"["stale","failed"]"#), ..ALL };
    assert_eq!(ids(&found(&db, sql::NEWEST_OF_VERDICTS, &both)), [5, 4, 2]);
    assert_eq!(ids(&found(&db, sql::OLDEST_OF_VERDICTS, &both)), [2, 4, 5]);
    let first = found(&db, sql::OLDEST_OF_VERDICTS, &Page { looked_at: 2, ..both });
    assert_eq!((ids(&first), first.looked, first.last), (vec![2, 4], 2, Some(4)));
}

#[test]
fn a_whole_delivery_says_whether_its_body_is_all_there_was() {
    let db = database();
    let settled = r#"{"kind":"k","status":"completed","stages":{"apply":3}}"#;
    let whole = add(&db, &Row { settled: Some(settled), ..USUAL });
    let cut = add(&db, &USUAL);
    db.execute("UPDATE deliveries SET bytes = 9 WHERE id = ?1", [cut]).unwrap();
    let erased = add(&db, &USUAL);
    db.execute("UPDATE deliveries SET body = NULL WHERE id = ?1", [erased]).unwrap();
    let ids = format!(r#"["{erased}","{whole}","{cut}","99"]"#);
    let rows: Vec<WholeDelivery> = column(&db, sql::WHOLE, &[text(&ids)])
        .iter()
        .map(|row| serde_json::from_str(row).unwrap_or_else(|error| panic!("{error}: {row}")))
        .collect();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.delivery.id.as_str(), row.is_complete, row.body.is_some()))
        .collect();
    assert_eq!(told, [("1", true, true), ("2", false, true), ("3", false, false)]);
    assert_eq!(rows[0].body.as_deref(), Some(r#"{"é":1}"#));
    assert_eq!(rows[0].settled.as_ref().unwrap()["stages"]["apply"], 3);
    assert_eq!(rows[1].settled, None);
}

fn before(db: &Connection, at: Millis) -> i64 {
    let found = column(db, sql::BEFORE, &[text(&iso(at))]).pop().expect("a row");
    found.parse().expect("a number")
}

#[test]
fn the_first_delivery_since_a_time_is_found_by_halving() {
    let db = database();
    assert_eq!(before(&db, TEN), 0);
    for i in 0..500 {
        add(&db, &Row { at: TEN + i * MINUTE, ..USUAL });
    }
    assert_eq!(before(&db, TEN), 0);
    for since in [1, 2, 17, 250, 499, 500, 900] {
        let at = TEN + since * MINUTE;
        let after = before(&db, at);
        // Nothing is left out, and little is looked at in vain.
        assert!(after <= since && since.min(500) - after <= 16, "{since}: {after}");
    }
    // Gaps, and rows that were stored late.
    db.execute("DELETE FROM deliveries WHERE id BETWEEN 1 AND 99 OR id BETWEEN 200 AND 297", [])
        .unwrap();
    db.execute("UPDATE deliveries SET at = '2026-11-20T10:00:00.000Z' WHERE id % 4 = 0", [])
        .unwrap();
    assert_eq!(before(&db, TEN), 99);
    for since in [150, 310, 400, 498] {
        let after = before(&db, TEN + since * MINUTE);
        let count = "SELECT CAST(count(*) AS TEXT) FROM deliveries WHERE id > ?1 AND id <= ?2";
        let rows = &column(&db, count, &[Value::Integer(after), Value::Integer(since)])[0];
        assert!(after <= since && rows.parse::<u32>().unwrap() <= 20, "{since}: {after}, {rows}");
    }
}

#[test]
fn figures_are_those_of_the_newest_rows_since_a_time() {
    let db = database();
    let ended = |status: &'static str| Some(status);
    let completed =
        r#"{"kind":"k","status":"completed","stages":{"start":5,"provider":900,"apply":1,"d1":4}}"#;
    let failed = r#"{"kind":"k","status":"failed","stages":{"apply":2,"d1":0}}"#;
    for row in [
        Row { at: TEN - 1, ..USUAL },
        Row { at: TEN, settled: ended(completed), ..USUAL },
        Row { at: TEN + MINUTE, settled: ended(completed), ..USUAL },
        Row { at: TEN + MINUTE, settled: ended(failed), provider: "b", ..USUAL },
        Row { at: TEN + 60 * MINUTE, verdict: "stale", ..USUAL },
    ] {
        add(&db, &row);
    }
    let read = |after: f64, most: f64| -> Read {
        let values = [Value::Real(after), Value::Real(most), text(&iso(TEN))];
        let row = column(&db, sql::FIGURES, &values).pop().expect("a row");
        serde_json::from_str(&row).unwrap_or_else(|error| panic!("{error}: {row}"))
    };
    let all = read(0.0, 20_000.0);
    assert_eq!((all.looked, all.newest), (5, 5));
    let count = |hour: &str, provider: &str, verdict: &str, count| {
        (format!("2026-11-20T{hour}"), provider.to_owned(), verdict.to_owned(), count)
    };
    let expected = [
        count("10", "a", "applied", 2),
        count("10", "b", "applied", 1),
        count("11", "a", "stale", 1),
    ];
    assert_eq!(all.counts, expected);
    let of = |status: &str, count, start, provider, apply, d1| {
        ("k".to_owned(), status.to_owned(), count, start, provider, apply, d1)
    };
    assert_eq!(
        all.ended,
        [
            of(
                "completed",
                2,
                vec![Some(5); 2],
                vec![Some(900); 2],
                vec![Some(1); 2],
                vec![Some(4); 2]
            ),
            of("failed", 1, vec![None], vec![None], vec![Some(2)], vec![Some(0)]),
        ]
    );
    let newest = read(0.0, 2.0);
    assert_eq!((newest.looked, newest.counts.len()), (2, 2));
    assert_eq!(read(4.0, 9.0).looked, 1);
}

#[test]
fn what_has_no_row_is_read_from_an_hour_on() {
    let db = database();
    for (hour, verdict) in [("2026-11-20T08", "polled"), ("2026-11-20T10", "bad_signature")] {
        let add =
            "INSERT INTO delivery_counts (hour, provider, verdict, count) VALUES (?1, 'a', ?2, 3)";
        write(&db, add, &[hour, verdict]);
    }
    assert_eq!(
        column(&db, sql::COUNTED, &[text("2026-11-20T09")]),
        [r#"["2026-11-20T10","a","bad_signature",3]"#]
    );
}

#[test]
fn tasks_under_way_and_events_out_are_counted_up_to_a_limit() {
    let db = database();
    let task = "INSERT INTO tasks (id, user_id, mynth_task_id, provider, kind, status, version, prompt, requested_model, \
        metadata, created_at, updated_at) VALUES (?1, 'ada', ?1, 'a', 'k', ?2, 1, '', '', '{}', ?3, '')";
    for (id, status, at) in [("1", "completed", 0), ("2", "pending", 1), ("3", "pending", 2)] {
        write(&db, task, &[id, status, &iso(TEN + at)]);
    }
    let event = "INSERT INTO events (id, at, type, subject, version, state, roads) \
        VALUES (?1, ?2, 't', 's', 1, ?3, '{}')";
    for (id, at, state) in [
        ("1", TEN - 1, "delivered"),
        ("2", TEN - 1, "failed"),
        ("3", TEN, "waiting"),
        ("4", TEN, "delivered"),
        ("5", TEN, "waiting"),
    ] {
        write(&db, event, &[id, &iso(at), state]);
    }
    let pending = |most: f64| -> Pending {
        serde_json::from_str(&column(&db, sql::UNDER_WAY, &[Value::Real(most)])[0]).expect("JSON")
    };
    assert_eq!(pending(10.0), Pending { count: 2, oldest_at: Some(iso(TEN + 1)) });
    assert_eq!(pending(1.0).count, 1);
    let events = |most: f64| -> Events {
        let values = [Value::Real(most), text(&iso(TEN))];
        serde_json::from_str(&column(&db, sql::EVENTS, &values)[0]).expect("JSON")
    };
    assert_eq!(events(10.0), Events { waiting: 2, failed: 1, delivered: 1 });
    assert_eq!(events(1.0), Events { waiting: 1, failed: 1, delivered: 0 });
}
