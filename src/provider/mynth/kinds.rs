//! The kinds of tasks, and how a request for each is read.

use super::generate::{ACCESS, INPUT_LIMIT, MODEL_CHARS, PROMPT_CHARS};
use super::settings::NAME;
use super::{batch, generate};
use crate::domain::task::IMAGE_GENERATE;
use crate::domain::task::start_request::StartRequest;
use crate::domain::time::{HOUR, Millis};
use crate::json::fields::{Fields, Type};
use crate::provider::kind::{Becomes, Kind};
use crate::url::query::is_web_address;
use serde_json::{Map, Value};

pub const URL_CHARS: usize = 4096;

/// The provider's own clients give up after 30 minutes on an image and an hour on a video. We wait
/// longer, since a webhook may be on its way for hours.
const IMAGE_PATIENCE: Millis = HOUR;
const VIDEO_PATIENCE: Millis = 3 * HOUR;

/// The kinds that can be started.
pub static KINDS: [Kind; 7] = [
    Kind { read_batch: Some(batch::read), ..of_image(IMAGE_GENERATE, generate::read) },
    of_image(RATE, |fields| image(RATE, fields)),
    of_image(ALT, |fields| image(ALT, fields)),
    of_image(REVIEW, |fields| image(REVIEW, fields)),
    of_image(REMOVE_BACKGROUND, |fields| image(REMOVE_BACKGROUND, fields)),
    of_image(UPSCALE, |fields| image(UPSCALE, fields)),
    Kind { patience: VIDEO_PATIENCE, ..of_image(VIDEO, video) },
];

const RATE: &str = "image.rate";
pub const ALT: &str = "image.alt";
const REVIEW: &str = "image.review";
pub const REMOVE_BACKGROUND: &str = "image.remove_background";
pub const UPSCALE: &str = "image.upscale";
pub const VIDEO: &str = "video.generate";

/// Whether tasks of this kind can be started through us. The provider may add kinds.
pub fn is_known(word: &str) -> bool {
    KINDS.iter().any(|kind| kind.word == word)
}

const fn of_image(word: &'static str, read: fn(&mut Fields) -> StartRequest) -> Kind {
    Kind {
        word,
        becomes: Becomes::Task,
        read,
        read_batch: None,
        patience: IMAGE_PATIENCE,
        pace: None,
    }
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
    start(VIDEO, Some(prompt), Some(model), passed_on)
}

/// Reads the kinds that take one image.
fn image(kind: &'static str, fields: &mut Fields) -> StartRequest {
    let mut passed_on = Map::new();
    let url = fields.required_text("url", 1..=URL_CHARS);
    if !url.is_empty() && !is_web_address(&url) {
        fields.complain("url", "must be an http or https address");
    }
    passed_on.insert("url".to_owned(), url.into());
    match kind {
        RATE => {
            keep(&mut passed_on, "mode", fields.passed_on("mode", &[Type::Text]));
        }
        REVIEW => {
            keep(&mut passed_on, "effort", fields.passed_on("effort", &[Type::Text]));
        }
        UPSCALE => {
            for (name, words) in [("size", ["2x", "4x"]), ("effort", ["low", "high"])] {
                keep(&mut passed_on, name, fields.required_one_of(name, &words).map(Value::from));
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
    StartRequest { provider: NAME, kind, prompt, model, count: 0, metadata: Map::new(), passed_on }
}

fn keep(fields: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value);
    }
}
