//! What a verified webhook says.

use crate::domain::channel::event::ChannelEvent;
use crate::domain::task::progress::Progress;
use crate::domain::task::report::Report;

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
