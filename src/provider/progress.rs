//! How far a task has come, read from what its model writes to its log.

use crate::provider::lenient::short;

/// What is looked at of a log, in bytes from its end: more than a line has.
const TAIL: usize = 2048;

/// The progress in the last line of `log` that has some: ` 76%|███   | 7568/10000 [00:33<…` is 0.76, and
/// `7568/10000`.
pub fn of_log(log: &str) -> Option<(f64, Option<String>)> {
    let tail = &log[log.ceil_char_boundary(log.len().saturating_sub(TAIL))..];
    // A bar overwrites its line: what is between two carriage returns is a line too.
    tail.rsplit(['\n', '\r']).find_map(of_line)
}

fn of_line(line: &str) -> Option<(f64, Option<String>)> {
    let (before, after) = line.split_once("%|")?;
    let number = before.rsplit(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    // Reading a float would need tables of several kilobytes.
    let percent: u32 = number.split('.').next()?.parse().ok()?;
    let done = after.split_once('|').and_then(|(_, rest)| steps(rest));
    (percent <= 100).then(|| (f64::from(percent) / 100.0, done))
}

/// The `done/total` at the beginning of `text`.
fn steps(text: &str) -> Option<String> {
    let steps = text.split_whitespace().next()?;
    let (done, total) = steps.split_once('/')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (is_number(done) && is_number(total)).then(|| short(steps))
}

#[cfg(test)]
mod tests {
    use super::of_log;

    #[test]
    fn the_last_bar_of_a_log_is_its_progress() {
        for (log, fraction, steps) in [
            (
                " 76%|\u{2588}\u{2588}\u{258c}   | 7568/10000 [00:33<00:10, 229.01it/s]",
                0.76,
                "7568/10000",
            ),
            ("Loading\n  0%|   | 0/50 [00:00<?]\r 10%|#  | 5/50 [00:01<00:09]", 0.1, "5/50"),
            ("Using seed: 7\nsteps: 100%|##########| 28/28 [00:02]\nDone.\n", 1.0, "28/28"),
        ] {
            assert_eq!(of_log(log), Some((fraction, Some(steps.to_owned()))), "{log}");
        }
        assert_eq!(of_log("12.5%|#"), Some((0.12, None)));
    }

    #[test]
    fn a_log_without_a_bar_has_no_progress() {
        for log in ["", "50% done", "%|", "150%|##| 3/2", "a%|b| 1/2", "\u{2588}%|", ".5%|x"] {
            assert_eq!(of_log(log), None, "{log}");
        }
        let long = format!("50%|#| 1/2\n{}", "\u{e9}".repeat(5000));
        assert_eq!(of_log(&long), None, "what is far from the end is old");
    }
}
