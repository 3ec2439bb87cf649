//! The exact bytes of a JSON object's top-level `data`.
//!
//! The bytes are not verified yet, so reading them is cheap: one pass without copies, and values are
//! skipped without recursion, however deep they are. It must not know what is signed, or how.

use crate::json;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// `Some(None)` if the object has no `data`. `None` if `body` is not a JSON object, if it has `data`
/// twice (readers disagree on which one counts), or if it has more values than we read: anyone can
/// send such a body.
///
/// `serde_json`'s `RawValue` gives the same bytes. But with that feature, any object in any body that
/// contains serde's private key is parsed as another JSON text, without a depth limit.
pub(super) fn bytes_of_data(body: &[u8]) -> Option<Option<&[u8]>> {
    let text = std::str::from_utf8(body).ok()?;
    if json::is_too_much(text) {
        return None;
    }
    let mut at = Cursor { rest: text };
    let mut data = None;
    at.expect('{')?;
    if at.expect('}').is_none() {
        loop {
            let (name, _) = at.value::<String>()?;
            at.expect(':')?;
            let (_, text) = at.value::<IgnoredAny>()?;
            if name == "data" && data.replace(text.as_bytes()).is_some() {
                return None;
            }
            if at.expect(',').is_none() {
                at.expect('}')?;
                break;
            }
        }
    }
    at.is_at_the_end().then_some(data)
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Moves past `sign`, if it is the next thing.
    fn expect(&mut self, sign: char) -> Option<()> {
        self.rest = self.ahead().strip_prefix(sign)?;
        Some(())
    }

    /// Moves past a value. Returns it with its exact text.
    fn value<T: Deserialize<'a>>(&mut self) -> Option<(T, &'a str)> {
        let ahead = self.ahead();
        let mut values = Deserializer::from_str(ahead).into_iter();
        let value = values.next()?.ok()?;
        let (text, rest) = ahead.split_at(values.byte_offset());
        self.rest = rest;
        Some((value, text))
    }

    fn is_at_the_end(&self) -> bool {
        self.ahead().is_empty()
    }

    /// The rest after JSON's white space.
    fn ahead(&self) -> &'a str {
        self.rest.trim_start_matches([' ', '\t', '\n', '\r'])
    }
}

#[cfg(test)]
mod tests {
    use super::bytes_of_data;
    use proptest::prelude::{ProptestConfig, any, proptest};
    use serde_json::Value;

    fn found(body: &str) -> Option<Option<&str>> {
        let data = bytes_of_data(body.as_bytes())?;
        Some(data.map(|bytes| std::str::from_utf8(bytes).expect("a part of text")))
    }

    #[test]
    fn the_bytes_are_those_of_the_value_and_nothing_around_it() {
        for (body, data) in [
            (r#"{"data":{"b":1,"a":1.50}}"#, r#"{"b":1,"a":1.50}"#),
            ("{ \"data\" :\n { \"a\" : [ 1 , 2 ] }\t, \"z\":1 }", "{ \"a\" : [ 1 , 2 ] }"),
            (r#"{"x":{"data":1},"data":2}"#, "2"),
            (r#"{"data":1e999,"x":"}"}"#, "1e999"),
            (r#"{"data":-0.0}"#, "-0.0"),
            (r#"{"data":null}"#, "null"),
            (r#"{"data":"é\u00e9\"} "}"#, r#""é\u00e9\"} ""#),
            (r#"{"data":true,"dat":1,"data ":2,"DATA":3}"#, "true"),
            (r#"{"\u0064ata":7}"#, "7"),
            (r#"{"data":"\ud800"}"#, r#""\ud800""#),
            (r#"{"data":{"data":1,"data":2}}"#, r#"{"data":1,"data":2}"#),
            (
                r#"{"data":{"$serde_json::private::RawValue":"[1"}}"#,
                r#"{"$serde_json::private::RawValue":"[1"}"#,
            ),
        ] {
            assert_eq!(found(body), Some(Some(data)), "{body}");
        }
        for body in ["{}", " {\r\n} ", r#"{"x":{"data":1}}"#, r#"{"":[{"data":1}]}"#] {
            assert_eq!(found(body), Some(None), "{body}");
        }
    }

    #[test]
    fn two_fields_of_the_name_are_refused_however_they_are_written() {
        for body in [
            r#"{"data":1,"data":1}"#,
            r#"{"data":1,"x":2,"\u0064ata":3}"#,
            r#"{"data":null,"data":{}}"#,
        ] {
            assert_eq!(found(body), None, "{body}");
        }
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        for body in [
            "",
            " ",
            "null",
            "1",
            "[]",
            r#"[{"data":1}]"#,
            r#""data""#,
            "{",
            r#"{"data"}"#,
            r#"{"data":}"#,
            r#"{"data":1"#,
            r#"{"data":1,}"#,
            r#"{,"data":1}"#,
            r#"{"data":1 "x":2}"#,
            r#"{"data":1}}"#,
            r#"{"data":1}{}"#,
            r#"{"data":01}"#,
            r#"{"data":1x}"#,
            r#"{"data":[1}"#,
            r#"{"data":tru}"#,
            r#"{data:1}"#,
            r#"{1:1}"#,
            "\u{feff}{}",
            "{\u{a0}}",
            "{\"data\":\"\n\"}",
        ] {
            assert_eq!(found(body), None, "{body}");
        }
        assert_eq!(bytes_of_data(b"{\"data\":\"\xff\"}"), None);
    }

    #[test]
    fn thousands_of_brackets_is_walked_without_recursion() {
        let deep = 4 * 1024;
        let nested = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
        let body = format!(r#"{{"x":{nested},"data":{nested}}}"#);
        assert_eq!(found(&body), Some(Some(nested.as_str())));
        for broken in ["[".repeat(deep), r#"{"data":"#.repeat(deep / 4), "{".repeat(deep)] {
            assert_eq!(found(&format!(r#"{{"data":{broken}"#)), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_bytes_nothing_panics(body in any::<Vec<u8>>(), text in "[{}\\[\\]\",:a\\\\u0-9 data]{0,60}") {
            let _ = bytes_of_data(&body);
            let _ = found(&text);
            let _ = found(&format!(r#"{{"data":{text}}}"#));
        }

        #[test]
        fn whatever_the_values_the_bytes_read_back_as_the_field(
            before in any::<String>(), data in any::<Vec<(String, f64)>>(), after in any::<Vec<u8>>(),
        ) {
            let body = serde_json::json!({"a": before, "data": data, "z": after}).to_string();
            let bytes = found(&body).expect("an object").expect("a field");
            let whole: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(serde_json::from_str::<Value>(bytes).expect("JSON"), whole["data"]);
        }
    }
}
