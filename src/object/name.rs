//! The names of our objects. They must never change, or a deployment loses its objects.

use std::fmt;

/// One of our Durable Objects. Its text is its name in its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectName {
    /// The room of a task, by the provider's id of it.
    Task(String),
    /// The room of a channel, by the provider's id of it.
    Channel(String),
    /// The feed of all tasks of a user.
    UserTasks(String),
    /// The feed of the tasks of a batch.
    BatchTasks(String),
    /// The content feed of a user.
    Content(String),
    /// The feed of the rows that are everyone's. It tells the users' feeds of them, and has no sockets.
    PublicContent,
    /// The budget of all users together.
    Pool,
}

const CHANNEL: &str = "channel:";
const USER_TASKS: &str = "tasks:";
const BATCH_TASKS: &str = "batch:";
const CONTENT: &str = "content:";
const PUBLIC_CONTENT: &str = "content";
const POOL: &str = "budget";

/// Every binding that an object may be found by.
pub const BINDINGS: [&str; 2] = ["TASKS", "FEEDS"];

impl ObjectName {
    /// The binding of its class: one of [`BINDINGS`].
    pub fn binding(&self) -> &'static str {
        match self {
            Self::Task(_) | Self::Channel(_) => "TASKS",
            Self::UserTasks(_)
            | Self::BatchTasks(_)
            | Self::Content(_)
            | Self::PublicContent
            | Self::Pool => "FEEDS",
        }
    }

    /// The room of this name. A task's id contains no colon.
    pub fn of_room(name: &str) -> Self {
        match name.strip_prefix(CHANNEL) {
            Some(id) => Self::Channel(id.to_owned()),
            None => Self::Task(name.to_owned()),
        }
    }

    /// The feed of this name, if there is one.
    pub fn of_feed(name: &str) -> Option<Self> {
        match name {
            PUBLIC_CONTENT => return Some(Self::PublicContent),
            POOL => return Some(Self::Pool),
            _ => {}
        }
        let of = |prefix, make: fn(String) -> Self| {
            name.strip_prefix(prefix).map(|id| make(id.to_owned()))
        };
        of(USER_TASKS, Self::UserTasks)
            .or_else(|| of(BATCH_TASKS, Self::BatchTasks))
            .or_else(|| of(CONTENT, Self::Content))
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (prefix, id) = match self {
            Self::Task(id) => ("", id.as_str()),
            Self::Channel(id) => (CHANNEL, id.as_str()),
            Self::UserTasks(id) => (USER_TASKS, id.as_str()),
            Self::BatchTasks(id) => (BATCH_TASKS, id.as_str()),
            Self::Content(id) => (CONTENT, id.as_str()),
            Self::PublicContent => (PUBLIC_CONTENT, ""),
            Self::Pool => (POOL, ""),
        };
        write!(f, "{prefix}{id}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::is_plain_id;

    #[test]
    fn the_names_of_rooms_are_pinned_and_read_back() {
        for (name, text) in [
            (ObjectName::Task("tsk_1".into()), "tsk_1"),
            (ObjectName::Channel("c1".into()), "channel:c1"),
        ] {
            assert_eq!((name.to_string().as_str(), name.binding()), (text, "TASKS"));
            assert_eq!(ObjectName::of_room(text), name);
        }
        assert!(!is_plain_id("channel:c1"), "no task has the name of a channel");
    }

    #[test]
    fn the_names_of_feeds_are_pinned_and_read_back_whatever_the_user_is_called() {
        for (name, text) in [
            (ObjectName::UserTasks("auth0|a:b c".into()), "tasks:auth0|a:b c"),
            (ObjectName::BatchTasks("btc_1".into()), "batch:btc_1"),
            (ObjectName::Content("auth0|a:b c".into()), "content:auth0|a:b c"),
            (ObjectName::PublicContent, "content"),
            (ObjectName::Pool, "budget"),
        ] {
            assert_eq!((name.to_string().as_str(), name.binding()), (text, "FEEDS"));
            assert_eq!(ObjectName::of_feed(text), Some(name));
        }
        assert_eq!(ObjectName::of_feed("tasks"), None);
        assert_eq!(ObjectName::of_feed("other:x"), None);
    }
}
