//! The Worker's client for a channel's room.

use super::protocol::{Answer, Ask};
use crate::domain::channel::erase::Gone;
use crate::domain::channel::event::ChannelEvent;
use crate::domain::channel::frame::Content;
use crate::domain::channel::state::Channel;
use crate::domain::delivery::arrival::Arrival;
use crate::domain::outbox::state::Event;
use crate::domain::verdict::Verdict;
use crate::error::ApiError;
use crate::object::address::Address;
use crate::object::name::ObjectName;
use crate::object::watcher::Watcher;
use crate::platform::fault;
use worker::{Env, Response};

/// The room of one channel. Only for a verified channel id, since a message creates the object.
pub struct ChannelClient {
    address: Address,
}

impl ChannelClient {
    /// The room of this channel.
    ///
    /// # Errors
    ///
    /// `not_configured` without the binding.
    pub fn of(env: &Env, channel_id: &str) -> Result<Self, ApiError> {
        Ok(Self { address: Address::of(env, &ObjectName::Channel(channel_id.to_owned()))? })
    }

    /// Attaches the channel of a request of ours.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn attach(&self, channel: Channel) -> Result<Verdict, ApiError> {
        self.done(&Ask::Attach { channel }).await.map(|(verdict, _)| verdict)
    }

    /// Sends a verified event, with what is to be logged of its webhook. An answer means that it is stored; its
    /// second part, that it is logged.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn ingest(
        &self,
        event: ChannelEvent,
        arrival: Option<Arrival>,
    ) -> Result<(Verdict, bool), ApiError> {
        self.done(&Ask::Ingest { event, arrival: arrival.map(Box::new) }).await
    }

    /// The channel and its first row, if this user may see them.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn read(
        &self,
        user_id: &str,
    ) -> Result<Option<(Channel, Option<Content>)>, ApiError> {
        match self.ask(&Ask::Read { user_id: user_id.to_owned() }).await? {
            Answer::Channel { channel, content } => Ok(Some((*channel, content.map(|it| *it)))),
            Answer::NotFound => Ok(None),
            _ => Err(fault("channel", "an answer to another question")),
        }
    }

    /// Sends an event of the channel again: how it stands then. `None`: the channel was erased.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn resend(&self, event: Event) -> Result<Option<Event>, ApiError> {
        match self.ask(&Ask::Resend { event: Box::new(event) }).await? {
            Answer::Event { event } => Ok(Some(*event)),
            Answer::NotFound => Ok(None),
            _ => Err(fault("resend", "an answer to another question")),
        }
    }

    /// Erases a row or all of the channel. The caller has checked whose it is. `false`: its rows stay in
    /// D1 for a while.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn erase(&self, gone: Gone) -> Result<bool, ApiError> {
        match self.ask(&Ask::Erase { gone }).await? {
            Answer::Erased { is_gone } => Ok(is_gone),
            _ => Err(fault("erase", "an answer to another question")),
        }
    }

    /// Opens a socket on the channel: a 101, or a 404 if this user may not see it.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached.
    pub async fn watch(&self, watcher: &Watcher) -> Result<Response, ApiError> {
        self.address.upgrade(&watcher.path(&[]), watcher.offers).await
    }

    async fn done(&self, ask: &Ask) -> Result<(Verdict, bool), ApiError> {
        match self.ask(ask).await? {
            Answer::Done { verdict, is_logged } => Ok((verdict, is_logged)),
            _ => Err(fault("channel", "an answer to another question")),
        }
    }

    async fn ask(&self, ask: &Ask) -> Result<Answer, ApiError> {
        self.address.ask(ask).await
    }
}
