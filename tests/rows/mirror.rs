//! The guarded upserts: versions only rise, a row's provider id never changes, and equal rows are not
//! written again.

use crate::support::{
    NOW, after, attach, broken, completed, decide, delivery, failed, key, new_task, picture,
};
use crate::{by_key, column, database, in_room, insert, mirror, refuse, text, write};
use rusqlite::Connection;
use taskwire::domain::task::apply::Input;
use taskwire::domain::task::{Status, Task};
use taskwire::domain::verdict::Verdict;
use taskwire::store::row::to_json;
use taskwire::store::sql::{erase, sweep, tasks};

/// What a mirror finds last.
fn left_behind(db: &Connection, task: &Task) -> Vec<String> {
    column(db, tasks::LEFT_BEHIND, &[text(&to_json(task))])
}

fn pending(images: usize) -> Task {
    in_room([attach(&new_task(images))])
}

fn done(images: usize) -> Task {
    let pictures = (0..images).map(|i| picture(&i.to_string())).collect();
    in_room([attach(&new_task(images)), delivery("evt_1", completed(pictures))])
}

#[test]
fn what_a_mirror_gives_to_the_statements_is_pinned() {
    let literal = r#"{"task_id":"tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP","provider":"mynth","key":"01a1f8660d00BwcHBwcHBwcHBwcH","user_id":"ada","kind":"image.generate","status":"completed","version":2,"prompt":"a fox","requested_model":"m/asked","model":"m/used","error":null,"cost":"0.03000000","metadata":{},"created_at":"2026-11-20T10:00:00.000Z","updated_at":"2026-11-20T10:00:01.000Z","images":[{"id":"BwcHBwcHBwcHBwcH00","position":0,"status":"success","image_id":"img_0","url":"https://pictures.example/0.png","error":null}],"result":null}"#;
    assert_eq!(to_json(&done(1)), literal);
}

#[test]
fn a_task_comes_back_from_its_rows_as_its_room_has_it_at_every_step() {
    let db = database();
    insert(&db, &new_task(3));
    let task = || attach(&new_task(3));
    let words = vec![picture("a"), broken("unsafe")];
    for task in [
        in_room([task()]),
        in_room([task(), Input::GiveUp]),
        in_room([task(), Input::GiveUp, delivery("evt_1", completed(words))]),
    ] {
        mirror(&db, &task);
        assert_eq!(by_key(&db, "ada", &task.key), Some(task));
    }
}

#[test]
fn a_failed_task_comes_back_with_its_reason_in_every_image() {
    let db = database();
    insert(&db, &new_task(2));
    let task = in_room([attach(&new_task(2)), delivery("evt_1", failed("restricted_content"))]);
    assert_eq!(mirror(&db, &task), (1, 2));
    assert_eq!(by_key(&db, "ada", &task.key), Some(task));
}

#[test]
fn an_older_or_equal_version_changes_nothing() {
    let db = database();
    insert(&db, &new_task(2));
    let newest = done(2);
    assert_eq!(mirror(&db, &newest), (1, 2));
    let other_word = in_room([attach(&new_task(2)), delivery("evt_2", failed("internal"))]);
    assert_eq!(other_word.version, newest.version);
    assert_eq!(mirror(&db, &pending(2)), (0, 0));
    assert_eq!(mirror(&db, &other_word).0, 0);
    let found = by_key(&db, "ada", &newest.key).expect("a row");
    assert_eq!((found.status, found.error), (Status::Completed, None));
}

#[test]
fn the_same_version_once_more_writes_no_row() {
    let db = database();
    insert(&db, &new_task(4));
    for task in [pending(4), done(4)] {
        mirror(&db, &task);
        assert_eq!(mirror(&db, &task), (0, 0));
    }
}

#[test]
fn the_first_mirror_that_comes_after_the_rows_were_erased_brings_nothing_back() {
    let db = database();
    insert(&db, &new_task(2));
    let key = key(7);
    let values = ["ada", key.as_str()];
    write(&db, erase::DELETE_IMAGES, &values);
    assert_eq!(write(&db, erase::DELETE_TASK, &values), 1);
    assert_eq!(mirror(&db, &pending(2)), (0, 0));
    assert_eq!(by_key(&db, "ada", &key), None);
}

#[test]
fn images_are_written_only_beside_their_tasks_own_version() {
    let db = database();
    insert(&db, &new_task(2));
    mirror(&db, &Task { version: 9, ..done(2) });
    let before = by_key(&db, "ada", &key(7));
    let older = in_room([attach(&new_task(2)), delivery("evt_1", failed("internal"))]);
    assert_eq!(mirror(&db, &older), (0, 0));
    assert_eq!(by_key(&db, "ada", &key(7)), before);
}

#[test]
fn another_tasks_id_never_takes_a_row_over() {
    let db = database();
    insert(&db, &new_task(2));
    mirror(&db, &pending(2));
    let thief = Task { task_id: Some("tsk_thief".into()), version: 9, ..done(2) };
    assert_eq!(mirror(&db, &thief), (0, 0));
    assert_eq!(by_key(&db, "ada", &key(7)), Some(pending(2)));
}

#[test]
fn a_start_that_was_refused_is_healed_by_the_word_that_comes_after_all() {
    let db = database();
    insert(&db, &new_task(2));
    refuse(&db, &new_task(2));
    let refused = by_key(&db, "ada", &key(7)).expect("a row");
    let adopted = refused.named(crate::support::TASK_ID);
    let words = vec![picture("a"), picture("b")];
    let healed = in_room([attach(&adopted), delivery("evt_1", completed(words))]);
    assert_eq!(healed.version, 3);
    assert_eq!(mirror(&db, &healed), (1, 2));
    assert_eq!(by_key(&db, "ada", &key(7)), Some(healed));
}

#[test]
fn a_start_that_was_refused_and_is_found_at_the_provider_is_under_way_with_its_images() {
    let db = database();
    insert(&db, &new_task(2));
    refuse(&db, &new_task(2));
    let refused = by_key(&db, "ada", &key(7)).expect("a row");
    let found = refused.named(crate::support::TASK_ID);
    let reopened = in_room([attach(&found)]);
    assert_eq!(mirror(&db, &reopened), (1, 2));
    assert_eq!(by_key(&db, "ada", &key(7)), Some(reopened));
}

#[test]
fn rows_that_were_given_up_while_d1_could_not_be_told_are_the_tasks_again() {
    let finished = delivery("evt_1", completed(vec![picture("a"), picture("b")]));
    for heard in [None, Some(finished)] {
        let db = database();
        insert(&db, &new_task(2));
        let room = after([attach(&new_task(2))].into_iter().chain(heard));
        let (row, lost) = (key(7), r#"{"code":"start_lost","message":"Lost."}"#);
        let values = ["ada", row.as_str(), lost, "2026"];
        assert_eq!(write(&db, sweep::GIVE_UP_START, &values), 1);
        assert_eq!(write(&db, tasks::REFUSE_IMAGES, &values[..3]), 2);

        let task = room.task.clone().expect("attached");
        assert_eq!(mirror(&db, &task), (0, 0));
        assert_eq!(left_behind(&db, &task), ["2"]);
        let (room, verdict) = decide(&room, Input::LeftBehind(2), NOW + 60_000);
        let above = room.task.expect("attached");
        assert_eq!((verdict, above.version), (Verdict::Applied, 3));
        assert_eq!((above.status, &above.images), (task.status, &task.images));
        assert_eq!(mirror(&db, &above), (1, 2));
        assert!(left_behind(&db, &above).is_empty());
        assert_eq!(by_key(&db, "ada", &key(7)), Some(above));
    }
}

#[test]
fn rows_that_are_the_tasks_or_anothers_are_not_left_behind() {
    let db = database();
    insert(&db, &new_task(2));
    for task in [pending(2), done(2), Task { version: 1, ..pending(2) }] {
        mirror(&db, &task);
        assert!(left_behind(&db, &task).is_empty());
    }
    let (thief, lost) =
        (Task { task_id: Some("tsk_thief".into()), ..done(2) }, Task { key: key(8), ..done(2) });
    for task in [thief, lost] {
        assert!(left_behind(&db, &task).is_empty());
    }
}

#[test]
fn images_beyond_the_rows_that_were_made_get_rows_of_their_own() {
    let db = database();
    insert(&db, &new_task(1));
    let words = (0..3).map(|i| picture(&i.to_string())).collect();
    let task = in_room([attach(&new_task(1)), delivery("evt_1", completed(words))]);
    assert_eq!(mirror(&db, &task), (1, 3));
    assert_eq!(by_key(&db, "ada", &task.key), Some(task));
    let owners = column(&db, "SELECT DISTINCT user_id || ' ' || task_id FROM images", &[]);
    assert_eq!(owners, [format!("ada {}", key(7))]);
}

#[test]
fn a_task_whose_rows_were_lost_gets_them_again() {
    let db = database();
    assert_eq!(mirror(&db, &done(2)), (1, 2));
    assert_eq!(by_key(&db, "ada", &key(7)), Some(done(2)));
}

#[test]
fn every_image_that_settled_names_its_provider_task() {
    let db = database();
    insert(&db, &new_task(2));
    let named = "SELECT count(*) || '' FROM images WHERE mynth_task_id IS NOT NULL";
    mirror(&db, &pending(2));
    assert_eq!(column(&db, named, &[]), ["0"], "a pending image costs no write");
    mirror(&db, &done(2));
    assert_eq!(column(&db, named, &[]), ["2"]);
}

#[test]
fn a_task_of_four_images_costs_fourteen_written_rows() {
    let db = database();
    let before = db.total_changes();
    insert(&db, &new_task(4)); // 1 task, 4 images; and its entry in tasks_pending.
    mirror(&db, &pending(4)); // 1 task; and its entry in tasks_by_mynth_task_id.
    mirror(&db, &done(4)); // 1 task, 4 images; and its entry in tasks_pending goes.
    let index_entries = 3;
    assert_eq!(db.total_changes() - before + index_entries, 14);
    // One more index would make every task dearer; the batch's has entries for its tasks alone.
    let indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
                   AND tbl_name IN ('tasks', 'images')";
    assert_eq!(
        column(&db, indexes, &[]),
        ["tasks_by_mynth_task_id", "tasks_by_batch", "tasks_pending", "tasks_unclear"]
    );
    let batched = "SELECT batch_id FROM tasks WHERE batch_id IS NOT NULL";
    assert_eq!(column(&db, batched, &[]), [""; 0]);
    let tables = "SELECT name FROM sqlite_schema WHERE name IN ('tasks', 'images') AND sql NOT LIKE '%WITHOUT ROWID%'";
    assert_eq!(column(&db, tables, &[]), [""; 0]);
}
