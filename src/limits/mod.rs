//! The settings of limits: `LIMITS`, `PRICES` and `AUTH_TIER_CLAIM`. What cannot be read is said with its
//! path, and then nothing is started: never "no limit". Pure.

mod read;
pub mod refused;

use crate::config::Config;
use crate::domain::usage::prices::Prices;
use crate::domain::usage::terms::{Budget, Limits, Terms};
use crate::error::ApiError;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub const LIMITS: &str = "LIMITS";
pub const PRICES: &str = "PRICES";

/// The name of the claim with the user's tier.
pub const TIER_CLAIM: &str = "AUTH_TIER_CLAIM";

/// What limits a deployment has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub default: Limits,
    pub tiers: BTreeMap<String, Limits>,
    /// The budget of all users together.
    pub all: Option<Budget>,
    pub prices: Prices,
}

/// The limits of this deployment.
///
/// # Errors
///
/// `not_configured`, naming the place in the setting that is wrong.
pub fn policy<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Policy, ApiError> {
    let prices = match config.get(PRICES) {
        Some(text) => read::prices(&text)?,
        None => Prices::default(),
    };
    match config.get(LIMITS) {
        Some(text) => read::policy(&text, prices),
        None => Ok(Policy { default: Limits::BRAKE, tiers: BTreeMap::new(), all: None, prices }),
    }
}

impl Policy {
    /// Whether nothing is limited, for nobody.
    pub fn is_none(&self) -> bool {
        self.all.is_none() && self.default.is_none() && self.tiers.values().all(Limits::is_none)
    }

    /// What holds for this user. A tier that is not listed is the default one.
    pub fn terms(&self, user_id: &str, tier: Option<&str>) -> Terms {
        let limits = tier.and_then(|tier| self.tiers.get(tier)).unwrap_or(&self.default);
        let hash = Sha256::digest(user_id.as_bytes());
        let seed = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        Terms { limits: *limits, all: self.all, seed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::usage::amount::Amount;
    use crate::domain::usage::terms::Starts;
    use crate::domain::usage::window::Per;

    fn of(limits: Option<&str>, prices: Option<&str>) -> Result<Policy, ApiError> {
        policy(&Config::from_lookup(|name| match name {
            LIMITS => limits.map(str::to_owned),
            PRICES => prices.map(str::to_owned),
            _ => None,
        }))
    }

    fn money(text: &str) -> Amount {
        Amount::parse(text).expect("a decimal")
    }

    const WHOLE: &str = r#"{"default":{"starts":{"limit":10,"per":"1m"},"running":5,
        "budget":{"amount":"2.00","per":"1d"}},
        "tiers":{"pro":{"running":50,"budget":null},"free":{"starts":{"limit":1,"per":"30d"}}},
        "all":{"budget":{"amount":"200","per":"1h"}}}"#;

    #[test]
    fn everything_that_can_be_said_is_read() {
        let policy = of(Some(WHOLE), Some(r#"{"m/x":"0.04","*":"1"}"#)).unwrap();
        let default = Limits {
            starts: Some(Starts { limit: 10, per: Per::Minute }),
            running: Some(5),
            budget: Some(Budget { amount: money("2"), per: Per::Day }),
        };
        assert_eq!(policy.default, default);
        assert_eq!(policy.all, Some(Budget { amount: money("200"), per: Per::Hour }));
        assert_eq!(policy.prices.of(Some("m/x"), "k"), Some(money("0.04")));
        let pro = Limits { running: Some(50), budget: None, ..default };
        assert_eq!(
            policy.terms("ada", Some("pro")).limits,
            pro,
            "what a tier leaves out is as for all"
        );
        let free = policy.terms("ada", Some("free")).limits;
        assert_eq!(free.starts, Some(Starts { limit: 1, per: Per::Month }));
    }

    #[test]
    fn a_tier_that_is_not_listed_is_the_default_one() {
        let policy = of(Some(WHOLE), None).unwrap();
        for tier in [None, Some(""), Some("Pro"), Some("default")] {
            assert_eq!(policy.terms("ada", tier).limits, policy.default, "{tier:?}");
        }
    }

    #[test]
    fn where_nothing_is_set_a_brake_holds_and_an_empty_object_is_no_limit() {
        let brake = of(None, None).unwrap();
        assert_eq!(brake.default.starts, Some(Starts { limit: 60, per: Per::Minute }));
        assert_eq!((brake.default.running, brake.default.budget), (Some(50), None));
        assert!(!brake.is_none());
        assert_eq!(of(Some("  "), None).unwrap(), brake, "a blank setting is none");
        assert!(of(Some("{}"), None).unwrap().is_none());
        assert!(of(Some(r#"{"default":{},"tiers":{"pro":{}}}"#), None).unwrap().is_none());
        assert!(!of(Some(r#"{"tiers":{"free":{"running":1}}}"#), None).unwrap().is_none());
        assert!(
            !of(Some(r#"{"all":{"budget":{"amount":"1","per":"1d"}}}"#), None).unwrap().is_none()
        );
    }

    #[test]
    fn users_have_windows_of_their_own() {
        let policy = of(Some(WHOLE), None).unwrap();
        let seed = |user| policy.terms(user, None).seed;
        assert_ne!(seed("ada"), seed("bob"));
        assert_eq!(seed("ada"), seed("ada"));
    }

    #[test]
    fn what_cannot_be_read_is_a_503_that_names_its_path_and_never_no_limit() {
        for (limits, path) in [
            ("{", "LIMITS"),
            ("7", "LIMITS"),
            ("[]", "LIMITS"),
            ("null", "LIMITS"),
            (r#"{"limits":{}}"#, "LIMITS.limits"),
            (r#"{"default":null}"#, "LIMITS.default"),
            (r#"{"default":{"budget":{"amount":2,"per":"1d"}}}"#, "LIMITS.default.budget.amount"),
            (
                r#"{"default":{"budget":{"amount":"-2","per":"1d"}}}"#,
                "LIMITS.default.budget.amount",
            ),
            (
                r#"{"default":{"budget":{"amount":"2 €","per":"1d"}}}"#,
                "LIMITS.default.budget.amount",
            ),
            (r#"{"default":{"budget":{"per":"1d"}}}"#, "LIMITS.default.budget.amount"),
            (r#"{"default":{"budget":{"amount":"2","per":"2d"}}}"#, "LIMITS.default.budget.per"),
            (r#"{"default":{"budget":{"amount":"2"}}}"#, "LIMITS.default.budget.per"),
            (r#"{"default":{"budget":"2"}}"#, "LIMITS.default.budget"),
            (r#"{"default":{"bugdet":{}}}"#, "LIMITS.default.bugdet"),
            (
                r#"{"default":{"budget":{"amount":"2","per":"1d","x":1}}}"#,
                "LIMITS.default.budget.x",
            ),
            (r#"{"default":{"starts":{"limit":1.5,"per":"1m"}}}"#, "LIMITS.default.starts.limit"),
            (r#"{"default":{"starts":{"limit":-1,"per":"1m"}}}"#, "LIMITS.default.starts.limit"),
            (r#"{"default":{"starts":{"limit":"1","per":"1m"}}}"#, "LIMITS.default.starts.limit"),
            (r#"{"default":{"running":"5"}}"#, "LIMITS.default.running"),
            (r#"{"default":{"running":1001}}"#, "LIMITS.default.running"),
            (r#"{"tiers":[]}"#, "LIMITS.tiers"),
            (r#"{"tiers":{"pro":{"running":true}}}"#, "LIMITS.tiers.pro.running"),
            (r#"{"all":{"running":5}}"#, "LIMITS.all.running"),
            (r#"{"all":{"budget":{"amount":"x","per":"1d"}}}"#, "LIMITS.all.budget.amount"),
        ] {
            let error = of(Some(limits), None).expect_err(limits);
            assert_eq!((error.status(), error.code.as_str()), (503, "not_configured"), "{limits}");
            assert_eq!(error.issues[0].path, path, "{limits}");
            assert!(error.message.starts_with(&format!("{path} ")), "{}", error.message);
        }
        for (prices, path) in [
            ("[", "PRICES"),
            ("[]", "PRICES"),
            (r#"{"m/x":0.04}"#, "PRICES.m/x"),
            (r#"{"*":"free"}"#, "PRICES.*"),
        ] {
            let error = of(Some("{}"), Some(prices)).expect_err(prices);
            assert_eq!((error.status(), error.issues[0].path.as_str()), (503, path), "{prices}");
        }
    }
}
