//! Figures for Workers Analytics Engine, where the binding is there. Writing one waits for nothing.
//!
//! The first blob says what a data point is about, and blobs and doubles are always in the same order.

use crate::domain::delivery::record::{Record, Settled};
use crate::domain::time::Millis;
use crate::platform::log_error;
use worker::{AnalyticsEngineDataPointBuilder, Env};

const METRICS: &str = "METRICS";

/// What a stage is whose time is not known.
const UNKNOWN: f64 = -1.0;

/// A task has ended, and its row says so after `d1` more milliseconds.
///
/// Blobs: `task`, provider, kind, status, what has told of it. Doubles: the stages in milliseconds (start, provider,
/// apply, D1), or -1.
pub fn settled(env: &Env, ended: &Settled, d1: Millis) {
    let stages = &ended.stages;
    let ms = |at: Option<Millis>| at.map_or(UNKNOWN, |ms| ms as f64);
    write(
        env,
        &ended.provider,
        &["task", &ended.provider, &ended.kind, ended.status, ended.how.as_str()],
        [ms(stages.start), ms(stages.provider), ms(stages.apply), ms(Some(d1))],
    );
}

/// A webhook has come.
///
/// Blobs: `delivery`, provider, event, verdict. Doubles: status, milliseconds, bytes.
pub fn delivery(env: &Env, record: &Record<'_>) {
    let (arrival, verdict) = (record.arrival, record.verdict.as_str());
    write(
        env,
        &arrival.provider,
        &["delivery", &arrival.provider, arrival.event.as_deref().unwrap_or_default(), verdict],
        [f64::from(record.status), record.ms as f64, arrival.bytes as f64],
    );
}

fn write(env: &Env, index: &str, blobs: &[&str], doubles: impl IntoIterator<Item = f64>) {
    let Ok(dataset) = env.analytics_engine(METRICS) else { return };
    let point = AnalyticsEngineDataPointBuilder::new();
    let point = point.indexes([index]).blobs(blobs.iter().copied()).doubles(doubles).build();
    if let Err(error) = dataset.write_data_point(&point) {
        log_error("metrics", error);
    }
}
