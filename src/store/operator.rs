//! What operators read of D1.

use super::d1::Store;
use super::row::to_json;
use super::sql::operator as sql;
use crate::domain::admin::delivery::{
    DeliveryList, DeliveryPage, Found, LATE, Order, Walk, WholeDelivery,
};
use crate::domain::admin::figures::{MOST, MOST_COUNTED, Sources};
use crate::domain::time::{Millis, iso};
use crate::error::ApiError;
use crate::platform::fault;
use wasm_bindgen::JsValue;

/// Above every id, and exact as a float, which is what D1 binds.
const ABOVE_ALL: u64 = 1 << 53;

impl Store {
    /// A page of the log.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn deliveries(&self, list: &DeliveryList) -> Result<DeliveryPage, ApiError> {
        let floor = match (list.since, list.order, list.cursor) {
            (Some(_), Order::Oldest, Some(_)) | (None, ..) => 0,
            (Some(since), ..) => self.before(since).await?,
        };
        let (low, high) = match list.order {
            Order::Newest => (floor, list.cursor.unwrap_or(ABOVE_ALL)),
            Order::Oldest => (list.cursor.unwrap_or(floor), ABOVE_ALL),
        };
        let statement = match (list.walk(), list.order) {
            (Walk::All, Order::Newest) => sql::NEWEST,
            (Walk::All, Order::Oldest) => sql::OLDEST,
            (Walk::Task, Order::Newest) => sql::NEWEST_OF_TASK,
            (Walk::Task, Order::Oldest) => sql::OLDEST_OF_TASK,
            (Walk::Verdicts, Order::Newest) => sql::NEWEST_OF_VERDICTS,
            (Walk::Verdicts, Order::Oldest) => sql::OLDEST_OF_VERDICTS,
        };
        let text = |value: Option<&str>| value.map_or(JsValue::NULL, JsValue::from_str);
        let verdicts = (!list.verdicts.is_empty()).then(|| to_json(&list.verdicts));
        let mut values = vec![
            number(low),
            number(high),
            list.looks_at().into(),
            (list.limit + 1).into(),
            text(list.provider.as_deref()),
            text(list.since.map(iso).as_deref()),
            text(verdicts.as_deref()),
        ];
        values.extend(list.task.as_deref().map(JsValue::from_str));
        let found: Option<Found> = self.parsed(self.bind(statement, &values)?).await?;
        Ok(list.page(found.ok_or_else(|| fault("D1 row", "no page"))?, floor))
    }

    /// Deliveries with their bodies, oldest first.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn whole_deliveries(&self, ids: &[&str]) -> Result<Vec<WholeDelivery>, ApiError> {
        self.all(self.statement(sql::WHOLE, &[&to_json(&ids)])?).await
    }

    /// The id after which all are that came since `since`, and few others.
    async fn before(&self, since: Millis) -> Result<u64, ApiError> {
        let found = self.parsed(self.statement(sql::BEFORE, &[&iso(since - LATE)])?).await?;
        found.ok_or_else(|| fault("D1 row", "no id"))
    }

    /// What figures since `since`, a full hour, are made of.
    ///
    /// # Errors
    ///
    /// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
    pub async fn figures(&self, since: Millis) -> Result<Sources, ApiError> {
        let (after, from) = (self.before(since).await?, iso(since));
        let values = [number(after), MOST.into(), JsValue::from_str(&from)];
        let deliveries = self.parsed(self.bind(sql::FIGURES, &values)?).await?.unwrap_or_default();
        let hour = from.get(..13).unwrap_or_default();
        let counted = self.all(self.statement(sql::COUNTED, &[hour])?).await?;
        let most = JsValue::from(MOST_COUNTED);
        let pending = self.parsed(self.bind(sql::UNDER_WAY, std::slice::from_ref(&most))?).await?;
        let events =
            self.parsed(self.bind(sql::EVENTS, &[most, JsValue::from_str(&from)])?).await?;
        Ok(Sources {
            since,
            deliveries,
            counted,
            pending: pending.unwrap_or_default(),
            events: events.unwrap_or_default(),
            failing: self.failing_destinations().await?,
        })
    }
}

fn number(id: u64) -> JsValue {
    JsValue::from_f64(id as f64)
}
