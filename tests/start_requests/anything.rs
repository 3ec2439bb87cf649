//! Any body at all.

use crate::batches::{parse_batch, read_batch};
use crate::{parse, smallest};
use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::json;
use taskwire::api::request::kinds;
use taskwire::provider::registry::PROVIDERS;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_the_body_nothing_panics(body in any::<Vec<u8>>(), text in "\\PC*", count in 0..50) {
        let _ = kinds::parse(PROVIDERS, &body);
        let _ = read_batch(&body);
        for (kind, mut request) in smallest() {
            request[text.as_str()] = json!(text);
            let _ = parse(&json!({"kind": kind, "request": request, text.as_str(): text}));
        }
        let texts = vec![text.as_str(); count as usize];
        let _ = parse_batch(&json!({"prompts": texts, "models": [text, "m"], "count": count}));
    }
}
