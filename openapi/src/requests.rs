//! Schemas of all requests, with the limits that the Worker checks.

use crate::schemas::reference;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;
use taskwire::api::request::content::ID_BYTES;
use taskwire::api::request::deliveries::{CHARS, DEFAULT_LIMIT as DELIVERIES, providers};
use taskwire::api::request::list::KIND_CHARS;
use taskwire::domain::id::KEY_CHARS;
use taskwire::domain::list::{DEFAULT_LIMIT, LARGEST_LIMIT};
use taskwire::domain::task::IMAGE_GENERATE;
use taskwire::provider::input::{INPUT_BYTES, MODEL_CHARS as RUN_MODEL_CHARS};
use taskwire::provider::kind::Becomes;
use taskwire::provider::lenient::DEPTH_LIMIT;
use taskwire::provider::modelriver::request::{
    MESSAGE_LIMIT, METADATA_BYTES, RESERVED, WORKFLOW_CHARS,
};
use taskwire::provider::mynth::batch::TASK_LIMIT;
use taskwire::provider::mynth::generate::{COUNT_LIMIT, INPUT_LIMIT, MODEL_CHARS, PROMPT_CHARS};
use taskwire::provider::mynth::kinds::URL_CHARS;
use taskwire::provider::mynth::start::{METADATA_LIMIT, ROW_IDS};
use taskwire::provider::registry::PROVIDERS;

/// A text of so many characters. One of them is more than a space.
fn text(most: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": most, "pattern": "\\S"})
}

fn list(most: usize, items: &Value) -> Value {
    json!({"type": "array", "minItems": 1, "maxItems": most, "items": items})
}

fn one_of(words: &[&str]) -> Value {
    json!({"enum": words})
}

/// A value that is passed on to the provider, of one type or of several.
fn passed_on(types: impl Serialize) -> Value {
    json!({"type": types})
}

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}

/// An object of these fields and no others. `names` are required.
fn closed(names: &[&str], fields: Value) -> Value {
    json!({"type": "object", "properties": fields, "required": names, "additionalProperties": false})
}

/// The same, and with the fields of `GenerateOptions`.
fn with_options(names: &[&str], fields: Value) -> Value {
    json!({
        "type": "object", "properties": fields, "required": names,
        "allOf": [reference("GenerateOptions")], "unevaluatedProperties": false,
    })
}

fn access() -> Value {
    described(passed_on(["boolean", "object"]), "Asks for the provider's own token for the task.")
}

fn inputs() -> Value {
    json!({"type": "array", "maxItems": INPUT_LIMIT})
}

fn prompt() -> Value {
    text(PROMPT_CHARS)
}

fn model() -> Value {
    text(MODEL_CHARS)
}

/// A field for the provider that is a word or says more.
fn word_or_more() -> Value {
    passed_on(["string", "object"])
}

fn options() -> Value {
    let metadata = format!(
        "Comes back with the task. {METADATA_LIMIT} bytes at most, with the ids of its images. \
         None of its fields is `{ROW_IDS}`, and each is {DEPTH_LIMIT} levels deep at most."
    );
    json!({
        "type": "object",
        "description": "What a start may ask for, besides the prompt and the model.",
        "properties": {
            "count": {"type": "integer", "minimum": 1, "maximum": COUNT_LIMIT, "default": 1},
            "size": word_or_more(),
            "negative_prompt": {"type": "string", "maxLength": PROMPT_CHARS},
            "magic_prompt": passed_on("boolean"),
            "output": word_or_more(),
            "inputs": inputs(),
            "rating": passed_on(["boolean", "object"]),
            "destination": word_or_more(),
            "access": access(),
            "metadata": described(passed_on("object"), &metadata),
        },
    })
}

fn image(description: &str, names: &[&str], more: Value) -> Value {
    let url = json!({"type": "string", "maxLength": URL_CHARS, "pattern": "^https?://[^/?#]"});
    let mut fields = json!({"url": url, "access": access()});
    for (name, schema) in more.as_object().into_iter().flatten() {
        fields[name] = schema.clone();
    }
    described(closed(names, fields), description)
}

fn video() -> Value {
    let fields = json!({
        "prompt": prompt(),
        "model": model(),
        "duration": passed_on(["number", "string"]),
        "resolution": word_or_more(),
        "audio": passed_on(["boolean", "object"]),
        "inputs": inputs(),
        "access": access(),
    });
    described(closed(&["prompt", "model"], fields), "Asks for a video.")
}

/// The schema of what `POST /tasks` takes as the request of a kind.
fn of_kind(kind: &str) -> &'static str {
    match kind {
        IMAGE_GENERATE => "GenerateRequest",
        "image.rate" => "RateRequest",
        "image.review" => "ReviewRequest",
        "image.upscale" => "UpscaleRequest",
        "video.generate" => "VideoRequest",
        _ => "ImageRequest",
    }
}

fn kinds() -> Value {
    let kind = |kind: &str| {
        let fields = json!({"kind": {"const": kind}, "request": reference(of_kind(kind))});
        closed(&["kind", "request"], fields)
    };
    let kinds = PROVIDERS.kinds(Becomes::Task).map(|(_, it)| kind(it.word));
    let all = "A kind of task, and what it is asked with.";
    json!({"description": all, "oneOf": kinds.collect::<Vec<_>>()})
}

/// What `POST /tasks` takes.
fn any() -> Value {
    let all = "A kind of task; or a model of a provider that runs many.";
    json!({"description": all, "oneOf": [reference("TaskRequest"), reference("RunRequest")]})
}

/// What a provider that runs many models is asked with.
fn run() -> Value {
    let names: Vec<_> = PROVIDERS.kinds(Becomes::Run).map(|(it, _)| it.name()).collect();
    let input = format!(
        "The model's own. {INPUT_BYTES} bytes of JSON at most, and {DEPTH_LIMIT} levels deep. Its `prompt`, \
         where that is a text, is the task's."
    );
    let model = "As its provider calls it, such as `owner/name`.";
    let fields = json!({
        "provider": described(text(RUN_MODEL_CHARS), &format!("One of {}.", names.join(", "))),
        "model": described(text(RUN_MODEL_CHARS), model),
        "input": described(passed_on("object"), &input),
    });
    described(closed(&["provider", "model", "input"], fields), "Asks a provider to run a model.")
}

fn ai() -> Value {
    let metadata = format!(
        "Comes back with the rows. {METADATA_BYTES} bytes at most. None of its fields is \
         `{}`, and each is {DEPTH_LIMIT} levels deep at most.",
        RESERVED.join("` or `")
    );
    let message = format!("Such as `{{role, content}}`. {DEPTH_LIMIT} levels deep at most.");
    let message = described(passed_on("object"), &message);
    let fields = json!({
        "workflow": text(WORKFLOW_CHARS),
        "messages": list(MESSAGE_LIMIT, &message),
        "metadata": described(passed_on("object"), &metadata),
    });
    described(closed(&["workflow", "messages"], fields), "Asks for what a workflow makes.")
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

/// Which deliveries are repeated.
fn range() -> Value {
    let text = || json!({"type": "string", "minLength": 1, "maxLength": CHARS});
    let fields = json!({
        "since": time(),
        "until": time(),
        "verdict": described(text(), VERDICTS),
        "cursor": described(text(), "The `nextCursor` of the same range."),
    });
    described(
        closed(&["since", "until"], fields),
        "Those that came from `since` until before `until`.",
    )
}

const VERDICTS: &str = "Only these, with commas between them.";

/// All bodies, by their names.
pub fn bodies() -> Map<String, Value> {
    let one = json!({"prompt": prompt(), "model": model()});
    let many =
        json!({"prompts": list(TASK_LIMIT, &prompt()), "models": list(TASK_LIMIT, &model())});
    let all = format!(
        "Every prompt with every model: the number of prompts times the number of models is \
         {TASK_LIMIT} at most."
    );
    let upscale = json!({"size": one_of(&["2x", "4x"]), "effort": one_of(&["low", "high"])});
    let word = || passed_on("string");
    let (url, all_three) = (["url"], ["url", "size", "effort"]);
    [
        ("GenerateOptions", options()),
        ("GenerateRequest", described(with_options(&["prompt", "model"], one), "Asks for images.")),
        ("BatchRequest", described(with_options(&["prompts", "models"], many), &all)),
        ("ImageRequest", image("Asks for something with an image.", &url, json!({}))),
        ("RateRequest", image("Asks for an image's rating.", &url, json!({"mode": word()}))),
        ("ReviewRequest", image("Asks for an image's review.", &url, json!({"effort": word()}))),
        ("UpscaleRequest", image("Asks for a larger image.", &all_three, upscale)),
        ("VideoRequest", video()),
        ("RunRequest", run()),
        ("StartRequest", any()),
        ("TaskRequest", kinds()),
        ("AiRequest", ai()),
        ("ReplayRange", range()),
        ("Estimate", json!({"type": "object", "description": "In the provider's own words."})),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}

/// A parameter of a query.
pub fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "description": description, "schema": schema})
}

fn limit(default: u32) -> Value {
    let most = LARGEST_LIMIT;
    let schema = json!({"type": "integer", "minimum": 1, "maximum": most, "default": default});
    query("limit", "How many.", schema)
}

fn cursor(chars: RangeInclusive<usize>, pattern: &str) -> Value {
    let (least, most) = (chars.start(), chars.end());
    let schema =
        json!({"type": "string", "minLength": least, "maxLength": most, "pattern": pattern});
    query("cursor", "The `nextCursor` of the page before.", schema)
}

/// What `GET /tasks` can be asked.
pub fn task_query() -> Vec<Value> {
    let kind = json!({"type": "string", "minLength": 1, "maxLength": KIND_CHARS});
    vec![
        limit(DEFAULT_LIMIT),
        cursor(KEY_CHARS..=KEY_CHARS, "^[A-Za-z0-9_-]*$"),
        query("status", "Only those in this state.", reference("Status")),
        query("kind", "Only those of this kind.", kind),
    ]
}

/// What `GET /content` can be asked.
pub fn content_query() -> Vec<Value> {
    vec![limit(DEFAULT_LIMIT), cursor(1..=ID_BYTES, "^[!-~]*$")]
}

/// What `GET /admin/deliveries` can be asked.
pub fn delivery_query() -> Vec<Value> {
    let text = || json!({"type": "string"});
    let order = json!({"enum": ["newest", "oldest"], "default": "newest"});
    vec![
        limit(DELIVERIES),
        query("cursor", "The `nextCursor` of the page before, with the same filters.", text()),
        query("order", "Which come first.", order),
        query("task", "Only those of this task or channel.", text()),
        query("verdict", VERDICTS, text()),
        query("provider", "Only those of this one.", one_of(&providers())),
        query("since", "Only those that came since.", time()),
    ]
}

/// Since when figures are.
pub fn since_query() -> Vec<Value> {
    let about =
        "Since the hour of this time, eight days ago at most. By default, of the last 24 hours.";
    vec![query("since", about, time())]
}
