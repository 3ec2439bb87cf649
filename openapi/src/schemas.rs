//! Schemas of all answers and frames, derived from the types that are sent.

use crate::results::TaskResult;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use taskwire::api::response::admin::{DeliveryAnswer, DeliveryPage, Replayed, ReplayedAll};
use taskwire::api::response::erase::Erasing;
use taskwire::api::response::events::{EventAnswer, EventPage, ResentEvent, TaskTimeline};
use taskwire::api::response::read::{
    BatchAnswer, ContentAnswer, ContentPage, TaskAnswer, TaskPage,
};
use taskwire::api::response::site::{Alive, Ready, Received, WebConfig};
use taskwire::api::response::start::{Batch, ChannelStarted, Started};
use taskwire::api::response::ticket::Issued;
use taskwire::domain::admin::figures::Stats;
use taskwire::domain::channel::frame::{Frame as ChannelFrames, Shown};
use taskwire::domain::model::Models;
use taskwire::domain::task::frame::Frame;
use taskwire::domain::usage::view::{Usage, UsageFrame};
use taskwire::error::ErrorBody;

/// Where a schema is in the document.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// All of them, by their names.
pub fn of_answers() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .with_transform(RecursiveTransform(plain));
    let mut generator = settings.for_serialize().into_generator();
    for add in [
        SchemaGenerator::subschema_for::<Started>,
        SchemaGenerator::subschema_for::<Batch>,
        SchemaGenerator::subschema_for::<ChannelStarted>,
        SchemaGenerator::subschema_for::<TaskAnswer>,
        SchemaGenerator::subschema_for::<TaskPage>,
        SchemaGenerator::subschema_for::<BatchAnswer>,
        SchemaGenerator::subschema_for::<Models>,
        SchemaGenerator::subschema_for::<ContentAnswer>,
        SchemaGenerator::subschema_for::<ContentPage>,
        SchemaGenerator::subschema_for::<Shown>,
        SchemaGenerator::subschema_for::<Issued>,
        SchemaGenerator::subschema_for::<Erasing>,
        SchemaGenerator::subschema_for::<Received>,
        SchemaGenerator::subschema_for::<Alive>,
        SchemaGenerator::subschema_for::<Ready>,
        SchemaGenerator::subschema_for::<WebConfig>,
        SchemaGenerator::subschema_for::<ErrorBody>,
        SchemaGenerator::subschema_for::<Usage>,
        SchemaGenerator::subschema_for::<EventPage>,
        SchemaGenerator::subschema_for::<EventAnswer>,
        SchemaGenerator::subschema_for::<ResentEvent>,
        SchemaGenerator::subschema_for::<TaskTimeline>,
        SchemaGenerator::subschema_for::<DeliveryPage>,
        SchemaGenerator::subschema_for::<DeliveryAnswer>,
        SchemaGenerator::subschema_for::<Replayed>,
        SchemaGenerator::subschema_for::<ReplayedAll>,
        SchemaGenerator::subschema_for::<Stats>,
        SchemaGenerator::subschema_for::<TaskResult>,
    ] {
        add(&mut generator);
    }
    let mut frames = Map::new();
    for all in [
        generator.root_schema_for::<Frame>(),
        generator.root_schema_for::<ChannelFrames>(),
        generator.root_schema_for::<UsageFrame>(),
    ] {
        for (name, frame) in named_frames(all.to_value()) {
            // Content is erased in a frame of another shape than a task is.
            let is_taken = frames.get(&name).is_some_and(|known| *known != frame);
            frames.insert(if is_taken { format!("Content{name}") } else { name }, frame);
        }
    }
    let union: Vec<Value> = frames.keys().map(|name| reference(name)).collect();
    let mut schemas = generator.take_definitions(true);
    schemas.extend(frames);
    let all = "One message of a socket.";
    schemas.insert("Frame".into(), json!({"description": all, "oneOf": union}));
    schemas
}

/// Each kind of frame under a name of its own: `TaskFrame` is the one whose `type` is `task`.
fn named_frames(mut frames: Value) -> Map<String, Value> {
    let Value::Array(variants) = frames["oneOf"].take() else { panic!("no kinds of frames") };
    let name = |frame: &Value| {
        let word = frame["properties"]["type"]["const"].as_str().expect("a type").to_owned();
        let (first, rest) = word.split_at(1);
        format!("{}{rest}Frame", first.to_uppercase())
    };
    variants.into_iter().map(|frame| (name(&frame), frame)).collect()
}

/// Removes what does not concern a reader of JSON: the width of numbers, `true` schemas, and line
/// breaks in descriptions.
fn plain(schema: &mut Schema) {
    let format = schema.get("format").and_then(Value::as_str);
    if format.is_some_and(|it| it.starts_with("uint") || it == "double") {
        schema.remove("format");
    }
    let is_open = schema.get("additionalProperties") == Some(&Value::Bool(true));
    if is_open && schema.get("properties").is_none() {
        schema.remove("additionalProperties");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}
