//! What the operator says that things cost: by model, by kind, or anything else.

use super::amount::Amount;
use std::collections::BTreeMap;

/// The name of the price of whatever has no other.
const ANYTHING: &str = "*";

/// For each output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices(BTreeMap<String, Amount>);

impl Prices {
    pub fn new(prices: BTreeMap<String, Amount>) -> Self {
        Self(prices)
    }

    /// The price of this very model.
    pub fn of_model(&self, model: Option<&str>) -> Option<Amount> {
        self.0.get(model?).copied()
    }

    /// The price of the model, else of the kind, else of anything.
    pub fn of(&self, model: Option<&str>, kind: &str) -> Option<Amount> {
        let others = || self.0.get(kind).or_else(|| self.0.get(ANYTHING)).copied();
        self.of_model(model).or_else(others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_of_the_model_comes_before_that_of_the_kind_and_of_anything() {
        let amount = |text: &str| Amount::parse(text).expect("a decimal");
        let prices = |names: &[(&str, &str)]| {
            Prices::new(names.iter().map(|(name, text)| ((*name).into(), amount(text))).collect())
        };
        let all = prices(&[("m/x", "1"), ("image.generate", "2"), ("*", "3")]);
        assert_eq!(all.of(Some("m/x"), "image.generate"), Some(amount("1")));
        assert_eq!(all.of(Some("m/y"), "image.generate"), Some(amount("2")));
        assert_eq!(all.of(None, "image.alt"), Some(amount("3")));
        assert_eq!(all.of_model(Some("m/y")), None);
        assert_eq!(prices(&[("m/x", "1")]).of(Some("m/y"), "image.alt"), None);
    }
}
