//! The models that a provider can be asked for.

use serde::Serialize;

/// The models that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Models {
    pub models: Vec<Model>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Model {
    /// The value for a request's `model`.
    pub id: String,
    /// The name to show.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_models_is_pinned() {
        let models = vec![Model { id: "m/x".into(), name: "X".into() }];
        let text = serde_json::to_string(&Models { models }).expect("plain JSON");
        assert_eq!(text, r#"{"models":[{"id":"m/x","name":"X"}]}"#);
    }
}
