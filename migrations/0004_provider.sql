-- Which provider has a task. Until now there was one.
ALTER TABLE tasks ADD COLUMN provider TEXT NOT NULL DEFAULT 'mynth';
