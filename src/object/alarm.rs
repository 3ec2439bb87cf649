//! The object's one alarm, for its actor and for its sockets.

use super::expiry::alarm_at;
use super::instance::Instance;
use super::socket::{Accepted, closing};
use crate::domain::effect::Arm;
use crate::platform::{log_error, now};
use worker::{Request, Response, Result};

/// Sets the alarm, for no later than an open socket has to be closed. What is over is closed at once.
///
/// # Errors
///
/// A failure of the object's alarm.
pub async fn arm(object: &Instance, arm: Arm) -> Result<()> {
    let storage = object.storage();
    let set = if arm.looks() { storage.get_alarm().await? } else { None };
    let Some(at) = alarm_at(arm, set, || closing(object)) else { return Ok(()) };
    let alarm = storage.set_alarm((at - now()).max(0)).await;
    alarm.inspect_err(|error| log_error("alarm", error))
}

/// Answers the upgrade of a watcher, once an alarm is sure to close its socket.
///
/// # Errors
///
/// A failure of the object's alarm.
pub async fn admit(object: &Instance, accepted: Accepted, upgrade: &Request) -> Result<Response> {
    if let Some(at) = accepted.closing() {
        arm(object, Arm::By(at)).await?;
    }
    accepted.response(upgrade)
}

/// Closes the sockets whose time is over, and sees to it that an alarm fires for the others. Each alarm
/// ends with it.
///
/// # Errors
///
/// A failure of the object's alarm.
pub async fn see_to_sockets(object: &Instance) -> Result<()> {
    match closing(object) {
        Some(at) => arm(object, Arm::By(at)).await,
        None => Ok(()),
    }
}
