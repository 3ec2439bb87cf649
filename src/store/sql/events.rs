//! Statements about events: how each stands, and the destinations that are failing.

/// The destinations that are failing, each as a JSON list with the time since when.
pub const FAILING: &str =
    "SELECT json_array(destination, failing_since) AS row FROM event_destinations";

/// Notes that a destination is failing, unless it was before. ?1 the destination, ?2 now.
pub const NOTE_FAILING: &str = "\
INSERT INTO event_destinations (destination, failing_since) VALUES (?1, ?2) ON CONFLICT DO NOTHING";

/// Notes that a destination has answered well. ?1 the destination.
pub const NOTE_WELL: &str = "DELETE FROM event_destinations WHERE destination = ?1";

/// Notes how an event stands, if what it is about is there: a write that comes late does not bring back what
/// was erased. Of each road the later word counts, in whatever order they come, and none from before the
/// event was sent again. ?1 the event as JSON.
pub const NOTE: &str = "\
INSERT INTO events (id, at, type, subject, version, state, roads) \
SELECT n ->> 'id', n ->> 'at', n ->> 'type', n ->> 'taskId', CAST(n ->> 'version' AS INTEGER), \
  CASE (SELECT max(CASE value ->> 'state' WHEN 'failed' THEN 2 WHEN 'waiting' THEN 1 ELSE 0 END) FROM json_each(roads)) \
    WHEN 2 THEN 'failed' WHEN 1 THEN 'waiting' ELSE 'delivered' END, roads \
FROM (SELECT json(?1) AS n, (SELECT json_group_object(key, json(value)) FROM (\
    SELECT key, value, max(value ->> 'at' || is_new) FROM (\
      SELECT r.key, r.value, 0 AS is_new FROM events e, json_each(e.roads) r \
      WHERE e.id = ?1 ->> 'id' AND r.value ->> 'at' >= ?1 ->> 'since' \
      UNION ALL SELECT key, value, 1 FROM json_each(?1, '$.roads')) GROUP BY key)) AS roads) \
WHERE CASE n ->> 'type' WHEN 'content.created' \
  THEN EXISTS (SELECT 1 FROM ai_content WHERE id = n ->> 'taskId') \
  ELSE EXISTS (SELECT 1 FROM tasks WHERE mynth_task_id = n ->> 'taskId') END \
ON CONFLICT (id) DO UPDATE SET state = excluded.state, roads = excluded.roads \
WHERE events.roads <> excluded.roads";

/// An event as JSON.
macro_rules! event_json {
    () => {
        "json_object('seq', seq, 'id', id, 'at', at, 'type', type, 'taskId', subject, 'version', version, \
         'state', state, 'roads', json(roads)) AS row FROM events"
    };
}

/// The condition of events about the subject ?1. Their ids begin with it, and those have an index.
macro_rules! of_subject {
    () => {
        "id BETWEEN 'evt_' || ?1 || '_' AND 'evt_' || ?1 || '_~' AND subject = ?1"
    };
}

/// One event. ?1 its id.
pub const EVENT: &str = concat!("SELECT ", event_json!(), " WHERE id = ?1 AND subject <> ''");

/// The events about a task or a row of content. ?1 its id.
pub const EVENTS_OF: &str =
    concat!("SELECT ", event_json!(), " WHERE ", of_subject!(), " ORDER BY version LIMIT 100");

/// A page of events. ?1 the number that comes before them, ?2 the most to give. The next two also take ?3: a
/// state, and the task or the row of content that they are about. What is not delivered has an index.
macro_rules! pages {
    ($than:literal, $order:literal) => {
        [
            concat!(
                "SELECT ",
                event_json!(),
                " WHERE seq ",
                $than,
                " ?1 AND subject <> '' ORDER BY seq ",
                $order,
                " LIMIT ?2"
            ),
            concat!(
                "SELECT ",
                event_json!(),
                " WHERE seq ",
                $than,
                " ?1 AND subject <> '' AND state = 'delivered' ORDER BY seq ",
                $order,
                " LIMIT ?2"
            ),
            concat!(
                "SELECT ",
                event_json!(),
                " INDEXED BY events_not_delivered WHERE state = ?3 AND state <> 'delivered' AND seq ",
                $than,
                " ?1 AND subject <> '' ORDER BY seq ",
                $order,
                " LIMIT ?2"
            ),
            concat!(
                "SELECT ",
                event_json!(),
                " WHERE id BETWEEN 'evt_' || ?3 || '_' AND 'evt_' || ?3 || '_~' AND subject = ?3 AND seq ",
                $than,
                " ?1 AND (?4 IS NULL OR state = ?4) ORDER BY seq ",
                $order,
                " LIMIT ?2"
            ),
        ]
    };
}

/// Pages of all events, of those that are delivered, of those of another state, and of those about one thing: there ?4
/// is a state or null.
pub const NEWEST: [&str; 4] = pages!("<", "DESC");
/// The same, the oldest first.
pub const OLDEST: [&str; 4] = pages!(">", "ASC");

/// What is left of a row that must not go: the newest one, since its number would be given again.
macro_rules! blank {
    () => {
        "UPDATE events SET id = 'erased_' || seq, type = '', subject = '', version = 0, \
         state = 'delivered', roads = '{}' WHERE seq = (SELECT max(seq) FROM events) AND subject <> ''"
    };
}

/// Deletes the rows of events about a task or a row of content, and erases what a row that stays says of it. ?1
/// its id.
pub const ERASE: [&str; 2] = [
    concat!("DELETE FROM events WHERE ", of_subject!(), " AND seq < (SELECT max(seq) FROM events)"),
    concat!(blank!(), " AND ", of_subject!()),
];

/// The same of all rows of a channel, before those are deleted. ?1 the channel.
pub const ERASE_OF_CHANNEL: [&str; 2] = [
    "DELETE FROM events WHERE seq IN (SELECT e.seq FROM ai_content c CROSS JOIN events e \
       ON e.id BETWEEN 'evt_' || c.id || '_' AND 'evt_' || c.id || '_~' AND e.subject = c.id \
       WHERE c.channel_id = ?1) AND seq < (SELECT max(seq) FROM events)",
    concat!(blank!(), " AND subject IN (SELECT id FROM ai_content WHERE channel_id = ?1)"),
];

/// Deletes rows from before ?1, some thousands at most, and erases what the newest says if it is as old. The
/// oldest is looked at first, so that a table without old rows costs one.
pub const FORGET: [&str; 2] = [
    "DELETE FROM events WHERE (SELECT at FROM events ORDER BY seq LIMIT 1) < ?1 \
       AND seq < (SELECT max(seq) FROM events) \
       AND seq IN (SELECT seq FROM (SELECT seq, at FROM events ORDER BY seq LIMIT 2000) WHERE at < ?1)",
    concat!(blank!(), " AND at < ?1"),
];
