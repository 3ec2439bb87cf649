//! Reading a start that names a model, and gives the model's own input.

use crate::domain::task::start_request::StartRequest;
use crate::json::fields::Fields;
use crate::provider::lenient::{DEPTH_LIMIT, depth, shortened};
use serde_json::Map;

/// Longest name of a model, in characters.
pub const MODEL_CHARS: usize = 200;
/// Largest input, in bytes of JSON.
pub const INPUT_BYTES: usize = 256 * 1024;
/// What is kept of a prompt, in characters: it is in the row, and in every frame.
pub const PROMPT_CHARS: usize = 8192;

/// What a provider takes for a model.
pub struct Models {
    /// Whether this can be the name of one.
    pub is_name: fn(&str) -> bool,
    /// What a name has to be, as in "must be …".
    pub shape: &'static str,
}

/// Reads `{model, input}`.
pub fn read(
    fields: &mut Fields,
    (provider, kind): (&'static str, &'static str),
    models: &Models,
) -> StartRequest {
    let model = fields.required_text("model", 1..=MODEL_CHARS);
    if !model.is_empty() && !(models.is_name)(&model) {
        fields.complain("model", format!("must be {}", models.shape));
    }
    let input = fields.required_object("input").unwrap_or_default();
    if input.values().any(|value| depth(value) > DEPTH_LIMIT) {
        fields.complain("input", format!("is nested too deep: {DEPTH_LIMIT} levels at most"));
    }
    let size = serde_json::to_vec(&input).map_or(usize::MAX, |bytes| bytes.len());
    if size > INPUT_BYTES {
        fields.complain("input", format!("is too large: {size} bytes, {INPUT_BYTES} at most"));
    }
    let prompt = input.get("prompt").and_then(|prompt| prompt.as_str());
    let prompt = prompt.filter(|prompt| !prompt.is_empty());
    StartRequest {
        provider,
        kind,
        prompt: prompt.map(|prompt| shortened(prompt, PROMPT_CHARS)),
        model: Some(model),
        count: 0,
        metadata: Map::new(),
        passed_on: input,
    }
}

/// Whether this can be one part of a model's name: safe in a path as it is.
pub fn is_part(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !part.is_empty() && part.bytes().all(is_plain) && !part.bytes().all(|byte| byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::is_part;

    #[test]
    fn a_part_of_a_name_goes_into_a_path_as_it_is_and_leads_nowhere_else() {
        for good in ["flux", "flux-1.1-pro", "a_b", "v1.5", "0", "..a"] {
            assert!(is_part(good), "{good}");
        }
        for bad in ["", ".", "..", "a b", "a/b", "a?b", "a%2fb", "a#", "a:b", "\u{e9}", "a\n"] {
            assert!(!is_part(bad), "{bad:?}");
        }
    }
}
