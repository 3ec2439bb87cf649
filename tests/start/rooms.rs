//! Rooms in memory.

use crate::world::World;
use taskwire::domain::channel::state::Channel;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::{Status, Task};
use taskwire::domain::usage::apply::{Answer, Input, Wanted};
use taskwire::domain::usage::word::Word;
use taskwire::error::ApiError;
use taskwire::start::ports::Rooms;

impl Rooms for World {
    async fn attach(&self, task: Task) -> Result<Task, ApiError> {
        self.step("attach", ApiError::unavailable(), || {
            let mut rooms = self.rooms.borrow_mut();
            let known = rooms.entry(task.id().to_owned()).or_insert_with(|| {
                // A failed start that is attached is under way again.
                let error = task.error.clone().filter(|error| !error.is_of_start());
                let status = if error.is_some() { task.status } else { Status::Pending };
                Task { version: task.version.max(1), error, status, ..task.clone() }
            });
            if known.key != task.key {
                return Err(ApiError::internal());
            }
            // The room writes its rows, above whatever they were given up at.
            while let Some(left) = self.mirror_now(known) {
                known.version = left + 1;
            }
            // And tells the owner's book.
            if self.money.is_some() {
                self.keep(Input::Words(vec![Word::of(known)]));
            }
            Ok(known.clone())
        })
        .await
    }

    async fn read(&self, task_id: &str, user: &str) -> Result<Option<Task>, ApiError> {
        self.step("read", ApiError::unavailable(), || {
            let found = self.rooms.borrow().get(task_id).cloned();
            let by_row = || {
                let rows = self.rows.borrow();
                rows.values().find(|row| row.task_id.as_deref() == Some(task_id)).cloned()
            };
            Ok(found.or_else(by_row).filter(|task| task.user_id == user))
        })
        .await
    }

    async fn wake(&self, task: &Task) -> Result<(), ApiError> {
        self.step("wake", ApiError::unavailable(), || {
            let id = task.id().to_owned();
            self.rooms.borrow_mut().entry(id).or_insert_with(|| task.clone());
            Ok(())
        })
        .await
    }

    async fn reserve(&self, _user: &str, wanted: Wanted) -> Result<Answer, ApiError> {
        let input = Input::Reserve { wanted, terms: self.terms, grant: None };
        let act = || self.keep(input).ok_or_else(ApiError::internal);
        self.step("reserve", ApiError::unavailable(), act).await
    }

    async fn release(&self, _user: &str, starts: Vec<TaskKey>) -> Result<(), ApiError> {
        let act = || {
            self.keep(Input::Release(starts));
            Ok(())
        };
        self.step("release", ApiError::unavailable(), act).await
    }

    async fn tell(&self, _user: &str, words: Vec<Word>) -> Result<(), ApiError> {
        if self.money.is_none() {
            return Ok(());
        }
        let act = || {
            self.keep(Input::Words(words));
            Ok(())
        };
        self.step("tell", ApiError::unavailable(), act).await
    }

    async fn attach_channel(&self, channel: Channel) -> Result<(), ApiError> {
        self.step("attach channel", ApiError::unavailable(), || {
            self.channel_rooms.borrow_mut().insert(channel.channel_id.clone(), channel);
            Ok(())
        })
        .await
    }

    async fn read_channel(
        &self,
        channel_id: &str,
        _user: &str,
    ) -> Result<Option<Channel>, ApiError> {
        self.step("read channel", ApiError::unavailable(), || {
            let of_room = self.channel_rooms.borrow().get(channel_id).cloned();
            Ok(of_room.or_else(|| self.channels.borrow().get(channel_id).cloned()))
        })
        .await
    }
}
