//! From a bearer token to an [`Identity`], with the runtime's Web Crypto.

use crate::auth::claims::{Algorithm, Identity, Refused, Token};
use crate::auth::jwks::{Imported, IssuersKey, keys_for};
use crate::config::Issuer;
use crate::domain::time::SECOND;
use crate::error::{ApiError, Code};
use crate::platform::now;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto, WorkerGlobalScope};

/// Verifies a token and returns its identity.
///
/// # Errors
///
/// `unauthorized` with the reason; `unavailable` without the issuer's keys.
pub async fn identity(token: &str, issuer: &Issuer) -> Result<Identity, ApiError> {
    let token = Token::parse(token).map_err(unauthorized)?;
    let keys = keys_for(issuer, token.algorithm, token.key_id.as_deref()).await?;
    for key in &keys {
        // A key that cannot be imported counts as one that did not sign.
        if verifies(key, &token).await.unwrap_or(false) {
            let seconds = now() as f64 / SECOND as f64;
            return token.identity(issuer, seconds).map_err(unauthorized);
        }
    }
    Err(unauthorized(Refused::Signature))
}

fn unauthorized(refused: Refused) -> ApiError {
    ApiError::new(Code::Unauthorized, refused.message())
}

async fn verifies(key: &IssuersKey, token: &Token<'_>) -> Result<bool, JsValue> {
    let subtle = subtle()?;
    let imported = match key.imported.get() {
        Some(imported) => imported,
        None => {
            let imported = import(&subtle, &key.jwk.to_string(), token.algorithm).await?;
            // Another request may have been quicker.
            key.imported.get_or_init(|| imported)
        }
    };
    let verified = subtle.verify_with_object_and_buffer_source_and_buffer_source(
        &imported.algorithm,
        &imported.key,
        &Uint8Array::from(token.signature.as_slice()),
        &Uint8Array::from(token.signed.as_bytes()),
    )?;
    Ok(JsFuture::from(verified).await?.is_truthy())
}

async fn import(subtle: &SubtleCrypto, jwk: &str, of: Algorithm) -> Result<Imported, JsValue> {
    let algorithm = algorithm(of)?;
    let jwk: Object = js_sys::JSON::parse(jwk)?.dyn_into()?;
    let usages = Array::of1(&"verify".into());
    let key = subtle.import_key_with_object("jwk", &jwk, &algorithm, false, &usages)?;
    let key: CryptoKey = JsFuture::from(key).await?.unchecked_into();
    Ok(Imported { key, algorithm })
}

fn subtle() -> Result<SubtleCrypto, JsValue> {
    Ok(js_sys::global().unchecked_into::<WorkerGlobalScope>().crypto()?.subtle())
}

/// The algorithm's parameters for Web Crypto, the same for import and verification.
fn algorithm(algorithm: Algorithm) -> Result<Object, JsValue> {
    let fields = match algorithm {
        Algorithm::Rs256 => [("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")].as_slice(),
        Algorithm::Es256 => {
            [("name", "ECDSA"), ("namedCurve", "P-256"), ("hash", "SHA-256")].as_slice()
        }
    };
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), &(*value).into())?;
    }
    Ok(object)
}
