//! Why a token is refused, in words for whoever sent it.

use super::algorithm::Algorithm;
use serde_json::Value;

/// So much of a claim is said, in characters.
const SHOWN: usize = 100;

/// Why a token is refused. What it says of a claim is for whoever sent the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    Malformed,
    Algorithm,
    UnknownKey,
    Signature,
    /// A claim is not what it has to be: what is said of that.
    Claim(String),
    Expired,
    NotYet,
    /// This claim names no user.
    Subject(String),
    /// The token is good, and its user is not let in: what is said of that.
    Forbidden(String),
}

impl Refused {
    pub fn message(&self) -> String {
        match self {
            Self::Malformed => "The token is malformed.".into(),
            Self::Algorithm => {
                let names = Algorithm::ALL.map(Algorithm::name).join(", ");
                format!("The token's algorithm is not one of {names}.")
            }
            Self::UnknownKey => "The token's key is not one of the issuer's.".into(),
            Self::Signature => "The token's signature is wrong.".into(),
            Self::Claim(said) | Self::Forbidden(said) => said.clone(),
            Self::Expired => "The token has expired: its exp is over, or missing.".into(),
            Self::NotYet => "The token is not valid yet, by its nbf.".into(),
            Self::Subject(claim) => format!("The token's {claim} names no user."),
        }
    }

    pub fn wrong(claim: &str, came: Option<&Value>, wanted: &[String]) -> Self {
        let wanted: Vec<Value> = wanted.iter().map(|one| one.as_str().into()).collect();
        Self::Claim(said(claim, came, &wanted))
    }

    pub fn forbidden(claim: &str, came: Option<&Value>, wanted: &[Value]) -> Self {
        Self::Forbidden(said(claim, came, wanted))
    }
}

fn said(claim: &str, came: Option<&Value>, wanted: &[Value]) -> String {
    let came = came.map_or_else(
        || "missing".to_owned(),
        |came| {
            let text = came.to_string();
            match text.char_indices().nth(SHOWN) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        },
    );
    let wanted: Vec<String> = wanted.iter().map(Value::to_string).collect();
    let must = if wanted.len() == 1 { "be" } else { "be one of" };
    format!("The token's {claim} is {came}. It must {must} {}.", wanted.join(", "))
}
