//! Requests are taken as they are described: every documented field at each of its limits and in each
//! of its types, nothing beyond, and no field that is not documented.

use crate::api::request::content::ContentQuery;
use crate::api::request::list::ListQuery;
use crate::api::request::{ai, batch, generate, kinds};
use crate::domain::task::KINDS;
use crate::error::{ApiError, Issue};
use crate::openapi::requests::{bodies, content_query, of_kind, task_query};
use crate::openapi::schemas;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;

type Parser = fn(&Value) -> Result<(), ApiError>;

fn bytes(body: &Value) -> Vec<u8> {
    body.to_string().into_bytes()
}

/// Every body by the name of its schema, with what it goes through. Those of kinds stand inside of
/// the body of `POST /tasks`.
fn parsers() -> Vec<(&'static str, Option<&'static str>, Parser)> {
    let mut all: Vec<(_, _, Parser)> = vec![
        ("GenerateRequest", None, |body| generate::parse(&bytes(body)).map(drop)),
        ("BatchRequest", None, |body| batch::parse(&bytes(body)).map(drop)),
        ("AiRequest", None, |body| ai::parse(&bytes(body)).map(drop)),
    ];
    let of_kinds = KINDS.map(|kind| -> (_, _, Parser) {
        (of_kind(kind), Some(kind), |body| kinds::parse(&bytes(body)).map(drop))
    });
    all.extend(of_kinds);
    all
}

/// The schema of a body with the fields of those that it builds on.
fn schema(name: &str) -> Value {
    let mut schema = bodies()[name].clone();
    for base in schema["allOf"].take().as_array().into_iter().flatten() {
        let base = base["$ref"].as_str().and_then(|it| it.rsplit('/').next()).expect("a name");
        let fields = bodies()[base]["properties"].as_object().expect("fields").clone();
        schema["properties"].as_object_mut().expect("fields").extend(fields);
    }
    schema
}

fn number(schema: &Value, name: &str) -> Option<usize> {
    schema[name].as_u64().map(|number| number as usize)
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::Array(types) => types.iter().flat_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

const ADDRESS: &str = "https://";

fn is_address(schema: &Value) -> bool {
    schema["pattern"] == "^https?://"
}

/// Text of so many characters that fits the schema's pattern.
fn text(schema: &Value, chars: usize) -> Value {
    let start = if is_address(schema) { ADDRESS } else { "" };
    format!("{start}{}", "a".repeat(chars - start.len())).into()
}

/// Values at every limit of a schema.
fn good(schema: &Value) -> Vec<Value> {
    if let Some(words) = schema["enum"].as_array() {
        return words.clone();
    }
    let of_type = |name: &str| match name {
        "string" => {
            // The shortest address has one character more than its scheme.
            let shortest = if is_address(schema) { ADDRESS.len() + 1 } else { 0 };
            let least = number(schema, "minLength").unwrap_or(shortest);
            let most = number(schema, "maxLength").unwrap_or(least + 99);
            vec![text(schema, least), text(schema, most)]
        }
        "integer" => vec![schema["minimum"].clone(), schema["maximum"].clone()],
        "array" => {
            let item = good(&schema["items"]).pop().unwrap_or_default();
            let least = number(schema, "minItems").unwrap_or(0);
            let most = number(schema, "maxItems").expect("a limit");
            vec![vec![item.clone(); least].into(), vec![item; most].into()]
        }
        "boolean" => vec![true.into(), false.into()],
        "number" => vec![1.5.into(), 4.into()],
        "object" => vec![json!({}), json!({"a": {"b": 1}})],
        other => panic!("no samples of {other}"),
    };
    types(schema).into_iter().flat_map(of_type).collect()
}

/// Values just beyond every limit of a schema, and of every type that it does not take.
fn bad(schema: &Value) -> Vec<Value> {
    let mut bad = Vec::new();
    if let Some(most) = number(schema, "maxLength") {
        bad.push(text(schema, most + 1));
    }
    if number(schema, "minLength").is_some_and(|least| least > 0) {
        bad.push("".into());
    }
    if is_address(schema) {
        bad.push("ftp://a.example".into());
    }
    if let Some(most) = number(schema, "maximum") {
        bad.push((most + 1).into());
    }
    if let Some(least) = number(schema, "minimum") {
        bad.push((least - 1).into());
    }
    if let Some(most) = number(schema, "maxItems") {
        let item = good(&schema["items"]).into_iter().next().unwrap_or_default();
        bad.push(vec![item; most + 1].into());
        bad.extend(self::bad(&schema["items"]).into_iter().map(|item| json!([item])));
    }
    if number(schema, "minItems").is_some() {
        bad.push(json!([]));
    }
    if schema["enum"].is_array() {
        bad.extend([json!("other"), json!(5), json!({})]);
    }
    let types = types(schema);
    if !types.is_empty() {
        let strangers = [
            ("string", json!("x")),
            ("number", json!(1.5)),
            ("boolean", json!(true)),
            ("array", json!([])),
            ("object", json!({})),
        ];
        bad.extend(strangers.into_iter().filter(|(name, _)| !types.contains(name)).map(|it| it.1));
    }
    bad
}

/// The smallest body: what is required, as small as it can be.
fn smallest(schema: &Value) -> Map<String, Value> {
    let required = schema["required"].as_array().into_iter().flatten().flat_map(Value::as_str);
    let field = |name: &str| (name.to_owned(), good(&schema["properties"][name]).swap_remove(0));
    required.map(field).collect()
}

fn wrapped(kind: Option<&str>, body: &Map<String, Value>) -> Value {
    match kind {
        Some(kind) => json!({"kind": kind, "request": body}),
        None => body.clone().into(),
    }
}

fn with(body: &Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    let mut body = body.clone();
    body.insert(name.to_owned(), value);
    body
}

fn issues(refused: Result<(), ApiError>) -> Vec<Issue> {
    refused.expect_err("it was taken").issues
}

#[test]
fn every_documented_field_is_taken_at_its_limits_and_refused_beyond_them() {
    for (name, kind, parse) in parsers() {
        let schema = schema(name);
        let body = smallest(&schema);
        for (field, schema) in schema["properties"].as_object().unwrap() {
            for value in good(schema) {
                let taken = parse(&wrapped(kind, &with(&body, field, value.clone())));
                assert_eq!(taken, Ok(()), "{name}.{field}: {value:.60}");
            }
            for value in bad(schema) {
                let refused = parse(&wrapped(kind, &with(&body, field, value.clone())));
                assert!(refused.is_err(), "{name}.{field}: {value:.60}");
                let path = &issues(refused)[0].path;
                assert!(path.contains(field.as_str()), "{name}.{field}: {value:.60}");
            }
        }
    }
}

#[test]
fn what_is_required_is_missed_and_nothing_else_is() {
    for (name, kind, parse) in parsers() {
        let schema = schema(name);
        let body = smallest(&schema);
        assert_eq!(parse(&wrapped(kind, &body)), Ok(()), "{name}");
        for field in body.keys() {
            let mut less = body.clone();
            less.remove(field);
            assert!(parse(&wrapped(kind, &less)).is_err(), "{name} without {field}");
        }
    }
}

/// Words that a parser might know: everything that stands in quotes in the sources of them all.
fn words() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/request");
    let mut words = BTreeSet::from(["colour".to_owned(), "user_id".to_owned()]);
    for entry in fs::read_dir(folder).unwrap() {
        let source = fs::read_to_string(entry.unwrap().path()).unwrap();
        let is_word = |text: &&str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let quoted = source.split('"').filter(is_word).map(str::to_owned);
        words.extend(quoted);
    }
    words
}

#[test]
fn no_field_is_taken_that_is_not_documented() {
    let words = words();
    assert!(words.contains("negative_prompt") && words.len() > 30, "{words:?}");
    for (name, kind, parse) in parsers() {
        let schema = schema(name);
        let body = smallest(&schema);
        for word in words.iter().filter(|word| schema["properties"].get(word.as_str()).is_none()) {
            let path = if kind.is_some() { format!("request.{word}") } else { word.clone() };
            let refused = parse(&wrapped(kind, &with(&body, word, "x".into())));
            // Not for its value: a field that is known would be refused for this one too.
            assert_eq!(issues(refused), [Issue::new(path, "is not a known field")], "{name}");
        }
    }
}

/// The values of a parameter of a query, as they stand in it.
fn written(values: Vec<Value>) -> Vec<String> {
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.into_iter().map(text).collect()
}

#[test]
fn every_documented_parameter_of_a_query_is_taken_and_no_other() {
    type Parse = fn([(String, String); 1]) -> Result<(), ApiError>;
    let of_tasks: Parse = |pairs| ListQuery::parse(pairs).map(drop);
    let of_content: Parse = |pairs| ContentQuery::parse(pairs).map(drop);
    for (parameters, parse) in [(task_query(), of_tasks), (content_query(), of_content)] {
        let parse = |name: &str, value: &str| parse([(name.to_owned(), value.to_owned())]);
        let mut known = BTreeSet::new();
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap();
            let schema = match parameter["schema"]["$ref"].as_str() {
                Some(reference) => {
                    schemas::of_answers()[reference.rsplit('/').next().unwrap()].clone()
                }
                None => parameter["schema"].clone(),
            };
            for value in written(good(&schema)) {
                assert_eq!(parse(name, &value), Ok(()), "{name}={value}");
            }
            // In a query, a number is a text like any other.
            let is_number = schema["type"] == "integer";
            let fits = |value: &Value| value.is_string() || (is_number && value.is_number());
            let beyond = bad(&schema).into_iter().filter(fits);
            for value in written(beyond.collect()) {
                assert!(parse(name, &value).is_err(), "{name}={value}");
            }
            known.insert(name.to_owned());
        }
        for word in words().difference(&known) {
            let unknown = Issue::new(word, "is not a known parameter");
            assert_eq!(issues(parse(word, "1")), [unknown]);
        }
    }
}
