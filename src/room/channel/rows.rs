//! Reading a channel from its rows, for an object without a state.

use super::room::ChannelRoom;
use crate::domain::channel::apply::Input;
use crate::domain::channel::frame::{Content, first_row};
use crate::domain::channel::state::Channel;
use crate::domain::owner::may_see;
use crate::domain::task::Status;
use crate::domain::time::parse_iso;
use crate::error::ApiError;
use crate::object::actor::Actor;
use crate::store::Store;
use worker::{Error, Result};

impl ChannelRoom<'_> {
    /// The channel and its first row, if this user may see them. A channel that was cleaned up is read
    /// from D1.
    pub(super) async fn seen_by(
        &self,
        user_id: &str,
    ) -> Result<Option<(Channel, Option<Content>)>> {
        let state = self.load()?;
        if state.erased_at.is_some() {
            return Ok(None);
        }
        let found = match &state.channel {
            Some(channel) => Some((channel.clone(), first_row(&state))),
            None => {
                let found = self.in_rows().await;
                let found = found.map_err(|error| Error::RustError(error.to_string()))?;
                self.take_up(found.as_ref().map(|(channel, _)| channel)).await?;
                found
            }
        };
        Ok(found.filter(|(channel, _)| may_see(channel.user_id.as_deref(), user_id)))
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
