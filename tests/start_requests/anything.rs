//! Any body at all.

use crate::batches::parse_batch;
use crate::{parse, smallest};
use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::json;
use taskwire::api::request::{batch, kinds};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_the_body_nothing_panics(body in any::<Vec<u8>>(), text in "\\PC*", count in 0..50) {
        let _ = kinds::parse(&body);
        let _ = batch::parse(&body);
        for (kind, mut request) in smallest() {
            request[text.as_str()] = json!(text);
            let _ = parse(&json!({"kind": kind, "request": request, text.as_str(): text}));
        }
        let texts = vec![text.as_str(); count as usize];
        let _ = parse_batch(&json!({"prompts": texts, "models": [text, "m"], "count": count}));
    }
}
