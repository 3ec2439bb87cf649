//! `POST /tasks`: `{kind, request}`, for everything that the provider does.

use super::fields::{Fields, Type};
use super::generate::{ACCESS, INPUT_LIMIT, MODEL_CHARS, PROMPT_CHARS, read};
use super::start::StartRequest;
use crate::domain::task::{IMAGE_GENERATE, KINDS};
use crate::error::ApiError;
use serde_json::{Map, Value};

pub const URL_CHARS: usize = 4096;
/// Of a kind's name: the longest that we know has 23.
pub const WORD_CHARS: usize = 64;

pub fn parse(body: &[u8]) -> Result<StartRequest, ApiError> {
    let mut fields = Fields::parse(body)?;
    let word = fields.required_text("kind", 1..=WORD_CHARS);
    let kind = KINDS.into_iter().find(|kind| *kind == word);
    if kind.is_none() && !word.is_empty() {
        fields.complain("kind", format!("must be one of {}", KINDS.join(", ")));
    }
    let request = fields.required_object("request");
    let (Some(kind), Some(request)) = (kind, request) else {
        return Err(fields.into_error());
    };
    let mut inner = Fields::within("request", request);
    let start = match kind {
        IMAGE_GENERATE => read(&mut inner),
        "video.generate" => video(&mut inner),
        _ => image(kind, &mut inner),
    };
    fields.absorb(inner);
    fields.finish(start)
}

fn video(fields: &mut Fields) -> StartRequest {
    let prompt = fields.required_text("prompt", 1..=PROMPT_CHARS);
    let model = fields.required_text("model", 1..=MODEL_CHARS);
    let mut passed_on = Map::new();
    for (name, types) in [
        ("duration", [Type::Number, Type::Text].as_slice()),
        ("resolution", &[Type::Text, Type::Object]),
        ("audio", &[Type::Flag, Type::Object]),
    ] {
        keep(&mut passed_on, name, fields.passed_on(name, types));
    }
    keep(&mut passed_on, "inputs", fields.list("inputs", INPUT_LIMIT).map(Value::from));
    keep(&mut passed_on, "access", fields.passed_on("access", ACCESS));
    start("video.generate", Some(prompt), Some(model), passed_on)
}

/// The kinds that do something with one image.
fn image(kind: &'static str, fields: &mut Fields) -> StartRequest {
    let mut passed_on = Map::new();
    let url = fields.required_text("url", 1..=URL_CHARS);
    if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
        fields.complain("url", "must be an http or https address");
    }
    passed_on.insert("url".to_owned(), url.into());
    match kind {
        "image.rate" => {
            keep(&mut passed_on, "mode", fields.passed_on("mode", &[Type::Text]));
        }
        "image.review" => {
            keep(&mut passed_on, "effort", fields.passed_on("effort", &[Type::Text]));
        }
        "image.upscale" => {
            for (name, words) in [("size", ["2x", "4x"]), ("effort", ["low", "high"])] {
                keep(&mut passed_on, name, fields.one_of(name, &words).map(Value::from));
            }
        }
        _ => {}
    }
    keep(&mut passed_on, "access", fields.passed_on("access", ACCESS));
    start(kind, None, None, passed_on)
}

fn start(
    kind: &'static str,
    prompt: Option<String>,
    model: Option<String>,
    passed_on: Map<String, Value>,
) -> StartRequest {
    StartRequest { kind, prompt, model, count: 0, metadata: Map::new(), passed_on }
}

fn keep(fields: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value);
    }
}
