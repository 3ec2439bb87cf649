//! The kinds of work that a provider can be asked for.

use crate::domain::task::Pace;
use crate::domain::task::start_request::StartRequest;
use crate::domain::time::Millis;
use crate::json::fields::Fields;

/// One kind: its name, how a request for it is read, and how long its result may take.
pub struct Kind {
    /// Its name in the API, such as `image.generate`.
    pub word: &'static str,
    pub becomes: Becomes,
    /// Reads the fields of a request and checks them against the provider's limits.
    pub read: fn(&mut Fields) -> StartRequest,
    /// Reads the requests of a batch, for a kind that supports batches.
    pub read_batch: Option<fn(&mut Fields) -> Vec<StartRequest>>,
    /// How long to wait for the result, in milliseconds from the start.
    pub patience: Millis,
    /// How often to poll. `None`: as seldom as a webhook allows that is repeated for hours.
    pub pace: Option<Pace>,
}

/// What a start of a kind creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// A task. Its rows are inserted before the provider is called.
    Task,
    /// A task that is asked for by its provider, a model of the provider's, and the model's input.
    Run,
    /// A channel. The provider chooses its id, and its rows come with the webhook.
    Channel,
}
