//! The JSON of channels and content rows, in answers and frames.

use crate::domain::channel::callback::Status as CallbackStatus;
use crate::domain::channel::columns::{body, category, owner, title};
use crate::domain::channel::erase::Gone;
use crate::domain::channel::event::Generated;
use crate::domain::channel::state::{Channel, ChannelState, Recorded, record_id};
use crate::domain::owner::NOBODY;
use crate::domain::task::{Status, TaskError};
use crate::domain::time::{Millis, iso, iso_json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// One result of a workflow, in the same form in answers, lists and frames.
// D1's queries return this very JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Content {
    pub id: String,
    pub title: String,
    pub body: String,
    pub category: String,
    /// The data that the caller attached to the request, with the `model` and the `provider`.
    pub metadata: Map<String, Value>,
    /// The model's own data, unchanged.
    pub data: Value,
    pub channel_id: String,
    pub event_name: Option<String>,
    #[cfg_attr(feature = "openapi", schemars(extend("const" = super::event::FIRST_PROVIDER)))]
    pub source: String,
    /// The owner. Null: every signed-in user may read it.
    pub user_id: Option<String>,
    pub callback: CallbackStatus,
    /// ISO 8601 UTC.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub created_at: String,
}

/// A content row as D1 stores it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentRow {
    #[serde(flatten)]
    pub content: Content,
    /// Why the callback failed.
    pub callback_error: Option<String>,
    pub version: u64,
}

/// The rows of a channel, in order of arrival.
pub fn rows(state: &ChannelState) -> Vec<ContentRow> {
    let Some(channel) = &state.channel else { return Vec::new() };
    state.contents().map(|(event, made)| row(channel, event, made)).collect()
}

/// Whose the rows are that D1 may lack, or have as another's, so that their feeds have not shown them.
/// What is nobody's has no feed.
pub fn owners_of_news(state: &ChannelState) -> BTreeSet<Option<String>> {
    let Some(channel) = &state.channel else { return BTreeSet::new() };
    let news = state.contents().filter(|(event, _)| event.first_version > state.flushed);
    let owners = news.map(|(event, made)| owner_of(channel, event, made));
    owners.filter(|owner| owner.as_deref() != Some(NOBODY)).collect()
}

/// The first row of a channel.
pub fn first_row(state: &ChannelState) -> Option<Content> {
    let channel = state.channel.as_ref()?;
    let (event, made) = state.contents().next()?;
    Some(row(channel, event, made).content)
}

/// The row of this id.
pub fn row_of(state: &ChannelState, id: &str) -> Option<Content> {
    let channel = state.channel.as_ref()?;
    let is_it = |key: &str| record_id(&channel.channel_id, key) == id;
    let (event, made) = state.contents().find(|(event, _)| is_it(&event.key))?;
    Some(row(channel, event, made).content)
}

fn row(channel: &Channel, event: &Recorded, made: &Generated) -> ContentRow {
    let content = Content {
        id: record_id(&channel.channel_id, &event.key),
        title: title(&made.data),
        body: body(&made.data),
        category: category(&made.customer_data),
        metadata: metadata(made),
        data: made.data.clone(),
        channel_id: channel.channel_id.clone(),
        event_name: made.event_name.clone(),
        source: channel.provider.clone(),
        user_id: owner_of(channel, event, made),
        callback: event.callback.status,
        created_at: iso(event.at),
    };
    let callback_error = event.callback.reason.clone();
    ContentRow { content, callback_error, version: event.version }
}

/// The user who made the request owns what came of it, whatever the webhook says.
pub(super) fn owner_of(channel: &Channel, event: &Recorded, made: &Generated) -> Option<String> {
    match channel.workflow {
        Some(_) => channel.user_id.clone(),
        None => owner(&made.customer_data, event.is_public),
    }
}

/// The data that the caller attached to the request, with the model and the provider.
fn metadata(made: &Generated) -> Map<String, Value> {
    let mut metadata = made.customer_data.clone();
    for (name, value) in [("model", &made.model), ("provider", &made.provider)] {
        if let Some(value) = value {
            metadata.insert(name.to_owned(), value.as_str().into());
        }
    }
    metadata
}

/// One asynchronous request.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "Channel"))]
#[serde(rename_all = "camelCase")]
pub struct ChannelView<'a> {
    pub channel_id: &'a str,
    pub status: Status,
    pub version: u64,
    pub workflow: Option<&'a str>,
    pub user_id: Option<&'a str>,
    pub error: Option<&'a TaskError>,
    #[serde(with = "iso_json")]
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: Millis,
    #[serde(with = "iso_json")]
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub updated_at: Millis,
}

impl<'a> From<&'a Channel> for ChannelView<'a> {
    fn from(channel: &'a Channel) -> Self {
        Self {
            channel_id: &channel.channel_id,
            status: channel.status,
            version: channel.version,
            workflow: channel.workflow.as_deref(),
            user_id: channel.user_id.as_deref(),
            error: channel.error.as_ref(),
            created_at: channel.created_at,
            updated_at: channel.updated_at,
        }
    }
}

/// A channel and its first row.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "ChannelAnswer"))]
pub struct Shown<'a> {
    pub channel: ChannelView<'a>,
    pub content: Option<&'a Content>,
}

/// One message to a watcher of a channel, or of the content feed.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "ChannelFrames"))]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Frame<'a> {
    /// The channel as it is now, and its first row.
    Channel { channel: ChannelView<'a>, content: Option<&'a Content> },
    /// A new row. Later changes of its callback are not sent: they are on the row when it is read.
    Content { content: &'a Content },
    /// The version given when connecting is the current one.
    Current { version: u64 },
    /// The owner has erased a row, or all of the channel, whose socket is then closed with 4404.
    Erased {
        #[serde(rename = "channelId")]
        channel_id: &'a str,
        /// Null: all of the channel.
        #[serde(rename = "contentId")]
        content_id: Option<&'a str>,
    },
}

/// The frame of a channel as it is now.
pub fn channel_frame(channel: &Channel, content: Option<&Content>) -> String {
    to_text(&Frame::Channel { channel: channel.into(), content })
}

/// The first frame on a channel's socket.
pub fn first_frame(channel: &Channel, content: Option<&Content>, known: Option<u64>) -> String {
    match known {
        Some(version) if version == channel.version => to_text(&Frame::Current { version }),
        _ => channel_frame(channel, content),
    }
}

/// The frame of a row on the content feed.
pub fn content_frame(content: &Content) -> String {
    to_text(&Frame::Content { content })
}

/// The frame of what was erased.
pub fn erased_frame(gone: &Gone) -> String {
    let content_id = gone.content_id.as_deref();
    to_text(&Frame::Erased { channel_id: &gone.channel_id, content_id })
}

fn to_text(frame: &Frame<'_>) -> String {
    serde_json::to_string(frame).expect("a frame is plain JSON")
}
