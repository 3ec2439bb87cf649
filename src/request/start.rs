//! A task to be started, of any kind: what the rows and the provider are given.

use crate::domain::id::TaskKey;
use crate::domain::task::{IMAGE_GENERATE, Image, Status, Task};
use crate::domain::time::Millis;
use crate::provider::mynth::create::metadata_with_rows;
use serde_json::{Map, Value};

#[derive(Clone, Debug, PartialEq)]
pub struct StartRequest {
    /// The provider's word for it.
    pub kind: &'static str,
    pub prompt: Option<String>,
    pub model: Option<String>,
    /// Rows that its images go to. None for kinds that return something else.
    pub count: usize,
    /// The caller's own metadata.
    pub metadata: Map<String, Value>,
    /// Fields for the provider alone: just those that the caller gave.
    pub passed_on: Map<String, Value>,
}

impl StartRequest {
    /// The ids of the rows that this task's images will go to.
    pub fn row_ids(&self, key: &TaskKey) -> Vec<String> {
        (0..self.count).map(|position| key.row_id(position)).collect()
    }

    /// The body of the provider's start call: no field that the caller did not ask for, but for
    /// the row ids in the metadata.
    pub fn provider_body(&self, key: &TaskKey) -> Value {
        let mut body = self.passed_on.clone();
        let texts = [("prompt", &self.prompt), ("model", &self.model)];
        for (name, text) in texts {
            if let Some(text) = text {
                body.insert(name.to_owned(), text.clone().into());
            }
        }
        if self.kind == IMAGE_GENERATE {
            let metadata = metadata_with_rows(&self.metadata, &self.row_ids(key));
            body.insert("metadata".into(), metadata.into());
        }
        body.into()
    }

    /// The same body, with the address that the provider sends this task's webhooks to.
    pub fn provider_body_with_webhook(&self, key: &TaskKey, url: &str) -> Value {
        let mut body = self.provider_body(key);
        body["webhook"] = serde_json::json!({"custom": [{"url": url}]});
        body
    }

    /// The body of a dry run: the same without what only a task needs.
    pub fn estimate_body(&self, key: &TaskKey) -> Value {
        let mut body = self.provider_body(key);
        if let Some(fields) = body.as_object_mut() {
            fields.remove("metadata");
            fields.remove("access");
        }
        body
    }

    /// The task as it is before the provider has named it.
    pub fn task(&self, user_id: &str, key: TaskKey, now: Millis) -> Task {
        Task {
            task_id: String::new(),
            user_id: user_id.to_owned(),
            batch_id: None,
            kind: self.kind.to_owned(),
            status: Status::Pending,
            version: 0,
            prompt: self.prompt.clone(),
            requested_model: self.model.clone(),
            model: None,
            error: None,
            cost: None,
            metadata: self.metadata.clone(),
            created_at: now,
            updated_at: now,
            images: (0..self.count).map(|position| Image::pending(&key, position)).collect(),
            result: None,
            access: None,
            key,
        }
    }
}
