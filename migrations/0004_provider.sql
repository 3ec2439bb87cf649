-- Which provider has a task, and which has a channel. Until now there was one for each.
ALTER TABLE tasks ADD COLUMN provider TEXT NOT NULL DEFAULT 'mynth';
ALTER TABLE channels ADD COLUMN provider TEXT NOT NULL DEFAULT 'modelriver';
