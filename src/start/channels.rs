//! Starting channels.
//!
//! The provider chooses the channel's id, so its row is made after the call. Before the call there is an
//! intent, whose id travels with the request: a webhook that comes first finds its owner by it. A channel cannot be polled, so a start whose answer was lost is never
//! repeated under the same idempotency key.

use super::earlier::{Earlier, earlier, wait_for_first};
use super::money::{Entered, too_late};
use super::ports::{Clock, Ports, Rooms, Rows};
use crate::domain::channel::intent::Intent;
use crate::domain::channel::state::Channel;
use crate::domain::claim::{Claim, Claimed};
use crate::domain::id::TaskKey;
use crate::domain::time::Millis;
use crate::error::{ApiError, Code};
use crate::provider::call::{Order, Started};
use crate::provider::calls::{self, Calls};
use crate::provider::contract::Provider;
use crate::provider::refusal::{no_answer, unreachable, unreadable};

/// What a claimed key stands for while its request is under way.
const UNDER_WAY: &str = "ai:under way:";
/// And when it is over: a channel, or an error without a clear no.
const CHANNEL: &str = "ai:channel:";
const ERROR: &str = "ai:error:";

/// What a claim of this very start stands for. `key` is a fresh one: it tells the claim from that of
/// any other start under the same idempotency key.
pub fn under_way(key: &TaskKey) -> String {
    format!("{UNDER_WAY}{key}")
}

impl<R: Rows, C: Calls, O: Rooms, T: Clock> Ports<'_, R, C, O, T> {
    /// Starts a channel, or returns the one that the same idempotency key has started before.
    ///
    /// # Errors
    ///
    /// The provider's refusal; 409 if the key stands for another request, or for one still under way.
    pub async fn start_channel(
        &self,
        provider: &'static dyn Provider,
        order: &Order<'_>,
        claim: Option<Claim>,
    ) -> Result<Channel, ApiError> {
        let user = order.user_id;
        if let Some(claim) = &claim
            && let Some(channel) = self.channel_before(user, claim).await?
        {
            return Ok(channel);
        }
        let until = match self.entered_channel(order, claim.as_ref()).await? {
            Ok(until) => until,
            Err(channel) => return Ok(channel),
        };
        let intent = Intent {
            id: order.key.clone(),
            user_id: user.to_owned(),
            workflow: order.request.model.clone().unwrap_or_default(),
        };
        let intended = match self.intended(&intent, claim.as_ref()).await {
            Ok(None) if self.now() >= until => Err(too_late()),
            intended => intended,
        };
        if !matches!(intended, Ok(None)) {
            self.take_back(user, vec![intent.id.clone()]).await;
        }
        if let Some(channel) = intended? {
            return Ok(channel);
        }
        let started = calls::start(self.calls, provider, order).await;
        self.settle(&intent, claim.as_ref(), &started).await;
        if started.as_ref().is_err_and(|error| unclear(error.code).is_none()) {
            self.take_back(user, vec![intent.id.clone()]).await;
        }
        let provider = order.request.provider.to_owned();
        let channel = intent.channel(started?.id, provider, self.now());
        self.attach_channel(&channel).await;
        Ok(channel)
    }

    /// Records the intent. Or the channel that another request has started under the same key a moment
    /// ago.
    async fn intended(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
    ) -> Result<Option<Channel>, ApiError> {
        let Err(error) = self.rows.intend(intent, claim, self.now()).await else {
            return Ok(None);
        };
        let Some(claim) = claim else { return Err(error) };
        let user = &intent.user_id;
        let claimed = self.rows.claimed(user, &claim.key).await?;
        // D1's answer may have been lost, and the claim is ours.
        if claimed.is_some_and(|claimed| claimed.stands_for == claim.stands_for) {
            return Ok(None);
        }
        self.channel_before(user, claim).await?.ok_or(error).map(Some)
    }

    /// Enters the start in the user's book: until when it may be made. Or the channel that the first
    /// request with the same key has started.
    async fn entered_channel(
        &self,
        order: &Order<'_>,
        claim: Option<&Claim>,
    ) -> Result<Result<Millis, Channel>, ApiError> {
        let (user, since) = (order.user_id, self.now());
        let starts = vec![(order.key.clone(), self.price(order.request).await?)];
        loop {
            let key = claim.map(|claim| claim.key.clone());
            let entered = self.enter(user, starts.clone(), key, true).await;
            if let Ok(Entered::Until(until)) = entered {
                return Ok(Ok(until));
            }
            if let Some(claim) = claim
                && let Some(channel) = self.channel_before(user, claim).await?
            {
                return Ok(Err(channel));
            }
            entered?;
            wait_for_first(self, since).await?;
        }
    }

    /// Sets what a claimed key stands for. A start that was refused leaves nothing.
    async fn settle(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
        started: &Result<Started, ApiError>,
    ) {
        let stands_for = match started {
            Ok(started) => format!("{CHANNEL}{}", started.id),
            Err(error) if unclear(error.code).is_some() => {
                format!("{ERROR}{}", error.code.as_str())
            }
            Err(_) => {
                if self.rows.withdraw_intent(intent, claim).await.is_err() {
                    self.clock.log_error("start", "a refused start stays under way");
                }
                return;
            }
        };
        let Some(claim) = claim else { return };
        if self.rows.resolve_claim(&intent.user_id, claim, &stands_for).await.is_err() {
            self.clock.log_error("start", "an idempotency key stays under way");
        }
    }

    /// Attaches the channel to its room. If the room cannot be reached, its row is inserted instead: the
    /// room finds the owner there when the webhook comes.
    async fn attach_channel(&self, channel: &Channel) {
        let is_attached = self.rooms.attach_channel(channel.clone()).await.is_ok();
        if !is_attached && self.rows.insert_channel(channel).await.is_err() {
            let detail = format!("{} has no row yet", channel.channel_id);
            self.clock.log_error("start", &detail);
        }
    }

    async fn channel_before(&self, user: &str, claim: &Claim) -> Result<Option<Channel>, ApiError> {
        earlier(self, user, claim, async |claimed: &Claimed| {
            if let Some(channel_id) = claimed.stands_for.strip_prefix(CHANNEL) {
                let seen = self.rooms.read_channel(channel_id, user).await?;
                return seen.map(Earlier::Ended).ok_or_else(ApiError::unavailable);
            }
            if let Some(word) = claimed.stands_for.strip_prefix(ERROR) {
                let error = Code::from_word(word).and_then(unclear);
                return Err(error.unwrap_or_else(ApiError::unavailable));
            }
            Ok(Earlier::UnderWay)
        })
        .await
    }
}

/// The error for a code after which the provider may have started the request anyway.
fn unclear(code: Code) -> Option<ApiError> {
    match code {
        Code::ProviderTimeout => Some(no_answer()),
        Code::ProviderUnavailable => Some(unreachable()),
        Code::ProviderInvalidResponse => Some(unreadable()),
        _ => None,
    }
}
