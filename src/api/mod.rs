//! HTTP: from a request to an answer. One file per resource; this one is the way in.

mod ai;
mod answer;
mod body;
pub mod caller;
mod content;
mod cors;
mod generate;
mod health;
pub mod live;
mod openapi;
mod river_webhook;
pub mod start;
mod tasks;
mod webhooks;

use crate::error::{ApiError, Code};
use crate::platform::{config, fault, report};
use crate::route::Route;
use crate::sweep::sweep;
use answer::refuse;
use caller::identify;
use worker::{
    Context, Env, Method, Request, Response, Result, ScheduleContext, ScheduledEvent, event,
};

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    let path = request.path();
    let Some(route) = Route::of(&path) else { return elsewhere(request, &env, &path).await };
    let origin = cors::allowed_origin(&request, &env);
    let method = request.method().to_string();
    if let (Method::Options, Some(origin)) = (request.method(), &origin) {
        return cors::preflight(origin, route);
    }
    let answer = if route.takes(&method) {
        answer(request, &env, context, route).await
    } else {
        let message = format!("{path} does not take {method}.");
        let error = ApiError::new(Code::MethodNotAllowed, message);
        Err(ApiError { allow: Some(route.allow()), ..error })
    };
    let response = answer.or_else(|error| refuse(&error))?;
    match origin {
        Some(origin) => cors::open(response, &origin),
        None => Ok(response),
    }
}

#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    if let Err(error) = sweep(&env).await {
        report("sweep", error);
    }
}

async fn answer(
    request: Request,
    env: &Env,
    context: Context,
    route: Route<'_>,
) -> std::result::Result<Response, ApiError> {
    match route {
        Route::Generate => generate::generate(request, env, context).await,
        Route::Batch => generate::generate_batch(request, env, context).await,
        Route::Models => generate::models(&request, env).await,
        Route::Estimate => generate::estimate(request, env).await,
        Route::Tasks if request.method() == Method::Post => {
            generate::start_kind(request, env, context).await
        }
        Route::Tasks => tasks::list(&request, &identify(&request, env).await?, env).await,
        Route::TasksLive => live::tasks(&request, env).await,
        Route::TasksTicket => tasks::feed_ticket(&identify(&request, env).await?, env),
        Route::BatchTasks(id) => tasks::read_batch(&request, id, env).await,
        Route::BatchLive(id) => live::batch(&request, id, env).await,
        Route::BatchTicket(id) => {
            tasks::batch_ticket(&identify(&request, env).await?, id, env).await
        }
        Route::Task(id) => tasks::read(&request, id, env).await,
        Route::TaskLive(id) => live::task(&request, id, env).await,
        Route::TaskTicket(id) => tasks::ticket(&identify(&request, env).await?, id, env).await,
        Route::MynthWebhook => webhooks::mynth(request, env).await,
        Route::MynthRequestWebhook(token) => webhooks::mynth_request(request, token, env).await,
        Route::ModelRiverWebhook => river_webhook::modelriver(request, env).await,
        Route::Ai => ai::start(request, env, context).await,
        Route::Channel(id) => content::channel(&request, id, env).await,
        Route::ChannelLive(id) => live::channel(&request, id, env).await,
        Route::ChannelTicket(id) => {
            content::channel_ticket(&identify(&request, env).await?, id, env).await
        }
        Route::Contents => content::list(&request, &identify(&request, env).await?, env).await,
        Route::ContentLive => live::content(&request, env).await,
        Route::ContentTicket => content::feed_ticket(&identify(&request, env).await?, env),
        Route::Content(id) => content::read(&identify(&request, env).await?, id, env).await,
        Route::WebConfig => health::web_config(&config(env)),
        Route::OpenApi => openapi::document(),
        Route::Health => health::alive(),
        Route::Ready => health::ready(env).await,
    }
}

/// What is no resource of the API is left to the web app.
async fn elsewhere(request: Request, env: &Env, path: &str) -> Result<Response> {
    let is_page = matches!(request.method(), Method::Get | Method::Head) && !Route::owns(path);
    match env.assets("ASSETS") {
        Ok(assets) if is_page => assets.fetch_request(request).await,
        _ => refuse(&ApiError::not_found()),
    }
}

/// Turns an error of the runtime while an answer is made into a fault of ours.
fn broken(error: worker::Error) -> ApiError {
    fault("answer", error)
}
