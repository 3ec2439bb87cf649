use crate::{ID, TASK_ID, about, fal, verified};
use serde_json::{Value, json};
use taskwire::domain::task::TaskError;
use taskwire::domain::task::output::{Output, OutputType};
use taskwire::domain::task::report::Outcome;
use taskwire::provider::call::Answer;
use taskwire::provider::contract::Polled;
use taskwire::provider::event::Event;
use taskwire::provider::malformed::Malformed;

fn read(body: &str, header: &str) -> Result<Event, Malformed> {
    let headers = [("x-fal-webhook-request-id", header.to_owned())];
    fal().read(&verified::verified(body.as_bytes(), &headers))
}

fn hear(more: &Value) -> Outcome {
    let mut body = json!({"request_id": ID, "gateway_request_id": ID});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    match read(&body.to_string(), ID) {
        Ok(Event::Task(report)) => {
            assert_eq!((report.task_id.as_str(), report.kind.as_str()), (TASK_ID, "fal.request"));
            report.outcome
        }
        other => panic!("{other:?}"),
    }
}

fn error(outcome: Outcome) -> TaskError {
    match outcome {
        Outcome::Failed { error } => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_webhook_has_what_was_made_and_its_numbers_as_they_were_written() {
    let file =
        json!({"url": "https://v3.fal.media/files/x/image.png", "content_type": "image/png"});
    let payload = json!({"images": [file], "seed": 196_619_188_014_358_660_u64});
    let body = json!({"status": "OK", "payload": payload});
    let Outcome::Completed { outputs, result, .. } = hear(&body) else { panic!("not completed") };
    let url = "https://v3.fal.media/files/x/image.png";
    assert_eq!(outputs, [Output::file(OutputType::Image, url).of_type("image/png")]);
    let result = result.expect("a result").to_string();
    assert!(result.contains(r#""seed":196619188014358660"#), "{result}");
}

#[test]
fn a_webhook_of_a_failure_says_why() {
    let detail = json!({"detail": [{"loc": ["body"], "msg": "Refused.", "type": "content_policy_violation"}]});
    for (body, code, message) in [
        (
            json!({"status": "ERROR", "error": "Invalid status code: 422", "payload": detail}),
            "content_policy_violation",
            "Refused.",
        ),
        (
            json!({"status": "ERROR", "error": "Invalid status code: 500", "payload": {"detail": "It broke."}}),
            "generation_failed",
            "It broke.",
        ),
        (
            json!({"status": "ERROR", "error": "The runner is gone.", "payload": null}),
            "generation_failed",
            "The runner is gone.",
        ),
        (json!({"status": "ERROR"}), "generation_failed", "The provider gave no reason."),
        (
            json!({"status": "ERROR", "error": "Invalid status code: 499", "payload": null}),
            "canceled",
            "The task was canceled.",
        ),
        (
            json!({"status": "OK", "payload": null, "payload_error": "Not serialisable."}),
            "payload_error",
            "Not serialisable.",
        ),
    ] {
        assert_eq!(error(hear(&body)), TaskError::new(code, message), "{body}");
    }
}

#[test]
fn a_webhook_that_is_none_or_is_about_another_request_than_its_header_is_malformed() {
    for (body, path) in [
        ("<html>".to_owned(), ""),
        ("{}".to_owned(), "request_id"),
        (json!({"request_id": "a/b", "status": "OK"}).to_string(), "request_id"),
        (json!({"request_id": "other", "status": "OK"}).to_string(), "request_id"),
        (json!({"request_id": ID}).to_string(), "status"),
        (json!({"request_id": ID, "status": "IN_QUEUE"}).to_string(), "status"),
    ] {
        assert_eq!(read(&body, ID).map_err(|wrong| wrong.path), Err(path), "{body}");
    }
}

fn answer(status: u16, body: &Value) -> Answer {
    Answer { status, body: body.to_string().into_bytes() }
}

fn progress(body: Value) -> (Option<f64>, Option<String>, Vec<usize>) {
    match fal().polled(&answer(200, &body), &about()) {
        Some(Polled::Report(report)) => {
            assert_eq!(report.outcome, Outcome::Pending);
            let progress = report.progress.expect("progress");
            (progress.fraction, progress.message, progress.rank)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_place_in_the_queue_and_a_line_of_the_log_are_progress() {
    let third = progress(json!({"status": "IN_QUEUE", "queue_position": 3}));
    assert_eq!((third.0, third.1.as_deref()), (None, Some("Position 3 in the queue")));
    let second = progress(json!({"status": "IN_QUEUE", "queue_position": 2}));
    let logs =
        json!([{"message": "Loading"}, {"message": " 40%|##  | 4/10 [00:01]"}, {"message": "x"}]);
    let running = progress(json!({"status": "IN_PROGRESS", "logs": logs}));
    assert_eq!((running.0, running.1.as_deref()), (Some(0.4), Some("4/10")));
    assert!(third.2 < second.2 && second.2 < running.2);
    let silent = progress(json!({"status": "IN_PROGRESS", "logs": []}));
    assert_eq!((silent.0, silent.1.as_deref()), (None, Some("Running")));
}

#[test]
fn a_request_that_is_over_is_asked_for_its_result() {
    let Some(Polled::Next(call)) =
        fal().polled(&answer(200, &json!({"status": "COMPLETED"})), &about())
    else {
        panic!("no further call")
    };
    assert_eq!(call.path, format!("/fal-ai/flux/requests/{ID}"));
    assert!(call.reads_refusals);
    let result = |status, body: Value| fal().polled_further(&answer(status, &body), &about());
    let done = result(200, json!({"output": "a text"})).expect("a report").outcome;
    assert!(
        matches!(done, Outcome::Completed { outputs, .. } if outputs == [Output::text("a text")])
    );
    let refused = json!({"detail": [{"loc": ["body"], "msg": "No.", "type": "nsfw"}]});
    assert_eq!(error(result(422, refused).unwrap().outcome), TaskError::new("nsfw", "No."));
    let canceled = json!({"detail": "Request was cancelled by the client."});
    assert_eq!(error(result(499, canceled).unwrap().outcome).code, "canceled");
    assert_eq!(
        error(result(500, json!({"detail": "Broken."})).unwrap().outcome).message,
        "Broken."
    );
    for unclear in [401, 403, 404, 408, 429] {
        assert_eq!(result(unclear, json!({"detail": "No."})), None, "{unclear}");
    }
    assert_eq!(result(502, json!("<h1>502</h1>")), None, "a gateway's words");
    for bad in [json!({}), json!({"status": "LOST"}), json!([])] {
        assert_eq!(fal().polled(&answer(200, &bad), &about()), None, "{bad}");
    }
}

#[test]
fn only_a_request_that_was_waiting_is_over_when_it_is_canceled() {
    let told =
        |status, said: &str| fal().canceled(&answer(status, &json!({"status": said})), &about());
    assert_eq!(error(told(200, "OK").expect("a report").outcome).code, "canceled");
    assert_eq!(told(202, "CANCELLATION_REQUESTED"), None);
    assert_eq!(told(400, "ALREADY_COMPLETED"), None);
}
