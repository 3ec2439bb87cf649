//! Authentication: a bearer token, or a live ticket for one thing.

use super::incoming::Request;
use super::response::ticket::{Issued, Live};
use crate::auth::claims::Identity;
use crate::auth::issuer::Issuer;
use crate::auth::server_keys::{
    KeyScope, USER_HEADER, acting_for, is_server_key, server_with, two_users,
};
use crate::auth::settings::ADMIN_CLAIMS;
use crate::auth::{known, verify};
use crate::domain::time::iso;
use crate::error::{ApiError, Code, sentence};
use crate::limits::TIER_CLAIM;
use crate::object::socket::PROTOCOL_HEADER;
use crate::object::watcher::Right;
use crate::platform::{config, now};
use crate::signature::{Scope, TICKET_LIFETIME_MS, Ticket, TicketKey};
use crate::url::query;
use worker::Env;

/// Prefix of the sub-protocol with a ticket. A browser cannot set headers on a WebSocket.
const TICKET_PROTOCOL: &str = "ticket.";

/// An authenticated caller.
pub enum Viewer {
    /// Signed in. Ownership is not checked yet.
    User(Identity),
    /// Holds a ticket, which names the user.
    Holder { user_id: String, right: Right },
}

impl Viewer {
    pub fn user_id(&self) -> &str {
        match self {
            Self::User(identity) => identity.user_id(),
            Self::Holder { user_id, .. } => user_id,
        }
    }

    /// What the ticket or the token allows.
    pub fn right(&self) -> Right {
        match self {
            Self::User(identity) => Right { until: identity.until(), is_guest: false },
            Self::Holder { right, .. } => *right,
        }
    }
}

/// The identity of the request's bearer token, or the user for whom a server acts. Neither depends on the settings
/// of the other.
///
/// # Errors
///
/// `unauthorized` without a valid token or key; `ambiguous_user` for a token beside [`USER_HEADER`];
/// `unavailable` without the issuer's keys.
pub async fn identify(request: &Request, env: &Env) -> Result<Identity, ApiError> {
    let bearer = bearer(request)?;
    if let Some(key) = bearer.as_deref().filter(|token| is_server_key(token)) {
        let (keys, named) = (known::server_keys(env)?, request.header(USER_HEADER)?);
        return acting_for(&keys, key, scope_of(request), named.as_deref(), now());
    }
    person(request, bearer, env).await
}

/// The token in the `Authorization` header.
fn bearer(request: &Request) -> Result<Option<String>, ApiError> {
    let given = request.header("authorization")?.unwrap_or_default();
    let bearer = given.split_once(' ').filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    Ok(bearer.map(|(_, token)| token.trim().to_owned()))
}

/// The user whose own token the request has.
async fn person(
    request: &Request,
    bearer: Option<String>,
    env: &Env,
) -> Result<Identity, ApiError> {
    let issuers = known::issuers(env)?;
    let token = match bearer {
        Some(token) => token,
        None => in_own_header(request, &issuers)?,
    };
    if request.header(USER_HEADER)?.is_some() {
        return Err(two_users());
    }
    verify::identity(&token, &issuers).await
}

/// Who asks as an operator, in a word for the log: a server whose key has the scope `admin`, or a person whose
/// token has what [`ADMIN_CLAIMS`] asks for. A ticket opens nothing of this.
///
/// # Errors
///
/// `unauthorized` without a valid token or key, `insufficient_scope` for another key, `forbidden` for another
/// person; `not_configured` if the setting cannot be read; `unavailable` without the issuer's keys.
pub async fn operator(request: &Request, env: &Env) -> Result<String, ApiError> {
    let bearer = bearer(request)?;
    if let Some(key) = bearer.as_deref().filter(|token| is_server_key(token)) {
        let keys = known::server_keys(env)?;
        return server_with(&keys, key, KeyScope::Admin).map(|name| format!("server {name}"));
    }
    let person = person(request, bearer, env).await?;
    match known::admins(env)?.iter().any(|one| one.admit(&person)) {
        true => Ok(format!("user {}", person.user_id())),
        false => {
            let message = format!("The token does not have what {ADMIN_CLAIMS} asks for.");
            Err(ApiError::new(Code::Forbidden, message))
        }
    }
}

/// The token in a header that the settings of an issuer name.
fn in_own_header(request: &Request, issuers: &[Issuer]) -> Result<String, ApiError> {
    for name in issuers.iter().filter_map(|one| one.header.as_deref()) {
        let token = request.header(name)?.unwrap_or_default();
        if !token.trim().is_empty() {
            return Ok(token.trim().to_owned());
        }
    }
    let message = "A bearer token is required in the Authorization header.";
    Err(ApiError::new(Code::Unauthorized, message))
}

/// The tier that the caller's token names: empty where it names none. `None`: a server asks, or there are
/// no tiers.
pub fn tier_of(caller: &Identity, env: &Env) -> Option<String> {
    let claim = config(env).get(TIER_CLAIM)?;
    caller.claim(&claim).map(str::to_owned)
}

/// The scope that a server key needs for this request.
fn scope_of(request: &Request) -> KeyScope {
    let path = request.path();
    let reads = matches!(request.method(), "GET" | "HEAD");
    match reads || path.ends_with("/ticket") || path == "/estimate" {
        true => KeyScope::Read,
        false => KeyScope::Start,
    }
}

/// The caller by a ticket for one of `scopes`, or by a bearer token if there is no ticket.
///
/// # Errors
///
/// `invalid_ticket`, and those of [`identify`].
pub async fn viewer(request: &Request, scopes: &[Scope], env: &Env) -> Result<Viewer, ApiError> {
    let Some(ticket) = ticket_of(request)? else {
        return Ok(Viewer::User(identify(request, env).await?));
    };
    let ticket = ticket_key(env)?
        .verify(&ticket, now())
        .map_err(|error| ApiError::new(Code::InvalidTicket, sentence(&error.to_string())))?;
    if !scopes.contains(&ticket.scope) {
        return Err(ApiError::new(Code::InvalidTicket, "The ticket is for something else."));
    }
    let is_guest = matches!(ticket.scope, Scope::Shared(_));
    let right = Right { until: ticket.expires_at, is_guest };
    Ok(Viewer::Holder { user_id: ticket.user, right })
}

/// Issues a ticket.
///
/// # Errors
///
/// `not_configured` without the token secret.
pub fn issue(env: &Env, user_id: &str, scope: Scope) -> Result<Issued, ApiError> {
    let expires_at = now() + TICKET_LIFETIME_MS;
    let ticket = Ticket { user: user_id.to_owned(), scope, expires_at };
    Ok(Issued { ticket: ticket_key(env)?.sign(&ticket), expires_at: iso(expires_at) })
}

/// Issues a ticket for the socket at `url`.
///
/// # Errors
///
/// `not_configured` without the token secret.
pub fn live(env: &Env, user_id: &str, scope: Scope, url: String) -> Result<Live, ApiError> {
    Ok(Live { url, issued: issue(env, user_id, scope)? })
}

fn ticket_key(env: &Env) -> Result<TicketKey, ApiError> {
    Ok(TicketKey::new(&config(env).token_secrets()?))
}

fn ticket_of(request: &Request) -> Result<Option<String>, ApiError> {
    let protocols = request.header(PROTOCOL_HEADER)?;
    let offered = protocols.unwrap_or_default();
    let offered = offered.split(',').find_map(|one| one.trim().strip_prefix(TICKET_PROTOCOL));
    if let Some(ticket) = offered {
        return Ok(Some(ticket.to_owned()));
    }
    Ok(query::value(request.url(), "ticket"))
}
