//! What a room reads: its stored state and the Worker's messages. A case is a state on one line, then
//! messages; a line may also be the outcome of an alarm's work.

use super::meter::metered;
use super::tasks::{NOW, step, written};
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::Task;
use taskwire::domain::task::apply::Input;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{Millis, SECOND};
use taskwire::room::task::protocol::{Answer, Ask};
use taskwire::store::row::{task_from_row, to_json};

/// More lines than a room keeps early reports.
const LINES: usize = 24;

pub fn room(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let mut state = lines.next().and_then(stored).unwrap_or_default();
    written(&state);
    for (i, line) in lines.take(LINES).enumerate() {
        answers(line);
        let _ = task_from_row(line);
        if let Some(input) = input(line) {
            state = step(&state, input, NOW + i as Millis * SECOND).0;
        }
    }
    written(&state);
}

/// A stored state. Only we write states, so numbers beyond the reach of our clocks and counters are
/// skipped.
fn stored(line: &str) -> Option<RoomState> {
    let state: RoomState = metered(|| serde_json::from_str(line).ok())?;
    let clock = &state.clock;
    let times = [clock.poll_at, clock.adopt_at, clock.flush_at];
    let counts = [clock.polls, clock.adoptions, clock.found_none, clock.flush_failures];
    let is_ours = times.iter().all(|at| is_time(*at))
        && counts.iter().all(|count| *count < u32::MAX / 2)
        && state.early.iter().all(|early| is_time(early.at))
        && state.deliveries.iter().all(|delivery| is_time(delivery.at))
        && state.task.as_ref().is_none_or(is_ours);
    is_ours.then_some(state)
}

fn is_time(at: Millis) -> bool {
    (0..=NOW * 4).contains(&at)
}

/// A task's key is made by us, and never comes from outside.
fn is_ours(task: &Task) -> bool {
    TaskKey::parse(task.key.as_str()).is_some() && task.version < u64::MAX / 2
}

fn input(line: &str) -> Option<Input> {
    if let Ok(ask) = metered(|| serde_json::from_str::<Ask>(line)) {
        let text = to_json(&ask);
        assert_eq!(serde_json::from_str::<Ask>(&text).expect("a message of ours"), ask);
        return match ask {
            Ask::Attach { task } => is_ours(&task).then_some(Input::Attach(task)),
            Ask::Wake { task } => is_ours(&task).then_some(Input::Wake(task)),
            Ask::Ingest { delivery, report, .. } => {
                Some(Input::Report { delivery: Some(delivery), report })
            }
            _ => None,
        };
    }
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match word {
        "give_up" => Input::GiveUp,
        "poll_failed" => Input::PollFailed,
        "no_rows" => Input::NoRows,
        "adopt_failed" => Input::AdoptFailed,
        "flush_failed" => Input::FlushFailed,
        "flushed" => Input::Flushed(rest.parse().ok()?),
        "asked" => {
            Input::Report { delivery: None, report: Box::new(serde_json::from_str(rest).ok()?) }
        }
        _ => return None,
    })
}

fn answers(line: &str) {
    if let Ok(answer) = serde_json::from_str::<Answer>(line) {
        let text = to_json(&answer);
        assert_eq!(serde_json::from_str::<Answer>(&text).expect("an answer of ours"), answer);
    }
}
