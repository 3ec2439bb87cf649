//! The object of the deployment's budget: it hands out parts of it to the books of users. It is not asked
//! for each start: a book that starts much asks for more each time.

use super::asks::PoolAsk;
use super::content::failure;
use crate::domain::usage::pool::{Grant, Pool};
use crate::error::ApiError;
use crate::limits::{LIMITS, policy};
use crate::object::instance::Instance;
use crate::object::storage::{Names, load, save};
use crate::platform::{config, now};
use worker::{Env, Result};

/// Names that are read at once, when a new window begins.
const PAGE: u32 = 500;

/// The pool, while it handles an event of the runtime.
pub struct BudgetPool<'a> {
    pub state: &'a Instance,
    pub env: &'a Env,
}

impl BudgetPool<'_> {
    pub fn answer(&self, text: &str) -> Result<String> {
        let PoolAsk { user_id, ask } = serde_json::from_str(text)?;
        let all = policy(&config(self.env)).map(|policy| policy.all);
        let Ok(Some(budget)) = all else {
            return Err(failure(ApiError::not_configured(LIMITS)));
        };
        // From here to the last write nothing else comes between.
        let storage = self.state.storage();
        let names = Names::of(&storage)?;
        let mut pool: Pool = load(&storage)?;
        if pool.roll(&ask, budget, now()) {
            forget(&names)?;
        }
        let mine = names.mark(&user_id)?.map(|mark| serde_json::from_str::<Grant>(&mark));
        let mine = mine.transpose()?;
        let grant = pool.answer(mine, &ask, budget);
        if mine != Some(grant) {
            names.put(&user_id, &serde_json::to_string(&grant)?)?;
            save(&storage, &pool)?;
        }
        Ok(serde_json::to_string(&grant)?)
    }
}

/// Nobody holds anything of a window that has just begun.
fn forget(names: &Names) -> Result<()> {
    loop {
        let page = names.after("", PAGE)?;
        for (user, _) in &page {
            names.remove(user)?;
        }
        if page.len() < PAGE as usize {
            return Ok(());
        }
    }
}
