-- Each owner's rows in the order of arrival, and everyone's: what a watcher of the content feed has
-- missed is read along two walks of it, past nobody else's rows. `seq` is the rowid, by which the
-- entries of one owner are ordered: it needs no column here.
--
-- It costs one more written row for each row of content, and no more when a callback ends. No other
-- index becomes needless: a list walks by creation, and a late row may have been made before others.
CREATE INDEX ai_content_by_owner ON ai_content (user_id);
