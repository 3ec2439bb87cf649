//! The log of webhooks: what is added, what is only counted, and what is erased and forgotten.

use crate::support::NOW;
use crate::{column, database, write};
use rusqlite::Connection;
use serde_json::{Value, json};
use taskwire::domain::delivery::arrival::Arrival;
use taskwire::domain::delivery::mark::Mark;
use taskwire::domain::delivery::record::{How, Record, Settled, Stages};
use taskwire::domain::time::{DAY, MINUTE, Millis, iso};
use taskwire::store::row::to_json;
use taskwire::store::sql::deliveries as sql;

fn arrival(key: &str, at: Millis, task_id: Option<&str>) -> Arrival {
    Arrival {
        key: key.into(),
        at,
        provider: "mynth".into(),
        event: Some("task.image.generate.completed".into()),
        delivery: Some(format!("msg_{key}")),
        task_id: task_id.map(str::to_owned),
        bytes: 9,
        body: Some(r#"{"a":"é"}"#.into()),
    }
}

fn record<'a>(arrival: &'a Arrival, settled: Option<&'a Settled>) -> Record<'a> {
    Record {
        arrival,
        verdict: Mark::Applied,
        status: 200,
        ms: 12,
        reason: None,
        settled,
        committed: settled.map(|_| NOW),
    }
}

fn add(db: &Connection, key: &str, at: Millis, task_id: &str) {
    let arrival = arrival(key, at, Some(task_id));
    assert_eq!(write(db, sql::INSERT, &[&to_json(&record(&arrival, None))]), 1);
}

fn refuse(db: &Connection, mark: Mark, at: Millis) -> usize {
    let arrival = arrival("", at, None);
    let record = Record { verdict: mark, status: 401, ..record(&arrival, None) };
    let added = write(db, sql::INSERT_REFUSED, &[&to_json(&record), &iso(at - MINUTE)]);
    write(db, sql::COUNT_INSTEAD, &["2026-11-20T10", "mynth", mark.as_str()]);
    added
}

fn rows(db: &Connection, sql: &str) -> Vec<Value> {
    column(db, sql, &[]).iter().map(|row| serde_json::from_str(row).expect("JSON")).collect()
}

#[test]
fn a_webhook_is_logged_with_what_became_of_it() {
    let db = database();
    let settled = Settled {
        provider: "mynth".into(),
        how: How::Webhook,
        kind: "image.generate".into(),
        status: "completed",
        stages: Stages { start: Some(100), provider: Some(8_000), apply: None },
    };
    let arrival = arrival("k1", NOW, Some("tsk_1"));
    write(&db, sql::INSERT, &[&to_json(&record(&arrival, Some(&settled)))]);
    let all = "SELECT json_object('at', at, 'provider', provider, 'event', event, 'delivery', \
        provider_delivery, 'task', task_id, 'verdict', verdict, 'status', status, 'ms', ms, 'bytes', bytes, \
        'reason', reason, 'body', body, 'status_type', typeof(status)) FROM deliveries";
    let literal = json!({"at":"2026-11-20T10:00:00.000Z","provider":"mynth",
        "event":"task.image.generate.completed","delivery":"msg_k1","task":"tsk_1","verdict":"applied",
        "status":200,"ms":12,"bytes":9,"reason":null,"body":r#"{"a":"é"}"#,"status_type":"integer"});
    assert_eq!(rows(&db, all), [literal]);
    let settled = &rows(&db, "SELECT settled FROM deliveries")[0];
    assert_eq!(settled["kind"], "image.generate");
    assert_eq!(settled["status"], "completed");
    assert_eq!(
        (&settled["stages"]["start"], &settled["stages"]["provider"]),
        (&json!(100), &json!(8000))
    );
    assert!(settled["stages"].get("apply").is_none(), "what is not known has no value");
    assert!(settled["stages"]["d1"].as_i64().is_some_and(|ms| ms >= 0), "{settled}");
}

#[test]
fn a_write_that_is_repeated_adds_one_row() {
    let db = database();
    add(&db, "k1", NOW, "tsk_1");
    let arrival = arrival("k1", NOW, Some("tsk_1"));
    assert_eq!(write(&db, sql::INSERT, &[&to_json(&record(&arrival, None))]), 0);
    // The same delivery that comes again is another arrival.
    add(&db, "k2", NOW, "tsk_1");
}

#[test]
fn webhooks_that_have_changed_nothing_are_added_together_in_their_order() {
    let db = database();
    let arrivals: Vec<Arrival> =
        (0..12).map(|n| arrival(&format!("k{n}"), NOW, (n % 2 == 0).then_some("tsk_1"))).collect();
    let records: Vec<Record<'_>> = arrivals.iter().map(|arrival| record(arrival, None)).collect();
    assert_eq!(write(&db, sql::INSERT_ALL, &[&to_json(&records)]), 12);
    let keys: Vec<String> = (0..12).map(|n| format!("k{n}")).collect();
    assert_eq!(column(&db, "SELECT arrival FROM deliveries ORDER BY id", &[]), keys);
    let left = "SELECT count(*) || ' ' || count(task_id) || ' ' || count(settled) FROM deliveries";
    assert_eq!(column(&db, left, &[]), ["12 6 0"]);
}

#[test]
fn ten_refused_webhooks_of_a_minute_are_kept_and_the_others_counted() {
    let db = database();
    let added: usize = (0..25).map(|_| refuse(&db, Mark::BadSignature, NOW)).sum();
    assert_eq!(added, 10);
    assert_eq!(refuse(&db, Mark::TooLarge, NOW), 1, "another verdict has its own");
    let counts = "SELECT json_array(hour, provider, verdict, count) FROM delivery_counts";
    assert_eq!(rows(&db, counts), [json!(["2026-11-20T10", "mynth", "bad_signature", 15])]);
    assert_eq!(refuse(&db, Mark::BadSignature, NOW + MINUTE + 1), 1, "the next minute");
    let more = r#"[["mynth","bad_signature",5],["fal","polled",1]]"#;
    write(&db, sql::COUNT, &["2026-11-20T10", more]);
    assert_eq!(
        rows(&db, counts),
        [
            json!(["2026-11-20T10", "fal", "polled", 1]),
            json!(["2026-11-20T10", "mynth", "bad_signature", 20])
        ]
    );
}

#[test]
fn what_is_old_is_forgotten_but_never_the_newest_row() {
    let db = database();
    for (key, days) in [("a", 10), ("b", 9), ("c", 1), ("d", 9)] {
        add(&db, key, NOW - days * DAY, "tsk_1");
    }
    let before = iso(NOW - 8 * DAY);
    assert_eq!(write(&db, sql::FORGET, &[&before]), 2);
    assert_eq!(column(&db, "SELECT arrival FROM deliveries ORDER BY id", &[]), ["c", "d"]);
    let db = database();
    add(&db, "only", NOW - 20 * DAY, "tsk_1");
    assert_eq!(write(&db, sql::FORGET, &[&before]), 0, "its id would be given again");
    write(&db, sql::COUNT, &["2026-11-01T10", r#"[["mynth","polled",1]]"#]);
    write(&db, sql::COUNT, &["2026-11-20T10", r#"[["mynth","polled",1]]"#]);
    assert_eq!(write(&db, sql::FORGET_COUNTS, &["2026-11-12T10"]), 1);
}

#[test]
fn bodies_of_what_is_erased_go_and_the_rows_stay() {
    let db = database();
    add(&db, "a", NOW, "tsk_1");
    add(&db, "b", NOW, "tsk_2");
    add(&db, "c", NOW, "channel");
    assert_eq!(write(&db, sql::ERASE_BODIES, &["tsk_1"]), 1);
    assert_eq!(write(&db, sql::ERASE_BODIES, &["tsk_1"]), 0);
    db.execute_batch(
        "INSERT INTO tasks (id, user_id, mynth_task_id, provider, kind, status, version, prompt, requested_model, \
         metadata, created_at, updated_at) VALUES ('key', 'ada', 'tsk_2', 'mynth', 'k', 'completed', 1, '', '', \
         '{}', '', '')",
    )
    .expect("a row");
    assert_eq!(write(&db, sql::ERASE_BODIES_OF_TASKS, &[r#"[["eve","key"]]"#]), 0);
    assert_eq!(write(&db, sql::ERASE_BODIES_OF_TASKS, &[r#"[["ada","key"]]"#]), 1);
    assert_eq!(write(&db, sql::ERASE_BODIES_OF_CHANNELS, &[r#"["channel"]"#]), 1);
    let left = "SELECT count(*) || ' ' || count(body) FROM deliveries";
    assert_eq!(column(&db, left, &[]), ["3 0"]);
}
