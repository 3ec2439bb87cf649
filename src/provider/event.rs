//! What a verified webhook says.

use crate::domain::channel::event::ChannelEvent;
use crate::domain::task::report::Report;

#[derive(Debug, PartialEq)]
pub enum Event {
    /// Something about a task.
    Task(Report),
    /// Something about a channel.
    Channel(ChannelEvent),
    /// Something else: acknowledged and logged by its name. Providers send again what is refused, or
    /// disable an endpoint that refuses.
    Other { name: String },
}
