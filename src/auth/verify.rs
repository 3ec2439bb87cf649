//! From a bearer token to an [`Identity`], with the runtime's Web Crypto.

use crate::auth::algorithm::Algorithm;
use crate::auth::claims::{Identity, Token};
use crate::auth::issuer::Issuer;
use crate::auth::jwks::{Imported, IssuersKey, keys_for};
use crate::auth::refused::Refused;
use crate::auth::verified::Fingerprint;
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
/// `unauthorized` with the reason, `forbidden` if a required claim is wrong, `unavailable` without the issuer's
/// keys.
pub async fn identity(token: &str, issuers: &[Issuer]) -> Result<Identity, ApiError> {
    let token = Token::parse(token)?;
    let issuer = token.issuer(issuers)?;
    let keys = keys_for(issuer, token.algorithm, token.key_id.as_deref()).await?;
    for key in &keys {
        if has_signed(key, &token).await {
            let seconds = now() as f64 / SECOND as f64;
            return Ok(token.identity(issuer, seconds)?);
        }
    }
    Err(Refused::Signature.into())
}

/// Whether `key` has signed the token. It is asked once for each, and not for every request.
async fn has_signed(key: &IssuersKey, token: &Token<'_>) -> bool {
    let fingerprint = Fingerprint::new(token.signed, &token.signature);
    if key.verified.borrow().has(fingerprint) {
        return true;
    }
    let signed = token.signed.as_bytes();
    // A key that cannot be imported cannot have signed.
    let is_signed = verifies(key, token.algorithm, &token.signature, signed).await.unwrap_or(false);
    if is_signed {
        key.verified.borrow_mut().add(fingerprint);
    }
    is_signed
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        let code = match refused {
            Refused::Forbidden(_) => Code::Forbidden,
            _ => Code::Unauthorized,
        };
        Self::new(code, refused.message())
    }
}

/// Whether `key` has signed these bytes.
///
/// # Errors
///
/// The key cannot be imported.
pub async fn verifies(
    key: &IssuersKey,
    algorithm: Algorithm,
    signature: &[u8],
    signed: &[u8],
) -> Result<bool, JsValue> {
    let subtle = subtle()?;
    let imported = match key.imported.get() {
        Some(imported) => imported,
        None => {
            let imported = import(&subtle, &key.jwk.to_string(), algorithm).await?;
            // Another request may have imported it meanwhile.
            key.imported.get_or_init(|| imported)
        }
    };
    let verified = subtle.verify_with_object_and_buffer_source_and_buffer_source(
        &imported.algorithm,
        &imported.key,
        &Uint8Array::from(signature),
        &Uint8Array::from(signed),
    )?;
    Ok(JsFuture::from(verified).await?.is_truthy())
}

async fn import(subtle: &SubtleCrypto, jwk: &str, of: Algorithm) -> Result<Imported, JsValue> {
    let algorithm = parameters(of)?;
    let jwk: Object = js_sys::JSON::parse(jwk)?.dyn_into()?;
    let usages = Array::of1(&"verify".into());
    let key = subtle.import_key_with_object("jwk", &jwk, &algorithm, false, &usages)?;
    let key: CryptoKey = JsFuture::from(key).await?.unchecked_into();
    Ok(Imported { key, algorithm })
}

fn subtle() -> Result<SubtleCrypto, JsValue> {
    Ok(js_sys::global().unchecked_into::<WorkerGlobalScope>().crypto()?.subtle())
}

fn parameters(algorithm: Algorithm) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in algorithm.parameters() {
        Reflect::set(&object, &(*name).into(), &(*value).into())?;
    }
    if let Some(salt) = algorithm.salt() {
        Reflect::set(&object, &"saltLength".into(), &salt.into())?;
    }
    Ok(object)
}
