//! Times: unix milliseconds inside, ISO 8601 UTC with milliseconds wherever somebody reads them.

use chrono::{DateTime, SecondsFormat};

/// Unix milliseconds.
pub type Millis = i64;

pub const SECOND: Millis = 1_000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;

/// `2026-11-20T10:00:00.000Z`. A time that is out of range becomes the epoch.
pub fn iso(at: Millis) -> String {
    DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads what [`iso`] wrote, and any other RFC 3339 time.
pub fn parse_iso(text: &str) -> Option<Millis> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
}

/// `Millis` as ISO 8601 text in JSON, for serde's `with`.
pub mod iso_json {
    use super::{Millis, iso, parse_iso};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(at: &Millis, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&iso(*at))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Millis, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_iso(&text).ok_or_else(|| D::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_sixty_seconds_and_an_hour_sixty_minutes() {
        assert_eq!((SECOND, MINUTE, HOUR), (1_000, 60_000, 3_600_000));
    }

    #[test]
    fn a_field_is_written_and_read_as_iso_8601() {
        #[derive(serde::Serialize, serde::Deserialize)]
        struct Row {
            #[serde(with = "iso_json")]
            at: Millis,
        }
        let text = r#"{"at":"2026-11-20T10:00:00.000Z"}"#;
        let row: Row = serde_json::from_str(text).expect("a time");
        assert_eq!(row.at, 1_795_168_800_000);
        assert_eq!(serde_json::to_string(&row).expect("plain JSON"), text);
        assert!(serde_json::from_str::<Row>(r#"{"at":"yesterday"}"#).is_err());
    }

    #[test]
    fn times_are_iso_8601_utc_with_milliseconds() {
        assert_eq!(iso(1_795_168_800_000), "2026-11-20T10:00:00.000Z");
        assert_eq!(iso(1_795_168_800_007), "2026-11-20T10:00:00.007Z");
    }

    #[test]
    fn a_time_survives_being_written_and_read() {
        for at in [0, 1, 999, 1_795_168_800_123, 4_102_444_799_999] {
            assert_eq!(parse_iso(&iso(at)), Some(at));
        }
        assert_eq!(parse_iso("yesterday"), None);
    }
}
