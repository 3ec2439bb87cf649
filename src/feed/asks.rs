//! The messages to the object with a user's book, and to the one with the deployment's pool: JSON over the
//! object's own `fetch`.

use crate::domain::id::TaskKey;
use crate::domain::time::Millis;
use crate::domain::usage::apply::{Answer, Wanted};
use crate::domain::usage::pool::Ask;
use crate::domain::usage::word::Word;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookAsk {
    /// Enter starts that are about to be made.
    Reserve(Wanted),
    /// They were not made.
    Release(Vec<TaskKey>),
    /// How starts stand.
    Tell(Vec<Word>),
    /// All that the user has from before this time is about to be erased.
    Erased { before: Millis },
    /// What is used and left, for a user of this tier.
    Usage { tier: Option<String> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookAnswer {
    Reserved(Answer),
    Done,
    /// As `GET /usage` gives it: it is only passed on.
    Usage(Value),
}

/// What the book of a user asks the pool.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct PoolAsk {
    pub user_id: String,
    pub ask: Ask,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::usage::amount::Amount;
    use crate::domain::usage::word::{Charge, End};

    #[test]
    fn the_messages_of_a_book_are_pinned() {
        let key = TaskKey::new(1, [7; 12]);
        let amount = Amount::parse("0.03").unwrap();
        let wanted = Wanted {
            starts: vec![(key.clone(), amount)],
            claim: Some("k".into()),
            tier: Some("pro".into()),
            is_channel: false,
        };
        let end = Some(End { charge: Charge::Cost(amount), is_final: true });
        for (ask, literal) in [
            (
                BookAsk::Reserve(wanted),
                r#"{"reserve":{"starts":[["000000000001BwcHBwcHBwcHBwcH","0.03"]],"claim":"k","tier":"pro","is_channel":false}}"#,
            ),
            (
                BookAsk::Release(vec![key.clone()]),
                r#"{"release":["000000000001BwcHBwcHBwcHBwcH"]}"#,
            ),
            (
                BookAsk::Tell(vec![Word::new(key, 2, end)]),
                r#"{"tell":[{"start":"000000000001BwcHBwcHBwcHBwcH","version":2,"end":{"charge":{"cost":"0.03"},"is_final":true}}]}"#,
            ),
            (BookAsk::Erased { before: 7 }, r#"{"erased":{"before":7}}"#),
            (BookAsk::Usage { tier: None }, r#"{"usage":{"tier":null}}"#),
        ] {
            assert_eq!(serde_json::to_string(&ask).unwrap(), literal);
            assert_eq!(serde_json::from_str::<BookAsk>(literal).unwrap(), ask);
        }
        let answer = BookAnswer::Reserved(Answer::Granted);
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"reserved":"granted"}"#);
    }
}
