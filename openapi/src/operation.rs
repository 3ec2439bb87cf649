//! One operation of the API and its JSON: its authentication, its parameters and body, its answers.

use crate::refusals;
use crate::schemas::reference;
use serde_json::{Map, Value, json};
use taskwire::api::request::content::ID_BYTES;
use taskwire::api::request::idempotency::KEY_LIMIT;
use taskwire::domain::id::ID_CHARS;
use taskwire::error::Code;

/// The authentication of an operation, which determines some of its errors.
#[derive(Clone, Copy)]
pub enum Who {
    Anyone,
    /// A bearer token.
    Caller,
    /// A bearer token, or a ticket for this resource.
    Viewer,
    /// The same, for a socket.
    Watcher,
    /// A bearer token of an operator: a person's, or a server's key.
    Operator,
    /// None, or in the request itself (a webhook's signature).
    Provider,
}

impl Who {
    fn security(self) -> Value {
        match self {
            // Without the empty list, readers assume a default of their own.
            Self::Anyone | Self::Provider => json!([]),
            Self::Caller | Self::Operator => json!([{"bearer": []}]),
            Self::Viewer => json!([{"bearer": []}, {"ticket": []}]),
            Self::Watcher => json!([{"protocol": []}, {"ticket": []}, {"bearer": []}]),
        }
    }

    fn refusals(self) -> Vec<Code> {
        let own = match self {
            Self::Anyone => return Vec::new(),
            Self::Caller => CALLER.to_vec(),
            Self::Operator => OPERATOR.to_vec(),
            Self::Viewer => [CALLER.as_slice(), &[Code::InvalidTicket]].concat(),
            Self::Watcher => {
                let socket = [Code::InvalidTicket, Code::ForbiddenOrigin, Code::UpgradeRequired];
                [CALLER.as_slice(), &socket].concat()
            }
            Self::Provider => {
                vec![Code::InvalidSignature, Code::MalformedEvent, Code::PayloadTooLarge]
            }
        };
        // Whoever it is, is checked with something that may not be set, or not be there.
        [own, vec![Code::NotConfigured, Code::Unavailable]].concat()
    }
}

/// What a token or a server's key may be refused with: a server may name no user, and a user another one.
const CALLER: [Code; 5] = [
    Code::AmbiguousUser,
    Code::Unauthorized,
    Code::Forbidden,
    Code::InsufficientScope,
    Code::ValidationError,
];
/// The same for an operator, who acts for nobody.
const OPERATOR: [Code; 4] =
    [Code::AmbiguousUser, Code::Unauthorized, Code::Forbidden, Code::InsufficientScope];
/// The errors of any JSON body.
const BODY: [Code; 4] =
    [Code::UnsupportedMediaType, Code::PayloadTooLarge, Code::MalformedJson, Code::ValidationError];
const IDEMPOTENCY: [Code; 2] = [Code::IdempotencyConflict, Code::IdempotencyInProgress];

/// The errors of limits.
const LIMITS: [Code; 4] =
    [Code::RateLimited, Code::TooManyRunning, Code::BudgetExceeded, Code::PriceUnknown];

pub struct Operation {
    pub path: &'static str,
    pub method: &'static str,
    id: &'static str,
    summary: &'static str,
    who: Who,
    parameters: Vec<Value>,
    body: Option<Value>,
    good: Vec<(u16, Value)>,
    refusals: Vec<Code>,
}

impl Operation {
    /// `request` is a method and a path.
    pub fn new(request: &'static str, who: Who, id: &'static str, summary: &'static str) -> Self {
        let (method, path) = request.split_once(' ').expect("a method and a path");
        let (parameters, body, good) = (Vec::new(), None, Vec::new());
        let refusals = who.refusals();
        Self { path, method, id, summary, who, parameters, body, good, refusals }
    }

    /// Takes these parameters besides.
    pub fn with(mut self, parameters: Vec<Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// Takes a body of this schema.
    pub fn takes(mut self, schema: &str) -> Self {
        self.body = Some(reference(schema));
        self.refused(&BODY)
    }

    /// Takes a provider's webhook.
    pub fn takes_anything(mut self) -> Self {
        self.body = Some(json!({"type": "object"}));
        self
    }

    /// Starts something, once for a key.
    pub fn starts(self) -> Self {
        let key = json!({"$ref": "#/components/parameters/IdempotencyKey"});
        self.with(vec![key]).refused(&IDEMPOTENCY).refused(&LIMITS)
    }

    /// Answers with this schema when all is well.
    pub fn gives(mut self, status: u16, schema: &str) -> Self {
        let content = json!({"application/json": {"schema": reference(schema)}});
        self.good.push((status, json!({"description": schema, "content": content})));
        self
    }

    /// Answers with text of this type.
    pub fn gives_text(mut self, media: &str, description: &str) -> Self {
        let content = json!({media: {"schema": {"type": "string"}}});
        self.good.push((200, json!({"description": description, "content": content})));
        self
    }

    /// Answers without a body when it is done, and that it will be while the database is away.
    pub fn erases(mut self) -> Self {
        self.good.push((204, json!({"description": "It is gone."})));
        self.gives(202, "Erasing")
    }

    /// Answers with an `ETag`, and with a 304 if the caller has that version.
    pub fn gives_versions(mut self, schema: &str) -> Self {
        self = self.gives(200, schema);
        let tag = json!({
            "description": "The version.", "required": true, "schema": {"type": "string"},
        });
        self.good[0].1["headers"] = json!({"ETag": tag});
        let same = "`If-None-Match` names this version.";
        self.good.push((304, json!({"description": same, "headers": {"ETag": tag}})));
        self.with(vec![json!({"$ref": "#/components/parameters/IfNoneMatch"})])
    }

    /// Becomes a socket of these frames.
    pub fn opens(mut self, frames: &[&str]) -> Self {
        let frames: Vec<Value> = frames.iter().map(|name| reference(name)).collect();
        let description = "A WebSocket. `x-frames` is what it says. It is closed with 4401 when its ticket or \
            token ends: connect with a fresh one. With 1009 after a message of more than 4 KB, and a feed \
            with 1013 when there is more than fits at once.";
        self.good.push((101, json!({"description": description, "x-frames": {"oneOf": frames}})));
        self
    }

    /// May be refused with these codes besides.
    pub fn refused(mut self, codes: &[Code]) -> Self {
        self.refusals.extend(codes);
        self
    }

    /// What the document says of it. Refusals that it does not define yet go into `defined`.
    pub fn describe(&self, defined: &mut Map<String, Value>) -> Value {
        let mut answers = refusals::answers(&self.refusals, defined);
        answers
            .extend(self.good.iter().map(|(status, answer)| (status.to_string(), answer.clone())));
        let mut all = json!({
            "operationId": self.id, "summary": self.summary, "security": self.who.security(),
            "responses": answers,
        });
        let mut parameters = self.parameters.clone();
        parameters.extend(path_parameter(self.path));
        if !parameters.is_empty() {
            all["parameters"] = parameters.into();
        }
        if let Some(schema) = &self.body {
            let content = json!({"application/json": {"schema": schema}});
            all["requestBody"] = json!({"required": true, "content": content});
        }
        all
    }
}

/// What stands in braces in a path.
fn path_parameter(path: &str) -> Option<Value> {
    let name = path.split_once('{')?.1.split('}').next()?;
    let schema = match (name, path) {
        ("token", _) => json!({"type": "string"}),
        (_, "/admin/deliveries/{id}" | "/admin/deliveries/{id}/replay") => {
            json!({"type": "string", "pattern": "^[1-9][0-9]*$"})
        }
        (_, "/content/{id}") => json!({"type": "string", "maxLength": ID_BYTES}),
        _ => json!({
            "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": ID_CHARS,
        }),
    };
    Some(json!({"name": name, "in": "path", "required": true, "schema": schema}))
}

/// What several operations take.
pub fn shared_parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header",
            "description": "The same key and request are one start, for 24 hours.",
            "schema": {"type": "string", "pattern": "^[!-~]*$", "minLength": 1, "maxLength": KEY_LIMIT},
        },
        "IfNoneMatch": {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
    })
}
