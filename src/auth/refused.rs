//! Why a token is refused, in a message for its sender.
//!
//! Messages quote parts of the token that were not verified. Quotes are cut, and characters are escaped that could
//! forge a line of a log or change how the text around them is displayed.

use super::algorithm::Algorithm;
use crate::domain::time::{Millis, SECOND, iso};
use serde_json::Value;

/// How much of a claim is quoted, in characters.
const SHOWN: usize = 100;
/// The latest time in a token, in Unix seconds: the end of the year 9999. Times in milliseconds are beyond it.
pub const LAST_SECOND: f64 = 253_402_300_799.0;

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be read, with the reason.
    Malformed(&'static str),
    /// A header or a claim is wrong, with the message about it.
    Wrong(String),
    Signature,
    /// The token is good, but a required claim is not, with the message about it.
    Forbidden(String),
}

impl Refused {
    pub fn message(&self) -> String {
        match self {
            Self::Malformed(why) => format!("The token is malformed: {why}."),
            Self::Wrong(said) | Self::Forbidden(said) => said.clone(),
            Self::Signature => "The token's signature is wrong.".into(),
        }
    }

    /// The claim is not one of `wanted`.
    pub fn wrong(claim: &str, came: Option<&Value>, wanted: &[String]) -> Self {
        let wanted: Vec<Value> = wanted.iter().map(|one| one.as_str().into()).collect();
        Self::Wrong(said(claim, &shown(came), &one_of(&wanted)))
    }

    /// The same for a claim that the deployment requires.
    pub fn forbidden(claim: &str, came: Option<&Value>, wanted: &[Value]) -> Self {
        Self::Forbidden(said(claim, &shown(came), &one_of(wanted)))
    }

    /// The algorithm is not accepted.
    pub fn algorithm(came: Option<&Value>) -> Self {
        let names: Vec<String> = Algorithm::ALL.map(|one| one.name().to_owned()).into();
        Self::wrong("alg", came, &names)
    }

    /// The issuer has no key with this id for the algorithm.
    pub fn key(came: Option<&str>, algorithm: Algorithm, issuer: &str) -> Self {
        let must = format!("be that of a key of {issuer} for {}", algorithm.name());
        Self::Wrong(said("kid", &shown(came.map(Value::from).as_ref()), &must))
    }

    /// The token has expired. Times are Unix seconds.
    pub fn expired(came: Option<&Value>, now: f64) -> Self {
        let must = format!("be a time in seconds, after {} by our clock", time(now));
        Self::Wrong(said("exp", &when(came), &must))
    }

    /// The token is not valid yet.
    pub fn not_yet(came: Option<&Value>, now: f64) -> Self {
        let must = format!("be a time in seconds, not after {} by our clock", time(now));
        Self::Wrong(said("nbf", &when(came), &must))
    }

    /// The claim names no user. `room` is the longest id, in bytes.
    pub fn subject(claim: &str, came: Option<&Value>, room: usize) -> Self {
        let must = format!("be text of 1 to {room} bytes without control characters");
        Self::Wrong(said(claim, &shown(came), &must))
    }

    /// The claim begins with the prefix of another issuer's users.
    pub fn anothers(claim: &str, came: Option<&Value>, prefix: &str) -> Self {
        let must = format!("not begin with {}, as users of another issuer do", Value::from(prefix));
        Self::Wrong(said(claim, &shown(came), &must))
    }
}

fn said(name: &str, came: &str, must: &str) -> String {
    format!("The token's {name} is {came}. It must {must}.")
}

fn one_of(wanted: &[Value]) -> String {
    let all: Vec<String> = wanted.iter().map(Value::to_string).collect();
    let be = if all.len() == 1 { "be" } else { "be one of" };
    format!("{be} {}", all.join(", "))
}

/// A value as JSON, cut and escaped.
fn shown(came: Option<&Value>) -> String {
    let Some(came) = came else { return "missing".to_owned() };
    let text = came.to_string();
    let mut plain = String::new();
    for sign in text.chars() {
        match is_unsafe(sign) {
            true => sign.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                plain.push_str(&format!("\\u{unit:04x}"));
            }),
            false => plain.push(sign),
        }
        // The rest would be cut anyway.
        if plain.len() > 4 * SHOWN {
            break;
        }
    }
    if let Some((end, _)) = plain.char_indices().nth(SHOWN) {
        plain.truncate(end);
        plain.push('…');
    }
    plain
}

/// Characters that JSON does not escape, but that can end a line, control a terminal or reorder text.
fn is_unsafe(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(sign, '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A value, and the time that it stands for.
fn when(came: Option<&Value>) -> String {
    let seconds = came.and_then(Value::as_f64).filter(|seconds| seconds.abs() <= LAST_SECOND);
    match seconds {
        Some(seconds) => format!("{} ({})", shown(came), time(seconds)),
        None => shown(came),
    }
}

fn time(seconds: f64) -> String {
    iso((seconds * SECOND as f64) as Millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shows(came: Value) -> String {
        shown(Some(&came))
    }

    #[test]
    fn a_hundred_characters_are_shown_and_none_is_cut_in_two() {
        let quoted = |count: usize| format!("\"{}", "ä".repeat(count));
        assert_eq!(shows("ä".repeat(98).into()), quoted(98) + "\"");
        assert_eq!(shows("ä".repeat(99).into()), quoted(99) + "…");
        assert_eq!(shows("😀".repeat(9000).into()).chars().count(), 101);
        assert_eq!(shows("\u{202e}".repeat(9000).into()).chars().count(), 101);
        assert_eq!(shown(None), "missing");
    }

    #[test]
    fn nothing_in_a_claim_ends_a_line_or_turns_the_text_around() {
        for (came, text) in [
            ("a\r\n{\"level\":\"error\"}", r#""a\r\n{\"level\":\"error\"}""#),
            ("\u{0}\u{1b}[31m\u{7f}\u{9b}", r#""\u0000\u001b[31m\u007f\u009b""#),
            ("\u{85}\u{2028}\u{2029}", r#""\u0085\u2028\u2029""#),
            ("ada\u{202e}nimda\u{2066}", r#""ada\u202enimda\u2066""#),
            ("\u{200b}\u{feff}\u{e0041}", r#""\u200b\ufeff\udb40\udc41""#),
        ] {
            assert_eq!(shows(came.into()), text);
            let reread: String = serde_json::from_str(text).expect("what is shown is JSON");
            assert_eq!(reread, came);
        }
        assert_eq!(shows("ä 'q' 日本 😀".into()), "\"ä 'q' 日本 😀\"");
    }

    #[test]
    fn a_time_is_shown_as_it_came_and_as_people_read_it() {
        for (came, text) in [
            (json!(1_795_168_800), "1795168800 (2026-11-20T10:00:00.000Z)"),
            (json!(-1.5), "-1.5 (1969-12-31T23:59:58.500Z)"),
            (json!(LAST_SECOND), "253402300799.0 (9999-12-31T23:59:59.000Z)"),
            (json!(1_795_168_800_000_u64), "1795168800000"),
            (json!(1e300), "1e+300"),
            (json!("soon"), "\"soon\""),
            (json!(null), "null"),
        ] {
            assert_eq!(when(Some(&came)), text);
        }
        assert_eq!(when(None), "missing");
    }
}
