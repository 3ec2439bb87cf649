//! One of our objects while it is in memory.

use super::ends::Ends;
use super::kept::Kept;
use futures_channel::oneshot;
use js_sys::Array;
use std::cell::Cell;
use std::future::pending;
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use worker::State;

#[wasm_bindgen]
extern "C" {
    /// The object's `ctx`. The SDK returns its sockets one by one.
    pub type Context;
    #[wasm_bindgen(method, structural, js_name = getWebSockets)]
    pub(super) fn tagged(this: &Context, tag: &str) -> Array;
}

/// What the platform gives an object, and what it remembers of its sockets until it sleeps.
pub struct Instance {
    state: State,
    context: AssertUnwindSafe<Context>,
    ends: AssertUnwindSafe<Cell<Ends>>,
    kept: AssertUnwindSafe<Kept>,
    /// Wakes whoever waits for something to be due.
    nudge: AssertUnwindSafe<Cell<Option<oneshot::Sender<()>>>>,
}

impl Instance {
    pub fn new(state: State) -> Self {
        let raw = state._inner();
        let context = JsValue::from(raw.clone()).unchecked_into();
        Self {
            state: raw.into(),
            context: AssertUnwindSafe(context),
            ends: AssertUnwindSafe(Cell::default()),
            kept: AssertUnwindSafe(Kept::default()),
            nudge: AssertUnwindSafe(Cell::default()),
        }
    }

    /// The same `ctx` that the SDK's `State` wraps.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Its state, if it is in memory.
    pub(super) fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Something may be due now.
    pub fn nudge(&self) {
        if let Some(waiting) = self.nudge.take() {
            let _ = waiting.send(());
        }
    }

    /// Waits for the next nudge. Whoever waits last gets it, and nobody is woken by that: two who wait would
    /// wake each other for ever.
    pub(super) async fn nudged(&self) {
        let (nudge, nudged) = oneshot::channel();
        self.nudge.set(Some(nudge));
        if nudged.await.is_err() {
            pending::<()>().await;
        }
    }

    pub(super) fn ends(&self) -> Ends {
        self.ends.get()
    }

    pub(super) fn set_ends(&self, ends: Ends) {
        self.ends.set(ends);
    }
}

impl Deref for Instance {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}
