//! The parsed settings of sign-in, cached for each `env`. Users and servers are independent: a wrong setting of
//! one does not affect the other.

use crate::auth::issuer::Issuer;
use crate::auth::server_keys::{self, ServerKey};
use crate::auth::settings::{self, AdminClaims};
use crate::error::ApiError;
use crate::platform::{PerEnv, config};
use std::cell::RefCell;
use std::rc::Rc;
use std::thread::LocalKey;
use worker::Env;

type Known<T> = RefCell<PerEnv<Result<Rc<[T]>, ApiError>>>;

thread_local! {
    static ISSUERS: Known<Issuer> = const { RefCell::new(PerEnv::new()) };
    static ADMINS: Known<AdminClaims> = const { RefCell::new(PerEnv::new()) };
    static SERVER_KEYS: Known<ServerKey> = const { RefCell::new(PerEnv::new()) };
}

/// The issuers of this deployment.
///
/// # Errors
///
/// `not_configured`, naming the setting that is missing or wrong.
pub fn issuers(env: &Env) -> Result<Rc<[Issuer]>, ApiError> {
    known(&ISSUERS, env, || settings::issuers(&config(env)))
}

/// Which of the people who are signed in are operators.
///
/// # Errors
///
/// `not_configured`, naming the setting, if it cannot be read.
pub fn admins(env: &Env) -> Result<Rc<[AdminClaims]>, ApiError> {
    known(&ADMINS, env, || settings::admins(&config(env)))
}

/// The keys of this deployment's servers.
///
/// # Errors
///
/// `not_configured`, naming the place in the setting that is wrong.
pub fn server_keys(env: &Env) -> Result<Rc<[ServerKey]>, ApiError> {
    known(&SERVER_KEYS, env, || server_keys::server_keys(&config(env)))
}

fn known<T>(
    of: &'static LocalKey<Known<T>>,
    env: &Env,
    read: impl FnOnce() -> Result<Vec<T>, ApiError>,
) -> Result<Rc<[T]>, ApiError> {
    of.with_borrow_mut(|known| known.of(env.as_ref(), || read().map(Rc::from)).clone())
}
