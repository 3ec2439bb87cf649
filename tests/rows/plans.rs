//! SQLite's query plans: every statement uses a key or an index, never a full table scan.

use crate::database;
use taskwire::store::sql::{
    content, deliveries, erase, events, feeds, intents, keys, operator, sweep, tasks, timeline,
};

fn plan(statement: &str) -> Vec<String> {
    let db = database();
    let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
    let count = statement.parameter_count();
    for i in 1..=count {
        statement.raw_bind_parameter(i, "x").unwrap();
    }
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>(3).unwrap());
    }
    steps
}

fn assert_searches(name: &str, statement: &str) -> Vec<String> {
    let steps = plan(statement);
    for step in &steps {
        // The only scans are of the JSON that was bound and of one row made of it.
        let scans_rows = step.starts_with("SCAN")
            && !["json_each", "VIRTUAL TABLE", "CONSTANT ROW", "SCAN r", "SCAN o", "(subquery"]
                .iter()
                .any(|own| step.contains(own));
        assert!(!scans_rows, "{name}: {steps:?}");
        assert!(!step.contains("TEMP B-TREE") && !step.contains("AUTOMATIC"), "{name}: {steps:?}");
    }
    steps
}

#[test]
fn every_statement_finds_its_rows_by_a_key() {
    for (name, statement) in [
        ("REFUSE_TASK", tasks::REFUSE_TASK),
        ("REFUSE_IMAGES", tasks::REFUSE_IMAGES),
        ("UPSERT_IMAGES", tasks::UPSERT_IMAGES),
        ("TASK_BY_PROVIDER_ID", tasks::TASK_BY_PROVIDER_ID),
        ("TASK_BY_ROW_IDS", tasks::TASK_BY_ROW_IDS),
        ("TASK_BY_KEY", tasks::TASK_BY_KEY),
        ("TASKS_BY_KEYS", tasks::TASKS_BY_KEYS),
        ("HAS_UNATTACHED", tasks::HAS_UNATTACHED),
        ("LIST_TASKS", tasks::LIST_TASKS),
        ("LAST_LOOKED_AT", tasks::LAST_LOOKED_AT),
        ("FORGET_KEYS", keys::FORGET_KEYS),
        ("KEYS_AFTER", keys::KEYS_AFTER),
        ("NEWEST", feeds::NEWEST),
        ("CHANGED", feeds::CHANGED),
        ("FORGET_KEY", keys::FORGET_KEY),
        ("KEY", keys::KEY),
        ("CONTENT_BY_ID", content::CONTENT_BY_ID),
        ("CONTENT_BY_CHANNEL", content::CONTENT_BY_CHANNEL),
        ("CALLBACK_OF", content::CALLBACK_OF),
        ("CHANNEL", content::CHANNEL),
        ("SEQ_OF", content::SEQ_OF),
        ("KEY_STANDS_FOR", keys::KEY_STANDS_FOR),
        ("INSERT of a delivery", deliveries::INSERT),
        ("INSERT_REFUSED", deliveries::INSERT_REFUSED),
        ("FORGET_COUNTS", deliveries::FORGET_COUNTS),
        ("ERASE_BODIES", deliveries::ERASE_BODIES),
        ("ERASE_BODIES_OF_TASKS", deliveries::ERASE_BODIES_OF_TASKS),
        ("ERASE_BODIES_OF_CHANNELS", deliveries::ERASE_BODIES_OF_CHANNELS),
        ("DELETE_TASK", erase::DELETE_TASK),
        ("DELETE_IMAGES", erase::DELETE_IMAGES),
        ("FREE_KEY", erase::FREE_KEY),
        ("UNDO_IMAGES", erase::UNDO_IMAGES),
        ("UNDO_TASK", erase::UNDO_TASK),
        ("DELETE_CONTENT", erase::DELETE_CONTENT),
        ("DELETE_CONTENT_OF", erase::DELETE_CONTENT_OF),
        ("DELETE_CHANNEL", erase::DELETE_CHANNEL),
        ("TASKS_BEFORE", erase::TASKS_BEFORE),
        ("DELETE_KEYS", erase::DELETE_KEYS),
        ("DELETE_INTENTS", erase::DELETE_INTENTS),
        ("DELETE_TASKS", erase::DELETE_TASKS),
        ("DELETE_CHANNELS", erase::DELETE_CHANNELS),
        ("DELETE_CONTENTS", erase::DELETE_CONTENTS),
        ("GIVE_CONTENT", content::GIVE_CONTENT),
        ("INTENT", intents::INTENT),
        ("INTENTS", intents::INTENTS),
        ("DELETE_INTENT", intents::DELETE_INTENT),
        ("FORGET_INTENTS", intents::FORGET_INTENTS),
        ("EVENT", events::EVENT),
        ("CONTENT_OF_ANYONE", content::CONTENT_OF_ANYONE),
        ("HEARD_OF", timeline::HEARD_OF),
        ("ERASE events", events::ERASE[0]),
        ("ERASE the newest event", events::ERASE[1]),
        ("ERASE_OF_CHANNEL", events::ERASE_OF_CHANNEL[0]),
        ("ERASE_OF_CHANNEL the newest event", events::ERASE_OF_CHANNEL[1]),
    ] {
        let steps = assert_searches(name, statement);
        assert!(steps.iter().any(|step| step.starts_with("SEARCH")), "{name}: {steps:?}");
    }
    for (name, statement) in [
        ("INSERT_TASK", tasks::INSERT_TASK),
        ("INSERT_IMAGES", tasks::INSERT_IMAGES),
        ("UPSERT_TASK", tasks::UPSERT_TASK),
        ("CLAIM_KEY", keys::CLAIM_KEY),
    ] {
        assert_searches(name, statement);
    }
}

#[test]
fn a_list_walks_the_table_itself_in_order() {
    let steps = plan(tasks::LIST_TASKS);
    assert!(
        steps[0].contains("SEARCH t USING PRIMARY KEY (user_id=? AND id>? AND id<?)"),
        "{steps:?}"
    );
    assert!(steps.iter().any(|step| step.contains("SEARCH i USING PRIMARY KEY (id>? AND id<?)")));
}

#[test]
fn the_sweep_looks_at_some_keys_in_their_order_and_at_no_others() {
    let walk = "SEARCH idempotency_keys USING PRIMARY KEY ((user_id,key)>(?,?)";
    for statement in [keys::LAST_OF_KEYS, keys::FORGET_KEYS] {
        let steps = plan(statement);
        assert!(steps.iter().any(|step| step.starts_with(walk)), "{steps:?}");
        assert!(!steps.iter().any(|step| step == "SCAN idempotency_keys"), "{steps:?}");
    }
    let steps = plan(keys::FORGET_KEYS);
    assert!(steps[0].ends_with("AND (user_id,key)<(?,?))"), "{steps:?}");
}

#[test]
fn the_providers_id_is_found_by_the_one_index() {
    let steps = plan(tasks::TASK_BY_PROVIDER_ID);
    assert!(steps[0].contains("USING INDEX tasks_by_mynth_task_id (mynth_task_id=?)"), "{steps:?}");
}

/// Two walks along an index, of which nothing is sorted but the page itself, which has the bytes of one.
fn assert_two_walks(statement: &str, walk: &str) {
    let steps = plan(statement);
    assert_eq!(steps.iter().filter(|step| step.contains(walk)).count(), 2, "{steps:?}");
    assert!(steps.iter().any(|step| step == "MERGE (UNION ALL)"), "{steps:?}");
    assert!(!steps.iter().any(|step| step == "SCAN ai_content"), "{steps:?}");
    let sorts = steps.iter().filter(|step| step.contains("TEMP B-TREE")).count();
    assert_eq!((sorts, steps.last().unwrap().as_str()), (1, "USE TEMP B-TREE FOR ORDER BY"));
}

#[test]
fn a_list_of_content_is_two_walks_along_the_index_from_the_cursor_on() {
    let walk = "USING INDEX ai_content_by_creation (user_id=? AND created_at<?)";
    assert_two_walks(content::LIST_CONTENT, walk);
}

#[test]
fn a_feed_reads_its_users_rows_and_everyones_and_passes_nobody_elses() {
    let walk = "USING INDEX ai_content_by_owner (user_id=? AND rowid>?)";
    assert_two_walks(content::CONTENT_AFTER, walk);
}

#[test]
fn retention_steps_from_user_to_user_and_reads_the_oldest_rows_of_each() {
    for (statement, index) in [
        (erase::TASK_OWNERS, "SEARCH t USING PRIMARY KEY (user_id>?)"),
        (erase::CHANNEL_OWNERS, "SEARCH t USING COVERING INDEX channels_by_user (user_id>?)"),
        (erase::CONTENT_OWNERS, "SEARCH t USING COVERING INDEX ai_content_by_owner (user_id>?)"),
        (erase::OLD_TASKS, "SEARCH t USING PRIMARY KEY (user_id=? AND id<?)"),
        (erase::OLD_CHANNELS, "INDEX channels_by_user (user_id=? AND created_at<?)"),
        (erase::OLD_CONTENT, "INDEX ai_content_by_creation (user_id=? AND created_at<?)"),
        (erase::CHANNELS_BEFORE, "INDEX channels_by_user (user_id=? AND created_at<?)"),
        (erase::CHANNELS_BEFORE, "INDEX ai_content_by_creation (user_id=? AND created_at<?)"),
        (erase::DELETE_IMAGES_OF, "SEARCH i USING PRIMARY KEY (id>? AND id<?)"),
    ] {
        let steps = plan(statement);
        assert!(steps.iter().any(|step| step.contains(index)), "{index}: {steps:?}");
        let scans =
            ["SCAN t", "SCAN c", "SCAN i", "SCAN tasks", "SCAN channels", "SCAN ai_content"];
        let is_scan = |step: &String| scans.contains(&step.as_str());
        assert!(!steps.iter().any(is_scan), "{steps:?}");
    }
}

#[test]
fn the_sweep_reads_what_is_unsettled_and_nothing_else() {
    for (statement, indexes) in [
        (sweep::LOST, &["INDEX tasks_pending (id<?)", "INDEX tasks_unclear (id<?)"][..]),
        (sweep::PENDING, &["INDEX tasks_pending (id>? AND id<?)"]),
    ] {
        let steps = plan(statement);
        for index in indexes {
            assert!(steps.iter().any(|step| step.contains(index)), "{steps:?}");
        }
        assert!(!steps.iter().any(|step| step.starts_with("SCAN t")), "{steps:?}");
    }
    let steps = plan(sweep::KNOWN_IDS);
    assert!(steps[0].contains("INDEX tasks_by_mynth_task_id (mynth_task_id=?)"), "{steps:?}");
    let steps = plan(sweep::PENDING_CHANNELS);
    assert!(steps[0].contains("INDEX channels_pending (created_at<?)"), "{steps:?}");
}

/// The steps that read the log, but for one row of it by its id.
fn walks(statement: &str) -> Vec<String> {
    let by_id = "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)";
    let of_log = |step: &String| {
        let table = step.split(' ').nth(1).unwrap_or_default();
        ["deliveries", "d", "u"].contains(&table) && step != by_id
    };
    plan(statement).into_iter().filter(of_log).collect()
}

#[test]
fn a_page_of_the_log_is_a_walk_along_the_ids_or_an_index() {
    for (statement, walk) in [
        (operator::NEWEST, "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (operator::OLDEST, "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (operator::NEWEST_OF_TASK, "INDEX deliveries_by_task (task_id=? AND rowid>? AND rowid<?)"),
        (operator::OLDEST_OF_TASK, "INDEX deliveries_by_task (task_id=? AND rowid>? AND rowid<?)"),
        (
            operator::NEWEST_OF_VERDICTS,
            "INDEX deliveries_unusual (verdict=? AND rowid>? AND rowid<?)",
        ),
        (
            operator::OLDEST_OF_VERDICTS,
            "INDEX deliveries_unusual (verdict=? AND rowid>? AND rowid<?)",
        ),
    ] {
        let steps = walks(statement);
        assert_eq!(steps.iter().filter(|step| step.contains(walk)).count(), 1, "{steps:?}");
        let others = steps.iter().filter(|step| !step.contains(walk));
        // When the last row came.
        let by_id = |step: &String| step.ends_with("USING INTEGER PRIMARY KEY (rowid=?)");
        assert!(others.clone().all(by_id), "{steps:?}");
    }
}

#[test]
fn operators_read_no_more_than_they_are_shown() {
    for (statement, walk) in [
        (operator::WHOLE, "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"),
        (operator::BEFORE, "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid>?)"),
        (operator::FIGURES, "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid>?)"),
        (operator::COUNTED, "SEARCH delivery_counts USING PRIMARY KEY (hour>?)"),
        (operator::UNDER_WAY, "INDEX tasks_pending"),
        (operator::EVENTS, "SEARCH events USING COVERING INDEX events_not_delivered (state=?)"),
    ] {
        let steps = plan(statement);
        assert!(steps.iter().any(|step| step.contains(walk)), "{walk}: {steps:?}");
        assert!(!steps.contains(&"SCAN deliveries".to_owned()), "{steps:?}");
        assert!(!steps.contains(&"SCAN delivery_counts".to_owned()), "{steps:?}");
        assert!(!steps.contains(&"SCAN tasks".to_owned()), "{steps:?}");
    }
}

/// How the table of events is read.
fn of_events(statement: &str) -> Vec<String> {
    let steps = plan(statement);
    assert!(!steps.iter().any(|step| step.contains("AUTOMATIC")), "{steps:?}");
    steps.into_iter().filter(|step| step.contains("events") || step.contains("B-TREE")).collect()
}

#[test]
fn pages_of_events_walk_the_table_or_the_index_of_what_is_not_delivered() {
    let index = "SEARCH events USING INDEX";
    let of_state = format!("{index} events_not_delivered (state=? AND rowid");
    let of_task = format!("{index} sqlite_autoindex_events_1 (id>? AND id<?)");
    for pages in [events::NEWEST, events::OLDEST] {
        for walk in &pages[..2] {
            let steps = of_events(walk);
            let is_walk =
                |step: &String| step.starts_with("SEARCH events USING INTEGER PRIMARY KEY (rowid");
            assert!(steps.len() == 1 && steps.iter().all(is_walk), "{steps:?}");
        }
        let steps = of_events(pages[2]);
        assert!(steps.len() == 1 && steps[0].starts_with(&of_state), "{steps:?}");
        // The few of one task are sorted.
        let steps = of_events(pages[3]);
        assert!(steps[0].starts_with(&of_task) && steps.len() == 2, "{steps:?}");
    }
    assert!(of_events(events::EVENTS_OF)[0].starts_with(&of_task));
}

#[test]
fn noting_an_event_looks_for_what_it_is_about_by_its_key() {
    let steps = plan(events::NOTE);
    for search in [
        "SEARCH e USING INDEX sqlite_autoindex_events_1 (id=?)",
        "SEARCH tasks USING COVERING INDEX",
        "SEARCH ai_content USING",
    ] {
        assert!(steps.iter().any(|step| step.starts_with(search)), "{search}: {steps:?}");
    }
}

#[test]
fn any_owners_task_costs_a_step_for_each_user() {
    let steps = plan(timeline::TASK_OF_ANYONE);
    for search in [
        "SEARCH x USING PRIMARY KEY (user_id>?)",
        "SEARCH t USING PRIMARY KEY (user_id=? AND id=?)",
    ] {
        assert!(steps.iter().any(|step| step.contains(search)), "{search}: {steps:?}");
    }
    let scans = steps.iter().filter(|step| step.starts_with("SCAN"));
    assert!(scans.clone().all(|step| step == "SCAN u"), "{:?}", scans.collect::<Vec<_>>());
}
