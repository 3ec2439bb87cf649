//! An object's SQLite-backed storage: one value under one key.
//!
//! With the synchronous key-value API, nothing can interleave between the read, the decision and the
//! write. It also needs no table, whose creation would make every new object slow.

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

/// The stored state, or the default one of a new object.
///
/// # Errors
///
/// The storage fails, or the value is not a `T`.
pub fn load<T: DeserializeOwned + Default>(storage: &Storage) -> Result<T> {
    match kv(storage)?.get(KEY)?.as_string() {
        Some(text) => Ok(serde_json::from_str(&text)?),
        None => Ok(T::default()),
    }
}

/// Stores the state.
///
/// # Errors
///
/// The storage fails.
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
