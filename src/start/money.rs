//! The limits of a start: what it may cost is entered in the user's book before its provider is called, and
//! taken back if the provider is not, or refuses.

use super::ports::{Clock, Ports, Rooms, Rows};
use crate::domain::id::TaskKey;
use crate::domain::task::start_request::StartRequest;
use crate::domain::time::{MINUTE, Millis};
use crate::domain::usage::amount::Amount;
use crate::domain::usage::apply::{Answer, Wanted};
use crate::error::{ApiError, Code};
use crate::limits::refused::{price_unknown, refused};
use crate::provider::calls::{self, Calls};
use std::collections::BTreeMap;

/// A start is given up that has no rows by then: an entry without rows is taken back soon after.
const GOOD_FOR: Millis = 2 * MINUTE;

/// What became of entering starts.
pub(super) enum Entered {
    /// They may be made until then.
    Until(Millis),
    /// The first request with the same idempotency key is making them.
    Again,
}

impl<R: Rows, C: Calls, O: Rooms, T: Clock> Ports<'_, R, C, O, T> {
    /// What these starts may cost, each under its key.
    ///
    /// # Errors
    ///
    /// `price_unknown`, or what the provider says is wrong with the request; `unavailable` if it does not
    /// say what it costs now, and nobody else does.
    pub(super) async fn priced<'a>(
        &self,
        starts: impl Iterator<Item = (&'a TaskKey, &'a StartRequest)>,
    ) -> Result<Vec<(TaskKey, Amount)>, ApiError> {
        // The tasks of a batch differ in their prompts, mostly: one dry run is enough.
        let mut known: BTreeMap<String, Amount> = BTreeMap::new();
        let mut priced = Vec::new();
        for (key, request) in starts {
            let alike = format!("{:?} {:?}", request.model, request.passed_on);
            let amount = match known.get(&alike) {
                Some(amount) => *amount,
                None => self.price(request).await?,
            };
            known.insert(alike, amount);
            priced.push((key.clone(), amount));
        }
        Ok(priced)
    }

    /// What a start may cost: as the operator prices this very model, else as the provider says, else as
    /// the operator prices its kind or anything. Nothing, where there is no budget.
    pub(super) async fn price(&self, request: &StartRequest) -> Result<Amount, ApiError> {
        let Some(money) = self.money.as_ref().filter(|money| money.counts) else {
            return Ok(Amount::ZERO);
        };
        let (model, outputs) = (request.model.as_deref(), request.count.max(1));
        if let Some(price) = money.prices.of_model(model) {
            return Ok(price.times(outputs));
        }
        let estimated = match self.providers.named(request.provider) {
            Some(provider) => calls::estimated_cost(self.calls, provider, request).await,
            None => Ok(None),
        };
        match (estimated, money.prices.of(model, request.kind)) {
            (Ok(Some(amount)), _) => Ok(amount),
            // It would refuse the start as well.
            (Err(error), _) if error.code == Code::ValidationError => Err(error),
            (_, Some(price)) => Ok(price.times(outputs)),
            (Err(error), None) if error.code != Code::ProviderRefused => {
                Err(ApiError::unavailable())
            }
            _ => Err(price_unknown(model, request.kind)),
        }
    }

    /// What the provider has estimated in its answer to a start, where money is counted: it replaces what was
    /// reserved. If it cannot be read, that stands.
    pub(super) fn estimate(&self, task_id: &str, estimated: Option<String>) -> Option<Amount> {
        self.money.as_ref().filter(|money| money.counts)?;
        let estimated = estimated?;
        let amount = Amount::parse(&estimated);
        if amount.is_none() {
            let text: String = estimated.chars().take(40).collect();
            let detail = format!("the estimate {text:?} of {task_id} is negative or no decimal");
            self.clock.log_error("start", &detail);
        }
        amount
    }

    /// Enters starts in the user's book: all, or none.
    ///
    /// # Errors
    ///
    /// Why they may not be made; `unavailable` if the book cannot be reached.
    pub(super) async fn enter(
        &self,
        user: &str,
        starts: Vec<(TaskKey, Amount)>,
        claim: Option<String>,
        is_channel: bool,
    ) -> Result<Entered, ApiError> {
        let since = self.now();
        let Some(money) = &self.money else { return Ok(Entered::Until(Millis::MAX)) };
        let wanted = Wanted { starts, claim, tier: money.tier.clone(), is_channel };
        match self.rooms.reserve(user, wanted).await? {
            Answer::Granted => Ok(Entered::Until(since + GOOD_FOR)),
            Answer::Again => Ok(Entered::Again),
            Answer::Refused(refusal) => Err(refused(refusal, self.now())),
            Answer::Needs(_) => Err(ApiError::unavailable()),
        }
    }

    /// Takes back starts that were not made. If the book does not hear of it, it will find no rows.
    pub(super) async fn take_back(&self, user: &str, starts: Vec<TaskKey>) {
        if self.money.is_some()
            && !starts.is_empty()
            && self.rooms.release(user, starts).await.is_err()
        {
            self.clock.log_error("start", "a refused start stays reserved for some minutes");
        }
    }
}

/// It took so long to get there that the entry may have been taken back.
pub(super) fn too_late() -> ApiError {
    ApiError::unavailable()
}
