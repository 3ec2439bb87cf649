//! Every order of up to five events, with repeats: what a provider, two webhook generations, a
//! slow start call and an alarm can do to one task.

use crate::support::{
    NOW, after, assert_sound, attach, completed, decide, delivery, failed, new_task, picture, poll,
    report, stored, unknown,
};
use taskwire::domain::task::apply::Input;
use taskwire::domain::task::report::Outcome;
use taskwire::domain::task::schedule::next_alarm;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{ImageStatus, Status, Task};
use taskwire::domain::time::Millis;
use taskwire::domain::verdict::Verdict;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Letter {
    Attach,
    Completed,
    Failed,
    /// The last delivery once more.
    Again,
    GiveUp,
    Unknown,
    PollPending,
}

const LETTERS: [Letter; 7] = [
    Letter::Attach,
    Letter::Completed,
    Letter::Failed,
    Letter::Again,
    Letter::GiveUp,
    Letter::Unknown,
    Letter::PollPending,
];

/// The input of the letter at `index` of `history`; `None` for a repeat of nothing.
fn input(history: &[Letter], index: usize) -> Option<Input> {
    let key = format!("evt_{index}");
    Some(match history[index] {
        Letter::Attach => attach(&new_task(2)),
        Letter::Completed => delivery(&key, completed(vec![picture("a"), picture("b")])),
        Letter::Failed => delivery(&key, failed("restricted_content")),
        Letter::Unknown => delivery(&key, unknown()),
        Letter::PollPending => poll(report(Outcome::Pending)),
        Letter::GiveUp => Input::GiveUp,
        Letter::Again => {
            let delivers =
                |l: &Letter| matches!(l, Letter::Completed | Letter::Failed | Letter::Unknown);
            input(history, history[..index].iter().rposition(delivers)?)?
        }
    })
}

/// What must have become of the task, told from the history alone: the provider's first word
/// stands, and giving up counts only before it.
fn expected(history: &[Letter]) -> Option<(Status, u64)> {
    let (mut attached, mut word, mut gave_up) = (false, None, false);
    for letter in history {
        match letter {
            Letter::Attach => attached = true,
            Letter::Completed => word = word.or(Some(Status::Completed)),
            Letter::Failed => word = word.or(Some(Status::Failed)),
            Letter::GiveUp => gave_up |= attached && word.is_none(),
            Letter::Again | Letter::Unknown | Letter::PollPending => {}
        }
    }
    let silence = if gave_up { Status::Failed } else { Status::Pending };
    let version = 1 + u64::from(word.is_some()) + u64::from(gave_up);
    attached.then(|| (word.unwrap_or(silence), version))
}

/// Walks every history that begins with `history`, each state once. Returns how many there were.
fn walk(history: &mut Vec<Letter>, room: &RoomState, longest: usize) -> usize {
    if history.len() == longest {
        return 0;
    }
    let mut count = 0;
    for letter in LETTERS {
        history.push(letter);
        let index = history.len() - 1;
        if let Some(input) = input(history, index) {
            let now = NOW + index as Millis * 1_000;
            // The state goes through storage before each event, as after an eviction.
            let (next, verdict) = decide(&stored(room), input, now);
            check(history, room, &next, verdict, now);
            count += 1 + walk(history, &next, longest);
        }
        history.pop();
    }
    count
}

fn check(history: &[Letter], room: &RoomState, next: &RoomState, verdict: Verdict, now: Millis) {
    assert_sound(next);
    assert_eq!(&stored(next), next, "{history:?}");
    assert!(next_alarm(next, now) >= now, "{history:?}");
    let found = next.task.as_ref().map(|task| (task.status, task.version));
    assert_eq!(found, expected(history), "{history:?}");
    if history.last() == Some(&Letter::Again) {
        assert_eq!((verdict, next), (Verdict::Duplicate, room), "{history:?}");
    }
    let Some(before) = &room.task else {
        let poll = history.iter().filter(|letter| **letter == Letter::PollPending).count();
        if next.task.is_none() {
            assert_eq!(next.early.len(), next.deliveries.len() + poll, "{history:?}");
        }
        return;
    };
    let task = next.task.as_ref().expect("a task never goes away");
    assert!(task.version >= before.version, "{history:?}");
    assert_eq!(task.version == before.version, task == before, "{history:?}");
    if before.is_final() {
        assert_eq!(task, before, "{history:?}");
    }
}

#[test]
fn in_every_order_of_five_events_the_providers_first_word_stands() {
    let count = walk(&mut Vec::new(), &RoomState::default(), 5);
    assert_eq!(count, 14_796);
}

#[test]
fn a_webhook_before_its_task_and_one_after_it_make_the_same_task() {
    let words =
        [completed(vec![picture("a"), picture("b")]), completed(vec![]), failed("internal")];
    for word in words {
        let ahead = after([delivery("evt_1", word.clone()), attach(&new_task(2))]);
        let behind = after([attach(&new_task(2)), delivery("evt_1", word)]);
        assert_eq!(ahead.task, behind.task);
        assert!(ahead.early.is_empty());
        let flushed = |room: &RoomState| (room.flushed, room.is_dirty());
        assert_eq!(flushed(&ahead), flushed(&behind));
    }
}

#[test]
fn of_two_words_the_first_stands_on_either_side_of_the_task() {
    let completed = || delivery("evt_c", completed(vec![picture("a"), picture("b")]));
    let failed = || delivery("evt_f", failed("internal"));
    let task = || attach(&new_task(2));
    let status = |inputs: [Input; 3]| after(inputs).task.map(|task| task.status);
    for inputs in [
        [task(), completed(), failed()],
        [completed(), task(), failed()],
        [completed(), failed(), task()],
    ] {
        assert_eq!(status(inputs), Some(Status::Completed));
    }
    for inputs in [
        [task(), failed(), completed()],
        [failed(), task(), completed()],
        [failed(), completed(), task()],
    ] {
        assert_eq!(status(inputs), Some(Status::Failed));
    }
}

#[test]
fn a_task_that_timed_out_is_healed_by_its_answer_and_then_final() {
    let room = after([attach(&new_task(2)), Input::GiveUp]);
    let task = room.task.as_ref().expect("attached");
    assert_eq!(task.error.as_ref().map(|error| error.code.as_str()), Some("timeout"));
    assert!(task.images.iter().all(|image| image.status == ImageStatus::Failed));

    let answer = delivery("evt_1", completed(vec![picture("a"), picture("b")]));
    let (room, verdict) = decide(&room, answer, NOW + 90_000);
    assert_eq!(verdict, Verdict::Applied);
    let healed: &Task = room.task.as_ref().expect("attached");
    assert_eq!((healed.status, healed.version, &healed.error), (Status::Completed, 3, &None));
    assert!(healed.images.iter().all(|image| image.status == ImageStatus::Success));
    assert!(healed.images.iter().all(|image| image.error.is_none()));

    let (after, verdict) = decide(&room, delivery("evt_2", failed("internal")), NOW + 91_000);
    assert_eq!((verdict, &after.task), (Verdict::Stale, &room.task));
}
