//! Statements about the log of webhooks.

/// Adds rows, each of a `Record` as JSON, which `$records` gives as `n`. D1 measures how long it took from the room's
/// commit to its own.
macro_rules! insert {
    ($records:literal) => {
        concat!(
            "INSERT INTO deliveries (at, provider, event, provider_delivery, task_id, verdict, status, ms, bytes, \
           reason, settled, arrival, body) \
         SELECT n ->> '$.arrival.at', n ->> '$.arrival.provider', n ->> '$.arrival.event', \
           n ->> '$.arrival.delivery', n ->> '$.arrival.task_id', n ->> 'verdict', n ->> 'status', \
           n ->> 'ms', n ->> '$.arrival.bytes', n ->> 'reason', \
           CASE WHEN n ->> 'settled' IS NOT NULL THEN json_set(n -> 'settled', '$.stages.d1', \
             max(0, CAST(unixepoch('subsec') * 1000 AS INTEGER) - (n ->> 'committed'))) END, \
           n ->> '$.arrival.key', n ->> '$.arrival.body' \
         FROM (",
            $records,
            ") "
        )
    };
}

/// A write that timed out may have been made all the same.
macro_rules! unless_there {
    () => {
        "WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.task_id = n ->> '$.arrival.task_id' \
           AND d.arrival = n ->> '$.arrival.key')"
    };
}

/// Adds a row, unless it is there. ?1 a record.
pub const INSERT: &str = concat!(insert!("SELECT json(?1) AS n"), unless_there!());

/// Adds the rows of webhooks that have changed nothing, in their order, unless they are there. ?1 a JSON list of records.
pub const INSERT_ALL: &str =
    concat!(insert!("SELECT value AS n FROM json_each(?1) ORDER BY key"), unless_there!());

/// Adds the row of a refused webhook, if there are fewer than ten of its verdict since ?2. ?1 a record.
pub const INSERT_REFUSED: &str = concat!(
    insert!("SELECT json(?1) AS n"),
    "WHERE (SELECT count(*) FROM (SELECT d.at FROM deliveries d \
       WHERE d.verdict = n ->> 'verdict' AND d.verdict <> 'applied' ORDER BY d.id DESC LIMIT 10) r \
       WHERE r.at > ?2) < 10"
);

/// Counts it, if the statement before has not added it. ?1 hour, ?2 provider, ?3 verdict.
pub const COUNT_INSTEAD: &str = "\
INSERT INTO delivery_counts (hour, provider, verdict, count) SELECT ?1, ?2, ?3, 1 WHERE changes() = 0 \
ON CONFLICT (hour, provider, verdict) DO UPDATE SET count = count + 1";

/// Adds counts. ?1 hour, ?2 a JSON list of provider, verdict and count.
pub const COUNT: &str = "\
INSERT INTO delivery_counts (hour, provider, verdict, count) \
SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2) WHERE true \
ON CONFLICT (hour, provider, verdict) DO UPDATE SET count = count + excluded.count";

/// Deletes rows from before ?1, some thousands at most, and never the newest: its id would be given again.
/// The oldest is looked at first, so that a log without old rows costs one.
pub const FORGET: &str = "\
DELETE FROM deliveries WHERE (SELECT at FROM deliveries ORDER BY id LIMIT 1) < ?1 \
  AND id < (SELECT max(id) FROM deliveries) \
  AND id IN (SELECT id FROM (SELECT id, at FROM deliveries ORDER BY id LIMIT 2000) WHERE at < ?1)";

/// Deletes counts from before the hour ?1.
pub const FORGET_COUNTS: &str = "DELETE FROM delivery_counts WHERE hour < ?1";

/// Erases the bodies of what is about a task or a channel. ?1 its id.
pub const ERASE_BODIES: &str = "\
UPDATE deliveries SET body = NULL WHERE task_id = ?1 AND body IS NOT NULL";

/// The same for many tasks, while their rows are there. ?1 pairs of user and key, as a JSON list of lists.
pub const ERASE_BODIES_OF_TASKS: &str = "\
UPDATE deliveries SET body = NULL WHERE body IS NOT NULL AND task_id IN (\
  SELECT t.mynth_task_id FROM json_each(?1) o CROSS JOIN tasks t \
    ON t.user_id = o.value ->> 0 AND t.id = o.value ->> 1 WHERE t.mynth_task_id IS NOT NULL)";

/// The same for channels. ?1 their ids as a JSON list.
pub const ERASE_BODIES_OF_CHANNELS: &str = "\
UPDATE deliveries SET body = NULL WHERE body IS NOT NULL \
  AND task_id IN (SELECT value FROM json_each(?1))";
