//! The provider's list of predictions, newest first, in which lost starts are searched for.

use super::prediction::{created, key, task_id};
use super::start::KIND;
use crate::provider::call::{Listed, Listing};
use crate::provider::lenient::pick_text;
use crate::url::query;
use serde_json::Value;

/// The path of the call. `after` is the cursor of a page.
pub fn path(after: Option<&str>) -> String {
    match after {
        Some(cursor) => {
            let pairs = form_urlencoded::Serializer::new(String::new())
                .append_pair("cursor", cursor)
                .finish();
            format!("/predictions?{pairs}")
        }
        None => "/predictions".to_owned(),
    }
}

/// A page of the list. Of the address of the next one only the cursor is used.
pub fn listing(reply: &Value) -> Option<Listing> {
    let results = reply.get("results")?.as_array()?;
    let listed = |one: &Value| {
        let kind = Some(KIND.to_owned());
        Some(Listed { id: task_id(one)?, kind, created_at: created(one), key: key(one) })
    };
    let next = pick_text(reply, &["next"]).and_then(|next| query::value(&next, "cursor"));
    Some(Listing { tasks: results.iter().filter_map(listed).collect(), next })
}
