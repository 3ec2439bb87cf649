//! Reading JSON from bytes. In one way for all of it: a second instance of the parser, for bytes
//! beside text, would be a twentieth of the Worker.

use serde::de::{DeserializeOwned, Error};

pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let text = std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
    serde_json::from_str(text)
}
