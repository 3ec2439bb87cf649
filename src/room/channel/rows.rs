//! Reading a channel from its rows, for an object without a state.

use super::room::ChannelRoom;
use crate::domain::channel::apply::Input;
use crate::domain::channel::frame::{Content, first_row};
use crate::domain::channel::intent::Intent;
use crate::domain::channel::state::{Channel, ChannelState};
use crate::domain::id::TaskKey;
use crate::domain::owner::may_see;
use crate::domain::task::Status;
use crate::domain::time::parse_iso;
use crate::error::ApiError;
use crate::object::actor::Actor;
use crate::platform::now;
use crate::store::Store;
use worker::{Error, Result};

fn failed(error: ApiError) -> Error {
    Error::RustError(error.to_string())
}

fn in_state(state: &ChannelState) -> Option<(Channel, Option<Content>)> {
    Some((state.channel.clone()?, first_row(state)))
}

impl ChannelRoom<'_> {
    /// The channel and its first row, if this user may see them. A channel that was cleaned up is read
    /// from D1.
    pub(super) async fn seen_by(
        &self,
        user_id: &str,
    ) -> Result<Option<(Channel, Option<Content>)>> {
        let sees = |channel: &Channel| may_see(channel.user_id.as_deref(), user_id);
        let state = self.load()?;
        if state.erased_at.is_some() {
            return Ok(None);
        }
        let found = match &state.channel {
            None => {
                let found = self.in_rows().await.map_err(failed)?;
                self.take_up(found.as_ref().map(|(channel, _)| channel)).await?;
                found
            }
            // Its webhook was first, and then its room could not be reached.
            Some(channel) if channel.workflow.is_none() && !sees(channel) => {
                if let Some(asked) = self.asked(None, "").await.map_err(failed)? {
                    self.handle(Input::Remember(asked)).await?;
                }
                in_state(&*self.load()?)
            }
            Some(_) => in_state(&state),
        };
        Ok(found.filter(|(channel, _)| sees(channel)))
    }

    /// The channel as D1 has it of a request of ours, or as its intent says.
    pub(super) async fn asked(
        &self,
        intent: Option<&TaskKey>,
        provider: &str,
    ) -> std::result::Result<Option<Channel>, ApiError> {
        let store = Store::new(self.env)?;
        if let Some(channel) = store.channel(self.channel_id).await? {
            return Ok(Some(Channel { start: intent.cloned(), ..channel }));
        }
        let Some(id) = intent else { return Ok(None) };
        let intent = store.intent(id).await?;
        let channel =
            |it: Intent| it.channel(self.channel_id.to_owned(), provider.to_owned(), now());
        Ok(intent.map(channel))
    }

    /// A request of ours that is pending, and whose room was never reached, gets its alarm.
    async fn take_up(&self, found: Option<&Channel>) -> Result<()> {
        let is_pending = |channel: &&Channel| channel.status == Status::Pending;
        if let Some(channel) = found.filter(is_pending) {
            self.handle(Input::Attach(channel.clone())).await?;
        }
        Ok(())
    }

    async fn in_rows(&self) -> std::result::Result<Option<(Channel, Option<Content>)>, ApiError> {
        let store = Store::new(self.env)?;
        let content = store.content_of(self.channel_id).await?;
        let asked = store.channel(self.channel_id).await?;
        let of_row = content.as_ref().map(|content| Channel {
            channel_id: self.channel_id.to_owned(),
            provider: content.source.clone(),
            user_id: content.user_id.clone(),
            start: None,
            workflow: None,
            status: Status::Completed,
            version: 1,
            error: None,
            created_at: parse_iso(&content.created_at).unwrap_or_default(),
            updated_at: parse_iso(&content.created_at).unwrap_or_default(),
        });
        Ok(asked.or(of_row).map(|channel| (channel, content)))
    }
}
