//! What is said often is said a few times, and then counted. Pure.
//!
//! Anybody may send what is refused, and a line costs more than the refusal.

use super::What;
use crate::domain::time::{MINUTE, Millis, SECOND};
use serde::Serialize;

/// Most lines about one thing in a minute.
pub const LINES: u32 = 20;
/// How long what is not said is counted before the count is.
pub const COUNTED: Millis = 15 * SECOND;

/// What becomes of one more of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// A line of its own.
    It,
    /// Nothing: it is counted.
    Nothing,
    /// Nothing yet, but [`Floods::counted`] is to be asked in [`COUNTED`].
    CountLater,
}

/// What is said, by what it is about: a provider's name and an error's code. There are few of both.
#[derive(Debug, Default)]
pub struct Floods {
    known: Vec<(About, Flood)>,
}

pub type About = (&'static str, &'static str);

#[derive(Debug)]
struct Flood {
    /// When the first line of the minute was written.
    since: Millis,
    lines: u32,
    unsaid: u64,
    /// When somebody was last told to ask for the count.
    told: Millis,
}

impl Floods {
    pub const fn new() -> Self {
        Self { known: Vec::new() }
    }

    /// One more is there.
    pub fn one_more(&mut self, about: About, now: Millis) -> Say {
        let flood = self.of(about, now);
        if now - flood.since >= MINUTE {
            (flood.since, flood.lines) = (now, 0);
        }
        if flood.lines < LINES {
            flood.lines += 1;
            return Say::It;
        }
        flood.unsaid += 1;
        // Whoever was told to ask may be gone.
        if flood.unsaid > 1 && now - flood.told < 2 * COUNTED {
            return Say::Nothing;
        }
        flood.told = now;
        Say::CountLater
    }

    /// How many were not said since it was last asked.
    pub fn counted(&mut self, about: About) -> u64 {
        let flood = self.known.iter_mut().find(|(known, _)| *known == about);
        flood.map_or(0, |(_, flood)| std::mem::take(&mut flood.unsaid))
    }

    fn of(&mut self, about: About, now: Millis) -> &mut Flood {
        let at = self.known.iter().position(|(known, _)| *known == about);
        let at = at.unwrap_or_else(|| {
            self.known.push((about, Flood { since: now, lines: 0, unsaid: 0, told: now }));
            self.known.len() - 1
        });
        &mut self.known[at].1
    }
}

/// The line for those that were counted. It has the fields of every line, and their number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountLine<'a> {
    pub event: What,
    pub provider: &'a str,
    id: Option<&'a str>,
    pub code: &'a str,
    reason: &'a str,
    pub count: u64,
}

impl<'a> CountLine<'a> {
    pub fn new(event: What, (provider, code): (&'a str, &'a str), count: u64) -> Self {
        let reason = "More of these than are logged one by one: so many since the last line.";
        Self { event, provider, id: None, code, reason, count }
    }

    /// The line as it is written.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a line is plain JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Millis = 1_795_168_800_000;
    const FORGED: About = ("p", "invalid_signature");

    fn flooded() -> Floods {
        let mut floods = Floods::new();
        for _ in 0..LINES {
            assert_eq!(floods.one_more(FORGED, T), Say::It);
        }
        floods
    }

    #[test]
    fn twenty_in_a_minute_are_said_and_the_rest_is_counted() {
        let mut floods = flooded();
        assert_eq!(floods.one_more(FORGED, T), Say::CountLater);
        assert_eq!(floods.one_more(FORGED, T + COUNTED), Say::Nothing);
        assert_eq!(floods.counted(FORGED), 2);
        assert_eq!(floods.counted(FORGED), 0, "each is counted once");
        assert_eq!(floods.one_more(FORGED, T + MINUTE - 1), Say::CountLater);
        assert_eq!(floods.counted(FORGED), 1);
    }

    #[test]
    fn after_a_minute_they_are_said_again_and_no_count_is_lost() {
        let mut floods = flooded();
        assert_eq!(floods.one_more(FORGED, T), Say::CountLater);
        assert_eq!(floods.one_more(FORGED, T + MINUTE), Say::It);
        assert_eq!(floods.counted(FORGED), 1);
    }

    #[test]
    fn where_nobody_came_for_a_count_another_is_told_to() {
        let mut floods = flooded();
        assert_eq!(floods.one_more(FORGED, T), Say::CountLater);
        assert_eq!(floods.one_more(FORGED, T + 2 * COUNTED - 1), Say::Nothing);
        assert_eq!(floods.one_more(FORGED, T + 2 * COUNTED), Say::CountLater);
        assert_eq!(floods.counted(FORGED), 3);
    }

    #[test]
    fn a_flood_of_one_kind_hides_no_other() {
        let mut floods = flooded();
        assert_eq!(floods.one_more(("p", "malformed_event"), T), Say::It);
        assert_eq!(floods.one_more(("q", "invalid_signature"), T), Say::It);
        assert_eq!(floods.counted(("p", "malformed_event")), 0);
        assert_eq!(floods.counted(("never", "seen")), 0);
    }

    #[test]
    fn a_count_has_the_fields_of_every_line() {
        let line = CountLine::new(What::WebhookRefused, FORGED, 480);
        let literal = r#"{"event":"webhook_refused","provider":"p","id":null,"code":"invalid_signature","reason":"More of these than are logged one by one: so many since the last line.","count":480}"#;
        assert_eq!(line.text(), literal);
    }
}
