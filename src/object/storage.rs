//! What an object keeps in its own SQLite-backed storage: one value under one key, and where there may
//! be any number of things, a set of names with a key each.
//!
//! With the synchronous key-value API, nothing can interleave between the read, the decision and the
//! write. It also needs no table, whose creation would make every new object slow.

use js_sys::{Array, Object, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use worker::{Error, Result, Storage};

const KEY: &str = "room";
const NAME: &str = "name:";

#[wasm_bindgen]
extern "C" {
    /// `ctx.storage.kv`, which the SDK does not bind yet.
    type SyncKv;
    #[wasm_bindgen(method, structural, catch)]
    fn get(this: &SyncKv, key: &str) -> std::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn put(this: &SyncKv, key: &str, value: &str) -> std::result::Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn delete(this: &SyncKv, key: &str) -> std::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn list(this: &SyncKv, options: &Object) -> std::result::Result<JsValue, JsValue>;
}

/// The stored state, or the default one of a new object; and its length in bytes.
///
/// # Errors
///
/// The storage fails, or the value is not a `T`.
pub fn read<T: DeserializeOwned + Default>(storage: &Storage) -> Result<(T, usize)> {
    match kv(storage)?.get(KEY)?.as_string() {
        Some(text) => Ok((serde_json::from_str(&text)?, text.len())),
        None => Ok((T::default(), 0)),
    }
}

/// As [`read`], without the length.
///
/// # Errors
///
/// Those of [`read`].
pub fn load<T: DeserializeOwned + Default>(storage: &Storage) -> Result<T> {
    read(storage).map(|(state, _)| state)
}

/// Stores the state, and returns its length in bytes.
///
/// # Errors
///
/// The storage fails.
pub fn save(storage: &Storage, state: &impl Serialize) -> Result<usize> {
    let text = serde_json::to_string(state)?;
    kv(storage)?.put(KEY, &text)?;
    Ok(text.len())
}

/// A set of names, in their order, each with a mark. As with the state, nothing comes between a read
/// and a write.
pub struct Names(SyncKv);

impl Names {
    pub fn of(storage: &Storage) -> Result<Self> {
        Ok(Self(kv(storage)?))
    }

    /// The mark of a name that is in the set.
    pub fn mark(&self, name: &str) -> Result<Option<String>> {
        Ok(self.0.get(&format!("{NAME}{name}"))?.as_string())
    }

    pub fn put(&self, name: &str, mark: &str) -> Result<()> {
        Ok(self.0.put(&format!("{NAME}{name}"), mark)?)
    }

    pub fn remove(&self, name: &str) -> Result<()> {
        self.0.delete(&format!("{NAME}{name}")).map(drop).map_err(Error::from)
    }

    /// The first names after one, with their marks.
    pub fn after(&self, name: &str, limit: u32) -> Result<Vec<(String, String)>> {
        let range = Object::new();
        let start = format!("{NAME}{name}");
        let limit = limit.into();
        for (field, value) in
            [("prefix", NAME.into()), ("startAfter", start.into()), ("limit", limit)]
        {
            Reflect::set(&range, &JsValue::from_str(field), &value)?;
        }
        let found = Array::from(&self.0.list(&range)?);
        let read = |entry: JsValue| {
            let [key, mark] = [0, 1].map(|at| entry.unchecked_ref::<Array>().get(at).as_string());
            Some((key?.strip_prefix(NAME)?.to_owned(), mark?))
        };
        Ok(found.iter().filter_map(read).collect())
    }
}

fn kv(storage: &Storage) -> Result<SyncKv> {
    let kv = Reflect::get(storage.as_raw().as_ref(), &JsValue::from_str("kv"))?;
    if kv.is_undefined() {
        return Err(Error::RustError("the object has no SQLite-backed storage".to_owned()));
    }
    Ok(kv.unchecked_into())
}
