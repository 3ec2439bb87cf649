//! Content rows: what is written, who may read what, and in which order.

use crate::{column, database, text, write};
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value, json};
use taskwire::domain::channel::callback::Status as Callback;
use taskwire::domain::channel::frame::{Content, ContentRow};
use taskwire::domain::channel::state::Channel;
use taskwire::domain::task::{Status, TaskError};
use taskwire::store::row::to_json;
use taskwire::store::sql::{content, intents, keys};

/// The row with this id, made at this second of 2026.
pub fn row(id: &str, second: u32, user: Option<&str>) -> ContentRow {
    ContentRow {
        content: Content {
            id: id.into(),
            title: "Inception".into(),
            body: "A dream.".into(),
            category: "films".into(),
            metadata: Map::from_iter([("model".to_owned(), json!("gpt-x"))]),
            data: json!({"title": "Inception", "year": 2010}),
            channel_id: format!("channel-{id}"),
            event_name: None,
            source: "modelriver".into(),
            user_id: user.map(str::to_owned),
            callback: Callback::Pending,
            created_at: format!("2026-11-20T10:00:{second:02}.000Z"),
        },
        callback_error: None,
        version: 1,
    }
}

pub fn put(db: &Connection, row: &ContentRow) -> usize {
    let row = to_json(row);
    // As the Worker does, in one transaction.
    let given = write(db, content::GIVE_CONTENT, &[&row]);
    given.max(write(db, content::UPSERT_CONTENT, &[&row]))
}

fn given(db: &Connection, sql: &str, values: &[&str]) -> Vec<Content> {
    let values: Vec<Bound> = values.iter().map(|value| text(value)).collect();
    let rows = column(db, sql, &values);
    rows.iter().map(|row| serde_json::from_str(row).expect(row)).collect()
}

/// A page: each row's JSON, and whether there is more.
fn page(db: &Connection, sql: &str, of: [Bound; 2], limit: u32, bytes: u32) -> (Vec<Value>, bool) {
    let [first, second] = of;
    let mut values = vec![first, second, Bound::Real(limit.into()), Bound::Real(bytes.into())];
    if sql == content::LIST_CONTENT {
        values.push(Bound::Null);
    }
    let mut statement = db.prepare(sql).expect(sql);
    let rows = statement.query_map(params_from_iter(values), |row| row.get(0)).expect(sql);
    let found: Vec<Option<String>> = rows.collect::<Result<_, _>>().expect(sql);
    let shown = found.iter().map_while(Option::as_ref);
    let shown: Vec<Value> = shown.map(|row| serde_json::from_str(row).expect(row)).collect();
    assert_eq!(found.iter().flatten().count(), shown.len(), "nothing is shown after what is not");
    let is_more = found.len() > shown.len();
    (shown, is_more)
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().expect("an id")).collect()
}

const ANY_SIZE: u32 = 1 << 30;

fn list(db: &Connection, user: &str, cursor: Option<&str>, limit: u32) -> Vec<String> {
    let of = [text(user), cursor.map_or(Bound::Null, text)];
    let (rows, _) = page(db, content::LIST_CONTENT, of, limit, ANY_SIZE);
    ids(&rows).into_iter().map(str::to_owned).collect()
}

/// The places and ids of a page of the feed, and whether there is more.
fn after(
    db: &Connection,
    user: &str,
    seq: u64,
    limit: u32,
    bytes: u32,
) -> (Vec<(u64, String)>, bool) {
    let of = [text(user), text(&seq.to_string())];
    let (rows, is_more) = page(db, content::CONTENT_AFTER, of, limit, bytes);
    let place = |row: &Value| {
        let id = row["content"]["id"].as_str().expect("an id");
        (row["seq"].as_u64().expect("a place"), id.to_owned())
    };
    (rows.iter().map(place).collect(), is_more)
}

#[test]
fn a_row_comes_back_as_it_was_written() {
    let db = database();
    for row in [row("a", 1, Some("ada")), row("b", 2, None)] {
        assert_eq!(put(&db, &row), 1);
        let (content, expected) = (&row.content, std::slice::from_ref(&row.content));
        assert_eq!(given(&db, content::CONTENT_BY_ID, &[&content.id, "ada"]), expected);
        assert_eq!(given(&db, content::CONTENT_BY_CHANNEL, &[&content.channel_id]), expected);
    }
    assert!(given(&db, content::CONTENT_BY_ID, &["a", "bob"]).is_empty());
    assert_eq!(given(&db, content::CONTENT_BY_ID, &["b", "bob"]).len(), 1);
}

#[test]
fn a_row_only_ever_gets_newer_and_what_was_made_never_changes() {
    let db = database();
    let first = row("a", 1, None);
    put(&db, &first);
    assert_eq!(put(&db, &first), 0, "the same again");
    let mut told = first.clone();
    told.version = 3;
    told.content.callback = Callback::Failed;
    told.callback_error = Some("not there".into());
    told.content.user_id = Some("ada".into());
    told.content.title = "Another".into();
    assert_eq!(put(&db, &told), 1);
    assert_eq!(put(&db, &first), 0, "an older one");
    let [is] = &given(&db, content::CONTENT_BY_ID, &["a", "ada"])[..] else { panic!("a row") };
    assert_eq!((is.callback, is.title.as_str()), (Callback::Failed, "Inception"));
    assert_eq!(is.user_id.as_deref(), Some("ada"));
    assert_eq!(column(&db, "SELECT callback_error FROM ai_content", &[]), ["not there"]);
}

#[test]
fn a_row_that_gets_another_owner_has_come_in_only_now() {
    let db = database();
    let seqs = |user: &str, from| -> Vec<(u64, String)> { after(&db, user, from, 100, ANY_SIZE).0 };
    let mut early = row("early", 1, Some(""));
    put(&db, &early);
    put(&db, &row("later", 2, Some("ada")));
    assert_eq!(seqs("ada", 0), [(2, "later".into())], "nobody's is not hers");
    assert!(seqs("", 0).len() == 1 && list(&db, "ada", None, 20) == ["later"]);
    early.version = 2;
    early.content.user_id = Some("ada".into());
    assert_eq!(put(&db, &early), 1);
    assert_eq!(seqs("ada", 2), [(3, "early".into())], "who has the later one gets it too");
    assert_eq!(list(&db, "ada", None, 20), ["later", "early"], "a list has it by its time");
    // Once, and not again with the next version.
    early.version = 3;
    early.content.callback = Callback::Delivered;
    assert_eq!(put(&db, &early), 1);
    assert_eq!(seqs("ada", 2), [(3, "early".into())]);
    // What is older takes nothing away.
    early.version = 2;
    early.content.user_id = Some("bob".into());
    assert_eq!(put(&db, &early), 0);
    assert!(seqs("bob", 0).is_empty());
}

#[test]
fn an_intent_is_found_by_its_id_until_it_is_refused_or_old() {
    let db = database();
    let ids: Vec<String> = (0..5).map(|i| format!("{i:012x}AAAAAAAAAAAAAAAA")).collect();
    for id in &ids {
        assert_eq!(write(&db, intents::INSERT_INTENT, &[id, "ada", "films"]), 1);
    }
    let found = |id: &String| column(&db, intents::INTENT, &[text(id)]);
    let intent: Value = serde_json::from_str(&found(&ids[0])[0]).expect("JSON");
    assert_eq!(intent, json!({"id": ids[0], "user_id": "ada", "workflow": "films"}));
    assert_eq!(write(&db, intents::DELETE_INTENT, &[&ids[4]]), 1);
    assert!(found(&ids[4]).is_empty());
    // Some at a time, the oldest first, and none that is too young.
    let forget = |most| {
        let of = [text(&format!("{:012x}", 3)), Bound::Real(most)];
        db.execute(intents::FORGET_INTENTS, params_from_iter(of)).expect("deleted")
    };
    assert_eq!((forget(2.0), found(&ids[1]).len(), found(&ids[2]).len()), (2, 0, 1));
    assert_eq!((forget(2.0), forget(2.0), found(&ids[3]).len()), (1, 0, 1));
}

#[test]
fn that_a_callback_was_delivered_is_never_taken_back() {
    let db = database();
    let mut delivered = row("a", 1, None);
    delivered.content.callback = Callback::Delivered;
    put(&db, &delivered);
    assert_eq!(column(&db, content::CALLBACK_OF, &[text("a")]), ["\"delivered\""]);
    // An object that was cleaned up, and whose callback then fails.
    let mut forgotten = row("a", 1, None);
    forgotten.version = 9;
    forgotten.content.callback = Callback::Expired;
    assert_eq!(put(&db, &forgotten), 0);
    assert!(column(&db, content::CALLBACK_OF, &[text("b")]).is_empty());
}

#[test]
fn a_list_has_the_users_rows_and_everyones_and_nobody_elses_newest_first() {
    let db = database();
    for (id, second, user) in [
        ("a1", 1, Some("ada")),
        ("p2", 2, None),
        ("b3", 3, Some("bob")),
        ("a4", 4, Some("ada")),
        ("p5", 5, None),
        // At the same moment: the one that came in last is the newest.
        ("p6", 5, None),
        ("a7", 5, Some("ada")),
    ] {
        put(&db, &row(id, second, user));
    }
    assert_eq!(list(&db, "ada", None, 20), ["a7", "p6", "p5", "a4", "p2", "a1"]);
    assert_eq!(list(&db, "bob", None, 20), ["p6", "p5", "b3", "p2"]);
    assert_eq!(list(&db, "eve", None, 1), ["p6"]);

    for limit in 1..=7 {
        let mut walked: Vec<String> = Vec::new();
        loop {
            let page = list(&db, "ada", walked.last().map(String::as_str), limit);
            if page.is_empty() {
                break;
            }
            walked.extend(page);
        }
        assert_eq!(walked, ["a7", "p6", "p5", "a4", "p2", "a1"], "limit {limit}");
    }
    assert!(list(&db, "ada", Some("gone"), 20).is_empty());
}

#[test]
fn a_feed_reads_rows_in_the_order_they_came_in_whatever_their_time() {
    let db = database();
    assert_eq!(column(&db, content::LAST_SEQ, &[]), ["0"]);
    for (id, second) in [("late", 9), ("early", 1), ("same", 1)] {
        put(&db, &row(id, second, None));
    }
    assert_eq!(column(&db, content::LAST_SEQ, &[]), ["3"]);
    assert_eq!(column(&db, content::SEQ_OF, &[text("late"), text("ada")]), ["1"]);
    let after = |seq, limit| after(&db, "ada", seq, limit, ANY_SIZE);
    assert_eq!(after(1, 100), (vec![(2, "early".into()), (3, "same".into())], false));
    assert_eq!(after(0, 1), (vec![(1, "late".into())], true));
    assert!(!after(0, 3).1);
    assert_eq!(after(3, 100), (vec![], false));
    let of_ada = row("own", 9, Some("ada"));
    put(&db, &of_ada);
    assert!(column(&db, content::SEQ_OF, &[text("own"), text("bob")]).is_empty());
}

#[test]
fn a_feed_has_the_users_rows_and_everyones_and_nobody_elses_in_one_order() {
    let db = database();
    let owners = [Some("ada"), None, Some("bob"), None, Some("ada"), Some("bob"), Some("")];
    for (i, owner) in owners.iter().enumerate() {
        put(&db, &row(&format!("r{}", i + 1), 1, *owner));
    }
    let seen = |user, seq| -> Vec<u64> {
        let (rows, _) = after(&db, user, seq, 100, ANY_SIZE);
        rows.into_iter().map(|(seq, _)| seq).collect()
    };
    assert_eq!(seen("ada", 0), [1, 2, 4, 5]);
    assert_eq!(seen("ada", 2), [4, 5]);
    assert_eq!(seen("bob", 1), [2, 3, 4, 6]);
    assert_eq!(seen("eve", 0), [2, 4]);
}

#[test]
fn a_page_stops_at_its_bytes_and_the_next_goes_on_from_there() {
    let db = database();
    for (i, bytes) in [100, 5000, 900, 400, 400, 100, 9000].into_iter().enumerate() {
        let mut large = row(&format!("r{i}"), i as u32, [Some("ada"), None][i % 2]);
        large.content.body = "ä".repeat(bytes / 2);
        (large.content.data, large.content.metadata) = (Value::Null, Map::new());
        put(&db, &large);
    }
    let (mut sizes, mut seen) = (Vec::new(), 0);
    loop {
        // `null` and `{}` are six bytes of each row.
        let (rows, is_more) = after(&db, "ada", seen, 100, 1318);
        sizes.push(rows.len());
        seen = rows.last().expect("at least one").0;
        if !is_more {
            break;
        }
    }
    assert_eq!((sizes, seen), (vec![1, 1, 2, 2, 1], 7));

    let (mut sizes, mut cursor) = (Vec::new(), None);
    loop {
        let of = [text("ada"), cursor.as_deref().map_or(Bound::Null, text)];
        let (rows, is_more) = page(&db, content::LIST_CONTENT, of, 2, 1318);
        sizes.push(rows.len());
        cursor = ids(&rows).last().map(|id| (*id).to_owned());
        if !is_more {
            break;
        }
    }
    assert_eq!((sizes, cursor.as_deref()), (vec![1, 2, 2, 1, 1], Some("r0")));
}

#[test]
fn a_request_has_a_row_that_comes_back_as_it_was_and_only_gets_newer() {
    let db = database();
    let mut channel = Channel {
        channel_id: "c1".into(),
        start: None,
        provider: "modelriver".into(),
        user_id: Some("ada".into()),
        workflow: Some("films".into()),
        status: Status::Pending,
        version: 1,
        error: None,
        created_at: 1_795_168_800_000,
        updated_at: 1_795_168_800_000,
    };
    let read = || -> Channel {
        serde_json::from_str(&column(&db, content::CHANNEL, &[text("c1")])[0]).expect("a channel")
    };
    assert_eq!(write(&db, content::UPSERT_CHANNEL, &[&to_json(&channel)]), 1);
    assert_eq!(read(), channel);
    channel.status = Status::Failed;
    channel.error = Some(TaskError::new("timeout", "Too late."));
    assert_eq!(write(&db, content::UPSERT_CHANNEL, &[&to_json(&channel)]), 0, "no newer version");
    channel.version = 2;
    assert_eq!(write(&db, content::UPSERT_CHANNEL, &[&to_json(&channel)]), 1);
    assert_eq!(read(), channel);
}

#[test]
fn a_claimed_key_comes_to_stand_for_what_was_started_under_it() {
    let db = database();
    write(&db, keys::CLAIM_KEY, &["ada", "k", "hash", "under way", "2026"]);
    assert_eq!(write(&db, keys::KEY_STANDS_FOR, &["ada", "k", "another", "channel"]), 0);
    assert_eq!(write(&db, keys::KEY_STANDS_FOR, &["ada", "k", "under way", "channel"]), 1);
    assert_eq!(column(&db, "SELECT task_id FROM idempotency_keys", &[]), ["channel"]);
}

#[test]
fn a_list_goes_on_where_the_row_of_its_cursor_was_erased_and_leaves_nothing_out() {
    let db = database();
    for (id, second) in [("a", 1), ("b", 2), ("c", 2), ("d", 3)] {
        put(&db, &row(id, second, Some("ada")));
    }
    let after = |id: &str, at: &str| {
        let values = [text("ada"), text(id), Bound::Real(9.0), Bound::Real(1e9), text(at)];
        let rows = column(&db, content::LIST_CONTENT, &values);
        rows.iter()
            .map(|row| serde_json::from_str::<Content>(row).expect(row).id)
            .collect::<Vec<_>>()
    };
    let at = "2026-11-20T10:00:02.000Z";
    assert_eq!(after("c", at), ["b", "a"]);
    write(&db, taskwire::store::sql::erase::DELETE_CONTENT, &["c"]);
    assert_eq!(after("c", at), ["b", "a"]);
    write(&db, taskwire::store::sql::erase::DELETE_CONTENT, &["b"]);
    assert_eq!(after("b", at), ["a"]);
    assert_eq!(after("x", "2026-11-20T10:00:03.000Z"), ["d", "a"], "of that time itself as well");
}
