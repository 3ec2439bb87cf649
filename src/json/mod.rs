//! Reading JSON from bytes. All of it is parsed as text: a second instance of the parser for bytes
//! would be a twentieth of the Worker's size.

pub mod fields;

use serde::de::{DeserializeOwned, Error};
use serde_json::Value;

/// Limit of the cost of parsing one text; a number costs about 1. Without it, half a megabyte of nested
/// lists is a quarter of a million values and takes 40 ms. Half a megabyte of numbers with six
/// characters each stays below the limit.
const COST_LIMIT: usize = 80_000;
const LIST_COST: usize = 8;
const NAME_COST: usize = 4;

/// Parses JSON.
///
/// # Errors
///
/// The bytes are not UTF-8, not JSON or not a `T`, or they cost too much to parse.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| serde_json::Error::custom("not UTF-8"))?;
    if is_too_much(text) {
        return Err(serde_json::Error::custom("too many values"));
    }
    serde_json::from_str(text)
}

/// Parses JSON in which lone surrogates may occur, and replaces them. Only for a provider's bodies: in
/// a token, two different users must not become the same one.
///
/// # Errors
///
/// As [`read`].
pub fn read_mended(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    read(bytes).or_else(|error| match mended(text) {
        Some(text) => read(text.as_bytes()),
        None => Err(error),
    })
}

/// Whether `text` costs too much to parse. Lists, objects, names and commas outside of strings are
/// counted.
pub fn is_too_much(text: &str) -> bool {
    let (mut cost, mut in_text, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => cost += LIST_COST,
            b':' if !in_text => cost += NAME_COST,
            b',' if !in_text => cost += 1,
            _ => {}
        }
    }
    cost > COST_LIMIT
}

/// `text` with its lone surrogates replaced by U+FFFD; `None` if it has none. JavaScript can cut a string
/// inside a surrogate pair and writes the rest as `\ud83d`, which other parsers refuse.
fn mended(text: &str) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_mended = false;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended.push_str("\\ufffd");
                is_mended = true;
                rest = &escape[6..];
                continue;
            }
            // An escape is one character long, so an escaped backslash does not begin another escape.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    is_mended.then_some(mended)
}

/// The number in `\uXXXX`, if that is what `text` begins with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { u16::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{COST_LIMIT, LIST_COST, is_too_much, mended, read, read_mended};
    use serde_json::Value;

    #[test]
    fn a_text_that_costs_too_much_is_not_read_however_it_is_arranged() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count));
        assert!(read::<Value>(list(COST_LIMIT - LIST_COST).as_bytes()).is_ok());
        assert!(read::<Value>(list(COST_LIMIT - LIST_COST + 1).as_bytes()).is_err());
        assert!(is_too_much(&"[".repeat(COST_LIMIT / LIST_COST + 1)));
        assert!(is_too_much(&format!("{{{}", "\"a\":{},".repeat(COST_LIMIT / 13 + 1))));
    }

    #[test]
    fn signs_in_a_text_cost_nothing() {
        let text =
            format!(r#"["{}", "\"{}", "\\"]"#, "[{:,".repeat(COST_LIMIT), ",".repeat(COST_LIMIT));
        assert!(read::<Value>(text.as_bytes()).is_ok());
    }

    #[test]
    fn the_numbers_of_a_large_embedding_are_read() {
        let list = format!("[{}0]", "-0.0123456,".repeat(20_000));
        assert!(read::<Value>(list.as_bytes()).is_ok());
    }

    #[test]
    fn half_a_character_is_read_as_a_replacement_and_whole_ones_are_left_alone() {
        for (text, expected) in [
            (r#""cut \ud83d""#, "cut \u{fffd}"),
            (r#""\ud83d\ud83d\ude00 \ude00!""#, "\u{fffd}\u{1f600} \u{fffd}!"),
            (r#""\ud83dx\uD83D\n""#, "\u{fffd}x\u{fffd}\n"),
            (r#""\\ud83d \u0041 \ud83d""#, "\\ud83d A \u{fffd}"),
        ] {
            assert_eq!(read_mended(text.as_bytes()).expect(text), expected);
        }
        assert_eq!(mended(r#""\ud83d\ude00 \\ud83d é\""#), None);
        for broken in [r#""\ud83d"#, r#""\ud8"#, r#""\u"#, r#""\"#, r#"\ud83d"#] {
            assert!(read_mended(broken.as_bytes()).is_err(), "{broken}");
        }
        assert!(read::<Value>(br#""\ud83d""#).is_err(), "of anybody else");
    }
}
