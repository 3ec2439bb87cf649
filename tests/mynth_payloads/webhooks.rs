//! Webhook bodies: what each field of them may be, and which events there are.

use crate::{ID, error, event, failure, images, parse, success};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::provider::contract::Provider;
use taskwire::provider::event::Event;
use taskwire::provider::malformed::Malformed;
use taskwire::provider::mynth::Mynth;
use taskwire::provider::mynth::webhook::read;
use taskwire::signature::{Raw, SecretSet};

#[test]
fn an_image_is_shown_from_the_first_address_that_it_has() {
    let cases = [
        (r#""url":"https://a""#, Some("https://a")),
        (r#""url":"https://a","mynth_url":"https://b""#, Some("https://a")),
        (r#""url":null,"mynth_url":"https://b""#, Some("https://b")),
        (r#""url":null,"mynthUrl":"https://b""#, Some("https://b")),
        (r#""url":"","mynth_url":"https://b""#, Some("https://b")),
        (r#""mynth_url":"https://b""#, Some("https://b")),
        (r#""url":null,"mynth_url":null"#, None),
        (r#""url":null"#, None),
        (r#""other":1"#, None),
    ];
    for (fields, url) in cases {
        for word in ["success", "succeeded"] {
            let report =
                event(&completed(&format!(r#"{{"status":"{word}","id":"img_1",{fields}}}"#)));
            let missing = "The image was made, but it has no address.";
            let expected = match url {
                Some(url) => success("img_1", url),
                None => failure(Some("img_1"), "missing_url", missing),
            };
            assert_eq!(images(&report), [expected], "{fields}");
        }
    }
}

fn completed(images: &str) -> String {
    format!(
        r#"{{"event":"task.image.generate.completed","task":{{"id":"$ID"}},"result":{{"images":[{images}]}}}}"#
    )
}

#[test]
fn an_image_without_a_good_word_has_failed() {
    for image in [r#"{"status":"failed"}"#, r#"{"status":"pending"}"#, "{}", "null", "[]", r#""x""#]
    {
        let report = event(&completed(image));
        let expected = failure(None, "image_failed", "The provider gave no reason.");
        assert_eq!(images(&report), [expected], "{image}");
    }
}

#[test]
fn a_completed_task_without_images_has_none() {
    for result in ["null", "{}", r#"{"images":null}"#, r#"{"images":[]}"#, r#"{"images":{"a":1}}"#]
    {
        let body = format!(
            r#"{{"event":"task.image.generate.completed","task":{{"id":"$ID"}},"result":{result}}}"#
        );
        assert!(images(&event(&body)).is_empty(), "{result}");
    }
}

#[test]
fn money_is_kept_as_it_was_written() {
    for (cost, expected) in [
        (r#""0.03000000""#, Some("0.03000000")),
        (r#"{"images":"1","total":"0.0125"}"#, Some("0.0125")),
        ("0.0125", Some("0.0125")),
        ("3", Some("3")),
        ("null", None),
        (r#""""#, None),
        ("{}", None),
        ("[]", None),
        ("true", None),
    ] {
        let body = format!(
            r#"{{"type":"task.image.generate.completed","data":{{"id":"$ID","cost":{cost}}}}}"#
        );
        assert_eq!(event(&body).cost.as_deref(), expected, "{cost}");
    }
}

#[test]
fn row_ids_that_are_not_a_list_of_texts_are_none() {
    for ids in [r#""r0""#, "[1]", r#"["r0",null]"#, "{}", "null", "[]"] {
        let body = format!(
            r#"{{"event":"task.image.generate.completed","task":{{"id":"$ID"}},"request":{{"metadata":{{"imageRowIds":{ids}}}}}}}"#
        );
        assert!(event(&body).row_ids.is_empty(), "{ids}");
    }
}

#[test]
fn other_families_keep_their_result_in_both_wires() {
    for kind in [
        "image.rate",
        "image.alt",
        "image.review",
        "image.remove_background",
        "image.upscale",
        "video.generate",
        "audio.generate",
    ] {
        let result = r#"{"model":"m/x","image":{"url":"https://c/1"},"level":"teen"}"#;
        for body in [
            format!(
                r#"{{"event":"task.{kind}.completed","task":{{"id":"$ID"}},"result":{result}}}"#
            ),
            format!(
                r#"{{"type":"task.{kind}.completed","data":{{"id":"$ID","result":{result}}}}}"#
            ),
        ] {
            let report = event(&body);
            assert_eq!(report.kind, kind);
            let Outcome::Completed { model, images, result: kept, .. } = report.outcome else {
                panic!("{body}")
            };
            assert_eq!((model.as_deref(), images.len()), (Some("m/x"), 0));
            assert_eq!(kept, Some(serde_json::from_str(result).unwrap()));
        }
        let report = event(&format!(r#"{{"event":"task.{kind}.failed","task":{{"id":"$ID"}}}}"#));
        assert_eq!((report.kind.as_str(), error(&report).0), (kind, "generation_failed"));
    }
}

#[test]
fn an_event_of_a_task_with_a_name_nobody_knows_is_taken_and_decides_nothing() {
    let too_long = format!("task.{}.completed", "k".repeat(65));
    for name in [
        "task.image.generate.progress",
        "task.completed",
        "task.failed",
        "task.",
        "task.x",
        "task..completed",
        &too_long,
    ] {
        for body in [
            format!(r#"{{"event":"{name}","task":{{"id":"$ID"}},"result":{{"images":[]}}}}"#),
            format!(
                r#"{{"id":"evt_1","type":"{name}","data":{{"id":"$ID","status":"completed"}}}}"#
            ),
        ] {
            let Report { task_id, outcome, .. } = event(&body);
            assert_eq!(task_id, ID);
            assert_eq!(outcome, Outcome::Unknown { event: name.to_owned() });
        }
    }
    let longest = format!(r#"{{"event":"task.{}.failed","task":{{"id":"$ID"}}}}"#, "k".repeat(64));
    assert_eq!(event(&longest).kind, "k".repeat(64));
    let long = format!(r#"{{"event":"task.{}","task":{{"id":"$ID"}}}}"#, "é".repeat(5_000));
    let Outcome::Unknown { event } = event(&long).outcome else { panic!() };
    assert_eq!(event.chars().count(), 128);
}

#[test]
fn an_event_about_something_else_is_other() {
    for body in [
        r#"{"event":"account.low_balance","account":{"id":"a"}}"#,
        r#"{"type":"account.low_balance","data":{"id":"acc_1"}}"#,
        r#"{"type":"account.low_balance"}"#,
        r#"{"event":"account.low_balance","task":{"id":"tsk_1"}}"#,
    ] {
        let expected = Event::Other { name: "account.low_balance".into() };
        assert_eq!(parse(body.as_bytes()), Ok(expected), "{body}");
    }
    assert!(matches!(parse(br#"{"type":"task.image.progress"}"#), Ok(Event::Other { .. })));
}

#[test]
fn a_malformed_body_is_refused_by_the_field_that_is_wrong() {
    let completed = "task.image.generate.completed";
    for (body, path) in [
        ("".to_owned(), ""),
        ("{".to_owned(), ""),
        ("\u{feff}{}".to_owned(), ""),
        ("null".to_owned(), ""),
        ("[]".to_owned(), ""),
        (r#""text""#.to_owned(), ""),
        ("{}".to_owned(), "type"),
        (r#"{"event":null}"#.to_owned(), "type"),
        (r#"{"event":1,"type":2}"#.to_owned(), "type"),
        (r#"{"type":""}"#.to_owned(), "type"),
        (format!(r#"{{"event":"{completed}"}}"#), "task.id"),
        (format!(r#"{{"event":"{completed}","task":"tsk_1"}}"#), "task.id"),
        (format!(r#"{{"event":"{completed}","task":{{"id":"a/b"}}}}"#), "task.id"),
        (format!(r#"{{"event":"{completed}","task":{{"id":7}}}}"#), "task.id"),
        (format!(r#"{{"type":"{completed}"}}"#), "data"),
        (format!(r#"{{"type":"{completed}","data":[]}}"#), "data"),
        (format!(r#"{{"type":"{completed}","data":{{}}}}"#), "data.id"),
        (format!(r#"{{"type":"{completed}","data":{{"id":"{}"}}}}"#, "x".repeat(129)), "data.id"),
    ] {
        let Err(Malformed { path: found, message }) = parse(body.as_bytes()) else {
            panic!("{body} was taken")
        };
        assert_eq!(found, path, "{body}");
        assert!(message.ends_with('.'));
    }
}

/// Reads a body that is signed as Standard Webhooks, as the delivery `evt_1`.
fn of_delivery(body: &str) -> Result<Event, Malformed> {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").expect("a key");
    mac.update(format!("evt_1.1614265330.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let headers = [
        ("webhook-id", "evt_1".to_owned()),
        ("webhook-timestamp", "1614265330".to_owned()),
        ("webhook-signature", signature),
    ];
    let secrets = SecretSet::parse("whsec_c2VjcmV0").expect("a secret");
    let webhook = Raw::new(body.as_bytes(), &headers);
    read(&Mynth.verify(webhook, &secrets, 1_614_265_330).expect("signed"))
}

#[test]
fn an_event_has_the_id_of_its_delivery_where_both_are_signed() {
    let body = |id: &str| {
        let name = "task.image.generate.completed";
        format!(r#"{{{id}"type":"{name}","data":{{"id":"{ID}","result":{{"images":[]}}}}}}"#)
    };
    for good in [r#""id":"evt_1","#, "", r#""id":null,"#] {
        assert!(matches!(of_delivery(&body(good)), Ok(Event::Task(_))), "{good}");
    }
    for bad in ["evt_2", "", "evt_1 ", "EVT_1"] {
        let error = of_delivery(&body(&format!(r#""id":"{bad}","#))).unwrap_err();
        assert_eq!(error.path, "id", "{bad}");
    }
    assert!(of_delivery(&body(r#""id":1,"#)).is_err());
    // It is refused whatever it is about.
    assert!(of_delivery(r#"{"id":"evt_2","type":"account.low_balance","data":{}}"#).is_err());
    assert!(of_delivery(r#"{"id":"evt_1","type":"account.low_balance","data":{}}"#).is_ok());
    // Without a signed id there is nothing to compare.
    assert!(parse(body(r#""id":"evt_2","#).as_bytes()).is_ok());
}
