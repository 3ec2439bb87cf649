//! The providers' side of the wire, in memory: what they were asked to start, and what they say of it.

use serde_json::{Value, json};
use taskwire::error::{ApiError, Code};
use taskwire::provider::call::Call;

/// One thing that a provider has started, and will charge for.
#[derive(Clone, Debug)]
pub struct Paid {
    pub id: String,
    /// The path that started it.
    pub path: String,
    pub body: Value,
    /// When, in Unix milliseconds.
    pub at: i64,
}

/// The book of the providers.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub paid: Vec<Paid>,
    /// Refuse what is asked for, with this code.
    pub refuses: Option<Code>,
    /// Once so many have been paid for.
    pub refuses_after: usize,
    /// Start it, and answer with something else.
    pub is_garbled: bool,
    /// What the answer to a start says that it will cost.
    pub estimates: Option<&'static str>,
    /// What is listed, and gone when it is asked for.
    pub gone: Vec<String>,
    /// The time, in Unix milliseconds.
    pub now: i64,
}

impl Book {
    /// Answers a call as the provider would.
    pub fn answer(&mut self, provider: &str, call: &Call) -> Result<Vec<u8>, ApiError> {
        let body: Option<Value> =
            call.body.as_deref().map(|body| serde_json::from_str(body).expect("JSON"));
        match (call.method, provider) {
            ("POST", _) if call.path.ends_with("/estimate") => {
                Ok(json!({"data": {"estimatedCost": "0.0125"}}).to_string().into_bytes())
            }
            ("POST", _) => self.start(provider, call, body.expect("a body")),
            (_, "third") => Ok(crate::third::answer(self, &call.path)),
            _ => self.tell(&call.path),
        }
    }

    fn start(&mut self, provider: &str, call: &Call, body: Value) -> Result<Vec<u8>, ApiError> {
        if let Some(code) = self.refuses.filter(|_| self.paid.len() >= self.refuses_after) {
            return Err(ApiError::new(code, "The provider says no."));
        }
        let number = self.paid.len() + 1;
        let (prefix, name) = match provider {
            "mynth" => ("tsk", "taskId"),
            "modelriver" => ("chn", "channel_id"),
            _ => ("thr", "job"),
        };
        let id = format!("{prefix}_{number}");
        // A token of its own, for who asks for one.
        let access =
            body.get("access").map(|_| json!({"publicAccessToken": format!("pat_{number}")}));
        self.paid.push(Paid { id: id.clone(), path: call.path.clone(), body, at: self.now });
        let answer = if self.is_garbled {
            "<html>".into()
        } else {
            json!({name: id, "access": access, "estimatedCost": self.estimates}).to_string()
        };
        Ok(answer.into_bytes())
    }

    /// `GET /tasks?limit` and `GET /tasks/{id}`.
    fn tell(&self, path: &str) -> Result<Vec<u8>, ApiError> {
        let task = |paid: &Paid| {
            let kind = paid.path.trim_start_matches('/').replace('/', ".").replace('-', "_");
            json!({"id": paid.id, "type": kind, "status": "pending", "request": paid.body})
        };
        if path.starts_with("/tasks?") {
            let after = path.split_once("after=").map(|(_, id)| id);
            let newest = self.paid.iter().rev();
            let below: Vec<&Paid> = match after {
                Some(id) => newest.skip_while(|paid| paid.id != id).skip(1).take(100).collect(),
                None => newest.take(100).collect(),
            };
            // The list says what and when, not whose rows it is for.
            let listed = |paid: &&Paid| {
                let all = task(paid);
                json!({"id": all["id"], "type": all["type"], "created": paid.at})
            };
            let page: Vec<Value> = below.iter().map(listed).collect();
            return Ok(json!({"data": page}).to_string().into_bytes());
        }
        let id = path.trim_start_matches("/tasks/");
        let is_gone = self.gone.iter().any(|gone| gone == id);
        let found = self.paid.iter().find(|paid| paid.id == id && !is_gone);
        let refused = || ApiError::new(Code::ProviderRefused, "There is no such task.");
        Ok(json!({"data": task(found.ok_or_else(refused)?)}).to_string().into_bytes())
    }
}
