//! The results of each kind of task, as its provider describes them. The Worker passes results on
//! unchanged and unchecked: these types are only for the document.

use schemars::JsonSchema;
use serde::Deserialize;

/// A kind of task, and what it returns when it is completed.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "result")]
pub enum TaskResult {
    #[serde(rename = "image.rate")]
    Rate(RateResult),
    #[serde(rename = "image.alt")]
    Alt(AltResult),
    #[serde(rename = "image.review")]
    Review(ReviewResult),
    #[serde(rename = "image.remove_background")]
    RemoveBackground(ImageResult),
    #[serde(rename = "image.upscale")]
    Upscale(ImageResult),
    #[serde(rename = "video.generate")]
    Video(VideoResult),
}

/// How fit for whom an image is.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct RateResult {
    /// `sfw`, for one.
    pub level: String,
}

/// An image in words.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct AltResult {
    pub alt: String,
}

/// What is good and what is not in an image.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ReviewResult {
    pub score: f64,
    pub summary: String,
    pub findings: Vec<String>,
    pub strengths: Vec<String>,
}

/// An image made of another.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ImageResult {
    pub image: Made,
}

/// The videos that were made.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct VideoResult {
    pub model: String,
    pub videos: Vec<Made>,
}

/// An image or a video, made or not. The provider has more to say of it, in changing words.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct Made {
    /// `success`, or `succeeded` in older generations; anything else is a failure.
    pub status: String,
    /// There once it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Null where it could not be put where it was to go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use taskwire::domain::task::IMAGE_GENERATE;
    use taskwire::domain::task::report::Outcome;
    use taskwire::provider::kind::Becomes;
    use taskwire::provider::mynth::result::completed;
    use taskwire::provider::registry::PROVIDERS;

    fn samples() -> [(&'static str, Value); 7] {
        let image = json!({"status": "success", "id": "img_1", "url": "https://a.example/1.png"});
        let old = json!({"status": "succeeded", "id": "img_1", "url": null, "mynthUrl": "https://a.example/1"});
        let failed = json!({"status": "failed", "error": {"code": "generation_failed"}});
        let review =
            json!({"score": 71.5, "summary": "Fair.", "findings": ["Dark"], "strengths": []});
        [
            ("image.rate", json!({"level": "sfw"})),
            ("image.rate", json!({"url": "https://a.example/1.png", "level": "nsfw"})),
            ("image.alt", json!({"alt": "A fern."})),
            ("image.review", review),
            ("image.remove_background", json!({"image": image})),
            ("image.upscale", json!({"image": old})),
            ("video.generate", json!({"model": "m/v", "videos": [image, failed]})),
        ]
    }

    #[test]
    fn each_kind_is_described_and_its_result_is_handed_on_whole() {
        for (kind, sample) in samples() {
            let described = json!({"kind": kind, "result": sample});
            serde_json::from_value::<TaskResult>(described)
                .unwrap_or_else(|e| panic!("{kind}: {e}"));
            let report = completed(kind, &sample);
            let Outcome::Completed { result, .. } = report else { panic!() };
            assert_eq!(result, Some(sample), "{kind}");
        }
        let described = samples().map(|(kind, _)| kind);
        let kinds = PROVIDERS.kinds(Becomes::Task).map(|(_, kind)| kind.word);
        for kind in kinds.filter(|kind| *kind != IMAGE_GENERATE) {
            assert!(described.contains(&kind), "{kind}");
        }
    }
}
