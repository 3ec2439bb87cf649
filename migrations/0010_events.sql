-- Destinations of events that have answered nothing but failures since some time. One that answers well has
-- no row. `destination` stands for its address and its secret: a change of either makes it another one.
CREATE TABLE event_destinations (
  destination   TEXT NOT NULL PRIMARY KEY,
  failing_since TEXT NOT NULL
) WITHOUT ROWID;
