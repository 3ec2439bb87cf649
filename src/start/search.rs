//! The search for lost starts in a provider's list of tasks.
//!
//! The list says when each task was made, not whose rows it carries. So the search pages down to the
//! time of the oldest start, leaves out what a row of ours has already, and polls the rest, those nearest
//! in time first, until every start is found. One search serves many starts.

use super::ports::{Clock, Ports, Rooms, Rows, SIDE_BY_SIDE};
use crate::domain::task::Task;
use crate::domain::task::report::Report;
use crate::domain::time::{MINUTE, Millis};
use crate::error::{ApiError, Code};
use crate::provider::call::{Listed, TaskRef};
use crate::provider::calls::{Calls, poll};
use crate::provider::contract::Provider;
use crate::provider::refusal::unreadable;
use futures_util::future::join_all;
use std::collections::BTreeMap;

/// How far the provider's clock may be from ours, with the time that a start takes.
const SKEW: Millis = 2 * MINUTE;

/// Pages that are read for one search: ten thousand tasks.
const MOST_PAGES: usize = 100;

/// What a search has come to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The provider's ids, by the key of each task.
    pub ids: BTreeMap<String, String>,
    /// All was seen in which a start could be. Without that, one that was not found may be there.
    pub is_whole: bool,
}

/// Searches for `lost` starts, all of one provider, until the time `until`.
///
/// # Errors
///
/// The provider does not list its tasks now, or D1 is away.
pub async fn search<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    provider: &'static dyn Provider,
    lost: &[&Task],
    until: Millis,
) -> Result<Found, ApiError> {
    let wanted: Vec<&&Task> = lost.iter().filter(|task| provider.finds(task)).collect();
    if wanted.is_empty() || provider.list(None).is_none() {
        return Ok(Found { is_whole: true, ..Found::default() });
    }
    let (mut candidates, is_whole) = candidates(ports, provider, &wanted, until).await?;
    let nearest = |one: &Listed| {
        let distance = |task: &&&Task| one.created_at.map(|at| at.abs_diff(task.created_at));
        wanted.iter().filter_map(distance).min()
    };
    candidates.sort_by_key(nearest);
    let mut found = Found { is_whole, ..Found::default() };
    // Some lists say which of our starts each task is. The others are polled.
    candidates.retain(|one| {
        let Some(key) = &one.key else { return true };
        if wanted.iter().any(|task| task.key == *key) {
            found.ids.insert(key.to_string(), one.id.clone());
        }
        false
    });
    for some in candidates.chunks(SIDE_BY_SIDE) {
        if found.ids.len() == wanted.len() {
            break;
        }
        if ports.now() >= until {
            found.is_whole = false;
            break;
        }
        let polls = some.iter().map(|one| {
            let kind = one.kind.as_deref().unwrap_or(&wanted[0].kind);
            let about = TaskRef { task_id: &one.id, kind, model: None, links: None };
            async move { poll(ports.calls, provider, &about).await }
        });
        for (one, report) in some.iter().zip(join_all(polls).await) {
            match report {
                Ok(report) => {
                    if let Some(task) = wanted.iter().find(|task| names(&report, task)) {
                        found.ids.insert(task.key.to_string(), one.id.clone());
                    }
                }
                // Listed, and not there: it is none of them.
                Err(error) if error.code == Code::ProviderRefused => {}
                Err(_) => found.is_whole = false,
            }
        }
    }
    Ok(found)
}

/// Whether a report is about this start of ours: it echoes our key, or the first of its rows.
pub fn names(report: &Report, task: &Task) -> bool {
    let row = || task.images.first().is_some_and(|row| report.row_ids.first() == Some(&row.id));
    report.key.as_ref().map_or_else(row, |key| *key == task.key)
}

/// The tasks in the list that may be one of `wanted`, and whether all were seen.
async fn candidates<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    provider: &'static dyn Provider,
    wanted: &[&&Task],
    until: Millis,
) -> Result<(Vec<Listed>, bool), ApiError> {
    let times = || wanted.iter().map(|task| task.created_at);
    let oldest = times().min().unwrap_or_default() - SKEW;
    let newest = times().max().unwrap_or_default() + SKEW;
    let fits = |one: &Listed| {
        let is_kind = |kind: &String| wanted.iter().any(|task| task.kind == *kind);
        one.kind.as_ref().is_none_or(is_kind)
            && one.created_at.is_none_or(|at| (oldest..=newest).contains(&at))
    };
    let mut candidates = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        if ports.now() >= until {
            return Ok((candidates, false));
        }
        let Some(call) = provider.list(after.as_deref()) else { return Ok((candidates, true)) };
        let answer = ports.calls.send(provider, call).await?;
        let page = provider.listed(&answer.body).ok_or_else(unreadable)?;
        let is_below = |one: &Listed| one.created_at.is_some_and(|at| at < oldest);
        let is_end = page.next.is_none() || page.tasks.last().is_none_or(is_below);
        after = page.next;
        let near: Vec<Listed> = page.tasks.into_iter().filter(fits).collect();
        candidates.extend(without_known(ports, near).await?);
        if is_end {
            return Ok((candidates, true));
        }
    }
    Ok((candidates, false))
}

/// Leaves out the tasks that a row of ours has.
async fn without_known<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    tasks: Vec<Listed>,
) -> Result<Vec<Listed>, ApiError> {
    if tasks.is_empty() {
        return Ok(tasks);
    }
    let ids: Vec<&str> = tasks.iter().map(|one| one.id.as_str()).collect();
    let known = ports.rows.known_ids(&ids).await?;
    Ok(tasks.into_iter().filter(|one| !known.contains(&one.id)).collect())
}
