//! A batch of images: every prompt with every model.

use crate::domain::task::start_request::StartRequest;
use crate::json::fields::Fields;
use crate::provider::mynth::generate::{MODEL_CHARS, PROMPT_CHARS, read_options};

/// Most tasks of one batch. A larger batch is refused as a whole.
pub const TASK_LIMIT: usize = 20;

/// Reads the tasks of a batch, ordered by prompt and then by model.
pub fn read(fields: &mut Fields) -> Vec<StartRequest> {
    let prompts = fields.required_texts("prompts", TASK_LIMIT, 1..=PROMPT_CHARS);
    let models = fields.required_texts("models", TASK_LIMIT, 1..=MODEL_CHARS);
    let options = read_options(fields);
    let count = prompts.len() * models.len();
    if count > TASK_LIMIT {
        let (prompts, models) = (prompts.len(), models.len());
        fields.complain(
            "",
            format!(
                "{prompts} prompts with {models} models are {count} tasks, {TASK_LIMIT} at most"
            ),
        );
        return Vec::new();
    }
    let mut tasks = Vec::new();
    for prompt in &prompts {
        for model in &models {
            let (prompt, model) = (Some(prompt.clone()), Some(model.clone()));
            tasks.push(StartRequest { prompt, model, ..options.clone() });
        }
    }
    tasks
}
