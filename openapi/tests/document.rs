//! The document is complete: every route, every method and every code is in it, and it refers to
//! nothing that is not there.

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs;
use taskwire::error::ALL;
use taskwire::provider::registry::PROVIDERS;
use taskwire::route::Route;
use taskwire_openapi::{FILE, document, text};

#[test]
fn the_file_is_what_the_sources_say() {
    let file = fs::read_to_string(FILE).unwrap_or_default();
    assert!(file == text(), "openapi.json is stale: `npm run openapi` renews it.");
}

/// The paths in the table of routes, read from its source: `["tasks", id, "live", ""]` is
/// `/tasks/{id}/live`. A `{provider}` stands for each whose path it is.
fn routes() -> BTreeSet<String> {
    let pattern = |line: &str| {
        let (pattern, _) = line.trim().strip_prefix('[')?.split_once("] => Self::")?;
        let parts = pattern.split(", ").filter(|part| *part != "\"\"");
        let part = |part: &str| match part.strip_prefix('"') {
            Some(word) => format!("/{}", word.trim_end_matches('"')),
            None => format!("/{{{part}}}"),
        };
        Some(parts.map(part).collect::<String>())
    };
    let of_each =
        |path: String| PROVIDERS.all().iter().map(move |it| path.replace("{provider}", it.name()));
    let tables = [include_str!("../../src/route.rs"), include_str!("../../src/route/admin.rs")];
    let table = tables.into_iter().flat_map(str::lines).filter_map(pattern);
    table.flat_map(of_each).filter(|path| Route::of(path).is_some()).collect()
}

fn paths(document: &Value) -> &Map<String, Value> {
    document["paths"].as_object().expect("paths")
}

#[test]
fn every_route_is_described_and_everything_described_is_a_route() {
    let document = document();
    let described: BTreeSet<String> = paths(&document).keys().cloned().collect();
    assert_eq!(described, routes());
    assert!(described.len() > 20);
}

#[test]
fn a_path_takes_the_methods_that_are_described() {
    for (path, operations) in paths(&document()) {
        let mut methods: Vec<String> =
            operations.as_object().unwrap().keys().map(|it| it.to_uppercase()).collect();
        if operations.get("get").is_some() && !path.ends_with("/live") {
            methods.push("HEAD".into());
        }
        methods.sort_unstable();
        let route = Route::of(path).unwrap_or_else(|| panic!("{path} is no route"));
        assert_eq!(route.allow(), methods.join(", "), "{path}");
    }
}

#[test]
fn every_operation_says_who_may_ask_and_only_webhooks_and_public_files_are_for_anybody() {
    let document = document();
    let schemes = &document["components"]["securitySchemes"];
    let mut open = BTreeSet::new();
    for (path, operations) in paths(&document) {
        for (method, operation) in operations.as_object().unwrap() {
            let ways = operation["security"].as_array();
            let ways = ways.unwrap_or_else(|| panic!("{method} {path} does not say"));
            for name in ways.iter().flat_map(|way| way.as_object().unwrap().keys()) {
                assert!(schemes.get(name).is_some(), "no {name}");
            }
            if ways.is_empty() && !path.starts_with("/webhooks/") {
                open.insert(path.as_str());
            }
        }
    }
    assert_eq!(open, BTreeSet::from(["/config.json", "/healthz", "/openapi.json", "/readyz"]));
}

#[test]
fn every_code_that_a_caller_can_get_is_in_it() {
    let text = document()["components"]["responses"].to_string();
    for code in ALL {
        assert!(text.contains(&format!("\"{}\"", code.as_str())), "{}", code.as_str());
    }
}

#[test]
fn everything_that_it_refers_to_is_there_and_everything_there_is_referred_to() {
    let document = document();
    let mut named = BTreeSet::new();
    references(&document, &mut named);
    for name in &named {
        assert!(document.pointer(name.trim_start_matches('#')).is_some(), "no {name}");
    }
    for group in ["schemas", "responses", "parameters"] {
        for name in document["components"][group].as_object().unwrap().keys() {
            let reference = format!("#/components/{group}/{name}");
            // All frames together, and what each kind returns, are for those who read it.
            assert!(
                named.contains(&reference) || ["Frame", "TaskResult"].contains(&name.as_str()),
                "{reference} is for nothing"
            );
        }
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        _ => {}
    }
}
