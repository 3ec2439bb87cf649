//! What a verified webhook says.

use crate::domain::channel::event::ChannelEvent;
use crate::domain::task::report::Report;

#[derive(Debug, PartialEq)]
pub enum Event {
    /// A report about a task.
    Task(Report),
    /// An event of a channel.
    Channel(ChannelEvent),
    /// Anything else. It is acknowledged and its name is logged: providers retry what is refused, or
    /// disable an endpoint that refuses.
    Other { name: String },
}
