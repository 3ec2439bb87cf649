//! Statements about the destinations of events.

/// The destinations that are failing, each as a JSON list with the time since when.
pub const FAILING: &str =
    "SELECT json_array(destination, failing_since) AS row FROM event_destinations";

/// Notes that a destination is failing, unless it was before. ?1 the destination, ?2 now.
pub const NOTE_FAILING: &str = "\
INSERT INTO event_destinations (destination, failing_since) VALUES (?1, ?2) ON CONFLICT DO NOTHING";

/// Notes that a destination has answered well. ?1 the destination.
pub const NOTE_WELL: &str = "DELETE FROM event_destinations WHERE destination = ?1";
