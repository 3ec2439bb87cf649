//! What an object keeps in its own SQLite-backed storage: one value under one key.
//!
//! The synchronous key-value API is used because nothing can come between a read, the decision
//! and the write; and it needs no table, which would make every new object slow.

use js_sys::Reflect;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use worker::{Error, Result, Storage};

const KEY: &str = "room";

#[wasm_bindgen]
extern "C" {
    /// `ctx.storage.kv`, which the SDK does not bind yet.
    type SyncKv;
    #[wasm_bindgen(method, structural, catch)]
    fn get(this: &SyncKv, key: &str) -> std::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn put(this: &SyncKv, key: &str, value: &str) -> std::result::Result<(), JsValue>;
}

/// What is stored, or the state of an object that nothing has happened to.
pub fn load<T: DeserializeOwned + Default>(storage: &Storage) -> Result<T> {
    match kv(storage)?.get(KEY)?.as_string() {
        Some(text) => Ok(serde_json::from_str(&text)?),
        None => Ok(T::default()),
    }
}

pub fn save(storage: &Storage, state: &impl Serialize) -> Result<()> {
    Ok(kv(storage)?.put(KEY, &serde_json::to_string(state)?)?)
}

fn kv(storage: &Storage) -> Result<SyncKv> {
    let kv = Reflect::get(storage.as_raw().as_ref(), &JsValue::from_str("kv"))?;
    if kv.is_undefined() {
        return Err(Error::RustError("the object has no SQLite-backed storage".to_owned()));
    }
    Ok(kv.unchecked_into())
}
