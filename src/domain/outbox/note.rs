//! What operators are told of an event: how it stands on each road.
//!
//! D1 has a row for each event, which is written after each attempt. The row is the sum of what was written:
//! a room forgets a road on which its event was delivered, unless D1 could not be told that.

use super::pace;
use super::state::{Behind, End, Event, Kind, Outbox, Outcome, Parcel, Way};
use crate::domain::time::{DAY, Millis, iso, parse_iso};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long D1 has the row of an event.
pub const KEPT: Millis = 8 * DAY;

/// How an event stands: failed if it has failed on one road, and delivered if it was on all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Delivered,
    Waiting,
    Failed,
}

impl Standing {
    pub const ALL: [Self; 3] = [Self::Delivered, Self::Waiting, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
        }
    }

    /// How an event stands that stands so on its roads.
    fn of(roads: &BTreeMap<String, OnRoad>) -> Self {
        let any = |state| roads.values().any(|road| road.state == state);
        let worse = [Self::Failed, Self::Waiting].into_iter().find(|state| any(*state));
        worse.unwrap_or(Self::Delivered)
    }
}

/// How an event stands on one road.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OnRoad {
    pub state: Standing,
    pub attempts: u32,
    /// What was answered last, where that is an HTTP status.
    pub status: Option<u16>,
    /// The last attempt, or the last look at whether there can be one.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub at: String,
    /// The next one.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub next_at: Option<String>,
    /// `gone`, `exhausted` or `undeliverable`: it was given up. `no_answer`, `held` (a setting is wrong) or
    /// `absent` (the destination is off, or not set): it waits.
    pub reason: Option<String>,
}

/// An event as its row says that it stands.
// D1's queries return this very JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "SentEvent"))]
#[serde(rename_all = "camelCase")]
pub struct Noted {
    /// The order in which D1 got them.
    #[serde(skip_serializing)]
    pub seq: u64,
    pub id: String,
    /// When its cause was.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub at: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The task, or the row of content.
    pub task_id: String,
    pub version: u64,
    pub state: Standing,
    /// By the names of the roads.
    pub roads: BTreeMap<String, OnRoad>,
}

/// What D1 is told.
#[derive(Debug, Serialize)]
pub struct Note {
    #[serde(flatten)]
    noted: Noted,
    /// What it was told of before that is not true any more.
    since: String,
}

impl From<&Event> for Note {
    fn from(event: &Event) -> Self {
        Self { noted: event.into(), since: iso(event.since()) }
    }
}

impl From<&Event> for Noted {
    fn from(event: &Event) -> Self {
        let since = event.since();
        let roads = event.ways.iter().map(|way| (way.road.name(), way.stands(since)));
        let roads: BTreeMap<_, _> = roads.collect();
        Self {
            seq: 0,
            id: event.id(),
            at: iso(event.at),
            kind: event.kind,
            task_id: event.subject.clone(),
            version: event.version,
            state: Standing::of(&roads),
            roads,
        }
    }
}

impl Noted {
    /// The event, without its roads.
    pub fn event(&self) -> Event {
        let at = parse_iso(&self.at).unwrap_or_default();
        Event::new(self.kind, self.task_id.clone(), self.version, at, &[])
    }
}

impl Outcome {
    fn status(self) -> Option<u16> {
        match self {
            Self::Delivered(status) | Self::Failed { status, .. } => status,
            Self::Gone => Some(410),
            Self::Held | Self::Absent => None,
        }
    }

    /// Why it is not delivered, where the status does not say so.
    fn reason(self) -> Option<&'static str> {
        match self {
            Self::Failed { status: None, .. } => Some("no_answer"),
            Self::Held => Some("held"),
            Self::Absent => Some("absent"),
            Self::Delivered(_) | Self::Failed { .. } | Self::Gone => None,
        }
    }
}

impl Way {
    fn stands(&self, since: Millis) -> OnRoad {
        let outcome = self.tried.map(|(_, outcome)| outcome);
        let was_counted = !matches!(self.end, Some(End::Delivered | End::Gone));
        let (state, reason) = match self.end {
            None => (Standing::Waiting, outcome.and_then(Outcome::reason)),
            Some(End::Delivered) => (Standing::Delivered, None),
            Some(end) => (Standing::Failed, Some(end.as_str())),
        };
        OnRoad {
            state,
            attempts: self.failures + u32::from(!was_counted),
            status: outcome.and_then(Outcome::status),
            at: iso(self.tried.map_or(since, |(at, _)| at)),
            next_at: self.end.is_none().then(|| iso(self.next_at)),
            reason: reason.map(str::to_owned),
        }
    }
}

impl Outbox {
    /// How the event of a parcel stands after an attempt, given how it stood before. That it was delivered is
    /// part of it, though nothing is kept of that here.
    pub fn stands(&self, before: &Event, parcel: &Parcel, outcome: Outcome, now: Millis) -> Event {
        let is_it = |way: &&Way| way.road == parcel.road;
        let nothing = || Event { ways: Vec::new(), ..before.clone() };
        let mut event = self.event(parcel).cloned().unwrap_or_else(nothing);
        let was = before.ways.iter().find(is_it);
        let is_through =
            matches!(outcome, Outcome::Delivered(_)) && !event.ways.iter().any(|it| is_it(&it));
        if let (Some(was), true) = (was, is_through) {
            let tried = Some((now, outcome));
            event.ways.push(Way { tried, end: Some(End::Delivered), ..was.clone() });
        }
        event
    }

    /// The event of this id.
    pub fn named(&self, id: &str) -> Option<&Event> {
        self.events.iter().find(|event| event.id() == id)
    }

    /// The ids of events of which D1 is to be told now.
    pub fn behind(&self, now: Millis) -> Vec<String> {
        let is_due = |event: &&Event| event.behind.is_some_and(|behind| now >= behind.next_at);
        self.events.iter().filter(is_due).map(Event::id).collect()
    }

    /// D1 was told how an event stands, or could not be. What it lacks is kept, and told again.
    pub fn noted(&mut self, told: &Event, is_written: bool, now: Millis) {
        // By then D1 would have deleted the row.
        if is_written || now - told.since() >= KEPT {
            self.caught_up(told);
        } else {
            self.fell_behind(told, now);
        }
        self.events.retain(|event| !event.ways.is_empty());
    }

    fn caught_up(&mut self, told: &Event) {
        for event in self.events.iter_mut().filter(|event| event.id() == told.id()) {
            // Unless there is more to tell since.
            if event.ways.iter().all(|way| told.ways.contains(way)) {
                event.behind = None;
                event.ways.retain(|way| way.end != Some(End::Delivered));
            }
        }
    }

    fn fell_behind(&mut self, told: &Event, now: Millis) {
        if self.named(&told.id()).is_none() {
            self.events.push(Event { ways: Vec::new(), behind: None, ..told.clone() });
        }
        let same = self.events.iter_mut().filter(|event| event.id() == told.id());
        for event in same.filter(|event| event.resent_at == told.resent_at) {
            for way in told.ways.iter().filter(|way| way.end == Some(End::Delivered)) {
                if !event.ways.iter().any(|known| known.road == way.road) {
                    event.ways.push(way.clone());
                }
            }
            let failures = event.behind.map_or(0, |behind| behind.failures) + 1;
            event.behind = Some(Behind { next_at: now + pace::noting(failures), failures });
        }
    }

    /// Opens an event again on all of its roads: it was sent before, and keeps its id and its words.
    pub fn reopen(&mut self, mut event: Event, now: Millis) {
        event.resent_at = Some(now);
        for way in &mut event.ways {
            way.next_at = now;
        }
        self.events.retain(|known| known.id() != event.id());
        self.events.push(event);
    }
}
