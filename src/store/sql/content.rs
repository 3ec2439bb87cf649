//! Statements about channels and their content. A row is read and written as one JSON text, in the
//! form in which readers see it.

macro_rules! content_json {
    () => {
        "json_object('id', c.id, 'title', c.title, 'body', c.body, 'category', c.category, \
         'metadata', json(c.metadata), 'data', json(c.data), 'channelId', c.channel_id, \
         'eventName', c.event_name, 'source', c.source, 'userId', c.user_id, \
         'callback', c.callback, 'createdAt', c.created_at)"
    };
}

/// The highest sequence number that a row has, or had before it was deleted; 0 without any.
macro_rules! last_seq {
    () => {
        "max((SELECT ifnull(max(seq), 0) FROM ai_content), \
           (SELECT ifnull(max(seq), 0) FROM content_floor))"
    };
}

/// Gives a row of an older version to another owner, or to its first. To who reads feeds it has come in
/// only now, so it gets a new place in the order of arrival. First in a batch with [`UPSERT_CONTENT`].
/// ?1 the row as JSON.
pub const GIVE_CONTENT: &str = concat!(
    "UPDATE ai_content SET user_id = ?1 ->> 'userId', seq = ",
    last_seq!(),
    " + 1 WHERE id = ?1 ->> 'id' AND user_id IS NOT ?1 ->> 'userId' AND version < ?1 ->> 'version'"
);

/// Upserts a row. A row of a newer version stays as it is, and so does a delivered callback. ?1 the row
/// as JSON.
pub const UPSERT_CONTENT: &str = concat!(
    "INSERT INTO ai_content (seq, id, title, body, category, metadata, data, channel_id, event_name, \
       source, user_id, callback, callback_error, version, created_at) \
     SELECT ",
    last_seq!(),
    " + 1, n ->> 'id', n ->> 'title', n ->> 'body', n ->> 'category', n -> 'metadata', n -> 'data', \
       n ->> 'channelId', n ->> 'eventName', n ->> 'source', n ->> 'userId', n ->> 'callback', \
       n ->> 'callbackError', CAST(n ->> 'version' AS INTEGER), n ->> 'createdAt' \
     FROM (SELECT json(?1) AS n) WHERE true \
     ON CONFLICT (id) DO UPDATE SET callback = excluded.callback, \
       callback_error = excluded.callback_error, version = excluded.version \
     WHERE ai_content.version < excluded.version \
       AND (ai_content.callback <> 'delivered' OR excluded.callback = 'delivered')"
);

/// Upserts the row of a request. A row of a newer version stays as it is. ?1 the channel as JSON.
pub const UPSERT_CHANNEL: &str = "\
INSERT INTO channels (channel_id, user_id, workflow, status, version, error, created_at, updated_at) \
SELECT n ->> 'channel_id', n ->> 'user_id', n ->> 'workflow', n ->> 'status', \
  CAST(n ->> 'version' AS INTEGER), n ->> 'error', n ->> 'created_at', n ->> 'updated_at' \
FROM (SELECT json(?1) AS n) WHERE true \
ON CONFLICT (channel_id) DO UPDATE SET status = excluded.status, version = excluded.version, \
  error = excluded.error, updated_at = excluded.updated_at \
WHERE channels.version < excluded.version";

/// A row that this user may see. ?1 its id, ?2 the user.
pub const CONTENT_BY_ID: &str = concat!(
    "SELECT ",
    content_json!(),
    " AS row FROM ai_content c WHERE c.id = ?1 AND (c.user_id IS NULL OR c.user_id = ?2)"
);

/// Anybody's row, for operators and for events. ?1 its id.
pub const CONTENT_OF_ANYONE: &str =
    concat!("SELECT ", content_json!(), " AS row FROM ai_content c WHERE c.id = ?1");

/// The first row of a channel. ?1 the channel.
pub const CONTENT_BY_CHANNEL: &str = concat!(
    "SELECT ",
    content_json!(),
    " AS row FROM ai_content c WHERE c.channel_id = ?1 ORDER BY c.seq LIMIT 1"
);

/// The callback's status of a row. ?1 its id.
pub const CALLBACK_OF: &str = "\
SELECT json_quote(callback) AS row FROM ai_content WHERE id = ?1";

/// A request that was started here. ?1 its channel.
pub const CHANNEL: &str = "\
SELECT json_object('channel_id', channel_id, 'user_id', user_id, 'workflow', workflow, \
  'status', status, 'version', version, 'error', json(error), 'created_at', created_at, \
  'updated_at', updated_at) AS row \
FROM channels WHERE channel_id = ?1";

/// The bytes of a row that may have many.
macro_rules! size {
    () => {
        "octet_length(body) + octet_length(data) + octet_length(metadata)"
    };
}

/// A page of what `$walks` finds, in its order. A row that does not fit any more is null: it only says
/// that there is more. A page has at least one row, however large. ?3 the most rows, ?4 the most bytes.
///
/// The sum is taken of places and sizes alone, so that no text is read that is not shown.
macro_rules! page {
    ($shown:expr, $walks:expr, $order:literal) => {
        concat!(
            "SELECT CASE WHEN p.place <= ?3 AND (p.place = 1 OR p.bytes <= ?4) THEN ",
            $shown,
            " END AS row FROM (SELECT seq, row_number() OVER page AS place, \
               sum(size) OVER page AS bytes FROM (",
            $walks,
            " ORDER BY ",
            $order,
            " LIMIT ?3 + 1) WINDOW page AS (ORDER BY ",
            $order,
            " ROWS UNBOUNDED PRECEDING)) p \
             CROSS JOIN ai_content c ON c.seq = p.seq ORDER BY p.place"
        )
    };
}

/// One walk of a list: from the cursor down, or from the newest row where there is no cursor. Where its row
/// was erased, from the time at which that was made: a row of the same millisecond may be given twice,
/// and none is left out.
macro_rules! walk_down {
    ($whose:literal) => {
        concat!(
            "SELECT created_at, seq, ",
            size!(),
            " AS size FROM ai_content WHERE user_id ",
            $whose,
            " AND (created_at, seq) < (SELECT \
               coalesce(max(created_at), ?5, CASE WHEN ?2 IS NULL THEN '~' ELSE '' END), \
               coalesce(max(seq), CASE WHEN ?5 IS NULL THEN 0 ELSE 9007199254740991 END) \
               FROM ai_content WHERE id = ?2)"
        )
    };
}

/// The rows that a user may see, newest first: the user's own and everyone's. ?1 the user, ?2 the id of the
/// row to go on after or null, ?3 and ?4 how much, ?5 when that row was made or null.
pub const LIST_CONTENT: &str = page!(
    content_json!(),
    concat!(walk_down!("= ?1"), " UNION ALL ", walk_down!("IS NULL")),
    "created_at DESC, seq DESC"
);

/// The sequence number of a row that this user may see. ?1 its id, ?2 the user.
pub const SEQ_OF: &str = "\
SELECT CAST(seq AS TEXT) AS row FROM ai_content \
WHERE id = ?1 AND (user_id IS NULL OR user_id = ?2)";

/// The highest sequence number that a row has or had; 0 without any.
pub const LAST_SEQ: &str = concat!("SELECT CAST(", last_seq!(), " AS TEXT) AS row");

/// One walk of a feed: the rows that came in after ?2.
macro_rules! walk_on {
    ($whose:literal) => {
        concat!(
            "SELECT seq, ",
            size!(),
            " AS size FROM ai_content WHERE user_id ",
            $whose,
            " AND seq > CAST(?2 AS INTEGER)"
        )
    };
}

/// The rows that came in after one and that a user may see, in that order. ?1 the user, ?2 where that
/// one is, ?3 and ?4 how much.
pub const CONTENT_AFTER: &str = page!(
    concat!("json_object('seq', c.seq, 'content', ", content_json!(), ")"),
    concat!(walk_on!("= ?1"), " UNION ALL ", walk_on!("IS NULL")),
    "seq"
);
