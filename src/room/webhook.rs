//! The webhook that a room is handling, for the log: its row goes with the rows that it changes.

use crate::domain::delivery::arrival::Arrival;
use crate::domain::delivery::mark::Mark;
use crate::domain::delivery::record::{How, Record, Settled};
use crate::domain::time::Millis;
use crate::domain::verdict::Verdict;
#[cfg(target_arch = "wasm32")]
use crate::metrics;
#[cfg(target_arch = "wasm32")]
use crate::platform::{config, now};
#[cfg(target_arch = "wasm32")]
use crate::provider::registry::PROVIDERS;
#[cfg(target_arch = "wasm32")]
use crate::store::Logged;
use crate::store::row::to_json;
use std::cell::RefCell;
#[cfg(target_arch = "wasm32")]
use worker::Env;

/// The status of the answer to a webhook that has changed something.
const TAKEN: u16 = 200;

/// What a room knows of the webhook that it handles, and of the end that came of this event of the runtime.
#[derive(Default)]
pub struct Handled(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    arrival: Option<Arrival>,
    verdict: Option<Verdict>,
    ended: Option<(Settled, Millis)>,
}

impl Handled {
    /// A webhook has come, which is to be logged.
    pub fn hear(&self, arrival: Option<Arrival>) {
        *self.0.borrow_mut() = Inner { arrival, ..Inner::default() };
    }

    /// When it came.
    pub fn heard_at(&self) -> Option<Millis> {
        self.0.borrow().arrival.as_ref().map(|arrival| arrival.at)
    }

    /// What became of it. Only the first verdict is its own: others are of what follows.
    pub fn judge(&self, verdict: Verdict, ended: Option<Settled>, now: Millis) {
        let mut inner = self.0.borrow_mut();
        inner.verdict.get_or_insert(verdict);
        if let Some(ended) = ended {
            inner.ended = Some((ended, now));
        }
    }

    /// Its row.
    pub fn row(&self, now: Millis) -> Option<String> {
        let inner = self.0.borrow();
        let (arrival, verdict) = (inner.arrival.as_ref()?, inner.verdict?);
        Some(to_json(&Record {
            arrival,
            verdict: Mark::of(verdict),
            status: TAKEN,
            ms: (now - arrival.at).max(0),
            reason: None,
            settled: inner.ended.as_ref().map(|(settled, _)| settled),
            committed: inner.ended.as_ref().map(|(_, at)| *at),
        }))
    }

    /// An end without a webhook.
    pub fn unheard(&self) -> Option<(String, How)> {
        let inner = self.0.borrow();
        let (settled, _) = inner.ended.as_ref()?;
        (settled.how != How::Webhook).then(|| (settled.provider.clone(), settled.how))
    }

    /// D1 has what was to be logged. Returns the end, and when it was committed.
    pub fn logged(&self) -> Option<(Settled, Millis)> {
        let mut inner = self.0.borrow_mut();
        inner.arrival = None;
        inner.ended.take()
    }

    /// Whether the webhook is still to be logged.
    pub fn is_open(&self) -> bool {
        self.0.borrow().arrival.is_some()
    }
}

/// What is logged with the rows that D1 gets now.
#[cfg(target_arch = "wasm32")]
pub fn logged_with(env: &Env, handled: &Handled, now: Millis) -> Logged {
    let counts = match handled.unheard() {
        Some((provider, how)) if config(env).logs_deliveries() => {
            PROVIDERS.named(&provider).map(|it| (it.name(), how.as_str(), 1)).into_iter().collect()
        }
        _ => Vec::new(),
    };
    Logged { row: handled.row(now), counts }
}

/// D1 has it.
#[cfg(target_arch = "wasm32")]
pub fn note_logged(env: &Env, handled: &Handled) {
    if let Some((ended, committed)) = handled.logged() {
        metrics::settled(env, &ended, now() - committed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::record::Stages;

    const NOW: Millis = 1_795_168_800_000;

    fn arrival() -> Arrival {
        Arrival {
            key: "k".into(),
            at: NOW,
            provider: "mynth".into(),
            event: None,
            delivery: None,
            task_id: Some("tsk_1".into()),
            bytes: 2,
            body: Some("{}".into()),
        }
    }

    fn ended(how: How) -> Settled {
        Settled {
            provider: "mynth".into(),
            how,
            kind: "image.generate".into(),
            status: "completed",
            stages: Stages::default(),
        }
    }

    #[test]
    fn a_webhook_has_a_row_once_it_is_judged_until_d1_has_it() {
        let handled = Handled::default();
        handled.hear(Some(arrival()));
        assert_eq!(handled.row(NOW), None);
        handled.judge(Verdict::Applied, Some(ended(How::Webhook)), NOW + 3);
        // What follows from it has verdicts of its own.
        handled.judge(Verdict::Noted, None, NOW + 4);
        let row: serde_json::Value = serde_json::from_str(&handled.row(NOW + 7).unwrap()).unwrap();
        assert_eq!((&row["verdict"], &row["ms"]), (&"applied".into(), &7.into()));
        assert_eq!((&row["committed"], &row["status"]), (&(NOW + 3).into(), &200.into()));
        assert!(handled.is_open());
        assert_eq!(handled.logged(), Some((ended(How::Webhook), NOW + 3)));
        assert_eq!((handled.row(NOW), handled.is_open()), (None, false));
    }

    #[test]
    fn without_a_webhook_there_is_no_row_but_the_end_is_known() {
        let handled = Handled::default();
        handled.judge(Verdict::Applied, Some(ended(How::Polled)), NOW);
        assert_eq!(handled.row(NOW), None);
        assert_eq!(handled.unheard(), Some(("mynth".to_owned(), How::Polled)));
        handled.logged();
        assert_eq!(handled.unheard(), None);
    }

    #[test]
    fn the_end_that_a_webhook_tells_of_is_not_counted_beside_its_row() {
        let handled = Handled::default();
        handled.hear(Some(arrival()));
        handled.judge(Verdict::Applied, Some(ended(How::Webhook)), NOW);
        assert_eq!(handled.unheard(), None);
    }
}
