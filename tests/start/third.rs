//! A provider that only this test knows: its wire is unlike that of any other.

use crate::wire::Book;
use serde_json::{Value, json};
use taskwire::domain::task::TaskError;
use taskwire::domain::task::report::{ImageReport, Outcome, Report};
use taskwire::domain::task::start_request::StartRequest;
use taskwire::domain::time::{HOUR, Millis};
use taskwire::json::fields::Fields;
use taskwire::provider::call::{Answer, Call, Listed, Listing, Order, Started, TaskRef};
use taskwire::provider::contract::{Polled, Provider};
use taskwire::provider::event::Event;
use taskwire::provider::kind::{Becomes, Kind};
use taskwire::provider::malformed::Malformed;
use taskwire::provider::settings::{Proof, Settings, Webhooks};
use taskwire::signature::hex_scheme::verify_body;
use taskwire::signature::{Raw, SecretSet, SignatureError, Verified};

pub struct Third;

pub const SIGNATURE: &str = "x-third-signature";
pub const PATIENCE: Millis = 7 * HOUR;

static SETTINGS: Settings = Settings {
    api_key: "THIRD_TOKEN",
    key_scheme: "Bearer",
    proof: Proof::Secret("THIRD_WEBHOOK_SECRET"),
    api_url: ("THIRD_API_URL", "https://third.example"),
    callback_hosts: None,
    webhooks: Webhooks::Registered,
    public_rows: None,
    is_required: false,
};

static KINDS: [Kind; 1] = [Kind {
    word: "third.paint",
    becomes: Becomes::Task,
    read: |fields: &mut Fields| StartRequest {
        provider: "third",
        kind: "third.paint",
        prompt: Some(fields.required_text("subject", 1..=100)),
        model: None,
        count: 1,
        metadata: Default::default(),
        passed_on: Default::default(),
    },
    read_batch: None,
    patience: PATIENCE,
    pace: None,
}];

impl Provider for Third {
    fn name(&self) -> &'static str {
        "third"
    }

    fn settings(&self) -> &'static Settings {
        &SETTINGS
    }

    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn webhook_headers(&self) -> &'static [&'static str] {
        &[SIGNATURE]
    }

    fn verify<'a>(
        &self,
        webhook: Raw<'a>,
        secrets: &SecretSet,
        _now: i64,
    ) -> Result<Verified<'a>, SignatureError> {
        let header = SIGNATURE;
        let signature = webhook.header(header).ok_or(SignatureError::Missing { header })?;
        verify_body(webhook, signature, secrets)
    }

    fn read(&self, webhook: &Verified<'_>) -> Result<Event, Malformed> {
        let body: Value = serde_json::from_slice(webhook.body())
            .map_err(|_| Malformed { path: "", message: "The body is not JSON." })?;
        report(&body).map(Event::Task).ok_or(Malformed { path: "job", message: "names no job" })
    }

    fn start(&self, order: &Order<'_>) -> Call {
        let rows = order.request.row_ids(order.key);
        let subject = order.request.prompt.clone();
        Call::post("/jobs", &json!({"subject": subject, "tag": rows.join(" ")}))
    }

    fn started(&self, answer: &[u8]) -> Option<Started> {
        let answer: Value = serde_json::from_slice(answer).ok()?;
        Some(Started {
            id: answer["job"].as_str()?.to_owned(),
            access: None,
            links: None,
            estimated_cost: None,
        })
    }

    fn poll(&self, about: &TaskRef<'_>) -> Option<Call> {
        Some(Call::get(format!("/jobs/{}", about.task_id)))
    }

    fn polled(&self, answer: &Answer, _about: &TaskRef<'_>) -> Option<Polled> {
        report(&serde_json::from_slice(&answer.body).ok()?).map(Polled::from)
    }

    fn list(&self, _after: Option<&str>) -> Option<Call> {
        Some(Call::get("/jobs"))
    }

    fn listed(&self, answer: &[u8]) -> Option<Listing> {
        let ids: Vec<String> = serde_json::from_slice(answer).ok()?;
        let listed = |id| Listed { id, kind: None, created_at: None, key: None };
        Some(Listing { tasks: ids.into_iter().map(listed).collect(), next: None })
    }
}

fn report(body: &Value) -> Option<Report> {
    let outcome = match body["state"].as_str() {
        Some("done") => {
            let url = body["picture"].as_str()?.to_owned();
            let images = vec![ImageReport::Success { image_id: None, url }];
            Outcome::Completed { model: None, images, result: None, outputs: vec![] }
        }
        Some("broken") => Outcome::Failed { error: TaskError::new("broken", "It broke.") },
        _ => Outcome::Pending,
    };
    Some(Report {
        task_id: body["job"].as_str()?.to_owned(),
        provider: "third".into(),
        kind: "third.paint".into(),
        outcome,
        cost: None,
        row_ids: body["tag"].as_str()?.split(' ').map(str::to_owned).collect(),
        is_known_kind: true,
        key: None,
        addresses: vec![],
        progress: None,
    })
}

/// What its API says: all jobs by their ids, or one of them.
pub fn answer(book: &Book, path: &str) -> Vec<u8> {
    let jobs = book.paid.iter().filter(|paid| paid.path == "/jobs");
    match path.strip_prefix("/jobs/") {
        None => json!(jobs.map(|paid| paid.id.clone()).collect::<Vec<_>>()),
        Some(id) => {
            let job = jobs.clone().find(|paid| paid.id == id).expect("a job");
            json!({"job": id, "state": "running", "tag": job.body["tag"]})
        }
    }
    .to_string()
    .into_bytes()
}
