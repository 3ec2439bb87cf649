//! The names of feeds: which object is whose.

use crate::domain::task::Task;
use std::fmt;

/// A feed. Its text is its object's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    /// All tasks of a user.
    Tasks { user_id: String },
    /// The tasks of a batch.
    Batch { batch_id: String },
    /// ModelRiver's rows, for everyone: what each may see of them is decided in there.
    Content,
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tasks { user_id } => write!(f, "tasks:{user_id}"),
            Self::Batch { batch_id } => write!(f, "batch:{batch_id}"),
            Self::Content => f.write_str("content"),
        }
    }
}

impl Feed {
    /// The feed of an object's name.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "content" {
            return Some(Self::Content);
        }
        let (kind, id) = name.split_once(':')?;
        match kind {
            "tasks" => Some(Self::Tasks { user_id: id.to_owned() }),
            "batch" => Some(Self::Batch { batch_id: id.to_owned() }),
            _ => None,
        }
    }

    /// The feeds that show `task`.
    pub fn of(task: &Task) -> impl Iterator<Item = Self> {
        let batch = task.batch_id.clone().map(|batch_id| Self::Batch { batch_id });
        // A task that is nobody's is on no feed.
        let own = Some(task.user_id.clone()).filter(|user_id| !user_id.is_empty());
        own.map(|user_id| Self::Tasks { user_id }).into_iter().chain(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feeds_name_is_pinned_and_read_back_whatever_the_user_is_called() {
        for (feed, name) in [
            (Feed::Tasks { user_id: "auth0|a:b c".into() }, "tasks:auth0|a:b c"),
            (Feed::Batch { batch_id: "btc_1".into() }, "batch:btc_1"),
            (Feed::Content, "content"),
        ] {
            assert_eq!(feed.to_string(), name);
            assert_eq!(Feed::parse(name), Some(feed));
        }
        assert_eq!(Feed::parse("tasks"), None);
        assert_eq!(Feed::parse("other:x"), None);
    }
}
