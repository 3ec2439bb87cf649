//! Deleting what is past its retention, a little in each sweep.

use crate::domain::retention::{Place, Table};
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::platform::now;
use crate::store::Store;

/// Users who are looked at together, and rows that are deleted together.
const USERS: usize = 100;
const ROWS: usize = 200;

/// Steps of one sweep. Each makes a few queries, and D1 takes a thousand of an invocation.
const STEPS: usize = 100;

/// Deletes what was settled before `before`, from where the last sweep has stopped: where this one does.
///
/// # Errors
///
/// `unavailable` if D1 fails.
pub async fn delete_old(
    store: &Store,
    retained_after: &str,
    before: Millis,
    until: Millis,
) -> Result<String, ApiError> {
    let mut place = Place::from_text(retained_after, now());
    for _ in 0..STEPS {
        let Some(here) = &place else { break };
        if now() >= until {
            break;
        }
        place = step(store, here, before).await?;
    }
    Ok(Place::to_text(place.as_ref()))
}

/// Deletes some rows: where to go on.
async fn step(store: &Store, place: &Place, before: Millis) -> Result<Option<Place>, ApiError> {
    let Place { table, user } = place;
    let users = store.owners(*table, user, USERS + 1).await?;
    let some = &users[..users.len().min(USERS)];
    // Content without an owner comes first.
    let everyone = (*table == Table::Content && user.is_empty()).then_some(None);
    let owners: Vec<Option<&str>> =
        everyone.into_iter().chain(some.iter().map(|user| Some(user.as_str()))).collect();
    if !owners.is_empty() && store.delete_old(*table, &owners, before, ROWS).await? == ROWS {
        return Ok(Some(place.clone()));
    }
    Ok(match users.get(USERS) {
        Some(user) => Some(Place { table: *table, user: user.clone() }),
        None => place.next_table(),
    })
}
