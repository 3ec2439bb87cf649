//! The routes of operators. Nobody gets to any of them before `operator` has let them in.

use super::{deliveries, events, replay, stats, tasks};
use crate::api::answer::Response;
use crate::api::caller::operator;
use crate::api::incoming::Request;
use crate::error::ApiError;
use crate::route::AdminRoute;
use worker::{Context, Env};

/// Answers a request of an operator.
///
/// # Errors
///
/// Those of `operator`, and those of the route.
pub async fn answer(
    request: &Request,
    env: &Env,
    _context: &Context,
    route: AdminRoute<'_>,
) -> Result<Response, ApiError> {
    let who = operator(request, env).await?;
    match route {
        AdminRoute::Deliveries => deliveries::list(request, env).await,
        AdminRoute::Delivery(id) => deliveries::one(id, env).await,
        AdminRoute::Replay(id) => replay::one(id, &who, env).await,
        AdminRoute::ReplayAll => replay::all(request, &who, env).await,
        AdminRoute::Stats => stats::figures(request, env).await,
        AdminRoute::Metrics => stats::for_prometheus(env).await,
        AdminRoute::Task(id) => tasks::read(id, env).await,
        AdminRoute::Reconcile(id) => tasks::reconcile(&who, id, env).await,
        AdminRoute::Events => events::list(request, env).await,
        AdminRoute::Event(id) => events::read(id, env).await,
        AdminRoute::Resend(id) => events::resend(&who, id, env).await,
    }
}
