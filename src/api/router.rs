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
use futures_util::future::LocalBoxFuture;
use std::future::ready;
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

type Answer<'a> = LocalBoxFuture<'a, std::result::Result<Response, ApiError>>;

/// What a route does. Boxed, so that each is a function of its own: in one function, the first request of an
/// isolate would wait until the code of all of them is compiled.
fn answer<'a>(
    request: &'a Request,
    env: &'a Env,
    context: &'a Context,
    route: Route<'a>,
) -> Answer<'a> {
    let method = request.method();
    match route {
        Route::Generate => Box::pin(generate::generate(request, env, context)),
        Route::Batch => Box::pin(generate::generate_batch(request, env, context)),
        Route::Models => Box::pin(models::models(request, env)),
        Route::Estimate => Box::pin(generate::estimate(request, env)),
        Route::Tasks if method == "POST" => Box::pin(generate::start_kind(request, env, context)),
        Route::Tasks => {
            Box::pin(async move { tasks::list(request, &identify(request, env).await?, env).await })
        }
        Route::TasksLive => Box::pin(live::tasks(request, env)),
        Route::TasksTicket => {
            Box::pin(async move { tasks::feed_ticket(&identify(request, env).await?, env) })
        }
        Route::BatchTasks(id) => Box::pin(tasks::read_batch(request, id, env)),
        Route::BatchLive(id) => Box::pin(live::batch(request, id, env)),
        Route::BatchTicket(id) => {
            Box::pin(
                async move { tasks::batch_ticket(&identify(request, env).await?, id, env).await },
            )
        }
        Route::Task(id) if method == "DELETE" => {
            Box::pin(async move { erase::task(&identify(request, env).await?, id, env).await })
        }
        Route::Task(id) => Box::pin(tasks::read(request, id, env)),
        Route::TaskLive(id) => Box::pin(live::task(request, id, env)),
        Route::TaskTicket(id) => Box::pin(async move {
            tasks::ticket(request, &identify(request, env).await?, id, env).await
        }),
        Route::TaskCancel(id) => {
            Box::pin(async move { tasks::cancel(&identify(request, env).await?, id, env).await })
        }
        Route::Webhook(provider) => Box::pin(webhook::signed(request, provider, env, context)),
        Route::WebhookToken(provider, token) => {
            Box::pin(webhook::with_token(request, (provider, token), env, context))
        }
        Route::Ai => Box::pin(ai::start(request, env, context)),
        Route::Channel(id) => Box::pin(content::channel(request, id, env)),
        Route::ChannelLive(id) => Box::pin(live::channel(request, id, env)),
        Route::ChannelTicket(id) => Box::pin(async move {
            content::channel_ticket(&identify(request, env).await?, id, env).await
        }),
        Route::Contents => {
            Box::pin(
                async move { content::list(request, &identify(request, env).await?, env).await },
            )
        }
        Route::ContentLive => Box::pin(live::content(request, env)),
        Route::ContentTicket => {
            Box::pin(async move { content::feed_ticket(&identify(request, env).await?, env) })
        }
        Route::Content(id) if method == "DELETE" => {
            Box::pin(async move { erase::content(&identify(request, env).await?, id, env).await })
        }
        Route::Content(id) => {
            Box::pin(async move { content::read(&identify(request, env).await?, id, env).await })
        }
        Route::Usage => {
            Box::pin(async move { usage::usage(&identify(request, env).await?, env).await })
        }
        Route::Me => Box::pin(async move {
            erase::everything(&identify(request, env).await?, env, context).await
        }),
        Route::Admin(route) => Box::pin(admin::router::answer(request, env, context, route)),
        Route::WebConfig => Box::pin(ready(health::web_config(env))),
        Route::OpenApi => Box::pin(ready(openapi::document())),
        Route::Health => Box::pin(ready(health::alive())),
        Route::Ready => Box::pin(health::ready(env)),
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
