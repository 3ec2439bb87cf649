//! What became of a task, in the order of time. It is put together from what is stored anyway: its row, the log
//! of webhooks, the rows of its events, and what its room knows while it lives.

use crate::domain::outbox::note::{Noted, OnRoad, Standing};
use crate::domain::task::seen::Seen;
use crate::domain::task::{Status, TIMEOUT, Task};
use crate::domain::time::{Millis, iso, parse_iso};
use serde::{Deserialize, Serialize};

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It was asked for.
    Created,
    /// The provider has taken it.
    Accepted,
    /// A webhook about it came.
    Delivery,
    /// The provider was asked about it.
    Polled,
    /// It has completed or failed.
    Ended,
    /// D1 has lacked something since then.
    Behind,
    /// The app's own backend is told of it.
    Event,
    /// It was erased, and its row is still to go.
    Erased,
}

/// One thing that has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "TimelineEntry"))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub at: String,
    pub what: What,
    /// In plain words.
    pub detail: String,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ms: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<String>,
    /// What became of the webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// How the event stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Standing>,
}

/// A webhook about the task, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Heard {
    pub id: String,
    pub at: String,
    pub event: Option<String>,
    pub verdict: String,
    pub ms: Millis,
    pub reason: Option<String>,
    /// If it has ended the task: how long the provider's answer to the start took, where that is known.
    pub settled: Option<Settled>,
}

/// What the log says of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Settled {
    pub stages: Stages,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Stages {
    pub start: Option<Millis>,
}

/// What became of `task`, the oldest first.
pub fn timeline(task: &Task, seen: &Seen, heard: &[Heard], events: &[Noted]) -> Vec<Entry> {
    let own = [created(task), accepted(task, heard), polled(seen), ended(task, heard)];
    let rest = [seen.behind_since.map(behind), seen.erased_at.map(erased)];
    let mut all: Vec<Entry> = own.into_iter().chain(rest).flatten().collect();
    all.extend(heard.iter().map(delivery));
    all.extend(events.iter().map(event));
    all.sort_by(|one, other| (&one.at, one.what).cmp(&(&other.at, other.what)));
    all
}

fn entry(at: impl Into<String>, what: What, detail: impl Into<String>) -> Entry {
    Entry {
        at: at.into(),
        what,
        detail: detail.into(),
        ms: None,
        delivery_id: None,
        verdict: None,
        event_id: None,
        state: None,
    }
}

fn created(task: &Task) -> Option<Entry> {
    let detail = format!("{} was asked for, of {}.", task.kind, task.provider);
    Some(entry(iso(task.created_at), What::Created, detail))
}

/// The row says when the provider took it until it changes; after that the log does.
fn accepted(task: &Task, heard: &[Heard]) -> Option<Entry> {
    let task_id = task.task_id.as_deref()?;
    let logged = heard.iter().find_map(|one| one.settled?.stages.start);
    let unchanged = (task.version == 1).then(|| task.updated_at - task.created_at);
    let ms = logged.or(unchanged)?.max(0);
    let detail = format!("{} has taken it as {task_id}.", task.provider);
    Some(Entry { ms: Some(ms), ..entry(iso(task.created_at + ms), What::Accepted, detail) })
}

fn polled(seen: &Seen) -> Option<Entry> {
    let at = seen.polled_at.filter(|_| seen.polls > 0)?;
    let next =
        seen.polls_at.map_or(String::new(), |at| format!(" It is asked again at {}.", iso(at)));
    let times = times(seen.polls);
    let detail = format!("The provider was asked {times}, and has not said how it ended.{next}");
    Some(entry(iso(at), What::Polled, detail))
}

fn ended(task: &Task, heard: &[Heard]) -> Option<Entry> {
    let how = match (&task.error, heard.iter().any(|one| one.settled.is_some())) {
        (Some(error), _) if error.code == TIMEOUT => "",
        (_, true) => " A webhook said so.",
        (_, false) => " No webhook that said so is in the log.",
    };
    let detail = match (task.status, &task.error) {
        (Status::Pending, _) => return None,
        (Status::Completed, _) => format!("It has completed.{how}"),
        (Status::Failed, None) => format!("It has failed.{how}"),
        (Status::Failed, Some(error)) => {
            format!("It has failed with {}: {}{how}", error.code, error.message)
        }
    };
    let ms = Some((task.updated_at - task.created_at).max(0));
    Some(Entry { ms, ..entry(iso(task.updated_at), What::Ended, detail) })
}

fn behind(since: Millis) -> Entry {
    let detail = "D1 lacks what has changed then. It is written again until it is there.";
    entry(iso(since), What::Behind, detail)
}

fn erased(at: Millis) -> Entry {
    entry(iso(at), What::Erased, "Its owner has erased it. Its rows are still to go.")
}

fn delivery(heard: &Heard) -> Entry {
    let name = heard.event.as_deref().unwrap_or("A webhook");
    let reason = heard.reason.as_deref().map_or(String::new(), |reason| format!(" ({reason})"));
    let detail = format!("{name} came: {}{reason}.", heard.verdict.replace('_', " "));
    Entry {
        ms: Some(heard.ms),
        delivery_id: Some(heard.id.clone()),
        verdict: Some(heard.verdict.clone()),
        ..entry(heard.at.as_str(), What::Delivery, detail)
    }
}

fn event(event: &Noted) -> Entry {
    let roads = event.roads.iter().map(|(name, road)| on_road(name, road));
    let roads = roads.collect::<Vec<_>>().join("; ");
    let last = event.roads.values().map(|road| road.at.as_str()).max();
    let ms = last.and_then(|last| Some((parse_iso(last)? - parse_iso(&event.at)?).max(0)));
    Entry {
        ms: ms.filter(|_| event.state == Standing::Delivered),
        event_id: Some(event.id.clone()),
        state: Some(event.state),
        ..entry(event.at.as_str(), What::Event, format!("{}: {roads}.", event.kind.as_str()))
    }
}

fn on_road(name: &str, road: &OnRoad) -> String {
    let why = match (road.status, &road.reason) {
        (Some(status), _) => format!(" ({status})"),
        (None, Some(reason)) => format!(" ({})", reason.replace('_', " ")),
        (None, None) => String::new(),
    };
    let state = match road.state {
        Standing::Delivered => "delivered",
        Standing::Waiting => "waits",
        Standing::Failed => "given up",
    };
    match road.attempts {
        0 => format!("{name} {state}{why}"),
        attempts => format!("{name} {state} after {} attempt{}{why}", attempts, s(attempts)),
    }
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn s(count: u32) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outbox::road::Road;
    use crate::domain::outbox::state::{Event, Kind, Outbox, Outcome, Parcel};
    use crate::domain::task::TaskError;
    use crate::domain::time::SECOND;
    use serde_json::json;

    const NOW: Millis = 1_795_168_800_000;

    fn task(version: u64, status: &str, error: Option<TaskError>) -> Task {
        let (at, key) = (iso(NOW), "01a1f8660d00________________");
        let row = json!({
            "key": key, "user_id": "ada", "task_id": "tsk_1", "provider": "acme", "kind": "image.generate",
            "status": status, "version": version, "prompt": "a fox", "requested_model": null, "model": null,
            "error": error, "cost": null, "metadata": {}, "created_at": at,
            "updated_at": iso(NOW + 9 * SECOND), "images": [], "result": null,
        });
        serde_json::from_value(row).expect("a task")
    }

    fn heard(id: &str, at: Millis, verdict: &str, start: Option<Millis>) -> Heard {
        let settled = start.map(|start| Settled { stages: Stages { start: Some(start) } });
        let event = Some("task.completed".to_owned());
        let verdict = verdict.to_owned();
        Heard { id: id.to_owned(), at: iso(at), event, verdict, ms: 12, reason: None, settled }
    }

    fn whats(all: &[Entry]) -> Vec<(What, &str)> {
        all.iter().map(|one| (one.what, &one.at[17..23])).collect()
    }

    fn noted(outcome: Outcome) -> Noted {
        let mut outbox = Outbox::default();
        outbox.add(Event::new(
            Kind::Completed,
            "tsk_1".into(),
            2,
            NOW + 9 * SECOND,
            &[Road::Queue],
        ));
        let parcel = Parcel { subject: "tsk_1".into(), version: 2, road: Road::Queue };
        let (before, at) = (outbox.events()[0].clone(), NOW + 10 * SECOND);
        outbox.ended(&parcel, outcome, at);
        Noted::from(&outbox.stands(&before, &parcel, outcome, at))
    }

    #[test]
    fn a_task_is_told_from_its_start_to_its_event() {
        let log = [
            heard("7", NOW + 8 * SECOND, "applied", Some(400)),
            heard("8", NOW + 20 * SECOND, "duplicate", None),
        ];
        let event = noted(Outcome::Delivered(Some(204)));
        let all = timeline(&task(2, "completed", None), &Seen::default(), &log, &[event]);
        let order = [
            (What::Created, "00.000"),
            (What::Accepted, "00.400"),
            (What::Delivery, "08.000"),
            (What::Ended, "09.000"),
            (What::Event, "09.000"),
            (What::Delivery, "20.000"),
        ];
        assert_eq!(whats(&all), order);
        assert_eq!(
            serde_json::to_value(&all[2]).unwrap(),
            json!({"at": iso(NOW + 8 * SECOND), "what": "delivery", "detail": "task.completed came: applied.",
                "ms": 12, "deliveryId": "7", "verdict": "applied"})
        );
        assert_eq!(
            (all[3].ms, all[3].detail.as_str()),
            (Some(9 * SECOND), "It has completed. A webhook said so.")
        );
        let event = serde_json::to_value(&all[4]).unwrap();
        assert_eq!(event["detail"], "task.completed: queue delivered after 1 attempt (204).");
        assert_eq!(
            (&event["eventId"], &event["state"], &event["ms"]),
            (&json!("evt_tsk_1_2"), &json!("delivered"), &json!(SECOND))
        );
    }

    #[test]
    fn one_under_way_shows_when_it_was_taken_and_asked_about() {
        let seen = Seen {
            polls: 2,
            polled_at: Some(NOW + 50 * SECOND),
            polls_at: Some(NOW + 95 * SECOND),
            ..Seen::default()
        };
        let all = timeline(&task(1, "pending", None), &seen, &[], &[]);
        assert_eq!(
            whats(&all),
            [(What::Created, "00.000"), (What::Accepted, "09.000"), (What::Polled, "50.000")]
        );
        assert_eq!(
            all[2].detail,
            "The provider was asked 2 times, and has not said how it ended. It is asked again at 2026-11-20T10:01:35.000Z."
        );
        // It was never asked.
        let all = timeline(&task(1, "pending", None), &Seen { polls: 0, ..seen }, &[], &[]);
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn an_end_without_a_webhook_says_so_and_one_in_time_says_why() {
        let end = |error: Option<TaskError>, status| {
            let all = timeline(&task(2, status, error), &Seen::default(), &[], &[]);
            assert!(all.iter().all(|one| one.what != What::Accepted), "nobody knows when: {all:?}");
            all.into_iter().find(|one| one.what == What::Ended).expect("an end").detail
        };
        assert_eq!(
            end(None, "completed"),
            "It has completed. No webhook that said so is in the log."
        );
        let late = TaskError::new(TIMEOUT, "The provider did not answer in time.");
        assert_eq!(
            end(Some(late), "failed"),
            "It has failed with timeout: The provider did not answer in time."
        );
    }

    #[test]
    fn what_is_wrong_now_is_part_of_it() {
        let seen = Seen {
            behind_since: Some(NOW + 9 * SECOND),
            erased_at: Some(NOW + 30 * SECOND),
            ..Seen::default()
        };
        let waits = noted(Outcome::Held);
        let all = timeline(&task(2, "completed", None), &seen, &[], &[waits]);
        let order = [What::Created, What::Ended, What::Behind, What::Event, What::Erased];
        assert_eq!(all.iter().map(|one| one.what).collect::<Vec<_>>(), order);
        assert_eq!(
            (all[3].ms, all[3].detail.as_str()),
            (None, "task.completed: queue waits (held).")
        );
    }

    #[test]
    fn a_start_that_was_never_taken_has_a_beginning_and_an_end() {
        let error = TaskError::new("start_lost", "The start was interrupted.");
        let lost = Task { task_id: None, ..task(1, "failed", Some(error)) };
        let all = timeline(&lost, &Seen::default(), &[], &[]);
        assert_eq!(whats(&all), [(What::Created, "00.000"), (What::Ended, "09.000")]);
    }
}
