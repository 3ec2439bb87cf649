//! Mynth's wire, in the four generations that it has had, as literals.

mod anything;
mod generations;
mod interface;
mod polls;
mod starts;
mod webhooks;

use taskwire::domain::task::TaskError;
use taskwire::domain::task::report::{ImageReport, Outcome, Report};
use taskwire::provider::event::Event;
use taskwire::provider::malformed::Malformed;
use taskwire::provider::mynth::webhook::read;
use verified::verified;

#[path = "../support/verified.rs"]
mod verified;

const ID: &str = "tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP";

fn parse(body: &[u8]) -> Result<Event, Malformed> {
    read(&verified(body, &[]))
}

fn event(body: &str) -> Report {
    match parse(body.replace("$ID", ID).as_bytes()) {
        Ok(Event::Task(report)) => report,
        other => panic!("{body}: {other:?}"),
    }
}

fn images(report: &Report) -> &[ImageReport] {
    match &report.outcome {
        Outcome::Completed { images, .. } => images,
        other => panic!("{other:?}"),
    }
}

fn error(report: &Report) -> (&str, &str) {
    match &report.outcome {
        Outcome::Failed { error } => (&error.code, &error.message),
        other => panic!("{other:?}"),
    }
}

fn success(id: &str, url: &str) -> ImageReport {
    ImageReport::Success { image_id: Some(id.into()), url: url.into() }
}

fn failure(id: Option<&str>, code: &str, message: &str) -> ImageReport {
    ImageReport::Failed { image_id: id.map(Into::into), error: TaskError::new(code, message) }
}
