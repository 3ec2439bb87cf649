use crate::{ID, TASK_ID, hear, key, replicate, verified, webhook};
use serde_json::{Value, json};
use taskwire::domain::task::TaskError;
use taskwire::domain::task::output::{Output, OutputType};
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::provider::call::{Answer, TaskRef};
use taskwire::provider::contract::Polled;
use taskwire::provider::event::Event;

/// As the documentation shows it.
const STARTING: &str = r#"{"id":"ufawqhfynnddngldkgtslldrkq","version":"5c7d5dc6","created_at":"2022-04-26T22:13:06.224088Z","started_at":null,"completed_at":null,"status":"starting","input":{"text":"Alice"},"output":null,"error":null,"logs":null,"metrics":{}}"#;

fn prediction(more: Value) -> Value {
    let mut all: Value = serde_json::from_str(STARTING).unwrap();
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn report(more: Value) -> Report {
    match hear(&prediction(more).to_string()) {
        Event::Task(report) => report,
        other => panic!("{other:?}"),
    }
}

fn succeeded(output: Value) -> (Vec<Output>, Option<Value>) {
    let more = json!({"status": "succeeded", "output": output,
        "completed_at": "2026-11-20T10:00:00.000000Z", "model": "owner/name"});
    match report(more).outcome {
        Outcome::Completed { model, images, result, outputs } => {
            assert_eq!((model.as_deref(), images.len()), (Some("owner/name"), 0));
            (outputs, result)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_prediction_that_starts_or_runs_is_progress() {
    let progress = |body: &str| match hear(body) {
        Event::Progress { task_id, progress, .. } => {
            assert_eq!(task_id, TASK_ID);
            progress
        }
        other => panic!("{other:?}"),
    };
    let starting = progress(STARTING);
    assert_eq!((starting.fraction, starting.message.as_deref()), (None, Some("Starting")));
    let logs = |text: &str| prediction(json!({"status": "processing", "logs": text})).to_string();
    let some = progress(&logs(" 76%|\u{2588}\u{2588}\u{258c} | 7568/10000 [00:33<00:10"));
    assert_eq!((some.fraction, some.message.as_deref()), (Some(0.76), Some("7568/10000")));
    let more = progress(&logs(" 76%|\u{2588}\u{2588}\u{258c} | 7568/10000 [00:33<00:10\n 80%|x"));
    assert!(starting.rank < some.rank && some.rank < more.rank);
}

#[test]
fn what_it_has_made_is_shown_and_files_of_the_provider_expire_after_an_hour() {
    let file = "https://replicate.delivery/a/out.webp";
    let image = Output::file(OutputType::Image, file).until(crate::AT + 3_600_000);
    assert_eq!(succeeded(json!([file])), (vec![image.clone()], Some(json!([file]))));
    for (url, expires) in [
        ("https://pbxt.replicate.delivery/x.png", true),
        ("https://replicate.delivery/x.png", true),
        ("https://replicate.delivery.evil.example/x.png", false),
        ("https://xreplicate.delivery/x.png", false),
        ("https://storage.example/x.png", false),
    ] {
        let (outputs, _) = succeeded(json!(url));
        assert_eq!(outputs[0].expires_at().is_some(), expires, "{url}");
    }
    assert_eq!(succeeded(json!(["A ", "fox"])).0, [Output::text("A fox")]);
    assert_eq!(succeeded(json!({"n": 1})), (vec![], Some(json!({"n": 1}))));
    assert_eq!(succeeded(json!(null)), (vec![], None));
}

#[test]
fn numbers_are_handed_on_as_they_were_written() {
    let body = prediction(json!({"status": "succeeded", "output": {"seed": "SEED"}})).to_string();
    for seed in ["196619188014358660", "18446744073709551615", "-9223372036854775808", "0.1"] {
        let Event::Task(report) = hear(&body.replace("\"SEED\"", seed)) else {
            panic!("no report")
        };
        let Outcome::Completed { result: Some(result), .. } = report.outcome else { panic!() };
        assert_eq!(result.to_string(), format!(r#"{{"seed":{seed}}}"#));
    }
}

#[test]
fn each_end_has_its_code() {
    let error = |more: Value| match report(more).outcome {
        Outcome::Failed { error } => error,
        other => panic!("{other:?}"),
    };
    for (more, code, message) in [
        (
            json!({"status": "failed", "error": "Out of memory."}),
            "generation_failed",
            "Out of memory.",
        ),
        (json!({"status": "failed"}), "generation_failed", "The provider gave no reason."),
        (json!({"status": "canceled"}), "canceled", "The task was canceled."),
        (json!({"status": "aborted"}), "aborted", "The provider has ended the task before it ran."),
        (
            json!({"status": "succeeded", "data_removed": true}),
            "data_removed",
            "The provider has deleted what the task made.",
        ),
    ] {
        assert_eq!(error(more.clone()), TaskError::new(code, message), "{more}");
    }
    let body = prediction(json!({"status": "paused"})).to_string();
    assert_eq!(hear(&body), Event::Other { name: "prediction paused".into() });
}

#[test]
fn a_prediction_names_our_start_and_the_addresses_of_the_api() {
    let urls = json!({"get": "https://evil.example/p", "cancel": "https://evil.example/c", "web": "https://w"});
    let report = report(json!({"status": "canceled", "webhook": webhook(), "urls": urls}));
    assert_eq!(report.key, Some(key()));
    assert_eq!(report.addresses, ["https://evil.example/p", "https://evil.example/c"]);
    let running = prediction(json!({"urls": {"get": "https://evil.example/p"}})).to_string();
    let Event::Progress { addresses, .. } = hear(&running) else { panic!("no progress") };
    assert_eq!(addresses, ["https://evil.example/p"]);
}

#[test]
fn a_body_that_is_no_prediction_is_malformed_and_the_field_is_named() {
    let read = |body: &str| {
        replicate().read(&verified::verified(body.as_bytes(), &[])).map_err(|wrong| wrong.path)
    };
    for (body, path) in [
        ("<html>", ""),
        ("[]", "status"),
        (r#"{"id":"x"}"#, "status"),
        (r#"{"status":"succeeded"}"#, "id"),
        (r#"{"id":"a/b","status":"succeeded"}"#, "id"),
    ] {
        assert_eq!(read(body), Err(path), "{body}");
    }
}

#[test]
fn an_answer_is_read_as_a_webhook_is() {
    let about =
        TaskRef { task_id: TASK_ID, kind: "replicate.prediction", model: None, links: None };
    let answer = |more: Value| Answer::from(prediction(more).to_string().into_bytes());
    let polled = |more| match replicate().polled(&answer(more), &about) {
        Some(Polled::Report(report)) => *report,
        other => panic!("{other:?}"),
    };
    let running = polled(json!({"status": "processing", "logs": "50%|#| 1/2"}));
    assert_eq!(running.outcome, Outcome::Pending);
    assert_eq!(running.progress.and_then(|it| it.fraction), Some(0.5));
    assert!(matches!(polled(json!({"status": "canceled"})).outcome, Outcome::Failed { .. }));
    let canceled = replicate().canceled(&answer(json!({"status": "canceled"})), &about);
    assert_eq!(canceled.map(|it| it.task_id), Some(format!("rep_{ID}")));
    assert_eq!(replicate().polled(&Answer::from(b"<html>".to_vec()), &about), None);
}
