//! Figures as Prometheus reads them (text format 0.0.4).

use crate::domain::admin::figures::{Stage, Stats};
use crate::domain::time::{Millis, SECOND, parse_iso};
use std::fmt::Write;

/// The figures. `newest` is how many deliveries were ever stored.
pub fn text(stats: &Stats, newest: u64, now: Millis) -> String {
    let mut out = Text::default();
    out.head("deliveries_total", "counter", "Deliveries that were ever stored.");
    out.line("deliveries_total", &[], newest);
    out.head("recent_deliveries", "gauge", "Deliveries in this hour and the one before.");
    for (verdict, count) in &stats.verdicts {
        out.line("recent_deliveries", &[("verdict", verdict)], count);
    }
    out.head("recent_deliveries_of", "gauge", "The same by provider.");
    for (provider, count) in &stats.providers {
        out.line("recent_deliveries_of", &[("provider", provider)], count);
    }
    out.head("recent_ends", "gauge", "Tasks that deliveries have ended in these hours.");
    for (status, count) in
        [("completed", stats.statuses.completed), ("failed", stats.statuses.failed)]
    {
        out.line("recent_ends", &[("status", status)], count);
    }
    out.head("stage_milliseconds", "gauge", "How long each stage of these tasks took.");
    let stages = &stats.stages;
    for (name, stage) in [
        ("start", stages.start),
        ("provider", stages.provider),
        ("apply", stages.apply),
        ("d1", stages.d1),
    ] {
        let Stage { p50, p99, .. } = stage;
        for (quantile, value) in [("0.5", p50), ("0.99", p99)] {
            if let Some(value) = value {
                out.line("stage_milliseconds", &[("stage", name), ("quantile", quantile)], value);
            }
        }
    }
    out.head("tasks_pending", "gauge", "Tasks under way.");
    out.line("tasks_pending", &[], stats.pending.count);
    let age = |at: &str| parse_iso(at).map_or(0, |at| (now - at).max(0) / SECOND);
    out.head("oldest_pending_seconds", "gauge", "The age of the oldest of them.");
    out.line("oldest_pending_seconds", &[], stats.pending.oldest_at.as_deref().map_or(0, age));
    out.head("events", "gauge", "Events out that wait, or were given up.");
    out.line("events", &[("state", "waiting")], stats.events.waiting);
    out.line("events", &[("state", "failed")], stats.events.failed);
    out.head("destination_failing_seconds", "gauge", "For how long destinations have failed.");
    for one in &stats.destinations {
        let labels = [("destination", one.destination.as_str())];
        out.line("destination_failing_seconds", &labels, age(&one.failing_since));
    }
    out.head("problems", "gauge", "What should be looked at now.");
    for one in &stats.problems {
        out.line("problems", &[("what", one.what)], 1);
    }
    out.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP taskwire_{name} {help}\n# TYPE taskwire_{name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "taskwire_{name}{labels} {value}");
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::admin::figures::{Counted, Events, Pending, Read, Sources};
    use crate::domain::admin::stats::stats;
    use crate::domain::time::{HOUR, iso};

    const NOW: Millis = 1_795_168_800_000;

    #[test]
    fn every_figure_is_a_line_below_its_help_and_its_type() {
        let counted: Counted =
            ("2026-11-20T10".into(), "p\"q\\\n".into(), "bad_signature".into(), 12);
        let ended = vec![(
            "k".into(),
            "failed".into(),
            1,
            vec![Some(5)],
            vec![None],
            vec![None],
            vec![Some(2)],
        )];
        let sources = Sources {
            since: NOW - HOUR,
            deliveries: Read { ended, ..Read::default() },
            counted: vec![counted],
            pending: Pending { count: 2, oldest_at: Some(iso(NOW - 90 * SECOND)) },
            events: Events { waiting: 3, failed: 0, delivered: 9 },
            failing: vec![("url:a".into(), NOW - 60 * SECOND)],
        };
        let text = text(&stats(sources, NOW), 41, NOW);
        for line in [
            "taskwire_deliveries_total 41",
            "taskwire_recent_deliveries{verdict=\"bad_signature\"} 12",
            "taskwire_recent_deliveries_of{provider=\"p\\\"q\\\\\\n\"} 12",
            "taskwire_recent_ends{status=\"completed\"} 0",
            "taskwire_recent_ends{status=\"failed\"} 1",
            "taskwire_stage_milliseconds{stage=\"start\",quantile=\"0.99\"} 5",
            "taskwire_tasks_pending 2",
            "taskwire_oldest_pending_seconds 90",
            "taskwire_events{state=\"waiting\"} 3",
            "taskwire_destination_failing_seconds{destination=\"url:a\"} 60",
            "taskwire_problems{what=\"deliveries_refused\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line} in\n{text}");
        }
        assert!(!text.contains("stage=\"provider\""), "what is not known has no line");
        assert!(text.ends_with('\n'));
        let mut known = "";
        for line in text.lines() {
            match line.strip_prefix("# TYPE ") {
                Some(rest) => known = rest.split_once(' ').unwrap().0,
                None if line.starts_with('#') => {}
                None => assert_eq!(line.split(['{', ' ']).next(), Some(known), "{line}"),
            }
        }
    }
}
