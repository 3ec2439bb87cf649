//! Puts the figures together.

use super::figures::{Destination, Hour, MOST, Sources, Stage, Stages, Stats, Statuses};
use super::problems::problems;
use crate::domain::delivery::mark::Mark;
use crate::domain::outbox::health::is_off;
use crate::domain::time::{HOUR, Millis, iso};
use std::collections::BTreeMap;

/// The full hour that `at` is in.
pub fn hour_of(at: Millis) -> Millis {
    at - at.rem_euclid(HOUR)
}

/// The figures at `now`.
pub fn stats(sources: Sources, now: Millis) -> Stats {
    let Sources { since, deliveries, counted, pending, events, failing } = sources;
    let mut hours: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    // Every hour is there, also one without any.
    let mut at = since;
    while at <= now {
        hours.insert(word_of(at), BTreeMap::new());
        at += HOUR;
    }
    let (mut verdicts, mut providers) = (BTreeMap::new(), BTreeMap::new());
    for (hour, provider, verdict, count) in deliveries.counts.iter().chain(&counted) {
        let of_hour = hours.entry(hour.clone()).or_default();
        *of_hour.entry(verdict.clone()).or_default() += count;
        *verdicts.entry(verdict.clone()).or_default() += count;
        // A task that ended without a delivery is none.
        if Mark::named(verdict).is_some() {
            *providers.entry(provider.clone()).or_default() += count;
        }
    }
    let mut statuses = Statuses::default();
    let mut kinds = BTreeMap::new();
    let mut times: [Vec<u64>; 4] = Default::default();
    for (kind, status, count, start, provider, apply, d1) in deliveries.ended {
        match status.as_str() {
            "completed" => statuses.completed += count,
            _ => statuses.failed += count,
        }
        *kinds.entry(kind).or_default() += count;
        for (all, more) in times.iter_mut().zip([start, provider, apply, d1]) {
            all.extend(more.into_iter().flatten());
        }
    }
    let [start, provider, apply, d1] = times.map(stage);
    let hour = |(hour, verdicts)| Hour { at: format!("{hour}:00:00.000Z"), verdicts };
    let mut stats = Stats {
        since: iso(since),
        until: iso(now),
        is_partial: deliveries.looked >= MOST,
        verdicts,
        providers,
        statuses,
        kinds,
        stages: Stages { start, provider, apply, d1 },
        hours: hours.into_iter().map(hour).collect(),
        pending,
        events,
        destinations: failing.into_iter().map(|one| destination(one, now)).collect(),
        problems: Vec::new(),
    };
    stats.problems = problems(&stats, now);
    stats
}

fn destination((destination, since): (String, Millis), now: Millis) -> Destination {
    Destination { destination, failing_since: iso(since), is_off: is_off(Some(since), now) }
}

/// `2026-11-26T19`, as D1 has it.
fn word_of(at: Millis) -> String {
    let mut text = iso(at);
    text.truncate(13);
    text
}

fn stage(mut times: Vec<u64>) -> Stage {
    times.sort_unstable();
    Stage { count: times.len() as u64, p50: percentile(&times, 50), p99: percentile(&times, 99) }
}

/// The smallest of the `sorted` values that so many percent of them do not exceed.
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::super::figures::{Counted, Read, Times};
    use super::*;
    use crate::domain::time::MINUTE;

    /// 10 o'clock.
    const NOW: Millis = 1_795_168_800_000;

    fn counted(hour: &str, provider: &str, verdict: &str, count: u64) -> Counted {
        (format!("2026-11-20T{hour}"), provider.into(), verdict.into(), count)
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!((percentile(&[7], 50), percentile(&[7], 99)), (Some(7), Some(7)));
        assert_eq!(percentile(&[1, 2], 50), Some(1));
        assert_eq!(percentile(&[1, 2, 3], 50), Some(2));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!((percentile(&hundred, 50), percentile(&hundred, 99)), (Some(50), Some(99)));
        let more: Vec<u64> = (1..=101).collect();
        assert_eq!(percentile(&more, 99), Some(100));
    }

    #[test]
    fn an_hour_begins_when_it_is_full() {
        assert_eq!(hour_of(NOW), NOW);
        assert_eq!(hour_of(NOW + HOUR - 1), NOW);
        assert_eq!(hour_of(NOW - 1), NOW - HOUR);
    }

    #[test]
    fn deliveries_are_counted_by_hour_verdict_and_provider_and_polls_are_no_deliveries() {
        let deliveries = Read {
            looked: 9,
            counts: vec![
                counted("08", "a", "applied", 5),
                counted("08", "b", "applied", 2),
                counted("10", "a", "stale", 2),
            ],
            ..Read::default()
        };
        let counted = vec![
            counted("08", "a", "bad_signature", 15),
            counted("10", "a", "polled", 1),
            counted("10", "b", "timeout", 3),
        ];
        let since = NOW - 2 * HOUR;
        let stats =
            stats(Sources { since, deliveries, counted, ..Sources::default() }, NOW + MINUTE);
        let json = serde_json::to_value(&stats).unwrap();
        assert_eq!(
            json["verdicts"],
            serde_json::json!({"applied":7,"bad_signature":15,"polled":1,"stale":2,"timeout":3})
        );
        assert_eq!(json["providers"], serde_json::json!({"a":22,"b":2}));
        assert_eq!(
            json["hours"],
            serde_json::json!([
                {"at":"2026-11-20T08:00:00.000Z","verdicts":{"applied":7,"bad_signature":15}},
                {"at":"2026-11-20T09:00:00.000Z","verdicts":{}},
                {"at":"2026-11-20T10:00:00.000Z","verdicts":{"polled":1,"stale":2,"timeout":3}},
            ])
        );
        assert_eq!(
            (&json["since"], &json["until"]),
            (&iso(since).into(), &iso(NOW + MINUTE).into())
        );
        assert_eq!(json["isPartial"], false);
    }

    #[test]
    fn ended_tasks_are_counted_by_status_and_kind_and_unknown_times_are_left_out() {
        let some = |all: &[u64]| all.iter().copied().map(Some).collect::<Times>();
        let ended = vec![
            (
                "k".into(),
                "completed".into(),
                3,
                some(&[1, 2, 3]),
                some(&[9, 9, 10]),
                vec![],
                vec![],
            ),
            ("k".into(), "failed".into(), 1, vec![None], some(&[500]), vec![None], some(&[4])),
            ("l".into(), "completed".into(), 1, some(&[7]), vec![None], vec![None], vec![None]),
        ];
        let deliveries = Read { ended, looked: MOST, ..Read::default() };
        let stats = stats(Sources { since: NOW, deliveries, ..Sources::default() }, NOW);
        assert_eq!(stats.statuses, Statuses { completed: 4, failed: 1 });
        assert_eq!(stats.kinds, BTreeMap::from([("k".to_owned(), 4), ("l".to_owned(), 1)]));
        let stage = |count, p50, p99| Stage { count, p50, p99 };
        assert_eq!(stats.stages.start, stage(4, Some(2), Some(7)));
        assert_eq!(stats.stages.provider, stage(4, Some(9), Some(500)));
        assert_eq!(stats.stages.apply, stage(0, None, None));
        assert_eq!(stats.stages.d1, stage(1, Some(4), Some(4)));
        assert!(stats.is_partial);
    }
}
