-- What a task has made, in the form in which it is shown. Images with rows of their own are not repeated here.
ALTER TABLE tasks ADD COLUMN outputs TEXT;
