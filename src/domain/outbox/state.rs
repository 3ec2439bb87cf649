//! The events of a room, each with its state on each road.

use super::health::LONGEST_FAILING;
use super::pace;
use super::road::Road;
use crate::domain::time::Millis;
use serde::{Deserialize, Serialize};

/// The types of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "EventType"))]
pub enum Kind {
    #[serde(rename = "task.completed")]
    Completed,
    #[serde(rename = "task.failed")]
    Failed,
    #[serde(rename = "content.created")]
    Created,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "task.completed",
            Self::Failed => "task.failed",
            Self::Created => "content.created",
        }
    }
}

/// Something that the app's own backend is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The id of the task, or of the row of content.
    pub subject: String,
    /// The version that it is about. It is sent once D1 has that.
    pub version: u64,
    pub at: Millis,
    pub ways: Vec<Way>,
    /// When an operator last had it sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resent_at: Option<Millis>,
    /// D1 does not know how it stands, and is told again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Behind>,
}

/// When D1 is told again how an event stands, and how often that has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    pub next_at: Millis,
    pub failures: u32,
}

/// How far an event has come on one road. One on which it was delivered is left out, unless D1 is behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub road: Road,
    /// Attempts that failed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failures: u32,
    /// When it is due.
    pub next_at: Millis,
    /// When there was the last attempt, or a look at whether there can be one, and how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<(Millis, Outcome)>,
    /// Why there are no more attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Why there are no more attempts at an event on a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The receiver has answered 410.
    Gone,
    /// The last attempt has failed.
    Exhausted,
    /// There has been no such destination, or it has been off, for as long as that.
    Undeliverable,
    /// It was delivered.
    Delivered,
}

impl End {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Exhausted => "exhausted",
            Self::Undeliverable => "undeliverable",
            Self::Delivered => "delivered",
        }
    }
}

/// An event on one road.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parcel {
    pub subject: String,
    pub version: u64,
    pub road: Road,
}

/// What a room may have to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// The callback that a provider wants, of the event with this key.
    Callback(String),
    /// An event for the app's own backend.
    Event(Parcel),
    /// How the event of this id stands, for D1.
    Note(String),
}

/// How one attempt has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// This 2xx, or the queue has it.
    Delivered(Option<u16>),
    /// No answer, or another one. `wish` is its `Retry-After`.
    Failed { status: Option<u16>, wish: Option<Millis> },
    /// A 410.
    Gone,
    /// There was no attempt, because its settings are wrong. It waits for them to be right.
    Held,
    /// There was no attempt, because its destination is not set, or off. It waits for a few days.
    Absent,
}

/// Every event that is not through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Outbox {
    pub(super) events: Vec<Event>,
}

impl Event {
    pub fn new(kind: Kind, subject: String, version: u64, at: Millis, roads: &[Road]) -> Self {
        let way = |road: &Road| Way {
            road: road.clone(),
            failures: 0,
            next_at: at,
            tried: None,
            end: None,
        };
        let ways = roads.iter().map(way).collect();
        Self { kind, subject, version, at, ways, resent_at: None, behind: None }
    }

    /// The same on these roads, where it has never been.
    pub fn on(self, roads: &[Road]) -> Self {
        Self::new(self.kind, self.subject, self.version, self.at, roads)
    }

    /// Since when it has been on its way.
    pub fn since(&self) -> Millis {
        self.resent_at.unwrap_or(self.at)
    }

    /// The same on every road and at every attempt.
    pub fn id(&self) -> String {
        format!("evt_{}_{}", self.subject, self.version)
    }

    fn is(&self, parcel: &Parcel) -> bool {
        self.version == parcel.version && self.subject == parcel.subject
    }

    fn open(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(|way| way.end.is_none())
    }
}

impl Outbox {
    /// Adds an event, unless it is there.
    pub fn add(&mut self, event: Event) {
        if !self.events.iter().any(|known| known.id() == event.id()) {
            self.events.push(event);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether anything is still to be delivered, or to be told D1.
    pub fn is_open(&self) -> bool {
        self.events.iter().any(|event| event.behind.is_some() || event.open().next().is_some())
    }

    /// Whether anything is to be sent now, or D1 to be told.
    pub fn has_due(&self, flushed: u64, now: Millis) -> bool {
        !self.due(flushed, now).is_empty() || !self.behind(now).is_empty()
    }

    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The event of a parcel.
    pub fn event(&self, parcel: &Parcel) -> Option<&Event> {
        self.events.iter().find(|event| event.is(parcel))
    }

    /// What is due, of the events whose version is in D1. `flushed` is the newest that is.
    pub fn due(&self, flushed: u64, now: Millis) -> Vec<Parcel> {
        let due = self.ready(flushed).filter(|(_, way)| now >= way.next_at);
        due.map(|(event, way)| Parcel {
            subject: event.subject.clone(),
            version: event.version,
            road: way.road.clone(),
        })
        .collect()
    }

    /// When the next of them is due, or D1 to be told, if that is after `after`.
    pub fn next_at(&self, flushed: u64, after: Millis) -> Option<Millis> {
        let behind = self.events.iter().filter_map(|event| event.behind).map(|it| it.next_at);
        let ways = self.ready(flushed).map(|(_, way)| way.next_at);
        ways.chain(behind).filter(|at| *at > after).min()
    }

    fn ready(&self, flushed: u64) -> impl Iterator<Item = (&Event, &Way)> {
        let ready = self.events.iter().filter(move |event| event.version <= flushed);
        ready.flat_map(|event| event.open().map(move |way| (event, way)))
    }

    /// How often the attempts at a parcel have failed.
    pub fn failures(&self, parcel: &Parcel) -> u32 {
        let ways = self.event(parcel).into_iter().flat_map(Event::open);
        ways.filter(|way| way.road == parcel.road).map(|way| way.failures).sum()
    }

    /// Why a parcel was given up, if it was.
    pub fn end(&self, parcel: &Parcel) -> Option<End> {
        let ways = &self.event(parcel)?.ways;
        let end = ways.iter().find(|way| way.road == parcel.road)?.end;
        end.filter(|end| *end != End::Delivered)
    }

    /// Records how an attempt has ended. Only an open way changes: attempts may end out of order.
    pub fn ended(&mut self, parcel: &Parcel, outcome: Outcome, now: Millis) {
        let Some(event) = self.events.iter_mut().find(|event| event.is(parcel)) else { return };
        let (id, since) = (event.id(), event.since());
        let is_it = |way: &&mut Way| way.road == parcel.road && way.end.is_none();
        let Some(way) = event.ways.iter_mut().find(is_it) else { return };
        way.tried = Some((now, outcome));
        match outcome {
            Outcome::Delivered(_) => {
                event.ways.retain(|way| way.road != parcel.road);
                self.events.retain(|event| !event.ways.is_empty());
            }
            Outcome::Gone => way.end = Some(End::Gone),
            Outcome::Failed { wish, .. } => {
                way.failures += 1;
                let seed = format!("{id}{}", way.road.name());
                match pace::standard(way.failures, wish, &seed) {
                    Some(pause) => way.next_at = now + pause,
                    None => way.end = Some(End::Exhausted),
                }
            }
            Outcome::Absent if now - since >= LONGEST_FAILING => way.end = Some(End::Undeliverable),
            Outcome::Held | Outcome::Absent => way.next_at = now + pace::held(now - since),
        }
    }
}
