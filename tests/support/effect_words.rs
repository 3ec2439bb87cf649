//! Effects and times as a table's cells and columns have them.

use std::fmt::Debug;
use taskwire::domain::effect::{Arm, Effect};
use taskwire::domain::time::{HOUR, MINUTE, Millis, SECOND};

/// The effects in their order, `-` without any. Times are from `now` on, or `end` for the clean-up. `own`
/// has the words for an actor's own work and inputs.
pub fn cell<I: Debug, W: Debug>(
    effects: &[Effect<I, W>],
    (end, now): (Millis, Millis),
    own: impl Fn(&Effect<I, W>) -> Option<String>,
) -> String {
    let time = |at: Millis| match at {
        _ if at == end => "=end".to_owned(),
        _ => format!("+{}s", (at - now) / SECOND),
    };
    let word = |effect: &Effect<I, W>| match effect {
        Effect::Store => "store".to_owned(),
        Effect::Show => "show".to_owned(),
        Effect::Arm(Arm::At(at)) => format!("at{}", time(*at)),
        Effect::Arm(Arm::By(at)) => format!("by{}", time(*at)),
        Effect::Clean => "clean".to_owned(),
        Effect::Do(_) | Effect::Then(_) => own(effect).unwrap_or_else(|| panic!("{effect:?}")),
    };
    let words: Vec<_> = effects.iter().map(word).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

/// The state and the time since the start that a column names: `pending +20s`, `done +1h`.
pub fn column(column: &str) -> (&str, Millis) {
    let (name, later) = column.split_once(" +").unwrap_or((column, "0s"));
    let (number, unit) = later.split_at(later.len() - 1);
    let unit = match unit {
        "h" => HOUR,
        "m" => MINUTE,
        "s" => SECOND,
        other => panic!("no unit {other}"),
    };
    (name, unit * number.parse::<Millis>().expect("a number"))
}
