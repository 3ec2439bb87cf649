//! Reading JSON from bytes. In one way for all of it: a second instance of the parser, for bytes
//! beside text, would be a twentieth of the Worker.

use serde::de::{DeserializeOwned, Error};

/// Most values of one text, about. A megabyte can hold half a million lists in lists, and they take
/// 70 ms to read; the largest that a provider sends has a few hundred.
const VALUE_LIMIT: usize = 16_384;

pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let text = std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
    if is_too_much(text) {
        return Err(serde_json::Error::custom("too many values"));
    }
    serde_json::from_str(text)
}

/// Whether `text` holds more values than are read: what begins a list or an object, or goes on with
/// one, is counted outside of texts.
pub fn is_too_much(text: &str) -> bool {
    let (mut values, mut in_text, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' | b',' if !in_text => values += 1,
            _ => {}
        }
    }
    values > VALUE_LIMIT
}

#[cfg(test)]
mod tests {
    use super::{VALUE_LIMIT, is_too_much, read};
    use serde_json::Value;

    #[test]
    fn a_text_of_too_many_values_is_not_read_however_they_are_arranged() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(read::<Value>(list(VALUE_LIMIT).as_bytes()).is_ok());
        assert!(read::<Value>(list(VALUE_LIMIT + 1).as_bytes()).is_err());
        assert!(is_too_much(&"[".repeat(VALUE_LIMIT + 1)));
        assert!(is_too_much(&format!("{{{}", "\"a\":{},".repeat(VALUE_LIMIT / 2 + 1))));
    }

    #[test]
    fn signs_in_a_text_are_no_values() {
        let text =
            format!(r#"["{}", "\"{}", "\\"]"#, "[{,".repeat(VALUE_LIMIT), ",".repeat(VALUE_LIMIT));
        assert!(read::<Value>(text.as_bytes()).is_ok());
    }
}
