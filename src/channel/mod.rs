//! The object of one ModelRiver channel. It shares its class with the rooms of tasks, since it is the
//! same kind of actor, and is told from them by its name.

#[cfg(target_arch = "wasm32")]
pub mod client;
pub mod protocol;
#[cfg(target_arch = "wasm32")]
pub mod room;

/// What the names of channels' objects begin with. A task's id has no colon.
const PREFIX: &str = "channel:";

/// The name of a channel's object.
pub fn object_name(channel_id: &str) -> String {
    format!("{PREFIX}{channel_id}")
}

/// The channel of an object's name, if it is one's.
pub fn channel_of(name: &str) -> Option<&str> {
    name.strip_prefix(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channels_object_has_a_name_that_no_task_has() {
        assert_eq!(object_name("c1"), "channel:c1");
        assert_eq!(channel_of("channel:c1"), Some("c1"));
        assert_eq!(channel_of("tsk_1"), None);
        assert!(!crate::domain::id::is_task_id(&object_name("c1")));
    }
}
