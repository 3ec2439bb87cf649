//! What operators are answered.

use crate::domain::admin::delivery::{Delivery, WholeDelivery};
use serde::Serialize;
use std::collections::BTreeMap;

/// Deliveries in their order. With a filter there may be fewer than were asked for, or none, before the last page.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeliveryPage {
    pub deliveries: Vec<Delivery>,
    /// The `cursor` of the next page. Null on the last one; never null with the oldest first, where later ones follow.
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeliveryAnswer {
    pub delivery: WholeDelivery,
}

/// What became of a delivery that was repeated.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Replayed {
    pub verdict: &'static str,
}

/// What became of those that were repeated.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReplayedAll {
    pub replayed: u32,
    /// Those that cannot be repeated.
    pub skipped: u32,
    pub verdicts: BTreeMap<&'static str, u32>,
    /// The `cursor` to go on with. Null: that was all.
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &impl Serialize) -> String {
        serde_json::to_string(value).unwrap()
    }

    #[test]
    fn the_answers_are_pinned() {
        let page = DeliveryPage { deliveries: vec![], next_cursor: None };
        assert_eq!(text(&page), r#"{"deliveries":[],"nextCursor":null}"#);
        assert_eq!(text(&Replayed { verdict: "stale" }), r#"{"verdict":"stale"}"#);
        let verdicts = BTreeMap::from([("duplicate", 2)]);
        let all =
            ReplayedAll { replayed: 2, skipped: 1, verdicts, next_cursor: Some("9.a".into()) };
        assert_eq!(
            text(&all),
            r#"{"replayed":2,"skipped":1,"verdicts":{"duplicate":2},"nextCursor":"9.a"}"#
        );
    }
}
