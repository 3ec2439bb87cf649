-- The provider of a task. Until now there was only one.
ALTER TABLE tasks ADD COLUMN provider TEXT NOT NULL DEFAULT 'mynth';
