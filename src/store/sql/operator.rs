//! What operators read: the log of deliveries, and figures.

macro_rules! delivery_fields {
    () => {
        "'id', CAST(d.id AS TEXT), 'at', d.at, 'provider', d.provider, 'event', d.event, \
         'providerDelivery', d.provider_delivery, 'taskId', d.task_id, 'verdict', d.verdict, \
         'status', d.status, 'ms', d.ms, 'bytes', d.bytes, 'reason', d.reason"
    };
}

/// A page of deliveries. ?1 and ?2 the ids that they are between, ?3 how many rows are looked at, ?4 how many are
/// shown at most, ?5 the provider or null, ?6 since when or null, ?7 the verdicts as a JSON list or null; ?8 the task,
/// where that is what they are found by.
macro_rules! page {
    ($walk:expr, $order:literal, $last:literal) => {
        concat!(
            "WITH walk AS MATERIALIZED (",
            $walk,
            " ORDER BY id ",
            $order,
            " LIMIT ?3), found AS MATERIALIZED (SELECT json_object(",
            delivery_fields!(),
            ") AS row FROM walk w CROSS JOIN deliveries d ON d.id = w.id \
             WHERE (?5 IS NULL OR d.provider = ?5) AND (?6 IS NULL OR d.at >= ?6) \
             AND (?7 IS NULL OR d.verdict IN (SELECT value FROM json_each(?7))) ORDER BY w.id ",
            $order,
            " LIMIT ?4) SELECT json_object('rows', (SELECT json_group_array(json(row)) FROM found), \
             'looked', (SELECT count(*) FROM walk), 'last', (SELECT ",
            $last,
            "(id) FROM walk), 'last_at', (SELECT at FROM deliveries WHERE id = (SELECT ",
            $last,
            "(id) FROM walk))) AS row"
        )
    };
}

macro_rules! all {
    () => {
        "SELECT id FROM deliveries WHERE id > ?1 AND id < ?2"
    };
}

macro_rules! of_task {
    () => {
        "SELECT id FROM deliveries WHERE task_id = ?8 AND id > ?1 AND id < ?2"
    };
}

/// The condition is that of the index to the letter: only then is it used.
macro_rules! of_verdicts {
    ($order:literal) => {
        concat!(
            "SELECT d.id AS id FROM json_each(?7) v CROSS JOIN deliveries d ON d.id IN (\
             SELECT u.id FROM deliveries u WHERE u.verdict = v.value AND u.verdict <> 'applied' \
             AND u.id > ?1 AND u.id < ?2 ORDER BY u.id ",
            $order,
            " LIMIT ?3)"
        )
    };
}

pub const NEWEST: &str = page!(all!(), "DESC", "min");
pub const OLDEST: &str = page!(all!(), "ASC", "max");
pub const NEWEST_OF_TASK: &str = page!(of_task!(), "DESC", "min");
pub const OLDEST_OF_TASK: &str = page!(of_task!(), "ASC", "max");
pub const NEWEST_OF_VERDICTS: &str = page!(of_verdicts!("DESC"), "DESC", "min");
pub const OLDEST_OF_VERDICTS: &str = page!(of_verdicts!("ASC"), "ASC", "max");

/// Deliveries with their bodies, in their order. ?1 their ids as a JSON list.
pub const WHOLE: &str = concat!(
    "SELECT json_object(",
    delivery_fields!(),
    ", 'body', d.body, 'isComplete', json(iif(d.bytes IS length(CAST(d.body AS BLOB)), 'true', 'false')), \
     'settled', json(d.settled)) AS row \
     FROM deliveries d WHERE d.id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1)) ORDER BY d.id"
);

/// The id after which the first delivery since ?1 is, if they were stored in the order in which they came. It is
/// searched for by halving. A few that were stored late do not mislead it: of sixteen rows the newest counts, and in the
/// end sixteen are looked at one by one, since the last ones of all may be late.
pub const BEFORE: &str = "\
WITH RECURSIVE search(pos, step) AS (\
  SELECT (SELECT ifnull(min(id), 1) - 1 FROM deliveries), 1 << 45 \
  UNION ALL \
  SELECT pos + step * ifnull((SELECT max(at) FROM (\
    SELECT at FROM deliveries WHERE id >= pos + step ORDER BY id LIMIT 16)) < ?1, 0), step >> 1 \
  FROM search WHERE step > 0), \
found(pos) AS (SELECT max(pos) FROM search) \
SELECT CAST(ifnull((SELECT min(id) - 1 FROM (\
    SELECT id, at FROM deliveries WHERE id <= (SELECT pos FROM found) ORDER BY id DESC LIMIT 16) \
  WHERE at >= ?1), pos) AS TEXT) AS row FROM found";

/// Figures of deliveries. ?1 the id that they are after, ?2 how many are read, ?3 since when.
pub const FIGURES: &str = "\
WITH newest AS MATERIALIZED (\
  SELECT id, at, provider, verdict, settled FROM deliveries WHERE id > ?1 ORDER BY id DESC LIMIT ?2) \
SELECT json_object('looked', (SELECT count(*) FROM newest), \
  'newest', (SELECT ifnull(max(id), 0) FROM deliveries), \
  'counts', (SELECT json_group_array(json_array(hour, provider, verdict, count)) FROM (\
    SELECT substr(at, 1, 13) AS hour, provider, verdict, count(*) AS count FROM newest WHERE at >= ?3 \
    GROUP BY hour, provider, verdict)), \
  'ended', (SELECT json_group_array(json_array(kind, status, count, json(start), json(provider), json(apply), \
    json(d1))) FROM (\
    SELECT settled ->> 'kind' AS kind, settled ->> 'status' AS status, count(*) AS count, \
      json_group_array(settled ->> '$.stages.start') AS start, \
      json_group_array(settled ->> '$.stages.provider') AS provider, \
      json_group_array(settled ->> '$.stages.apply') AS apply, \
      json_group_array(settled ->> '$.stages.d1') AS d1 \
    FROM newest WHERE at >= ?3 AND settled IS NOT NULL GROUP BY 1, 2))) AS row";

/// What has no row, each as a JSON list of hour, provider, verdict and count. ?1 the first hour.
pub const COUNTED: &str = "\
SELECT json_array(hour, provider, verdict, count) AS row FROM delivery_counts WHERE hour >= ?1";

/// Tasks that are under way. ?1 the most that are counted.
pub const UNDER_WAY: &str = "\
SELECT json_object('count', (SELECT count(*) FROM (\
    SELECT 1 FROM tasks INDEXED BY tasks_pending WHERE status = 'pending' LIMIT ?1)), \
  'oldestAt', (SELECT created_at FROM tasks INDEXED BY tasks_pending WHERE status = 'pending' \
    ORDER BY id LIMIT 1)) AS row";

/// Events out. ?1 the most that are counted of each, ?2 since when they were delivered.
pub const EVENTS: &str = "\
SELECT json_object(\
  'waiting', (SELECT count(*) FROM (SELECT 1 FROM events \
    WHERE state = 'waiting' AND state <> 'delivered' LIMIT ?1)), \
  'failed', (SELECT count(*) FROM (SELECT 1 FROM events \
    WHERE state = 'failed' AND state <> 'delivered' LIMIT ?1)), \
  'delivered', (SELECT count(*) FROM (SELECT at, state FROM events ORDER BY seq DESC LIMIT ?1) \
    WHERE state = 'delivered' AND at >= ?2)) AS row";
