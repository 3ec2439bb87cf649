//! Requests are taken as they are described: every documented field at each of its limits and in each
//! of its types, nothing beyond, and no field that is not documented.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use taskwire::api::request::{content, kinds, list};
use taskwire::domain::task::IMAGE_GENERATE;
use taskwire::error::{ApiError, Issue};
use taskwire::provider::kind::{Becomes, Kind};
use taskwire::provider::lenient::DEPTH_LIMIT;
use taskwire::provider::modelriver::request::{METADATA_BYTES, WORKFLOW};
use taskwire::provider::mynth::batch::TASK_LIMIT;
use taskwire::provider::registry::PROVIDERS;
use taskwire_openapi::document;

type Parser = fn(&[u8]) -> Result<(), ApiError>;

/// Every body, but for those of `POST /tasks`, by the name of its schema.
const BODIES: [(&str, Parser); 3] = [
    ("GenerateRequest", |body| kinds::parse_as(images(), body).map(drop)),
    ("BatchRequest", |body| kinds::parse_batch(images(), body).map(drop)),
    ("AiRequest", |body| kinds::parse_as(kind(WORKFLOW, Becomes::Channel), body).map(drop)),
];

fn images() -> &'static Kind {
    kind(IMAGE_GENERATE, Becomes::Task)
}

fn kind(word: &str, becomes: Becomes) -> &'static Kind {
    PROVIDERS.kind(word, becomes).expect("a kind").1
}

/// A body: its schema, and what it goes through. That of a kind stands inside of the body of
/// `POST /tasks`.
struct Body {
    name: String,
    schema: Value,
    kind: Option<String>,
    parse: Parser,
}

impl Body {
    /// What becomes of a request with these fields.
    fn taken(&self, fields: Map<String, Value>) -> Result<(), ApiError> {
        let body = match &self.kind {
            Some(kind) => json!({"kind": kind, "request": fields}),
            None => fields.into(),
        };
        (self.parse)(body.to_string().as_bytes())
    }
}

/// Every body that is described.
fn all() -> Vec<Body> {
    let schemas = &document()["components"]["schemas"];
    let body = |name: &str, kind: Option<&str>, parse: Parser| {
        let (name, kind) = (name.to_owned(), kind.map(str::to_owned));
        Body { schema: whole(schemas, &name), name, kind, parse }
    };
    let of_kind = |each: &Value| {
        let fields = &each["properties"];
        let name = referred(&fields["request"]).expect("a schema");
        body(name, fields["kind"]["const"].as_str(), |it| kinds::parse(PROVIDERS, it).map(drop))
    };
    let of_kinds = schemas["TaskRequest"]["oneOf"].as_array().expect("kinds").iter().map(of_kind);
    BODIES.into_iter().map(|(name, parse)| body(name, None, parse)).chain(of_kinds).collect()
}

/// The name that a schema refers to.
fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// A schema with the fields of those that it builds on.
fn whole(schemas: &Value, name: &str) -> Value {
    let mut schema = schemas[name].clone();
    for base in schema["allOf"].take().as_array().into_iter().flatten() {
        let base = &schemas[referred(base).expect("a name")]["properties"];
        let fields = schema["properties"].as_object_mut().expect("fields");
        fields.extend(base.as_object().expect("fields").clone());
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
    schema["pattern"].as_str().is_some_and(|it| it.starts_with("^https?://"))
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
        bad.extend([json!("ftp://a.example"), json!("https://"), json!("http:///a")]);
    }
    if schema["pattern"] == "\\S" {
        bad.push(" \n".into());
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

fn with(body: &Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    let mut body = body.clone();
    body.insert(name.to_owned(), value);
    body
}

fn issues(refused: Result<(), ApiError>) -> Vec<Issue> {
    refused.expect_err("it was taken").issues
}

#[test]
fn every_kind_is_described_and_no_other() {
    let described: BTreeSet<_> = all().into_iter().filter_map(|body| body.kind).collect();
    let kinds = PROVIDERS.kinds(Becomes::Task).map(|(_, kind)| kind.word.to_owned());
    assert_eq!(described, kinds.collect());
}

#[test]
fn every_documented_field_is_taken_at_its_limits_and_refused_beyond_them() {
    for body in all() {
        let (name, least) = (&body.name, smallest(&body.schema));
        for (field, schema) in body.schema["properties"].as_object().unwrap() {
            for value in good(schema) {
                let taken = body.taken(with(&least, field, value.clone()));
                assert_eq!(taken, Ok(()), "{name}.{field}: {value:.60}");
            }
            for value in bad(schema) {
                let refused = body.taken(with(&least, field, value.clone()));
                assert!(refused.is_err(), "{name}.{field}: {value:.60}");
                let path = &issues(refused)[0].path;
                assert!(path.contains(field.as_str()), "{name}.{field}: {value:.60}");
            }
        }
    }
}

#[test]
fn what_is_required_is_missed_and_nothing_else_is() {
    for body in all() {
        let least = smallest(&body.schema);
        assert_eq!(body.taken(least.clone()), Ok(()), "{}", body.name);
        for field in least.keys() {
            let mut less = least.clone();
            less.remove(field);
            assert!(body.taken(less).is_err(), "{} without {field}", body.name);
        }
    }
}

/// An object of so many levels.
fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({}), |inner, _| json!({"a": inner}))
}

/// The body of this name, and what becomes of its smallest request with these fields besides.
fn with_fields(name: &str, more: &Value) -> (Body, Result<(), ApiError>) {
    let body = all().into_iter().find(|body| body.name == name).expect("a body");
    let mut fields = smallest(&body.schema);
    fields.extend(more.as_object().expect("fields").clone());
    let taken = body.taken(fields);
    (body, taken)
}

#[test]
fn limits_that_only_the_descriptions_can_say_are_said_and_held() {
    type Fields = fn(usize) -> Value;
    let metadata: Fields = |levels| json!({"metadata": {"a": nested(levels)}});
    // What the description says, and the size of these fields at that limit.
    let limits: [(_, _, _, Fields); 5] = [
        (
            "BatchRequest",
            TASK_LIMIT,
            TASK_LIMIT / 2,
            |prompts| json!({"prompts": vec!["a"; prompts], "models": ["a", "b"]}),
        ),
        ("GenerateRequest", DEPTH_LIMIT, DEPTH_LIMIT, metadata),
        ("AiRequest", DEPTH_LIMIT, DEPTH_LIMIT, metadata),
        ("AiRequest", DEPTH_LIMIT, DEPTH_LIMIT, |levels| json!({"messages": [nested(levels)]})),
        (
            "AiRequest",
            METADATA_BYTES,
            METADATA_BYTES - r#"{"a":""}"#.len(),
            |chars| json!({"metadata": {"a": "a".repeat(chars)}}),
        ),
    ];
    for (name, said, limit, fields) in limits {
        let (body, taken) = with_fields(name, &fields(limit));
        assert_eq!(taken, Ok(()), "{name}: {limit}");
        assert!(with_fields(name, &fields(limit + 1)).1.is_err(), "{name}: more than {limit}");
        assert!(body.schema.to_string().contains(&format!("{said} ")), "{name}: {said}");
    }
    let reserved = [
        ("GenerateRequest", "imageRowIds"),
        ("AiRequest", "user_id"),
        ("AiRequest", "taskwire_intent"),
    ];
    for (name, reserved) in reserved {
        let (body, taken) = with_fields(name, &json!({"metadata": {reserved: "a"}}));
        assert_eq!(issues(taken)[0].path, format!("metadata.{reserved}"));
        assert!(body.schema.to_string().contains(&format!("`{reserved}`")), "{name}: {reserved}");
    }
}

/// Words that a parser might know: everything that stands in quotes in the sources of them all.
fn words() -> BTreeSet<String> {
    let mut words = BTreeSet::from(["colour".to_owned(), "user_id".to_owned()]);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let mut open = vec![source.join("api/request"), source.join("provider")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let is_word = |text: &&str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let source = fs::read_to_string(path).unwrap();
        words.extend(source.split('"').filter(is_word).map(str::to_owned));
    }
    words
}

#[test]
fn no_field_is_taken_that_is_not_documented() {
    let words = words();
    for known in ["negative_prompt", "resolution", "workflow", "cursor"] {
        assert!(words.contains(known), "{known}");
    }
    for body in all() {
        let least = smallest(&body.schema);
        let known = &body.schema["properties"];
        for word in words.iter().filter(|word| known.get(word.as_str()).is_none()) {
            let path = if body.kind.is_some() { format!("request.{word}") } else { word.clone() };
            let refused = body.taken(with(&least, word, "x".into()));
            // Not for its value: a field that is known would be refused for this one too.
            assert_eq!(
                issues(refused),
                [Issue::new(path, "is not a known field")],
                "{}",
                body.name
            );
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
    let of_tasks: Parse = |pairs| list::parse(pairs).map(drop);
    let of_content: Parse = |pairs| content::parse(pairs).map(drop);
    let document = document();
    for (path, parse) in [("/tasks", of_tasks), ("/content", of_content)] {
        let parse = |name: &str, value: &str| parse([(name.to_owned(), value.to_owned())]);
        let mut known = BTreeSet::new();
        for parameter in document["paths"][path]["get"]["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            let schema = match referred(&parameter["schema"]) {
                Some(name) => &document["components"]["schemas"][name],
                None => &parameter["schema"],
            };
            for value in written(good(schema)) {
                assert_eq!(parse(name, &value), Ok(()), "{name}={value}");
            }
            // In a query, a number is a text like any other.
            let is_number = schema["type"] == "integer";
            let fits = |value: &Value| value.is_string() || (is_number && value.is_number());
            let beyond = bad(schema).into_iter().filter(fits);
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
