//! The entry point: dispatches a request to its resource, and turns an error into an answer.

pub use super::answer::Response;
use super::answer::refuse;
use super::caller::identify;
pub use super::incoming::Request;
use super::page::page;
use super::{
    admin, ai, content, cors, erase, generate, health, live, models, openapi, tasks, usage, webhook,
};
use crate::auth::jwks::renewal;
use crate::error::{ApiError, Code};
use crate::route::Route;
use worker::{Context, Env, Result};

/// Answers a request.
pub async fn handle(request: Request, env: Env, context: Context) -> Result<Response> {
    let path = request.path();
    let Some(route) = Route::of(path) else { return assets_or_404(&request, &env).await };
    let origin = cors::allowed_origin(&request, &env);
    let method = request.method();
    if let ("OPTIONS", Some(origin)) = (method, &origin) {
        return Ok(cors::preflight(origin.clone(), route));
    }
    let answer = if route.takes(method) {
        answer(&request, &env, &context, route).await
    } else {
        let message = format!("{path} does not take {method}.");
        let error = ApiError::new(Code::MethodNotAllowed, message);
        Err(ApiError { allow: Some(route.allow()), ..error })
    };
    if let Some(renewal) = renewal() {
        context.wait_until(renewal);
    }
    let response = answer.unwrap_or_else(|error| refuse(&error));
    Ok(match origin {
        Some(origin) => cors::open(response, origin),
        None => response,
    })
}

async fn answer(
    request: &Request,
    env: &Env,
    context: &Context,
    route: Route<'_>,
) -> std::result::Result<Response, ApiError> {
    let method = request.method();
    match route {
        Route::Generate => generate::generate(request, env, context).await,
        Route::Batch => generate::generate_batch(request, env, context).await,
        Route::Models => models::models(request, env).await,
        Route::Estimate => generate::estimate(request, env).await,
        Route::Tasks if method == "POST" => generate::start_kind(request, env, context).await,
        Route::Tasks => tasks::list(request, &identify(request, env).await?, env).await,
        Route::TasksLive => live::tasks(request, env).await,
        Route::TasksTicket => tasks::feed_ticket(&identify(request, env).await?, env),
        Route::BatchTasks(id) => tasks::read_batch(request, id, env).await,
        Route::BatchLive(id) => live::batch(request, id, env).await,
        Route::BatchTicket(id) => {
            tasks::batch_ticket(&identify(request, env).await?, id, env).await
        }
        Route::Task(id) if method == "DELETE" => {
            erase::task(&identify(request, env).await?, id, env).await
        }
        Route::Task(id) => tasks::read(request, id, env).await,
        Route::TaskLive(id) => live::task(request, id, env).await,
        Route::TaskTicket(id) => {
            tasks::ticket(request, &identify(request, env).await?, id, env).await
        }
        Route::TaskCancel(id) => tasks::cancel(&identify(request, env).await?, id, env).await,
        Route::Webhook(provider) => webhook::signed(request, provider, env, context).await,
        Route::WebhookToken(provider, token) => {
            webhook::with_token(request, (provider, token), env, context).await
        }
        Route::Ai => ai::start(request, env, context).await,
        Route::Channel(id) => content::channel(request, id, env).await,
        Route::ChannelLive(id) => live::channel(request, id, env).await,
        Route::ChannelTicket(id) => {
            content::channel_ticket(&identify(request, env).await?, id, env).await
        }
        Route::Contents => content::list(request, &identify(request, env).await?, env).await,
        Route::ContentLive => live::content(request, env).await,
        Route::ContentTicket => content::feed_ticket(&identify(request, env).await?, env),
        Route::Content(id) if method == "DELETE" => {
            erase::content(&identify(request, env).await?, id, env).await
        }
        Route::Content(id) => content::read(&identify(request, env).await?, id, env).await,
        Route::Usage => usage::usage(&identify(request, env).await?, env).await,
        Route::Me => erase::everything(&identify(request, env).await?, env, context).await,
        Route::Admin(route) => admin::router::answer(request, env, context, route).await,
        Route::WebConfig => health::web_config(env),
        Route::OpenApi => openapi::document(),
        Route::Health => health::alive(),
        Route::Ready => health::ready(env).await,
    }
}

/// Serves a static asset, or a 404 where a path belongs to the API.
async fn assets_or_404(request: &Request, env: &Env) -> Result<Response> {
    let is_page = matches!(request.method(), "GET" | "HEAD") && !Route::owns(request.path());
    match env.assets("ASSETS") {
        Ok(assets) if is_page => {
            let request = worker::Request::from(Clone::clone(request.inner()));
            page(assets.fetch_request(request).await?.into(), env)
        }
        _ => Ok(refuse(&ApiError::not_found())),
    }
}
