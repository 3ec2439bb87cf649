//! A start request of any kind, for the rows and for the provider.

use super::{Image, Status, Task};
use crate::domain::id::TaskKey;
use crate::domain::time::Millis;
use serde_json::{Map, Value};

#[derive(Clone, Debug, PartialEq)]
pub struct StartRequest {
    /// The name of the provider that is asked.
    pub provider: &'static str,
    /// The provider's name for the kind, such as `image.generate`.
    pub kind: &'static str,
    pub prompt: Option<String>,
    pub model: Option<String>,
    /// The number of image rows. 0 for kinds that return something else.
    pub count: usize,
    /// The caller's own metadata.
    pub metadata: Map<String, Value>,
    /// Fields that only the provider reads, as the caller gave them.
    pub passed_on: Map<String, Value>,
}

impl StartRequest {
    /// The ids of the rows that this task's images will go to.
    pub fn row_ids(&self, key: &TaskKey) -> Vec<String> {
        (0..self.count).map(|position| key.row_id(position)).collect()
    }

    /// The pending task, before the provider has given it an id.
    pub fn task(&self, user_id: &str, key: TaskKey, now: Millis) -> Task {
        Task {
            task_id: None,
            provider: self.provider.to_owned(),
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
            outputs: Vec::new(),
            access: None,
            patience: None,
            pace: None,
            links: None,
            estimate: None,
            key,
        }
    }
}
