//! D1 in memory: rows and keys, by the rules of the statements.

use crate::world::World;
use std::collections::BTreeSet;
use taskwire::domain::channel::intent::Intent;
use taskwire::domain::channel::state::Channel;
use taskwire::domain::claim::{Claim, Claimed};
use taskwire::domain::task::change::fail;
use taskwire::domain::task::{Task, TaskError};
use taskwire::domain::time::Millis;
use taskwire::error::ApiError;
use taskwire::start::ports::Rows;

impl Rows for World {
    async fn claimed(&self, _user: &str, key: &str) -> Result<Option<Claimed>, ApiError> {
        self.d1("claimed", || Ok(self.keys.borrow().get(key).cloned())).await
    }

    async fn insert(&self, tasks: &[&Task], claim: Option<&Claim>) -> Result<(), ApiError> {
        self.now.set(self.now() + self.rows_take.get());
        self.d1("insert", || {
            if let Some(claim) = claim {
                self.take_key(claim)?;
            }
            let rows = tasks.iter().map(|task| (task.key.to_string(), (*task).clone()));
            self.rows.borrow_mut().extend(rows);
            Ok(())
        })
        .await
    }

    async fn undo(
        &self,
        tasks: &[&Task],
        claim: Option<&Claim>,
        stands_for: Option<&str>,
    ) -> Result<(), ApiError> {
        self.d1("undo", || {
            let is_its = |key: &str| tasks.iter().any(|task| task.key.as_str() == key);
            self.rows.borrow_mut().retain(|key, row| row.task_id.is_some() || !is_its(key));
            if let Some(claim) = claim {
                self.resolve(claim, stands_for);
            }
            Ok(())
        })
        .await
    }

    async fn refuse(&self, task: &Task, reason: &TaskError, _now: Millis) -> Result<(), ApiError> {
        self.d1("refuse", || {
            self.fail_row(task, reason, 1);
            Ok(())
        })
        .await
    }

    async fn give_up(&self, task: &Task, reason: &TaskError, _now: Millis) -> Result<(), ApiError> {
        self.d1("give up", || {
            self.fail_row(task, reason, 2);
            Ok(())
        })
        .await
    }

    async fn mirror(&self, task: &Task) -> Result<Option<u64>, ApiError> {
        self.d1("mirror", || Ok(self.mirror_now(task))).await
    }

    async fn known_ids(&self, ids: &[&str]) -> Result<BTreeSet<String>, ApiError> {
        self.d1("known ids", || {
            let rows = self.rows.borrow();
            let known = rows.values().filter_map(|row| row.task_id.clone());
            Ok(known.filter(|id| ids.contains(&id.as_str())).collect())
        })
        .await
    }

    async fn started_under(&self, _user: &str, started: &str) -> Result<Vec<Task>, ApiError> {
        self.d1("started under", || {
            Ok(self.rows.borrow().get(started).cloned().into_iter().collect())
        })
        .await
    }

    async fn intend(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
        _at: Millis,
    ) -> Result<(), ApiError> {
        self.d1("intend", || {
            claim.map_or(Ok(()), |claim| self.take_key(claim))?;
            self.intents.borrow_mut().insert(intent.id.to_string(), intent.clone());
            Ok(())
        })
        .await
    }

    async fn withdraw_intent(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
    ) -> Result<(), ApiError> {
        self.d1("withdraw intent", || {
            self.intents.borrow_mut().remove(intent.id.as_str());
            if let Some(claim) = claim {
                self.keys.borrow_mut().retain(|_, known| known.stands_for != claim.stands_for);
            }
            Ok(())
        })
        .await
    }

    async fn resolve_claim(
        &self,
        _user: &str,
        claim: &Claim,
        stands_for: &str,
    ) -> Result<(), ApiError> {
        self.d1("settle claim", || {
            self.resolve(claim, Some(stands_for));
            Ok(())
        })
        .await
    }

    async fn insert_channel(&self, channel: &Channel) -> Result<(), ApiError> {
        self.d1("insert channel", || {
            let id = channel.channel_id.clone();
            self.channels.borrow_mut().insert(id, channel.clone());
            Ok(())
        })
        .await
    }
}

impl World {
    async fn d1<T>(
        &self,
        name: &str,
        act: impl FnOnce() -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.step(name, ApiError::unavailable(), act).await
    }

    /// `REFUSE_TASK` and `GIVE_UP_START`: while the row has no provider's id and its version allows it.
    fn fail_row(&self, task: &Task, reason: &TaskError, version: u64) {
        let mut rows = self.rows.borrow_mut();
        let row = rows.get_mut(task.key.as_str());
        let is_open = |row: &&mut Task| row.task_id.is_none() && row.version < version;
        if let Some(row) = row.filter(is_open) {
            fail(row, reason.clone());
            row.version = version;
        }
    }

    fn take_key(&self, claim: &Claim) -> Result<(), ApiError> {
        let mut keys = self.keys.borrow_mut();
        if keys.contains_key(&claim.key) {
            return Err(ApiError::unavailable());
        }
        let claimed =
            Claimed { request: claim.request.clone(), stands_for: claim.stands_for.clone() };
        keys.insert(claim.key.clone(), claimed);
        Ok(())
    }

    /// `KEY_STANDS_FOR` or `RELEASE_KEY`: while the key is this claim's.
    fn resolve(&self, claim: &Claim, stands_for: Option<&str>) {
        let mut keys = self.keys.borrow_mut();
        let known = keys.get_mut(&claim.key).filter(|known| known.stands_for == claim.stands_for);
        match (known, stands_for) {
            (Some(known), Some(word)) => known.stands_for = word.to_owned(),
            (Some(_), None) => drop(keys.remove(&claim.key)),
            (None, _) => {}
        }
    }

    /// `UPSERT_TASK` and `ATTACH_TASK`, then `LEFT_BEHIND`.
    pub fn mirror_now(&self, task: &Task) -> Option<u64> {
        let mut rows = self.rows.borrow_mut();
        let row = rows.entry(task.key.to_string()).or_insert_with(|| task.clone());
        let may = row.task_id.is_none() || row.task_id == task.task_id;
        if may && row.version < task.version {
            *row = task.clone();
        }
        row.task_id.is_none().then_some(row.version)
    }
}
