//! Retention: where the sweep is among what is past it.
//!
//! It goes through three tables, user by user: an index leads from one user to the next, and each user's
//! oldest rows come first. So it reads what it deletes and one entry for each user, however many rows
//! there are that stay.

use super::time::{HOUR, MINUTE, Millis};

/// The tables, in the order in which they are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Tasks,
    Channels,
    Content,
}

impl Table {
    pub const ALL: [Self; 3] = [Self::Tasks, Self::Channels, Self::Content];

    fn word(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Channels => "channels",
            Self::Content => "content",
        }
    }
}

/// The next to look at: a user's rows in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub table: Table,
    /// The first user, in the order of the index, who was not looked at.
    pub user: String,
}

impl Place {
    /// Where to go on, from the text that was stored. `None`: nothing is to be done before the next full
    /// hour.
    pub fn from_text(text: &str, now: Millis) -> Option<Self> {
        let (word, user) = text.split_once(' ').unwrap_or((text, ""));
        match Table::ALL.into_iter().find(|table| table.word() == word) {
            Some(table) => Some(Self { table, user: user.to_owned() }),
            None => {
                (now % HOUR < MINUTE).then(|| Self { table: Table::Tasks, user: String::new() })
            }
        }
    }

    /// The beginning of the next table. `None` after the last one.
    pub fn next_table(&self) -> Option<Self> {
        let mut tables = Table::ALL.into_iter().skip_while(|table| *table != self.table).skip(1);
        tables.next().map(|table| Self { table, user: String::new() })
    }

    /// The place as it is stored.
    pub fn to_text(place: Option<&Self>) -> String {
        place.map_or_else(String::new, |place| format!("{} {}", place.table.word(), place.user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_whatever_the_user_is_called() {
        for user in ["", "ada", "auth0|a b", " "] {
            for table in Table::ALL {
                let place = Place { table, user: user.to_owned() };
                let text = Place::to_text(Some(&place));
                assert_eq!(Place::from_text(&text, MINUTE), Some(place), "{text:?}");
            }
        }
    }

    #[test]
    fn a_round_goes_through_every_table_and_the_next_begins_at_a_full_hour() {
        let first = Place::from_text("", 3 * HOUR).expect("a new round");
        assert_eq!((first.table, first.user.as_str()), (Table::Tasks, ""));
        let second = first.next_table().expect("channels");
        let third = second.next_table().expect("content");
        assert_eq!((second.table, third.table), (Table::Channels, Table::Content));
        assert_eq!(third.next_table(), None);
        assert_eq!(Place::to_text(None), "");
        assert_eq!(Place::from_text("", 3 * HOUR + MINUTE), None);
    }
}
