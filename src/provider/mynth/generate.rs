//! Reading a request for images. The provider's limits are checked before any money is spent.

use super::settings::NAME;
use crate::domain::id::TaskKey;
use crate::domain::task::IMAGE_GENERATE;
use crate::domain::task::start_request::StartRequest;
use crate::json::fields::{Fields, Type};
use crate::provider::lenient::{DEPTH_LIMIT, depth};
use crate::provider::mynth::start::{METADATA_LIMIT, ROW_IDS, metadata_size, metadata_with_rows};
use serde_json::{Map, Value};

/// The provider's limits.
pub const PROMPT_CHARS: usize = 8192;
pub const MODEL_CHARS: usize = 200;
pub const COUNT_LIMIT: u64 = 20;
pub const INPUT_LIMIT: usize = 20;

/// The types of `access`, which asks for a token of the provider's own.
pub const ACCESS: &[Type] = &[Type::Flag, Type::Object];

/// Reads the fields of one task.
pub fn read(fields: &mut Fields) -> StartRequest {
    let prompt = fields.required_text("prompt", 1..=PROMPT_CHARS);
    let model = fields.required_text("model", 1..=MODEL_CHARS);
    StartRequest { prompt: Some(prompt), model: Some(model), ..read_options(fields) }
}

/// Reads all fields but the prompt and the model.
pub fn read_options(fields: &mut Fields) -> StartRequest {
    let count = fields.integer("count", 1..=COUNT_LIMIT);
    let mut passed_on = Map::new();
    let mut keep = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            passed_on.insert(name.to_owned(), value);
        }
    };
    keep("count", count.map(Value::from));
    keep("size", fields.passed_on("size", &[Type::Text, Type::Object]));
    let negative = fields.text("negative_prompt", 0..=PROMPT_CHARS);
    keep("negative_prompt", negative.map(Value::from));
    keep("magic_prompt", fields.passed_on("magic_prompt", &[Type::Flag]));
    keep("output", fields.passed_on("output", &[Type::Text, Type::Object]));
    keep("inputs", fields.list("inputs", INPUT_LIMIT).map(Value::from));
    keep("rating", fields.passed_on("rating", &[Type::Flag, Type::Object]));
    keep("destination", fields.passed_on("destination", &[Type::Text, Type::Object]));
    keep("access", fields.passed_on("access", ACCESS));
    let metadata = fields.object("metadata").unwrap_or_default();
    let count = count.unwrap_or(1) as usize;
    check_metadata(fields, &metadata, count);
    StartRequest {
        provider: NAME,
        kind: IMAGE_GENERATE,
        prompt: None,
        model: None,
        count,
        metadata,
        passed_on,
    }
}

fn check_metadata(fields: &mut Fields, metadata: &Map<String, Value>, count: usize) {
    if metadata.values().any(|value| depth(value) > DEPTH_LIMIT) {
        fields.complain("metadata", format!("is nested too deep: {DEPTH_LIMIT} levels at most"));
    }
    if metadata.contains_key(ROW_IDS) {
        fields.complain(&format!("metadata.{ROW_IDS}"), "is reserved");
    }
    // All row ids have the same length, so any key will do to measure them.
    let key = TaskKey::new(0, Default::default());
    let row_ids: Vec<String> = (0..count).map(|position| key.row_id(position)).collect();
    let size = metadata_size(&metadata_with_rows(metadata, &row_ids));
    if size > METADATA_LIMIT {
        let ours = metadata_size(&metadata_with_rows(&Map::new(), &row_ids));
        fields.complain(
            "metadata",
            format!(
                "is too large: {size} bytes with the {ours} that taskwire adds, \
                 {METADATA_LIMIT} at most"
            ),
        );
    }
}
