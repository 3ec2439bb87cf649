//! The object of a channel: glue between the runtime's events and what
//! [`crate::domain::channel`] decides.

use super::protocol::{Answer, Ask};
use crate::domain::channel::apply::{Arrived, Input, apply};
use crate::domain::channel::callback::{PATIENCE, Reply};
use crate::domain::channel::event::ChannelEvent;
use crate::domain::channel::frame::{Content, channel_frame, first_frame, rows};
use crate::domain::channel::schedule::{due, next_alarm};
use crate::domain::channel::state::{Channel, ChannelState, record_id};
use crate::domain::room::Verdict;
use crate::domain::task::Status;
use crate::domain::time::{Millis, iso, parse_iso};
use crate::error::ApiError;
use crate::feed::client::poke_content;
use crate::http::{Failed, Outgoing};
use crate::platform::{config, note, now, report, within};
use crate::provider::modelriver::callback::{failed_body, reply, saved_body};
use crate::request::query;
use crate::room::object::{D1_PATIENCE, FEED_PATIENCE};
use crate::room::protocol::LIVE_PATH;
use crate::room::storage::{load, save};
use crate::socket::{accept, broadcast};
use crate::store::d1::Store;
use std::time::Duration;
use worker::{Env, Error, Request, Response, Result, State};

/// One channel's object, while it handles an event of the runtime.
pub struct ChannelObject<'a> {
    pub channel_id: String,
    pub state: &'a State,
    pub env: &'a Env,
}

impl ChannelObject<'_> {
    pub async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == LIVE_PATH {
            return self.watch(&request).await;
        }
        let answer = match serde_json::from_str(&request.text().await?)? {
            Ask::Attach { channel } => self.attach(channel).await?,
            Ask::Ingest { event } => self.ingest(event).await?,
            Ask::Read { user_id } => match self.seen_by(&user_id).await? {
                Some((channel, content)) => {
                    Answer::Channel { channel, content: content.map(Box::new) }
                }
                None => Answer::NotFound,
            },
        };
        Response::from_json(&answer)
    }

    pub async fn alarm(&self) -> Result<Response> {
        if due(&self.load()?, now()).flush {
            self.flush().await?;
        }
        let before = self.load()?;
        if due(&before, now()).give_up {
            self.take(Input::GiveUp)?;
        }
        while let Some(key) = due(&self.load()?, now()).call {
            self.call(key).await?;
        }
        if due(&self.load()?, now()).expire {
            self.take(Input::Expire)?;
        }
        if self.load()?.channel != before.channel {
            self.flush().await?;
        }
        let state = self.load()?;
        if due(&state, now()).clean {
            self.state.storage().delete_all().await?;
        } else {
            self.arm(next_alarm(&state, now())).await?;
        }
        Response::empty()
    }

    fn load(&self) -> Result<ChannelState> {
        load(&self.state.storage())
    }

    /// Reads, decides, stores, shows: with nothing in between.
    fn take(&self, input: Input) -> Result<Verdict> {
        let before = self.load()?;
        let (after, verdict) = apply(&before, input, now());
        if after != before {
            save(&self.state.storage(), &after)?;
        }
        let shown = before.channel.as_ref().map(|channel| channel.version);
        if let Some(channel) = after.channel.as_ref().filter(|it| Some(it.version) != shown) {
            broadcast(self.state, &channel_frame(channel, first_row(&after).as_ref()));
        }
        Ok(verdict)
    }

    async fn attach(&self, channel: Channel) -> Result<Answer> {
        let verdict = self.take(Input::Attach(channel))?;
        if verdict == Verdict::Attached {
            self.settle().await?;
        }
        Ok(Answer::Done { verdict })
    }

    async fn ingest(&self, event: ChannelEvent) -> Result<Answer> {
        let forbidden = match &event.callback_url {
            Some(url) => config(self.env).callback_hosts().allows(url).err().map(str::to_owned),
            None => None,
        };
        if let Some(reason) = &forbidden {
            note("callback refused", format_args!("{}: {reason}", self.channel_id));
        }
        self.remember().await?;
        let verdict = self.take(Input::Event(Arrived { event, forbidden }))?;
        match verdict {
            Verdict::Full => {}
            // An alarm that failed too often is gone. The provider's retry brings it back.
            Verdict::Duplicate => self.arm_if_unarmed().await?,
            _ => self.settle().await?,
        }
        Ok(Answer::Done { verdict })
    }

    /// A request of ours whose object could not be reached when it was started, or was cleaned away, has
    /// a row that says whose it is. Its first event must not make it anybody's.
    async fn remember(&self) -> Result<()> {
        if self.load()?.channel.is_some() {
            return Ok(());
        }
        let asked = async { Store::new(self.env)?.channel(&self.channel_id).await };
        if let Ok(Some(channel)) = within(D1_PATIENCE, asked).await {
            self.take(Input::Attach(channel))?;
        }
        Ok(())
    }

    /// Sets the alarm, so that whatever happens from here on is finished, and brings D1 up to date.
    async fn settle(&self) -> Result<()> {
        self.arm(next_alarm(&self.load()?, now())).await?;
        if self.load()?.is_dirty() {
            self.flush().await?;
        }
        Ok(())
    }

    /// Brings D1 and the content feed up to date. What fails or takes too long, the alarm does again.
    async fn flush(&self) -> Result<()> {
        let state = self.load()?;
        let Some(version) = state.channel.as_ref().map(|channel| channel.version) else {
            return Ok(());
        };
        let mut done = within(D1_PATIENCE, self.mirror(&state)).await;
        // The feed reads D1, so it is told after that.
        if done.is_ok() && state.has_news() {
            done = within(FEED_PATIENCE, poke_content(self.env)).await;
        }
        match done {
            Ok(()) => {
                self.take(Input::Flushed(version))?;
            }
            Err(_) => {
                self.take(Input::FlushFailed)?;
                self.arm(next_alarm(&self.load()?, now())).await?;
            }
        }
        Ok(())
    }

    async fn mirror(&self, state: &ChannelState) -> std::result::Result<(), ApiError> {
        Store::new(self.env)?.mirror_channel(state).await
    }

    /// One attempt at the callback of an event.
    async fn call(&self, key: String) -> Result<()> {
        let state = self.load()?;
        let Some(event) = state.events.iter().find(|event| event.key == key) else { return Ok(()) };
        let id = record_id(&self.channel_id, &key);
        let is_first = event.callback.attempts == 0;
        if is_first && event.content.is_some() && self.was_told(&id).await {
            self.take(Input::CalledBefore { key })?;
            return Ok(());
        }
        let body = match (&event.content, &event.error) {
            (Some(made), _) => saved_body(&made.data, &id, &iso(event.at)),
            (None, Some(error)) => failed_body(&error.message),
            (None, None) => failed_body("There was nothing to save."),
        };
        let reply = self.send(&event.callback.url, &body.to_string()).await;
        note("callback", format_args!("{} {reply:?}", self.channel_id));
        self.take(Input::Called { key, reply })?;
        Ok(())
    }

    /// Whether a row says that its callback was delivered: in a life of this object that it has
    /// forgotten.
    async fn was_told(&self, id: &str) -> bool {
        let told = async { Store::new(self.env)?.was_delivered(id).await };
        within(D1_PATIENCE, told).await.unwrap_or(false)
    }

    async fn send(&self, url: &str, body: &str) -> Reply {
        let config = config(self.env);
        // Looked at again: the list may have changed since the event came.
        if config.callback_hosts().allows(url).is_err() {
            return Reply::Refused;
        }
        let Ok(key) = config.modelriver_api_key() else {
            report("callback", "MODELRIVER_API_KEY is not set");
            return Reply::Retry;
        };
        let bearer = format!("Bearer {}", key.expose());
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let request = Outgoing { method: "POST", url, headers: &headers, body: Some(body) };
        match request.send(Duration::from_millis(PATIENCE as u64)).await {
            Ok(answer) => reply(answer.status),
            Err(Failed::Late) => Reply::Retry,
            Err(Failed::Broken(error)) => {
                report("callback", error);
                Reply::Retry
            }
        }
    }

    async fn watch(&self, request: &Request) -> Result<Response> {
        let url = request.inner().url();
        let field = |name| query::value(&url, name).unwrap_or_default();
        let Some((channel, content)) = self.seen_by(&field("user")).await? else {
            return Ok(Response::empty()?.with_status(404));
        };
        let accepted = accept(self.state)?;
        let known = field("version").parse().ok();
        accepted.socket.send_with_str(first_frame(&channel, content.as_ref(), known))?;
        accepted.response(request)
    }

    /// The channel and the first row that came of it, if this user may see them. One that was cleaned
    /// away is read from D1.
    async fn seen_by(&self, user_id: &str) -> Result<Option<(Channel, Option<Content>)>> {
        let state = self.load()?;
        if let Some(channel) = &state.channel {
            let seen = || (channel.clone(), first_row(&state));
            return Ok(state.is_for(user_id).then(seen));
        }
        let found = self.in_rows().await.map_err(|error| Error::RustError(error.to_string()))?;
        let is_for =
            |channel: &Channel| channel.user_id.as_deref().is_none_or(|owner| owner == user_id);
        Ok(found.filter(|(channel, _)| is_for(channel)))
    }

    async fn in_rows(&self) -> std::result::Result<Option<(Channel, Option<Content>)>, ApiError> {
        let store = Store::new(self.env)?;
        let content = store.content_of(&self.channel_id).await?;
        let asked = store.channel(&self.channel_id).await?;
        let of_row = content.as_ref().map(|content| Channel {
            channel_id: self.channel_id.clone(),
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

    async fn arm_if_unarmed(&self) -> Result<()> {
        match self.state.storage().get_alarm().await? {
            Some(_) => Ok(()),
            None => self.arm(next_alarm(&self.load()?, now())).await,
        }
    }

    async fn arm(&self, at: Millis) -> Result<()> {
        self.state.storage().set_alarm((at - now()).max(0)).await
    }
}

fn first_row(state: &ChannelState) -> Option<Content> {
    rows(state).into_iter().next().map(|row| row.content)
}
