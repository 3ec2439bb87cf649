//! `openapi.json`: the API as OpenAPI 3.1, put together from the types that are sent, the limits that
//! requests are held against, and the error table. Only tests know it: they write the file, or fail
//! when it is not what the sources say. The Worker serves the file.

mod layout;
mod operation;
mod operations;
mod refusals;
mod requests;
mod results;
mod schemas;
/// Whether requests are taken as they are described.
mod taken;

use operation::shared_parameters;
use operations::all;
use serde_json::{Map, Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

const ABOUT: &str = "Starts AI tasks, takes their providers' webhooks, and shows every change live. \
    `HEAD` is taken wherever `GET` is, but for sockets. A socket's frames are whole: drop one whose \
    `version` is not above the one you have. It answers `ping` with `pong`.";

/// The whole document.
fn document() -> Value {
    let mut paths = Map::new();
    let mut responses = Map::new();
    for operation in all() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = operation.describe(&mut responses);
    }
    let mut schemas = schemas::of_answers();
    schemas.extend(requests::bodies());
    let any = json!({"type": "object", "description": "An OpenAPI document."});
    schemas.insert("OpenApi".to_owned(), any);
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT", "identifier": "MIT"},
            "description": ABOUT,
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "parameters": shared_parameters(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "ticket": {
                    "type": "apiKey", "in": "query", "name": "ticket",
                    "description": "A ticket for this very thing.",
                },
                "protocol": {
                    "type": "apiKey", "in": "header", "name": "Sec-WebSocket-Protocol",
                    "description": "`taskwire, ticket.<ticket>`",
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ALL;
    use crate::route::Route;
    use std::collections::BTreeSet;
    use std::{env, fs};

    /// `UPDATE=1 cargo test openapi` writes the file anew.
    #[test]
    fn the_file_is_what_the_sources_say() {
        let text = layout::text(&document());
        if env::var_os("UPDATE").is_some() {
            fs::write(FILE, &text).unwrap();
        }
        let file = fs::read_to_string(FILE).unwrap_or_default();
        assert!(file == text, "openapi.json is not up to date: UPDATE=1 cargo test openapi");
    }

    /// The paths in the table of routes, read from its source: `["tasks", id, "live", ""]` is
    /// `/tasks/{id}/live`.
    fn routes() -> BTreeSet<String> {
        let pattern = |line: &str| {
            let (pattern, _) = line.trim().strip_prefix('[')?.split_once("] => Self::")?;
            let parts = pattern.split(", ").filter(|part| *part != "\"\"");
            let part = |part: &str| match part.strip_prefix('"') {
                Some(word) => format!("/{}", word.trim_end_matches('"')),
                None => format!("/{{{part}}}"),
            };
            Some(parts.map(part).collect())
        };
        include_str!("../route.rs").lines().filter_map(pattern).collect()
    }

    #[test]
    fn every_route_is_described_and_everything_described_is_a_route() {
        let described: BTreeSet<String> = all().iter().map(|it| it.path.to_owned()).collect();
        assert_eq!(described, routes());
        assert!(described.len() > 20);
    }

    #[test]
    fn a_path_takes_the_methods_that_are_described() {
        let mut described: Map<String, Value> = Map::new();
        for operation in all() {
            let methods = described.entry(operation.path).or_insert_with(|| json!([]));
            let methods = methods.as_array_mut().unwrap();
            methods.push(operation.method.to_uppercase().into());
            if operation.method == "get" && !operation.path.ends_with("/live") {
                methods.push("HEAD".into());
            }
        }
        for (path, methods) in described {
            let mut methods: Vec<_> =
                methods.as_array().unwrap().iter().flat_map(Value::as_str).collect();
            methods.sort_unstable();
            let route = Route::of(&path).unwrap_or_else(|| panic!("{path} is no route"));
            assert_eq!(route.allow(), methods.join(", "), "{path}");
        }
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
}
