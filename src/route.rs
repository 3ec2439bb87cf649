//! The URL table: the resource at each path, and its methods.

mod admin;

pub use admin::AdminRoute;

use crate::provider::registry::PROVIDERS;

/// A resource of the API, from its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    Generate,
    Batch,
    Estimate,
    Models,
    Tasks,
    TasksLive,
    TasksTicket,
    BatchTasks(&'a str),
    BatchLive(&'a str),
    BatchTicket(&'a str),
    Task(&'a str),
    TaskLive(&'a str),
    TaskTicket(&'a str),
    TaskCancel(&'a str),
    /// A provider's webhooks, by its name.
    Webhook(&'a str),
    /// Webhooks of single tasks: the provider's name, and the token in the URL.
    WebhookToken(&'a str, &'a str),
    Ai,
    Channel(&'a str),
    ChannelLive(&'a str),
    ChannelTicket(&'a str),
    Contents,
    ContentLive,
    ContentTicket,
    Content(&'a str),
    /// What the caller has used of the limits.
    Usage,
    /// All that the caller has.
    Me,
    /// What operators do.
    Admin(AdminRoute<'a>),
    WebConfig,
    OpenApi,
    Health,
    Ready,
}

impl<'a> Route<'a> {
    /// The resource at `path`. `None`: the static assets.
    pub fn of(path: &'a str) -> Option<Self> {
        if let Some(admin) = AdminRoute::of(path) {
            return Some(Self::Admin(admin));
        }
        let parts: [&str; 4] = split(path)?;
        Some(match parts {
            ["generate", "", "", ""] => Self::Generate,
            ["generate", "batch", "", ""] => Self::Batch,
            ["estimate", "", "", ""] => Self::Estimate,
            ["models", "", "", ""] => Self::Models,
            ["tasks", "", "", ""] => Self::Tasks,
            ["tasks", "live", "", ""] => Self::TasksLive,
            ["tasks", "ticket", "", ""] => Self::TasksTicket,
            ["batches", id, "", ""] => Self::BatchTasks(id),
            ["batches", id, "live", ""] => Self::BatchLive(id),
            ["batches", id, "ticket", ""] => Self::BatchTicket(id),
            ["tasks", id, "", ""] => Self::Task(id),
            ["tasks", id, "live", ""] => Self::TaskLive(id),
            ["tasks", id, "ticket", ""] => Self::TaskTicket(id),
            ["tasks", id, "cancel", ""] => Self::TaskCancel(id),
            ["webhooks", provider, "", ""] => Self::Webhook(known(provider)?),
            ["webhooks", provider, token, ""] => Self::WebhookToken(with_tokens(provider)?, token),
            ["ai", "", "", ""] => Self::Ai,
            ["channels", id, "", ""] => Self::Channel(id),
            ["channels", id, "live", ""] => Self::ChannelLive(id),
            ["channels", id, "ticket", ""] => Self::ChannelTicket(id),
            ["content", "", "", ""] => Self::Contents,
            ["content", "live", "", ""] => Self::ContentLive,
            ["content", "ticket", "", ""] => Self::ContentTicket,
            ["content", id, "", ""] => Self::Content(id),
            ["usage", "", "", ""] => Self::Usage,
            ["users", "me", "", ""] => Self::Me,
            ["config.json", "", "", ""] => Self::WebConfig,
            ["openapi.json", "", "", ""] => Self::OpenApi,
            ["healthz", "", "", ""] => Self::Health,
            ["readyz", "", "", ""] => Self::Ready,
            _ => return None,
        })
    }

    /// Whether the first segment of `path` belongs to the API, so that it cannot be a page. `/admin` itself is one.
    pub fn owns(path: &str) -> bool {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if first == "admin" {
            return path.trim_end_matches('/') != "/admin";
        }
        matches!(
            first,
            "generate"
                | "estimate"
                | "models"
                | "tasks"
                | "batches"
                | "webhooks"
                | "ai"
                | "channels"
                | "content"
                | "usage"
                | "users"
                | "metrics"
        )
    }

    /// The methods it takes, as the `Allow` header lists them.
    pub const fn allow(self) -> &'static str {
        match self {
            Self::Generate
            | Self::Batch
            | Self::Estimate
            | Self::TasksTicket
            | Self::TaskTicket(_)
            | Self::TaskCancel(_)
            | Self::BatchTicket(_)
            | Self::Webhook(_)
            | Self::WebhookToken(..)
            | Self::Ai
            | Self::ChannelTicket(_)
            | Self::ContentTicket => "POST",
            Self::Tasks => "GET, HEAD, POST",
            Self::Task(_) | Self::Content(_) => "DELETE, GET, HEAD",
            Self::Me => "DELETE",
            Self::Admin(route) => route.allow(),
            Self::TasksLive
            | Self::TaskLive(_)
            | Self::BatchLive(_)
            | Self::ChannelLive(_)
            | Self::ContentLive => "GET",
            Self::Models
            | Self::BatchTasks(_)
            | Self::Channel(_)
            | Self::Contents
            | Self::Usage
            | Self::WebConfig
            | Self::OpenApi
            | Self::Health
            | Self::Ready => "GET, HEAD",
        }
    }

    pub fn takes(self, method: &str) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method)
    }
}

/// `name`, if it is a provider's whose webhooks may come without a token.
fn known(name: &str) -> Option<&str> {
    PROVIDERS.named(name).filter(|it| it.settings().takes_tokens().1).map(|_| name)
}

/// `name`, if it is a provider's whose tasks can carry a webhook URL of their own.
fn with_tokens(name: &str) -> Option<&str> {
    PROVIDERS.named(name).filter(|it| it.settings().takes_tokens().0).map(|_| name)
}

/// The segments of `path`, padded with empty ones. `None` if there are more than `N`, or one is empty.
fn split<const N: usize>(path: &str) -> Option<[&str; N]> {
    let mut parts = [""; N];
    for (i, part) in path.strip_prefix('/')?.split('/').enumerate() {
        if part.is_empty() {
            return None;
        }
        *parts.get_mut(i)? = part;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_contract_is_its_resource() {
        let table = [
            ("/generate", Route::Generate),
            ("/generate/batch", Route::Batch),
            ("/estimate", Route::Estimate),
            ("/models", Route::Models),
            ("/tasks", Route::Tasks),
            ("/tasks/live", Route::TasksLive),
            ("/tasks/ticket", Route::TasksTicket),
            ("/batches/btc_1", Route::BatchTasks("btc_1")),
            ("/batches/btc_1/live", Route::BatchLive("btc_1")),
            ("/batches/btc_1/ticket", Route::BatchTicket("btc_1")),
            ("/tasks/tsk_1", Route::Task("tsk_1")),
            ("/tasks/tsk_1/live", Route::TaskLive("tsk_1")),
            ("/tasks/tsk_1/ticket", Route::TaskTicket("tsk_1")),
            ("/tasks/tsk_1/cancel", Route::TaskCancel("tsk_1")),
            ("/webhooks/mynth", Route::Webhook("mynth")),
            ("/webhooks/mynth/v1.a.b", Route::WebhookToken("mynth", "v1.a.b")),
            ("/webhooks/modelriver", Route::Webhook("modelriver")),
            ("/ai", Route::Ai),
            ("/channels/c1", Route::Channel("c1")),
            ("/channels/c1/live", Route::ChannelLive("c1")),
            ("/channels/c1/ticket", Route::ChannelTicket("c1")),
            ("/content", Route::Contents),
            ("/content/live", Route::ContentLive),
            ("/content/ticket", Route::ContentTicket),
            ("/content/cnt_1", Route::Content("cnt_1")),
            ("/usage", Route::Usage),
            ("/users/me", Route::Me),
            ("/admin/stats", Route::Admin(AdminRoute::Stats)),
            ("/config.json", Route::WebConfig),
            ("/openapi.json", Route::OpenApi),
            ("/healthz", Route::Health),
            ("/readyz", Route::Ready),
        ];
        for (path, route) in table {
            assert_eq!(Route::of(path), Some(route), "{path}");
        }
    }

    #[test]
    fn everything_else_is_left_to_the_assets() {
        let others = [
            "",
            "/",
            "/index.html",
            "/generate/",
            "//generate",
            "/tasks/",
            "/tasks//live",
            "/tasks/a/b",
            "/tasks/a/live/b",
            "/tasks/a/live/b/c",
            "/webhooks",
            "/webhooks/other",
            "/admin",
            "/admin/",
            "/admin/none",
            "/webhooks/modelriver/v1.a.b",
            "/Generate",
            "generate",
        ];
        for path in others {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }

    #[test]
    fn the_operators_page_is_a_page_and_what_is_below_it_is_not() {
        for page in ["/admin", "/admin/", "/administration/x", "/"] {
            assert!(!Route::owns(page), "{page}");
        }
        for owned in ["/admin/none", "/admin/deliveries/", "/metrics/x", "/tasks/a/b"] {
            assert!(Route::owns(owned), "{owned}");
        }
    }

    #[test]
    fn a_route_takes_the_methods_it_lists_and_no_other() {
        assert!(Route::Generate.takes("POST"));
        assert!(Route::Tasks.takes("GET"));
        assert!(Route::Tasks.takes("HEAD"));
        for (route, method) in [
            (Route::Generate, "GET"),
            (Route::Tasks, "PUT"),
            (Route::Health, "GET,"),
            (Route::Ready, ""),
        ] {
            assert!(!route.takes(method), "{route:?} {method}");
        }
    }
}
