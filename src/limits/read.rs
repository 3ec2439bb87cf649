//! Reading the two JSON settings, field by field, so that whatever is wrong is said with its path.

use super::{LIMITS, PRICES, Policy};
use crate::domain::usage::amount::Amount;
use crate::domain::usage::prices::Prices;
use crate::domain::usage::terms::{Budget, Limits, MOST_RUNNING, Starts};
use crate::domain::usage::window::Per;
use crate::error::ApiError;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

type Read<T> = Result<T, ApiError>;

pub(super) fn policy(text: &str, prices: Prices) -> Read<Policy> {
    let setting = json(LIMITS, text)?;
    let fields = Fields::of(LIMITS, &setting, &["default", "tiers", "all"])?;
    let none = Limits::default();
    let default = match fields.get("default") {
        Some((at, value)) => limits(&at, value, none)?,
        None => none,
    };
    let mut tiers = BTreeMap::new();
    if let Some((at, value)) = fields.get("tiers") {
        for (name, value) in object(&at, value)? {
            tiers.insert(name.clone(), limits(&format!("{at}.{name}"), value, default)?);
        }
    }
    let all = match fields.get("all") {
        Some((at, value)) => {
            let fields = Fields::of(&at, value, &["budget"])?;
            fields.get("budget").map(|(at, value)| budget(&at, value)).transpose()?
        }
        None => None,
    };
    Ok(Policy { default, tiers, all, prices })
}

pub(super) fn prices(text: &str) -> Read<Prices> {
    let mut prices = BTreeMap::new();
    for (name, value) in object(PRICES, &json(PRICES, text)?)? {
        prices.insert(name.clone(), amount(&format!("{PRICES}.{name}"), Some(value))?);
    }
    Ok(Prices::new(prices))
}

/// A limit that is left out is that of `others`, and null is none.
fn limits(at: &str, value: &Value, others: Limits) -> Read<Limits> {
    let fields = Fields::of(at, value, &["starts", "running", "budget"])?;
    Ok(Limits {
        starts: fields.limit("starts", others.starts, starts)?,
        running: fields
            .limit("running", others.running, |at, value| whole(at, Some(value), MOST_RUNNING))?,
        budget: fields.limit("budget", others.budget, budget)?,
    })
}

fn starts(at: &str, value: &Value) -> Read<Starts> {
    let fields = Fields::of(at, value, &["limit", "per"])?;
    let limit = whole(&fields.path("limit"), fields.value("limit"), u32::MAX)?;
    Ok(Starts { limit, per: fields.per()? })
}

fn budget(at: &str, value: &Value) -> Read<Budget> {
    let fields = Fields::of(at, value, &["amount", "per"])?;
    let amount = amount(&fields.path("amount"), fields.value("amount"))?;
    Ok(Budget { amount, per: fields.per()? })
}

fn whole(at: &str, value: Option<&Value>, most: u32) -> Read<u32> {
    let number = value.and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    number.filter(|number| *number <= most).ok_or_else(|| {
        ApiError::wrong_setting(at, &format!("must be a whole number from 0 to {most}"))
    })
}

fn amount(at: &str, value: Option<&Value>) -> Read<Amount> {
    // A number in JSON is a float to most who write it.
    let amount = value.and_then(Value::as_str).and_then(Amount::parse);
    amount
        .ok_or_else(|| ApiError::wrong_setting(at, "must be a decimal in quotes, such as \"2.00\""))
}

fn json(name: &str, text: &str) -> Read<Value> {
    let read = crate::json::read(text.as_bytes());
    read.map_err(|error| ApiError::wrong_setting(name, &format!("cannot be read: {error}")))
}

fn object<'v>(at: &str, value: &'v Value) -> Read<&'v Map<String, Value>> {
    value.as_object().ok_or_else(|| ApiError::wrong_setting(at, "must be a JSON object"))
}

/// An object of the setting, all of whose fields are known.
struct Fields<'v> {
    at: String,
    fields: &'v Map<String, Value>,
}

impl<'v> Fields<'v> {
    fn of(at: &str, value: &'v Value, known: &[&str]) -> Read<Self> {
        let fields = object(at, value)?;
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(other) => {
                let wrong = format!("is not known: there is {}", known.join(", "));
                Err(ApiError::wrong_setting(&format!("{at}.{other}"), &wrong))
            }
            None => Ok(Self { at: at.to_owned(), fields }),
        }
    }

    fn path(&self, name: &str) -> String {
        format!("{}.{name}", self.at)
    }

    fn value(&self, name: &str) -> Option<&'v Value> {
        self.fields.get(name)
    }

    fn get(&self, name: &str) -> Option<(String, &'v Value)> {
        Some((self.path(name), self.value(name)?))
    }

    fn limit<T>(
        &self,
        name: &str,
        other: Option<T>,
        read: impl FnOnce(&str, &Value) -> Read<T>,
    ) -> Read<Option<T>> {
        match self.value(name) {
            None => Ok(other),
            Some(Value::Null) => Ok(None),
            Some(value) => read(&self.path(name), value).map(Some),
        }
    }

    fn per(&self) -> Read<Per> {
        let per = self.value("per").and_then(Value::as_str).and_then(Per::of);
        per.ok_or_else(|| ApiError::wrong_setting(&self.path("per"), "must be 1m, 1h, 1d or 30d"))
    }
}
