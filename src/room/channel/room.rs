//! The room of one channel: connects the runtime's events to [`crate::domain::channel`].

use super::protocol::{Answer, Ask};
use crate::domain::channel::apply::{Decision, Input, Stage, Work, apply};
use crate::domain::channel::erase::Gone;
use crate::domain::channel::event::{Arrived, ChannelEvent};
use crate::domain::channel::events::with_events;
use crate::domain::channel::frame::{
    channel_frame, erased_frame, first_frame, first_row, owners_of_news,
};
use crate::domain::channel::state::{ChannelState, record_id};
use crate::domain::delivery::arrival::Arrival;
use crate::domain::task::TIMEOUT;
use crate::domain::time::{DAY, Millis};
use crate::domain::verdict::Verdict;
use crate::error::ApiError;
use crate::feed::books::tell;
use crate::feed::client::{FEED_DEADLINE, poke_content, show_erased};
use crate::log::{Line, What};
use crate::object::actor::Actor;
use crate::object::alarm::admit;
use crate::object::instance::Instance;
use crate::object::socket::{accept, hang_up};
use crate::object::together::send_all;
use crate::outbox::send::roads;
use crate::platform::{config, log, log_behind, log_line, now, with_deadline};
use crate::provider::registry::PROVIDERS;
use crate::room::webhook::{Handled, logged_with, note_logged};
use crate::store::{D1_DEADLINE, Store};
use crate::url::query;
use worker::{Env, Request, Response, Result};

/// One channel's room, while it handles an event of the runtime.
pub struct ChannelRoom<'a> {
    pub channel_id: &'a str,
    pub state: &'a Instance,
    pub env: &'a Env,
    /// The webhook that it handles.
    pub webhook: Handled,
}

impl Actor for ChannelRoom<'_> {
    type State = ChannelState;
    type Input = Input;
    type Work = Work;

    fn object(&self) -> &Instance {
        self.state
    }

    fn apply(&self, state: &ChannelState, input: Input, now: Millis) -> Decision {
        let (gives_up, has_failed) = (input == Input::GiveUp, input == Input::FlushFailed);
        if matches!(input, Input::EventsDue | Input::Resend(_)) {
            self.state.nudge();
        }
        let decision = apply(state, input, now);
        let decision = with_events(state, decision, || roads(self.env), now);
        self.webhook.judge(decision.verdict, None, now);
        if let (true, Verdict::Applied, Some(channel)) =
            (gives_up, decision.verdict, &decision.state.channel)
        {
            log_line(&Line {
                event: What::GaveUp,
                provider: &channel.provider,
                id: Some(self.channel_id),
                code: TIMEOUT,
                reason: "The provider did not answer in time.",
            });
        }
        if let (true, Some(channel)) = (has_failed && state.is_behind(now - DAY), &state.channel) {
            log_behind(&channel.provider, Some(self.channel_id));
        }
        decision
    }

    fn frame(&self, state: &ChannelState) -> Option<String> {
        if state.erased_at.is_some() {
            return state.deletions.first().map(|deletion| erased_frame(&deletion.rows));
        }
        let channel = state.channel.as_ref()?;
        Some(channel_frame(channel, first_row(state).as_ref()))
    }

    async fn work(&self, work: Work) -> Result<Option<Input>> {
        match work {
            Work::Flush => self.flush().await,
            // Both are under way at the same time, and whatever else is due.
            Work::Call { .. } | Work::Send => send_all(self.state, self).await.map(|()| None),
            Work::Delete(gone) => self.delete(gone).await,
            Work::Settle => self.settle().await,
        }
    }
}

impl ChannelRoom<'_> {
    /// Answers a message of our Worker's.
    pub async fn answer(&self, text: &str) -> Result<String> {
        let answer = match serde_json::from_str(text)? {
            Ask::Attach { channel } => {
                let verdict = self.handle(Input::Attach(channel)).await?;
                Answer::Done { verdict, is_logged: false }
            }
            Ask::Ingest { event, arrival } => self.ingest(event, arrival).await?,
            Ask::Erase { gone } => {
                self.handle(Input::Erase(gone.clone())).await?;
                Answer::Erased { is_gone: self.load()?.is_gone(&gone) }
            }
            Ask::Resend { event } => self.resend(*event).await?,
            Ask::Read { user_id } => match self.seen_by(&user_id).await? {
                Some((channel, content)) => {
                    Answer::Channel { channel: Box::new(channel), content: content.map(Box::new) }
                }
                None => Answer::NotFound,
            },
        };
        Ok(serde_json::to_string(&answer)?)
    }

    pub async fn alarm(&self) -> Result<()> {
        self.handle(Input::Alarm(Stage::Flush)).await.map(drop)
    }

    async fn ingest(&self, event: ChannelEvent, arrival: Option<Box<Arrival>>) -> Result<Answer> {
        let forbidden = event.callback_url.as_deref().and_then(|url| self.forbids(&event, url));
        if let Some(reason) = &forbidden {
            log("callback refused", format_args!("{}: {reason}", self.channel_id));
        }
        let is_public = self.is_public(&event.provider);
        // Otherwise the event's own data would decide who owns it.
        let state = self.load()?;
        if state.channel.is_none() && state.erased_at.is_none() {
            let asked = self.asked(event.intent.as_ref(), &event.provider);
            if let Ok(Some(channel)) = with_deadline(D1_DEADLINE, asked).await {
                self.handle(Input::Remember(channel)).await?;
            }
        }
        let arrived = Arrived { event, forbidden, is_public };
        // From here on: what was remembered of the channel is not what became of the webhook.
        let is_to_log = arrival.is_some();
        self.webhook.hear(arrival.map(|arrival| *arrival));
        let verdict = self.handle(Input::Event(arrived)).await?;
        Ok(Answer::Done { verdict, is_logged: is_to_log && !self.webhook.is_open() })
    }

    /// Whether rows without an owner are everyone's. The webhook was refused if that cannot be read.
    fn is_public(&self, provider: &str) -> bool {
        let config = config(self.env);
        let is_public = PROVIDERS.named(provider).map(|it| it.settings().is_public(&config));
        is_public == Some(Ok(true))
    }

    /// Why the callback of an event must not go to `url`.
    fn forbids(&self, event: &ChannelEvent, url: &str) -> Option<String> {
        let Some(provider) = PROVIDERS.named(&event.provider) else {
            return Some("the provider is not known".to_owned());
        };
        let hosts = provider.settings().callback_hosts(&config(self.env));
        hosts.allows(url).err().map(|refused| format!("the callback {refused}"))
    }

    /// Brings D1 and then the content feeds up to date. The alarm retries what fails or times out.
    async fn flush(&self) -> Result<Option<Input>> {
        let state = self.load()?;
        let mut done = with_deadline(D1_DEADLINE, self.mirror(&state)).await;
        // Feeds read D1, so they are told after that.
        let owners = owners_of_news(&state);
        if done.is_ok() && !owners.is_empty() {
            done = with_deadline(FEED_DEADLINE, poke_content(self.env, owners)).await;
        }
        if let (Ok(()), Some(word), Some(user)) = (&done, state.word_of_news(), owner_of(&state)) {
            done = with_deadline(FEED_DEADLINE, tell(self.env, user, vec![word])).await;
        }
        Ok(Some(match done {
            Ok(()) => Input::Flushed(state.version()),
            Err(_) => Input::FlushFailed,
        }))
    }

    async fn delete(&self, gone: Gone) -> Result<Option<Input>> {
        let state = self.load()?;
        if state.erased_at.is_some() {
            hang_up(self.state)?;
        }
        let deletion = async { Store::new(self.env)?.delete_content(&gone).await };
        let deleted = with_deadline(D1_DEADLINE, deletion).await;
        // After D1: the feed reads D1.
        let told = with_deadline(FEED_DEADLINE, show_erased(self.env, &gone)).await;
        Ok(Some(match deleted.and(told) {
            Ok(()) => Input::Deleted(gone),
            Err(_) => Input::DeleteFailed,
        }))
    }

    /// Tells the owner's book how an erased channel ended.
    async fn settle(&self) -> Result<Option<Input>> {
        let Some(owed) = self.load()?.owed.clone() else { return Ok(None) };
        let word = owed.last_word();
        let telling = tell(self.env, &owed.user_id, vec![word.clone()]);
        Ok(Some(match with_deadline(FEED_DEADLINE, telling).await {
            Ok(()) => Input::Settled(word),
            Err(_) => Input::SettleFailed,
        }))
    }

    async fn mirror(&self, state: &ChannelState) -> std::result::Result<(), ApiError> {
        let now = now();
        let logged = logged_with(self.env, &self.webhook, now);
        Store::new(self.env)?.mirror_channel(state, &logged, now).await?;
        note_logged(self.env, &self.webhook);
        Ok(())
    }

    /// One attempt at the callback of an event.
    pub(super) async fn call(&self, key: String) -> Result<Option<Input>> {
        let state = self.load()?;
        let found = state.events.iter().find(|event| event.key == key);
        let (Some(event), Some(channel)) = (found, &state.channel) else { return Ok(None) };
        let id = record_id(self.channel_id, &key);
        let is_first = event.callback.attempts == 0;
        if is_first && event.content.is_some() && self.was_told(&id).await {
            return Ok(Some(Input::CalledBefore { key }));
        }
        let reply = self.call_back(channel, event, &id).await;
        log("callback", format_args!("{} {reply:?}", self.channel_id));
        Ok(Some(Input::Called { key, reply }))
    }

    /// Whether the row says that its callback was delivered, before the object was cleaned up.
    async fn was_told(&self, id: &str) -> bool {
        let told = async { Store::new(self.env)?.was_delivered(id).await };
        with_deadline(D1_DEADLINE, told).await.unwrap_or(false)
    }

    pub async fn watch(&self, request: &Request) -> Result<Response> {
        let url = request.inner().url();
        let field = |name| query::value(&url, name).unwrap_or_default();
        let Some((channel, content)) = self.seen_by(&field("user")).await? else {
            return Ok(Response::empty()?.with_status(404));
        };
        let accepted = accept(self.state, request)?;
        let known = field("version").parse().ok();
        accepted.socket.send_with_str(first_frame(&channel, content.as_ref(), known))?;
        admit(self.state, accepted, request).await
    }
}

/// Who has started the channel.
fn owner_of(state: &ChannelState) -> Option<&str> {
    state.channel.as_ref()?.user_id.as_deref()
}
