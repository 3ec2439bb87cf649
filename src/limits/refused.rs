//! What a caller gets whose start is refused by a limit.

use crate::domain::time::{Millis, SECOND, iso};
use crate::domain::usage::apply::Refusal;
use crate::error::{ApiError, Code};

/// Nobody knows when a task ends: most take seconds.
const RUNNING_PAUSE: u32 = 5;

/// The error of a refusal.
pub fn refused(refusal: Refusal, now: Millis) -> ApiError {
    match refusal {
        Refusal::RateLimited { resets_at } => {
            let message = "You have started as much as you may for now. Please try again later.";
            ApiError {
                resets_at: Some(iso(resets_at)),
                retry_after: Some(seconds_until(resets_at, now)),
                ..ApiError::new(Code::RateLimited, message)
            }
        }
        Refusal::TooManyRunning { limit } => {
            let message = format!("You may have {limit} under way at once. Please wait for one.");
            ApiError {
                retry_after: Some(RUNNING_PAUSE),
                ..ApiError::new(Code::TooManyRunning, message)
            }
        }
        Refusal::BudgetExceeded { resets_at, is_everyones } => {
            let message = match is_everyones {
                true => "The budget of this service is used up for now.",
                false => "This would cost more than is left of your budget.",
            };
            let resets_at = Some(iso(resets_at));
            ApiError { resets_at, ..ApiError::new(Code::BudgetExceeded, message) }
        }
    }
}

/// There is a budget, and nobody says what this costs.
pub fn price_unknown(model: Option<&str>, kind: &str) -> ApiError {
    let what = model.unwrap_or(kind);
    let message = format!("There is a budget, and nothing says what {what} costs.");
    ApiError::new(Code::PriceUnknown, message)
}

fn seconds_until(at: Millis, now: Millis) -> u32 {
    (((at - now).max(1) + SECOND - 1) / SECOND).try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_it_is_and_when_to_come_back() {
        let of = |refusal| {
            let error = refused(refusal, 1_795_168_800_001);
            (error.code.as_str(), error.status(), error.retry_after, error.resets_at)
        };
        let resets_at = 1_795_168_803_000;
        let said = Some("2026-11-20T10:00:03.000Z".to_owned());
        let rate = of(Refusal::RateLimited { resets_at });
        assert_eq!(rate, ("rate_limited", 429, Some(3), said.clone()));
        let running = of(Refusal::TooManyRunning { limit: 5 });
        assert_eq!(running, ("too_many_running", 429, Some(5), None));
        for is_everyones in [false, true] {
            let budget = of(Refusal::BudgetExceeded { resets_at, is_everyones });
            assert_eq!(budget, ("budget_exceeded", 402, None, said.clone()));
        }
        assert_eq!(seconds_until(5, 9), 1);
        let unknown = price_unknown(None, "image.alt");
        assert_eq!((unknown.code.as_str(), unknown.status()), ("price_unknown", 402));
        assert!(unknown.message.contains("image.alt"));
    }

    #[test]
    fn the_time_of_a_reset_is_in_the_error() {
        let refusal = Refusal::BudgetExceeded { resets_at: 1_795_168_800_000, is_everyones: false };
        let body = refused(refusal, 0).body();
        assert!(body.contains(r#""resetsAt":"2026-11-20T10:00:00.000Z""#), "{body}");
    }
}
