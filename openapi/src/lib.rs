//! `openapi.json`: the API as OpenAPI 3.1, put together from the types that are sent, the limits that
//! requests are held against, and the error table. The Worker serves the file, and knows nothing of
//! how it is made.

mod layout;
mod operation;
mod operations;
mod operators;
mod refusals;
mod requests;
mod results;
mod schemas;

use operation::shared_parameters;
use operations::all;
use serde_json::{Map, Value, json};

/// Where the document is kept.
pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json");

const ABOUT: &str = "Starts AI tasks, takes their providers' webhooks, and shows every change live. \
    `HEAD` is taken wherever `GET` is, but for sockets. A socket's frames are whole: drop one whose \
    `version` is not above the one you have. It answers `ping` with `pong`.";

/// The document as it is written down.
pub fn text() -> String {
    layout::text(&document())
}

/// The whole document.
pub fn document() -> Value {
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
            "title": "taskwire",
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
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A user's token; or a server's key, with `Taskwire-User`.",
                },
                "ticket": {
                    "type": "apiKey", "in": "query", "name": "ticket",
                    "description": "A ticket for this very thing. A socket ends with it.",
                },
                "protocol": {
                    "type": "apiKey", "in": "header", "name": "Sec-WebSocket-Protocol",
                    "description": "`taskwire, ticket.<ticket>`",
                },
            },
        },
    })
}
