//! A task's object with what is around it: the rows in D1, the provider, the clock. It says what each
//! step makes of them, and judges nothing: that is [`crate::orders`].

use crate::actor::{Actor, Performed, Run, Tasks};
use crate::support::{
    NOW, TASK_ID, attach, completed, delivery, failed, new_task, picture, poll, report, row_ids,
    unknown,
};
use taskwire::domain::task::apply::{Input, Work};
use taskwire::domain::task::change::fail;
use taskwire::domain::task::erase::Rows;
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{START_LOST, Task, TaskError};
use taskwire::domain::time::{Millis, SECOND};
use taskwire::domain::usage::word::Word;
use taskwire::domain::verdict::Verdict;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The provider has named the task, or its answer is handed on once more.
    Attach,
    /// Somebody who has read the rows wonders whether the object is asleep.
    Wake,
    /// A webhook with the pictures.
    Completed,
    /// A webhook with an error.
    Failed,
    /// A webhook that says nothing we know.
    Unknown,
    /// The last webhook once more.
    Again,
    /// The alarm fires. A provider that is polled says this.
    Alarm(Said),
    /// The alarm fires when the deadline has passed. A provider that is polled says nothing.
    Slept,
    /// D1 goes away, or comes back.
    D1,
    /// The sweep finds a start that nobody has heard of, and fails its rows.
    GivenUp,
    /// The owner wants it gone.
    Erase,
}

/// What a provider says that is polled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said {
    Nothing,
    Pending,
    Completed,
}

#[derive(Clone, Debug, PartialEq)]
pub struct World {
    pub actor: Actor<Tasks>,
    pub now: Millis,
    /// What D1 has of the task. A start makes its rows before anything else happens.
    pub rows: Task,
    pub is_away: bool,
    /// The rows were deleted.
    pub is_deleted: bool,
    /// What the owner's book was told of an erased task.
    pub told: Vec<Word>,
    /// The version that the feeds have shown.
    pub published: u64,
    /// The webhook that came last, and those that were not answered: they come again.
    pub last: Option<Input>,
    pub unanswered: Vec<Input>,
    /// Webhooks that have come, each of which has a key of its own.
    webhooks: usize,
}

/// What came of a step.
#[derive(Default)]
pub struct Came {
    pub verdict: Option<Verdict>,
    /// The rows were looked for, and the provider was polled.
    pub has_looked: bool,
    pub has_polled: bool,
    /// The process has died before the end.
    pub has_died: bool,
    pub has_cleaned: bool,
}

pub fn pictures() -> Report {
    let said = completed(vec![picture("a"), picture("b")]);
    Report { row_ids: row_ids(&new_task(2)), ..said }
}

impl World {
    pub fn new() -> Self {
        Self {
            actor: Actor::default(),
            now: NOW,
            rows: Task { task_id: None, ..new_task(2) },
            is_away: false,
            is_deleted: false,
            told: Vec::new(),
            published: 0,
            last: None,
            unanswered: Vec::new(),
            webhooks: 0,
        }
    }

    pub fn room(&self) -> RoomState {
        self.actor.state()
    }

    /// Takes `step` a second after the one before, and performs so many effects of it at most; then the
    /// process dies. `None` where the step is not possible.
    pub fn take(&mut self, step: Step, effects: usize) -> Option<Came> {
        self.now += SECOND;
        match step {
            Step::Attach => Some(self.request(attach(&new_task(2)), effects)),
            Step::Wake => {
                let is_known = self.rows.task_id.is_some() && !self.rows.is_final();
                let wake = Input::Wake(Box::new(self.rows.clone()));
                (is_known && !self.is_away).then(|| self.request(wake, effects))
            }
            Step::Completed => Some(self.webhook(pictures(), effects)),
            Step::Failed => Some(self.webhook(failed("restricted_content"), effects)),
            Step::Unknown => Some(self.webhook(unknown(), effects)),
            Step::Again => {
                let last = self.last.clone()?;
                Some(self.delivered(last, effects))
            }
            Step::Alarm(said) => self.alarm(self.actor.alarm?, said, effects),
            Step::Slept => {
                let room = self.room();
                let task = room.task.filter(|task| !task.status.is_terminal())?;
                self.alarm(task.deadline().max(self.actor.alarm?), Said::Nothing, effects)
            }
            Step::D1 => {
                self.is_away = !self.is_away;
                Some(Came::default())
            }
            Step::Erase => {
                let rows = Rows::from(&self.rows.clone().named(TASK_ID));
                Some(self.request(Input::Erase(Box::new(rows)), effects))
            }
            Step::GivenUp => {
                let is_lost = self.rows.task_id.is_none() && self.rows.version < 2;
                (is_lost && !self.is_away).then(|| {
                    fail(&mut self.rows, TaskError::new(START_LOST, "Never started."));
                    self.rows.version = 2;
                    Came::default()
                })
            }
        }
    }

    fn webhook(&mut self, said: Report, effects: usize) -> Came {
        self.webhooks += 1;
        self.delivered(delivery(&format!("evt_{}", self.webhooks), said), effects)
    }

    /// The provider sends a webhook. It sends it again for as long as it has no answer.
    pub fn delivered(&mut self, webhook: Input, effects: usize) -> Came {
        self.last = Some(webhook.clone());
        self.unanswered.retain(|unanswered| *unanswered != webhook);
        let came = self.request(webhook.clone(), effects);
        if came.has_died || came.verdict == Some(Verdict::Full) {
            self.unanswered.push(webhook);
        }
        came
    }

    fn request(&mut self, input: Input, effects: usize) -> Came {
        self.run(Run::new(input), Said::Nothing, effects)
    }

    /// The alarm fires at `at`, or now if that is over.
    pub fn alarm(&mut self, at: Millis, said: Said, effects: usize) -> Option<Came> {
        self.now = self.now.max(at);
        let run = self.actor.fire(self.now);
        Some(self.run(run, said, effects))
    }

    fn run(&mut self, mut run: Run<Tasks>, said: Said, effects: usize) -> Came {
        let mut came = Came::default();
        for _ in 0..effects {
            match self.actor.perform(&mut run, self.now) {
                Performed::Work(work) => {
                    came.has_looked |= work == Work::Adopt;
                    came.has_polled |= work == Work::Poll;
                    let outcome = self.work(work, said);
                    run.end_work(outcome);
                }
                Performed::Cleaned => came.has_cleaned = true,
                Performed::Decided { .. } | Performed::Other => {}
                Performed::Over => {
                    came.verdict = run.verdict;
                    return came;
                }
            }
        }
        self.actor.die(Some(&run), self.now);
        Came { has_died: true, ..came }
    }

    /// What the work of the object comes to.
    fn work(&mut self, work: Work, said: Said) -> Option<Input> {
        let room = self.room();
        match work {
            Work::Adopt => {
                let named = |early: &Report| !early.row_ids.is_empty();
                let is_found = self.rows.task_id.is_some()
                    || room.early.iter().any(|early| named(&early.report));
                Some(match (is_found, self.is_away) {
                    (_, true) => Input::AdoptFailed,
                    (true, _) => Input::Adopt(Box::new(self.rows.clone().named(TASK_ID))),
                    (false, _) => Input::NoRows,
                })
            }
            Work::Poll => Some(match said {
                Said::Nothing => Input::PollFailed,
                Said::Pending => poll(report(Outcome::Pending)),
                Said::Completed => poll(pictures()),
            }),
            Work::Flush { note } => {
                let task = room.task?;
                if self.is_away {
                    return Some(Input::FlushFailed);
                }
                let is_newer = self.rows.version < task.version;
                if self.rows.task_id.is_none() && !is_newer {
                    return Some(Input::LeftBehind(self.rows.version));
                }
                if is_newer {
                    self.rows = task.clone();
                }
                self.published = self.published.max(task.version);
                note.then_some(Input::Flushed(task.version))
            }
            Work::Send => panic!("an event, and there is no road"),
            Work::Settle if self.is_away => Some(Input::SettleFailed),
            Work::Settle => {
                let word = room.erased?.owed?.last_word();
                self.told.push(word.clone());
                Some(Input::Settled(word))
            }
            Work::Delete if self.is_away => Some(Input::DeleteFailed),
            Work::Delete => {
                self.is_deleted = true;
                Some(Input::Deleted)
            }
        }
    }
}
