//! What is asked of a task's room by hand: to cancel the task, and what operators want.

use super::protocol::Answer;
use super::room::{TaskRoom, known};
use crate::domain::outbox::state::Event;
use crate::domain::task::Task;
use crate::domain::task::apply::Input;
use crate::domain::verdict::Verdict;
use crate::object::actor::Actor;
use crate::outbox::send::roads;
use crate::platform::log;
use crate::provider::call::TaskRef;
use crate::provider::calls::cancel;
use crate::provider::http::Http;
use crate::provider::registry::PROVIDERS;
use worker::Result;

impl TaskRoom<'_> {
    /// Tells the provider to cancel the task, and then asks what has become of it.
    pub(super) async fn cancel(&self, task_id: &str, user_id: &str) -> Result<Answer> {
        let Some(task) = self.owned(task_id, user_id).await? else { return Ok(Answer::NotFound) };
        if task.is_final() {
            return Ok(Answer::Task { task: Box::new(task) });
        }
        let about = TaskRef::from(&task);
        let provider = PROVIDERS.of(&task).ok().filter(|it| it.cancel(&about).is_some());
        let Some(provider) = provider else { return Ok(Answer::NotCancelable) };
        let told = cancel(&Http { env: self.env }, provider, &about).await;
        if let Ok(Some(report)) = &told {
            let report = Box::new(report.clone());
            self.handle(Input::Report { delivery: None, report }).await?;
        }
        // It may have refused because the task is over. This also brings D1 and the feeds up to date.
        self.handle(Input::AskNow).await?;
        let task = self.load()?.task.clone().unwrap_or(task);
        Ok(match told {
            Err(error) if !task.is_final() => {
                log("cancel", &error);
                match error.code.status() {
                    503 => Answer::Unavailable,
                    _ => Answer::NotCancelable,
                }
            }
            _ => Answer::Task { task: Box::new(task) },
        })
    }

    /// Asks the provider now what has become of the task. Its events are not waited for.
    pub(super) async fn reconcile(&self, row: Box<Task>) -> Result<Answer> {
        self.handle(Input::Wake(known(row))).await?;
        let Some(task) = self.load()?.task.clone() else { return Ok(Answer::NotFound) };
        if !task.is_final() {
            match self.ask_provider(&task).await? {
                Ok(report) => {
                    let report = Box::new(report);
                    self.handle(Input::Report { delivery: None, report }).await?;
                }
                Err(error) => {
                    log("reconcile", error);
                    return Ok(Answer::Unavailable);
                }
            }
        }
        self.handle(Input::Asked).await?;
        Ok(Answer::Task { task: Box::new(self.load()?.task.clone().unwrap_or(task)) })
    }

    /// Opens an event again, on the roads of the settings now.
    pub(super) async fn resend(&self, row: Box<Task>, event: Event) -> Result<Answer> {
        let id = event.id();
        let event = Box::new(event.on(&roads(self.env)));
        let verdict = self.handle(Input::Resend(known(row), event)).await?;
        let event = self.load()?.outbox.named(&id).cloned();
        let Some(event) = event.filter(|_| verdict == Verdict::Applied) else {
            return Ok(Answer::NotFound);
        };
        self.note(event.clone()).await?;
        Ok(Answer::Event { event: Box::new(event) })
    }
}
