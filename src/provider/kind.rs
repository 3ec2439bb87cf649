//! The kinds of work that a provider can be asked for.

use crate::domain::task::start_request::StartRequest;
use crate::domain::time::Millis;
use crate::json::fields::Fields;

/// One kind: its name, what a request for it has to look like, and how long its result may take.
pub struct Kind {
    /// The contract's word for it, such as `image.generate`.
    pub word: &'static str,
    pub becomes: Becomes,
    /// Reads the fields of a request and holds them against the provider's limits.
    pub read: fn(&mut Fields) -> StartRequest,
    /// Reads many at once, where the kind has a batch.
    pub read_batch: Option<fn(&mut Fields) -> Vec<StartRequest>>,
    /// How long to wait for the result, in milliseconds from the start.
    pub patience: Millis,
}

/// What a start of a kind becomes here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// A task, with rows that are made before the provider is called.
    Task,
    /// A channel, which the provider names and whose rows come with its webhook.
    Channel,
}
