//! The operations of the API: one entry for each method of each path.

use crate::operation::{Operation, Who};
use crate::operators;
use crate::requests::{content_query, delivery_query, query, since_query, task_query};
use serde_json::{Value, json};
use taskwire::api::request::content::ID_BYTES;
use taskwire::error::Code;
use taskwire::provider::registry::PROVIDERS;

/// The errors of a call to a provider.
const PROVIDER: [Code; 8] = [
    Code::ProviderRateLimited,
    Code::ProviderUnauthorized,
    Code::ProviderRefused,
    Code::ProviderInvalidResponse,
    Code::InsufficientBalance,
    Code::SpendingLimitExceeded,
    Code::ProviderUnavailable,
    Code::ProviderTimeout,
];

fn version() -> Vec<Value> {
    let schema = json!({"type": "integer", "minimum": 0});
    vec![query("version", "The version that the watcher has.", schema)]
}

fn since() -> Vec<Value> {
    let about = "The newest `updatedAt` that the watcher has. The newest 100 tasks are shown in any \
        case; with this, so are older ones that have changed since, a thousand of the last eight days.";
    vec![query("since", about, json!({"type": "string", "format": "date-time"}))]
}

fn share() -> Vec<Value> {
    let about = "Unless it is `false`, the ticket is for somebody else: its holder sees the task with an \
        empty `userId`, without its `cost`, and with no `metadata`. Any other ticket shows all of it.";
    vec![query("share", about, json!({"type": "boolean", "default": false}))]
}

fn after() -> Vec<Value> {
    let schema =
        json!({"type": "string", "minLength": 1, "maxLength": ID_BYTES, "pattern": "^[!-~]*$"});
    vec![query("after", "The id of the newest row that the watcher has.", schema)]
}

/// Every operation.
pub fn all() -> Vec<Operation> {
    let all = named();
    all.into_iter().chain(operators::all()).chain(webhooks_of_requests()).collect()
}

/// The webhooks of providers that sign them and have them sent to an address of each request's own.
fn webhooks_of_requests() -> impl Iterator<Item = Operation> {
    let signed = |it: &&&dyn taskwire::provider::contract::Provider| {
        it.settings().takes_tokens() == (true, false)
    };
    PROVIDERS.all().iter().filter(signed).map(|it| {
        // The document is made once, and its texts live as long as it.
        let leak = |text: String| -> &'static str { text.leak() };
        let path = leak(format!("post /webhooks/{}/{{token}}", it.name()));
        let id = leak(format!("{}Webhook", it.name()));
        let about = "Takes a provider's webhooks: the token and the signature must both be good.";
        let operation = Operation::new(path, Who::Provider, id, about);
        operation.takes_anything().gives(200, "Received")
    })
}

fn named() -> Vec<Operation> {
    use Who::{Anyone, Caller, Operator, Provider, Viewer, Watcher};
    let op = Operation::new;
    let gone = &[Code::NotFound];
    let wrong = &[Code::ValidationError];
    vec![
        op("post /generate", Caller, "generate", "Starts an image task.")
            .takes("GenerateRequest")
            .starts()
            .gives(201, "Started")
            .refused(&PROVIDER),
        op("post /generate/batch", Caller, "batch", "Starts every prompt with every model.")
            .takes("BatchRequest")
            .starts()
            .gives(201, "Batch"),
        op("post /estimate", Caller, "estimate", "Says what `POST /generate` would cost.")
            .takes("GenerateRequest")
            .gives(200, "Estimate")
            .refused(&PROVIDER),
        op("get /models", Caller, "models", "The models that the provider can be asked for.")
            .gives(200, "Models")
            .refused(&PROVIDER),
        op("post /tasks", Caller, "start", "Starts a task of any kind.")
            .takes("StartRequest")
            .starts()
            .gives(201, "Started")
            .refused(&PROVIDER),
        op("get /tasks", Caller, "listTasks", "The caller's tasks, newest first.")
            .with(task_query())
            .gives(200, "TaskPage")
            .refused(wrong),
        op("get /tasks/live", Watcher, "watchTasks", "All the caller's tasks, live.")
            .with(since())
            .opens(&["TaskFrame", "ErasedFrame", "UsageFrame"])
            .refused(wrong)
            .refused(&[Code::TooManySockets]),
        op("post /tasks/ticket", Caller, "ticketForTasks", "A ticket for `/tasks/live`.")
            .gives(200, "Ticket"),
        op("get /batches/{id}", Viewer, "getBatch", "The tasks of a batch.")
            .gives_versions("BatchAnswer")
            .refused(gone),
        op("get /batches/{id}/live", Watcher, "watchBatch", "The tasks of a batch, live.")
            .opens(&["TaskFrame", "ErasedFrame"])
            .refused(gone),
        op("post /batches/{id}/ticket", Caller, "ticketForBatch", "A ticket for one batch.")
            .gives(200, "Ticket")
            .refused(gone),
        op("get /tasks/{id}", Viewer, "getTask", "One task.")
            .gives_versions("TaskAnswer")
            .refused(gone),
        op("delete /tasks/{id}", Caller, "deleteTask", "Erases a task, its images and its key.")
            .erases()
            .refused(gone),
        op("get /tasks/{id}/live", Watcher, "watchTask", "One task, live.")
            .with(version())
            .opens(&["TaskFrame", "CurrentFrame", "ProgressFrame", "ErasedFrame"])
            .refused(gone),
        op("post /tasks/{id}/ticket", Caller, "ticketForTask", "A ticket for one task.")
            .with(share())
            .gives(200, "Ticket")
            .refused(gone),
        op("post /tasks/{id}/cancel", Caller, "cancelTask", CANCEL)
            .gives(202, "TaskAnswer")
            .refused(gone)
            .refused(&[Code::NotCancelable]),
        op("post /webhooks/mynth", Provider, "mynthWebhook", MYNTH)
            .takes_anything()
            .gives(200, "Received"),
        op("post /webhooks/mynth/{token}", Provider, "mynthRequestWebhook", MYNTH_REQUEST)
            .takes_anything()
            .gives(200, "Received")
            .refused(wrong)
            .refused(&PROVIDER),
        op("post /webhooks/modelriver", Provider, "modelRiverWebhook", MODELRIVER)
            .takes_anything()
            .gives(200, "Received"),
        op("post /ai", Caller, "ai", "Starts a ModelRiver request.")
            .takes("AiRequest")
            .starts()
            .gives(201, "ChannelStarted")
            .refused(&PROVIDER),
        op("get /channels/{id}", Viewer, "getChannel", "A request, and the first row of it.")
            .gives_versions("ChannelAnswer")
            .refused(gone),
        op("get /channels/{id}/live", Watcher, "watchChannel", "The same, live.")
            .with(version())
            .opens(&["ChannelFrame", "CurrentFrame", "ContentErasedFrame"])
            .refused(gone),
        op("post /channels/{id}/ticket", Caller, "ticketForChannel", "A ticket for a request.")
            .gives(200, "Ticket")
            .refused(gone),
        op("get /content", Caller, "listContent", "ModelRiver's rows, newest first.")
            .with(content_query())
            .gives(200, "ContentPage")
            .refused(wrong),
        op("get /content/live", Watcher, "watchContent", "ModelRiver's rows, live.")
            .with(after())
            .opens(&["ContentFrame", "ContentErasedFrame"])
            .refused(wrong)
            .refused(&[Code::TooManySockets]),
        op("post /content/ticket", Caller, "ticketForContent", "A ticket for `/content/live`.")
            .gives(200, "Ticket"),
        op("get /content/{id}", Caller, "getContent", "One row.")
            .gives(200, "ContentAnswer")
            .refused(gone),
        op("delete /content/{id}", Caller, "deleteContent", "Erases a row of the caller's.")
            .erases()
            .refused(gone),
        op("get /usage", Caller, "usage", "What of the caller's limits is used, and left.")
            .gives(200, "Usage"),
        op("delete /users/me", Caller, "deleteEverything", "Erases all that the caller has now.")
            .gives(202, "Erasing"),
        op("get /admin/deliveries", Operator, "deliveries", "The log of webhooks.")
            .with(delivery_query())
            .gives(200, "DeliveryPage")
            .refused(wrong),
        op("get /admin/deliveries/{id}", Operator, "delivery", "One, with its body.")
            .gives(200, "DeliveryAnswer")
            .refused(gone),
        op("post /admin/deliveries/{id}/replay", Operator, "replay", REPLAY)
            .gives(200, "Replayed")
            .refused(gone)
            .refused(&[Code::NotReplayable, Code::Gone]),
        op("post /admin/replay", Operator, "replayAll", REPLAY_ALL)
            .takes("ReplayRange")
            .gives(200, "ReplayedAll"),
        op("get /admin/stats", Operator, "stats", "Figures of deliveries, tasks and events.")
            .with(since_query())
            .gives(200, "Stats")
            .refused(wrong),
        op("get /metrics", Operator, "metrics", "Figures for Prometheus.")
            .gives_text("text/plain; version=0.0.4; charset=utf-8", "Prometheus text"),
        op("get /config.json", Anyone, "config", "What a page needs to sign people in.")
            .gives(200, "WebConfig")
            .refused(&[Code::NotConfigured]),
        op("get /openapi.json", Anyone, "openapi", "This document.").gives(200, "OpenApi"),
        op("get /healthz", Anyone, "alive", "Whether the Worker runs.").gives(200, "Alive"),
        op("get /readyz", Anyone, "ready", "Whether nothing is missing.")
            .gives(200, "Ready")
            .refused(&[Code::NotConfigured, Code::Unavailable]),
    ]
}

const CANCEL: &str = "Tells the provider to cancel a task. It fails with `canceled` when the provider says so: \
    now, or later. A result that came first stays.";
const REPLAY: &str =
    "Repeats a webhook. What was taken before is `duplicate` or `stale`, and changes nothing.";
const REPLAY_ALL: &str = "Repeats webhooks of a time, oldest first, 200 at once.";
const MYNTH: &str = "Takes Mynth's webhooks, of every generation, signed by `webhook-id`, \
    `webhook-timestamp` and `webhook-signature`, or by `x-mynth-signature`.";
const MYNTH_REQUEST: &str = "Takes Mynth's unsigned webhooks: the token is good for one task.";
const MODELRIVER: &str = "Takes ModelRiver's webhooks, signed by `mr-signature`, or by \
    `x-modelriver-signature` and `x-modelriver-timestamp`.";
