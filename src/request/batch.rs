//! `POST /generate/batch`: every prompt with every model.

use super::fields::Fields;
use super::generate::{MODEL_CHARS, PROMPT_CHARS, read_options};
use super::start::StartRequest;
use crate::error::ApiError;

/// Tasks of one batch. It is refused whole when it has more.
pub const TASK_LIMIT: usize = 20;

/// The tasks of a batch: the first prompt with every model, then the second, and so on.
pub fn parse(body: &[u8]) -> Result<Vec<StartRequest>, ApiError> {
    let mut fields = Fields::parse(body)?;
    let prompts = fields.required_texts("prompts", TASK_LIMIT, 1..=PROMPT_CHARS);
    let models = fields.required_texts("models", TASK_LIMIT, 1..=MODEL_CHARS);
    let options = read_options(&mut fields);
    let count = prompts.len() * models.len();
    if count > TASK_LIMIT {
        let (prompts, models) = (prompts.len(), models.len());
        fields.complain(
            "",
            format!(
                "{prompts} prompts with {models} models are {count} tasks, {TASK_LIMIT} at most"
            ),
        );
    }
    let mut tasks = Vec::new();
    for prompt in &prompts {
        for model in &models {
            let (prompt, model) = (Some(prompt.clone()), Some(model.clone()));
            tasks.push(StartRequest { prompt, model, ..options.clone() });
        }
    }
    fields.finish(tasks)
}
