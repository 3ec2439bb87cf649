//! How the Worker reaches a room.

use super::protocol::{ASK_PATH, Answer, Ask, LIVE_PATH};
use crate::domain::report::Report;
use crate::domain::room::Verdict;
use crate::domain::task::Task;
use crate::error::ApiError;
use crate::platform::{fault, outage};
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use worker::{Env, Error, Headers, Method, ObjectNamespace, Request, RequestInit, Response};

/// Tries of one message. Whatever a room is asked may be asked twice.
const TRIES: usize = 3;

/// The room of one task. Make one only for a task id that has been verified: an object that is
/// touched exists.
pub struct Room {
    namespace: ObjectNamespace,
    task_id: String,
}

impl Room {
    pub fn of(env: &Env, task_id: &str) -> Result<Self, ApiError> {
        let namespace =
            env.durable_object("TASKS").map_err(|_| ApiError::not_configured("TASKS"))?;
        Ok(Self { namespace, task_id: task_id.to_owned() })
    }

    /// Hands the room its task. The task as it is then: an early webhook may have ended it.
    pub async fn attach(&self, task: Task) -> Result<Task, ApiError> {
        match self.ask(&Ask::Attach { task: Box::new(task) }).await? {
            Answer::Done { task: Some(task), verdict } if verdict != Verdict::Conflict => Ok(*task),
            other => Err(fault("attach", format_args!("{other:?}"))),
        }
    }

    /// Hands the room what the provider said. An answer means that it is stored.
    pub async fn ingest(&self, delivery: String, report: Report) -> Result<Verdict, ApiError> {
        match self.ask(&Ask::Ingest { delivery, report }).await? {
            Answer::Done { verdict, .. } => Ok(verdict),
            other => Err(fault("ingest", format_args!("{other:?}"))),
        }
    }

    /// The task, if it is this user's.
    pub async fn read(&self, user_id: &str) -> Result<Option<Task>, ApiError> {
        let (task_id, user_id) = (self.task_id.clone(), user_id.to_owned());
        match self.ask(&Ask::Read { task_id, user_id }).await? {
            Answer::Task { task } => Ok(Some(*task)),
            Answer::NotFound => Ok(None),
            other => Err(fault("read", format_args!("{other:?}"))),
        }
    }

    /// Opens a socket on the task for its owner: a 101, or a 404.
    pub async fn watch(&self, user_id: &str, version: Option<u64>) -> Result<Response, ApiError> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("task", &self.task_id).append_pair("user", user_id);
        if let Some(version) = version {
            query.append_pair("version", &version.to_string());
        }
        let url = format!("{}?{}", internal(LIVE_PATH), query.finish());
        let request = || {
            let headers = Headers::new();
            headers.set("upgrade", "websocket")?;
            let mut init = RequestInit::new();
            init.with_method(Method::Get).with_headers(headers);
            Request::new_with_init(&url, &init)
        };
        self.send(request).await
    }

    async fn ask(&self, ask: &Ask) -> Result<Answer, ApiError> {
        let body = serde_json::to_string(ask).map_err(|error| fault("room", error))?;
        let request = || {
            let mut init = RequestInit::new();
            init.with_method(Method::Post).with_body(Some(JsValue::from_str(&body)));
            Request::new_with_init(&internal(ASK_PATH), &init)
        };
        let mut response = self.send(request).await?;
        let text = response.text().await.map_err(|error| outage("room", error))?;
        if response.status_code() != 200 {
            return Err(outage("room", format_args!("status {}", response.status_code())));
        }
        serde_json::from_str(&text).map_err(|error| fault("room", error))
    }

    async fn send(
        &self,
        request: impl Fn() -> worker::Result<Request>,
    ) -> Result<Response, ApiError> {
        let mut tries = 1;
        loop {
            // A stub that has failed once goes on failing: each try has its own.
            let sent = match (self.namespace.get_by_name(&self.task_id), request()) {
                (Ok(stub), Ok(request)) => stub.fetch_with_request(request).await,
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
            match sent {
                Ok(response) => return Ok(response),
                Err(error) if tries < TRIES && may_retry(&error) => tries += 1,
                Err(error) => return Err(outage("room", error)),
            }
        }
    }
}

/// The runtime marks errors after which another try can help. Never knock on an overloaded door.
fn may_retry(error: &Error) -> bool {
    let Error::UnknownJsError { original, .. } = error else { return false };
    let flag = |name: &str| {
        Reflect::get(original, &JsValue::from_str(name)).is_ok_and(|value| value.is_truthy())
    };
    flag("retryable") && !flag("overloaded")
}

fn internal(path: &str) -> String {
    format!("https://room.internal{path}")
}
