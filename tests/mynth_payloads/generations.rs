//! Webhook bodies of each generation, whole, and their failures.

use crate::{ID, error, event, failure, images, success};
use serde_json::json;
use taskwire::domain::task::report::Outcome;
use taskwire::provider::mynth::result::completed;

const G1: &str = r#"{"event":"task.image.completed","task":{"id":"$ID"},"request":{"prompt":"a fox"},
  "result":{"model":"m/x","images":[{"status":"succeeded","id":"img_1","url":"https://c/1.png"},
    {"status":"failed","error":"The picture was blocked."}]}}"#;

const G2: &str = r#"{"event":"task.image.generate.completed","task":{"id":"$ID"},
  "request":{"prompt":"Packaging","model":"m/x","metadata":{"imageRowIds":["r0","r1"],"mine":1}},
  "result":{"model":"m/x",
    "images":[{"status":"succeeded","id":"img_1","url":"https://c/1.png","cost":"0.01250000"},
      {"status":"success","id":"img_2","url":"https://c/2.png"}],
    "cost":{"images":"0.01000000","total":"0.01250000"}}}"#;

const G3: &str = r#"{"event":"task.image.generate.completed","task":{"id":"$ID","cost":"0.02000000"},
  "request":{"metadata":{"imageRowIds":["r0","r1"]}},
  "result":{"model":"m/x","images":[{"status":"success","id":"img_1","url":null,"mynthUrl":"https://m/1.png"},
    {"status":"failed","id":"img_2","error":{"code":"RESTRICTED_CONTENT"}}]}}"#;

const G4: &str = r#"{"id":"evt_1","type":"task.image.generate.completed","timestamp":"2026-10-04T10:00:12.000Z",
  "data":{"id":"$ID","type":"image.generate","status":"completed",
    "request":{"prompt":"a fox","metadata":{"imageRowIds":["r0","r1"]}},
    "result":{"model":"m/x","images":[{"status":"success","id":"img_1","url":null,"mynth_url":"https://m/1.png"},
      {"status":"failed","id":"img_2","error":{"code":"restricted_content","message":"Not this."}}]},
    "errors":null,"cost":"0.03000000","user_id":"u","api_key_id":"k","created_at":"…","updated_at":"…"}}"#;

#[test]
fn the_first_generation_calls_image_generate_just_image() {
    let report = event(G1);
    assert_eq!((report.task_id.as_str(), report.kind.as_str()), (ID, "image.generate"));
    assert_eq!(
        images(&report),
        [
            success("img_1", "https://c/1.png"),
            failure(None, "image_failed", "The picture was blocked."),
        ],
    );
    assert_eq!((report.cost, report.row_ids), (None, Vec::new()));
    let failed = event(r#"{"event":"task.image.failed","task":{"id":"$ID"}}"#);
    assert_eq!(failed.kind, "image.generate");
    assert_eq!(error(&failed).0, "generation_failed");
}

#[test]
fn the_second_generation_has_two_words_for_success_and_its_cost_in_the_result() {
    let report = event(G2);
    assert_eq!(
        images(&report),
        [success("img_1", "https://c/1.png"), success("img_2", "https://c/2.png")],
    );
    assert_eq!(report.cost.as_deref(), Some("0.01250000"));
    assert_eq!(report.row_ids, ["r0", "r1"]);
    let Outcome::Completed { model, result, .. } = report.outcome else { panic!() };
    assert_eq!((model.as_deref(), result), (Some("m/x"), None));
}

#[test]
fn the_third_generation_has_its_cost_in_the_task_and_its_codes_in_capitals() {
    let report = event(G3);
    assert_eq!(
        images(&report),
        [
            success("img_1", "https://m/1.png"),
            failure(Some("img_2"), "restricted_content", "Restricted content."),
        ],
    );
    assert_eq!(report.cost.as_deref(), Some("0.02000000"));
}

#[test]
fn the_fourth_generation_carries_the_whole_task() {
    let report = event(G4);
    assert_eq!((report.task_id.as_str(), report.kind.as_str()), (ID, "image.generate"));
    assert_eq!(
        images(&report),
        [
            success("img_1", "https://m/1.png"),
            failure(Some("img_2"), "restricted_content", "Not this."),
        ],
    );
    assert_eq!(report.cost.as_deref(), Some("0.03000000"));
    assert_eq!(report.row_ids, ["r0", "r1"]);
}

#[test]
fn a_failure_gives_the_first_of_its_reasons_in_every_generation() {
    let bodies = [
        (
            r#"{"event":"task.image.generate.failed","task":{"id":"$ID"},"errors":[{"code":"RESTRICTED_CONTENT","message":"No."},{"code":"B"}]}"#,
            ("restricted_content", "No."),
        ),
        (
            r#"{"event":"task.image.generate.failed","task":{"id":"$ID"},"errors":[{"code":"RESTRICTED_CONTENT"}]}"#,
            ("restricted_content", "Restricted content."),
        ),
        (
            r#"{"event":"task.image.generate.failed","task":{"id":"$ID"},"errors":["RESTRICTED_CONTENT"]}"#,
            ("restricted_content", "Restricted content."),
        ),
        (
            r#"{"event":"task.image.generate.failed","task":{"id":"$ID"},"error":"The model is away."}"#,
            ("generation_failed", "The model is away."),
        ),
        (
            r#"{"event":"task.image.generate.failed","task":{"id":"$ID"},"errors":[]}"#,
            ("generation_failed", "The provider gave no reason."),
        ),
        (
            r#"{"event":"task.image.generate.failed","task":{"id":"$ID"}}"#,
            ("generation_failed", "The provider gave no reason."),
        ),
        (
            r#"{"id":"evt_1","type":"task.image.generate.failed","timestamp":"…","data":{"id":"$ID","type":"image.generate","status":"failed","result":null,"cost":null,"errors":[{"code":"restricted_content","message":"No."}]}}"#,
            ("restricted_content", "No."),
        ),
        (
            r#"{"id":"evt_1","type":"task.image.generate.failed","data":{"id":"$ID","result":null,"cost":null,"errors":null}}"#,
            ("generation_failed", "The provider gave no reason."),
        ),
        (
            r#"{"id":"evt_1","type":"task.image.generate.failed","data":{"id":"$ID","errors":[{"code":"<b>","message":"Odd."}]}}"#,
            ("generation_failed", "Odd."),
        ),
    ];
    for (body, expected) in bodies {
        let report = event(body);
        assert_eq!(error(&report), expected, "{body}");
        assert_eq!(report.cost, None);
    }
}

#[test]
fn images_are_taken_of_an_image_and_of_a_kind_that_we_do_not_know_yet() {
    let result = json!({"images": [{"status": "success", "id": "img_1", "url": "https://a/1"}]});
    for (kind, takes) in [("image.generate", 1), ("image.sketch", 1), ("image.upscale", 0)] {
        let Outcome::Completed { images, result: kept, .. } = completed(kind, &result) else {
            panic!("{kind}");
        };
        assert_eq!(images.len(), takes, "{kind}");
        assert_eq!(kept.is_some(), kind != "image.generate", "{kind}");
    }
}
