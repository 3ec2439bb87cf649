//! What an operator should look at now, in plain words.

use super::figures::{Problem, Stats};
use crate::domain::delivery::mark::Mark;
use crate::domain::delivery::record::How;
use crate::domain::time::{HOUR, Millis, parse_iso};

/// How long a task may be under way without being a problem.
const LONG: Millis = HOUR;
/// Fewer refused deliveries in an hour are strangers who knock.
const MANY: u64 = 10;
/// How many of the newest hours are looked at: the one that has just begun says little.
const HOURS: usize = 2;

/// The problems that these figures show.
pub fn problems(stats: &Stats, now: Millis) -> Vec<Problem> {
    let mut all = Vec::new();
    let mut add = |what, detail: String| all.push(Problem { what, detail });
    for one in &stats.destinations {
        let (name, since) = (&one.destination, &one.failing_since);
        match one.is_off {
            true => add(
                "destination_off",
                format!("Nothing is sent to {name} any more: it has failed since {since}."),
            ),
            false => add("destination_failing", format!("{name} has failed since {since}.")),
        }
    }
    let oldest = stats.pending.oldest_at.as_deref();
    if let Some(oldest) = oldest.filter(|at| parse_iso(at).is_some_and(|at| now - at > LONG)) {
        let count = tasks(stats.pending.count);
        add("tasks_pending", format!("{count} under way, the oldest since {oldest}."));
    }
    for hour in stats.hours.iter().rev().take(HOURS) {
        let count = |marks: &[Mark]| -> u64 {
            marks.iter().filter_map(|mark| hour.verdicts.get(mark.as_str())).sum()
        };
        let (refused, all) = (count(&REFUSED), count(&Mark::ALL));
        if refused >= MANY && refused * 2 > all {
            add(
                "deliveries_refused",
                format!(
                    "{refused} of {all} deliveries were refused in the hour from {}. Are the webhook secrets right?",
                    hour.at
                ),
            );
        }
    }
    let recent = |word: &str| -> u64 {
        let hours = stats.hours.iter().rev().take(HOURS);
        hours.filter_map(|hour| hour.verdicts.get(word)).sum()
    };
    let failed = recent(Mark::Failed.as_str());
    if failed > 0 {
        add(
            "deliveries_failed",
            format!("{failed} deliveries could not be taken within the last two hours."),
        );
    }
    let polled = recent(How::Polled.as_str());
    if polled > 0 {
        add(
            "webhooks_missing",
            format!(
                "{} ended by asking the provider: their webhooks have not come.",
                tasks(polled)
            ),
        );
    }
    let late = recent(How::Timeout.as_str());
    if late > 0 {
        add(
            "tasks_timed_out",
            format!("{} ended because the provider did not answer in time.", tasks(late)),
        );
    }
    if stats.events.failed > 0 {
        add(
            "events_failed",
            format!("{} events were given up. They can be sent again.", stats.events.failed),
        );
    }
    all
}

/// What is refused for what it is, rather than because something is away.
const REFUSED: [Mark; 3] = [Mark::BadSignature, Mark::Malformed, Mark::TooLarge];

fn tasks(count: u64) -> String {
    match count {
        1 => "1 task".to_owned(),
        many => format!("{many} tasks"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::{Counted, Events, Pending, Sources};
    use super::super::stats::stats;
    use super::*;
    use crate::domain::time::{DAY, iso};

    /// 10 o'clock.
    const NOW: Millis = 1_795_168_800_000;

    fn found(sources: Sources) -> Vec<&'static str> {
        let sources = Sources { since: NOW - 3 * HOUR, ..sources };
        stats(sources, NOW).problems.iter().map(|problem| problem.what).collect()
    }

    fn counted(hour: u32, verdict: &str, count: u64) -> Counted {
        (format!("2026-11-20T{hour:02}"), "p".into(), verdict.into(), count)
    }

    fn with_counts(counted: Vec<Counted>) -> Vec<&'static str> {
        found(Sources { counted, ..Sources::default() })
    }

    #[test]
    fn all_is_well_without_any() {
        assert!(found(Sources::default()).is_empty());
        assert!(with_counts(vec![counted(10, "applied", 50), counted(10, "stale", 9)]).is_empty());
    }

    #[test]
    fn a_destination_that_fails_and_one_that_is_off() {
        let failing = vec![("url:a".to_owned(), NOW - HOUR), ("hook:b".to_owned(), NOW - 6 * DAY)];
        let all = found(Sources { failing, ..Sources::default() });
        assert_eq!(all, ["destination_failing", "destination_off"]);
    }

    #[test]
    fn tasks_that_are_under_way_for_more_than_an_hour() {
        let pending = |age| Pending { count: 3, oldest_at: Some(iso(NOW - age)) };
        let with = |pending| found(Sources { pending, ..Sources::default() });
        assert!(with(pending(HOUR)).is_empty());
        assert_eq!(with(pending(HOUR + 1)), ["tasks_pending"]);
    }

    #[test]
    fn an_hour_of_which_more_than_half_was_refused() {
        let half = |refused| {
            with_counts(vec![counted(9, "applied", 10), counted(9, "bad_signature", refused)])
        };
        assert!(half(10).is_empty());
        assert_eq!(half(11), ["deliveries_refused"]);
        assert!(with_counts(vec![counted(9, "bad_signature", 9)]).is_empty(), "too few");
        assert!(with_counts(vec![counted(8, "bad_signature", 99)]).is_empty(), "long ago");
    }

    #[test]
    fn what_failed_or_ended_without_a_webhook_within_two_hours() {
        let all = with_counts(vec![
            counted(9, "failed", 1),
            counted(10, "polled", 2),
            counted(10, "timeout", 1),
        ]);
        assert_eq!(all, ["deliveries_failed", "webhooks_missing", "tasks_timed_out"]);
        assert!(with_counts(vec![counted(8, "failed", 1), counted(8, "polled", 1)]).is_empty());
    }

    #[test]
    fn events_that_were_given_up() {
        let events = Events { failed: 2, ..Events::default() };
        assert_eq!(found(Sources { events, ..Sources::default() }), ["events_failed"]);
    }
}
