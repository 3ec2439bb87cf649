//! Reading the provider's list of models.

use crate::domain::model::{Model, Models};
use crate::provider::lenient::{pick, pick_text};
use serde_json::Value;

/// Most models of a list, and the longest name of one, in bytes.
const LIMIT: usize = 500;
const NAME_BYTES: usize = 200;

/// Reads a list of models, bare or under `data` or `models`. An entry is an id, or an object with one.
pub fn models(reply: &Value) -> Option<Models> {
    let list = pick(reply, &["data", "models"]).unwrap_or(reply).as_array()?;
    let models = list.iter().filter_map(model).take(LIMIT).collect();
    Some(Models { models })
}

fn model(value: &Value) -> Option<Model> {
    let bare = value.as_str().filter(|id| !id.is_empty()).map(str::to_owned);
    let id = bare.or_else(|| pick_text(value, &["id", "model", "slug"]))?;
    let name = pick_text(value, &["name", "label", "title"]).unwrap_or_else(|| id.clone());
    (id.len() <= NAME_BYTES && name.len() <= NAME_BYTES).then_some(Model { id, name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn models_are_read_from_every_kind_of_list() {
        let one = |id: &str, name: &str| Model { id: id.into(), name: name.into() };
        let list = json!([{"id": "m/x", "name": "X"}, {"id": "m/y"}, "m/z", {"name": "no id"}, 7]);
        let expected = [one("m/x", "X"), one("m/y", "m/y"), one("m/z", "m/z")];
        for reply in [list.clone(), json!({"data": list}), json!({"models": list})] {
            assert_eq!(models(&reply).expect("a list").models, expected, "{reply}");
        }
        let long = "x".repeat(NAME_BYTES + 1);
        let too_long = json!([{"id": long, "name": "X"}, {"id": "m/x", "name": long}]);
        assert_eq!(models(&too_long).expect("a list").models, []);
        let longest = json!(["x".repeat(NAME_BYTES)]);
        assert_eq!(models(&longest).expect("a list").models.len(), 1);
        assert!(models(&json!({"error": "away"})).is_none());
    }
}
