//! The routes of operators. `/admin` itself is a page: everything below it belongs to the API.

/// A resource of operators, from its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminRoute<'a> {
    Deliveries,
    Delivery(&'a str),
    /// One delivery once more.
    Replay(&'a str),
    /// Those of a time once more.
    ReplayAll,
    Stats,
    Metrics,
    /// Any owner's task.
    Task(&'a str),
    Reconcile(&'a str),
    Events,
    Event(&'a str),
    Resend(&'a str),
}

impl<'a> AdminRoute<'a> {
    /// The resource at `path`. `None`: it is none of these.
    pub fn of(path: &'a str) -> Option<Self> {
        let parts: [&str; 4] = super::split(path)?;
        Some(match parts {
            ["admin", "deliveries", "", ""] => Self::Deliveries,
            ["admin", "deliveries", id, ""] => Self::Delivery(id),
            ["admin", "deliveries", id, "replay"] => Self::Replay(id),
            ["admin", "replay", "", ""] => Self::ReplayAll,
            ["admin", "stats", "", ""] => Self::Stats,
            ["metrics", "", "", ""] => Self::Metrics,
            ["admin", "tasks", id, ""] => Self::Task(id),
            ["admin", "tasks", id, "reconcile"] => Self::Reconcile(id),
            ["admin", "events", "", ""] => Self::Events,
            ["admin", "events", id, ""] => Self::Event(id),
            ["admin", "events", id, "resend"] => Self::Resend(id),
            _ => return None,
        })
    }

    /// The methods it takes, as the `Allow` header lists them.
    pub const fn allow(self) -> &'static str {
        match self {
            Self::Replay(_) | Self::ReplayAll | Self::Reconcile(_) | Self::Resend(_) => "POST",
            Self::Deliveries
            | Self::Delivery(_)
            | Self::Stats
            | Self::Metrics
            | Self::Task(_)
            | Self::Events
            | Self::Event(_) => "GET, HEAD",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_operators_is_its_resource() {
        let table = [
            ("/admin/deliveries", AdminRoute::Deliveries),
            ("/admin/deliveries/12", AdminRoute::Delivery("12")),
            ("/admin/deliveries/12/replay", AdminRoute::Replay("12")),
            ("/admin/replay", AdminRoute::ReplayAll),
            ("/admin/stats", AdminRoute::Stats),
            ("/metrics", AdminRoute::Metrics),
            ("/admin/tasks/tsk_1", AdminRoute::Task("tsk_1")),
            ("/admin/tasks/tsk_1/reconcile", AdminRoute::Reconcile("tsk_1")),
            ("/admin/events", AdminRoute::Events),
            ("/admin/events/evt_1", AdminRoute::Event("evt_1")),
            ("/admin/events/evt_1/resend", AdminRoute::Resend("evt_1")),
        ];
        for (path, route) in table {
            assert_eq!(AdminRoute::of(path), Some(route), "{path}");
        }
        for other in ["/admin", "/admin/", "/admin/deliveries/", "/admin/replay/x", "/tasks"] {
            assert_eq!(AdminRoute::of(other), None, "{other}");
        }
    }

    #[test]
    fn what_changes_something_is_asked_for_with_post_alone() {
        let others = [AdminRoute::Reconcile("1"), AdminRoute::Resend("1")];
        for route in [AdminRoute::Replay("1"), AdminRoute::ReplayAll].into_iter().chain(others) {
            assert_eq!(route.allow(), "POST");
        }
        for route in [AdminRoute::Deliveries, AdminRoute::Delivery("1"), AdminRoute::Metrics] {
            assert_eq!(route.allow(), "GET, HEAD");
        }
    }
}
