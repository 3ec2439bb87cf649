//! The bindings that the app may have given us, as the runtime has them.

use super::settings::{Binding, Bindings, EVENTS_HOOK, EVENTS_QUEUE};
use js_sys::{Function, JSON, Promise, Reflect};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::Request;
use worker::{Env, Result};

#[wasm_bindgen]
extern "C" {
    type Bound;
    #[wasm_bindgen(method, structural, catch)]
    fn send(this: &Bound, message: &JsValue) -> std::result::Result<Promise, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn fetch(this: &Bound, request: &Request) -> std::result::Result<Promise, JsValue>;
}

pub(super) fn bindings(env: &Env) -> Bindings {
    let of = |name, method| match of_env(env, name) {
        value if value.is_falsy() => Binding::Nothing,
        value => match Reflect::get(&value, &JsValue::from_str(method)) {
            Ok(method) if method.is_instance_of::<Function>() => Binding::Good,
            _ => Binding::Wrong,
        },
    };
    Bindings { queue: of(EVENTS_QUEUE, "send"), hook: of(EVENTS_HOOK, "fetch") }
}

/// Puts a message of JSON into the queue.
pub(super) async fn put(env: &Env, message: &str) -> Result<()> {
    let queue: Bound = of_env(env, EVENTS_QUEUE).unchecked_into();
    JsFuture::from(queue.send(&JSON::parse(message)?)?).await?;
    Ok(())
}

/// Asks the other Worker.
pub(super) fn ask(env: &Env, request: &Request) -> Result<Promise> {
    let hook: Bound = of_env(env, EVENTS_HOOK).unchecked_into();
    Ok(hook.fetch(request)?)
}

fn of_env(env: &Env, name: &str) -> JsValue {
    Reflect::get(env, &JsValue::from_str(name)).unwrap_or_default()
}
