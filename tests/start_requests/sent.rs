//! What the provider is sent for each kind, and what our task of it is.

use crate::support::{NOW, key};
use crate::{URL, good, sent, smallest};
use serde_json::json;
use taskwire::domain::task::Status;
use taskwire::provider::mynth::start::estimate_body;

#[test]
fn each_kind_sends_the_provider_what_was_asked_and_nothing_more() {
    for (kind, request) in [
        ("image.rate", json!({"url": URL, "mode": "strict"})),
        ("image.alt", json!({"url": URL})),
        ("image.review", json!({"url": URL, "effort": "high"})),
        ("image.remove_background", json!({"url": URL})),
        ("image.upscale", json!({"url": URL, "size": "4x", "effort": "high"})),
        (
            "video.generate",
            json!({"model": "v/x", "prompt": " a fox runs ", "duration": 4.5, "resolution": "720p",
                "audio": false, "inputs": [{"url": URL}]}),
        ),
    ] {
        let sent = sent(&good(&json!({"kind": kind, "request": request})));
        assert_eq!(sent, request, "{kind}");
    }
    for (kind, request) in smallest() {
        let sent = sent(&good(&json!({"kind": kind, "request": request})));
        assert_eq!(sent, request, "{kind}");
    }
}

#[test]
fn an_image_started_as_a_kind_is_sent_as_the_short_form_would() {
    let request = json!({"prompt": "a fox", "model": "m/x", "count": 2, "metadata": {"mine": 1}});
    let sent = sent(&good(&json!({"kind": "image.generate", "request": request})));
    assert_eq!(
        sent,
        json!({"prompt": "a fox", "model": "m/x", "count": 2, "metadata": {"mine": 1,
            "imageRowIds": ["BwcHBwcHBwcHBwcH00", "BwcHBwcHBwcHBwcH01"]}})
    );
}

#[test]
fn a_task_of_another_kind_has_no_image_rows() {
    for (kind, request) in smallest() {
        let task = good(&json!({"kind": kind, "request": request})).task("ada", key(7), NOW);
        assert_eq!((task.kind.as_str(), task.status), (kind, Status::Pending));
        assert!(task.images.is_empty() && task.metadata.is_empty(), "{task:?}");
        let (prompt, model) = match kind {
            "video.generate" => (Some("a fox runs"), Some("v/x")),
            _ => (None, None),
        };
        assert_eq!((task.prompt.as_deref(), task.requested_model.as_deref()), (prompt, model));
    }
}

#[test]
fn an_estimate_is_asked_for_without_what_only_a_task_needs() {
    let request = json!({"prompt": "a fox", "model": "m/x", "count": 2, "metadata": {"mine": 1}});
    let asked = good(&json!({"kind": "image.generate", "request": request}));
    let expected = json!({"prompt": "a fox", "model": "m/x", "count": 2});
    assert_eq!(estimate_body(&asked), expected);
}
