//! Tickets, and the URLs of their sockets.

use serde::Serialize;

/// A ticket for sockets and reads of one thing. It is valid for an hour.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "Ticket"))]
#[serde(rename_all = "camelCase")]
pub struct Issued {
    pub ticket: String,
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    pub expires_at: String,
}

/// Where something can be watched, and the ticket for it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "LiveTicket"))]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// The path of the socket.
    pub url: String,
    #[serde(flatten)]
    pub issued: Issued,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_and_a_place_to_watch_are_pinned() {
        let issued =
            || Issued { ticket: "v1.x.y".into(), expires_at: "2026-11-20T11:00:00.000Z".into() };
        let literal = r#"{"ticket":"v1.x.y","expiresAt":"2026-11-20T11:00:00.000Z"}"#;
        assert_eq!(serde_json::to_string(&issued()).unwrap(), literal);
        let live = Live { url: "/tasks/tsk_1/live".into(), issued: issued() };
        let literal = r#"{"url":"/tasks/tsk_1/live","ticket":"v1.x.y","expiresAt":"2026-11-20T11:00:00.000Z"}"#;
        assert_eq!(serde_json::to_string(&live).unwrap(), literal);
    }
}
