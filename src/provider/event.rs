//! What a verified webhook says.

use crate::domain::channel::event::ChannelEvent;
use crate::domain::task::progress::Progress;
use crate::domain::task::report::{Outcome, Report};

#[derive(Debug, PartialEq)]
pub enum Event {
    /// A report about a task.
    Task(Report),
    /// How far a task has come.
    Progress {
        task_id: String,
        progress: Progress,
        /// The addresses of the provider's API that it names.
        addresses: Vec<String>,
    },
    /// An event of a channel.
    Channel(ChannelEvent),
    /// Anything else. It is acknowledged and its name is logged: providers retry what is refused, or
    /// disable an endpoint that refuses.
    Other { name: String },
}

impl Event {
    /// The id of the task or the channel that it is about.
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::Task(report) => Some(&report.task_id),
            Self::Progress { task_id, .. } => Some(task_id),
            Self::Channel(event) => Some(&event.channel_id),
            Self::Other { .. } => None,
        }
    }

    /// What has happened, in a word: that of the provider, or one in our terms.
    pub fn name(&self) -> String {
        match self {
            Self::Task(report) => {
                let kind = report.kind.as_str();
                match &report.outcome {
                    Outcome::Unknown { event } => event.clone(),
                    Outcome::Pending => format!("{kind}.pending"),
                    Outcome::Completed { .. } => format!("{kind}.completed"),
                    Outcome::Failed { .. } => format!("{kind}.failed"),
                }
            }
            Self::Progress { .. } => "progress".to_owned(),
            Self::Channel(event) => event.kind.clone(),
            Self::Other { name } => name.clone(),
        }
    }
}
