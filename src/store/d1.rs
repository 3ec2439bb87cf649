//! Access to D1. Failures are logged here, and the caller gets a general error: no SQL and no stack
//! leave this file.

use super::row::task_from_row;
use super::schema::mismatch;
use super::sql::tasks::{APPLIED, PING, TABLES};
use crate::domain::list::Page;
use crate::domain::task::Task;
use crate::error::{ApiError, Issue};
use crate::platform::{fault, outage, with_deadline};
use serde::de::DeserializeOwned;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result, Env, Error};

/// Deadline for D1 where a caller can go on without it.
pub const D1_DEADLINE: Duration = Duration::from_secs(2);

/// How long a caller waits for one answer of D1.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// Runs one request to D1 with a deadline.
pub(super) async fn answered<T>(
    what: &str,
    work: impl Future<Output = worker::Result<T>>,
) -> Result<T, ApiError> {
    let work = async { work.await.map_err(|error| outage(what, describe(&error))) };
    with_deadline(ANSWER_DEADLINE, work).await
}

pub struct Store {
    db: D1Database,
}

impl Store {
    /// The D1 database of this deployment.
    ///
    /// # Errors
    ///
    /// `not_configured` without the binding.
    pub fn new(env: &Env) -> Result<Self, ApiError> {
        let db = env.d1("DB").map_err(|_| ApiError::not_configured("DB"))?;
        Ok(Self { db })
    }

    /// Checks that D1 answers, and has the migrations of this code and no others. Where something other than
    /// wrangler has applied them, their tables are enough.
    ///
    /// # Errors
    ///
    /// `unavailable`, and its message says which migrations are too few or too many, if D1 can say.
    pub async fn ping(&self) -> Result<(), ApiError> {
        // All of it in the time of one answer: a probe does not wait three times for a D1 that hangs.
        let checked = with_deadline(ANSWER_DEADLINE, self.check()).await;
        checked.map_err(|error| match error.issues.is_empty() {
            true => unusable(UNREADABLE.to_owned()),
            false => error,
        })
    }

    async fn check(&self) -> Result<(), ApiError> {
        if let Ok(applied) = self.applied(PING).await {
            return mismatch(&applied).map_or(Ok(()), |wrong| Err(unusable(wrong)));
        }
        // A column is missing, nobody has noted the migrations, or D1 is away.
        let wrong = match self.applied(APPLIED).await {
            Ok(applied) => mismatch(&applied),
            Err(_) if self.parsed::<u64>(self.db.prepare(TABLES)).await.is_ok() => return Ok(()),
            Err(_) => None,
        };
        Err(unusable(wrong.unwrap_or_else(|| UNREADABLE.to_owned())))
    }

    async fn applied(&self, sql: &str) -> Result<Vec<String>, ApiError> {
        Ok(self.parsed(self.db.prepare(sql)).await?.unwrap_or_default())
    }

    pub(super) fn statement(
        &self,
        sql: &str,
        values: &[&str],
    ) -> Result<D1PreparedStatement, ApiError> {
        let values: Vec<JsValue> = values.iter().map(|value| JsValue::from_str(value)).collect();
        self.bind(sql, &values)
    }

    pub(super) fn bind(
        &self,
        sql: &str,
        values: &[JsValue],
    ) -> Result<D1PreparedStatement, ApiError> {
        let bound = self.db.prepare(sql).bind(values);
        bound.map_err(|error| fault("D1 bind", describe(&error)))
    }

    /// Runs statements as one transaction.
    pub(super) async fn write(&self, batch: Vec<D1PreparedStatement>) -> Result<(), ApiError> {
        self.run(batch).await.map(drop)
    }

    pub(super) async fn run(
        &self,
        batch: Vec<D1PreparedStatement>,
    ) -> Result<Vec<D1Result>, ApiError> {
        let results = answered("D1 write", self.db.batch(batch)).await?;
        match results.iter().find_map(D1Result::error) {
            Some(error) => Err(outage("D1 write", error)),
            None => Ok(results),
        }
    }

    pub(super) async fn task(
        &self,
        statement: D1PreparedStatement,
    ) -> Result<Option<Task>, ApiError> {
        self.row(statement).await?.map(|row| read(&row)).transpose()
    }

    pub(super) async fn tasks(
        &self,
        statement: D1PreparedStatement,
    ) -> Result<Vec<Task>, ApiError> {
        self.rows(statement).await?.iter().map(|row| read(row)).collect()
    }

    /// Reads rows of another type than [`Task`].
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        statement: D1PreparedStatement,
    ) -> Result<Vec<T>, ApiError> {
        let rows = self.rows(statement).await?;
        let read = |row: &String| serde_json::from_str(row);
        rows.iter().map(read).collect::<Result<_, _>>().map_err(|error| fault("D1 row", error))
    }

    /// Reads a page of rows of another type than [`Task`].
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        statement: D1PreparedStatement,
    ) -> Result<Page<T>, ApiError> {
        let found = answered("D1 read", statement.raw::<Option<String>>()).await?;
        let found = found.into_iter().flatten().collect();
        let read = |row: String| serde_json::from_str(&row);
        Page::of(found, read).map_err(|error| fault("D1 row", error))
    }

    /// Reads one row of another type than [`Task`].
    pub(super) async fn parsed<T: DeserializeOwned>(
        &self,
        statement: D1PreparedStatement,
    ) -> Result<Option<T>, ApiError> {
        let Some(row) = self.row(statement).await? else { return Ok(None) };
        serde_json::from_str(&row).map(Some).map_err(|error| fault("D1 row", error))
    }

    pub(super) async fn rows(
        &self,
        statement: D1PreparedStatement,
    ) -> Result<Vec<String>, ApiError> {
        let rows = answered("D1 read", statement.raw::<String>()).await?;
        Ok(rows.into_iter().flatten().collect())
    }

    async fn row(&self, statement: D1PreparedStatement) -> Result<Option<String>, ApiError> {
        answered("D1 read", statement.first::<String>(Some("row"))).await
    }
}

const UNREADABLE: &str = "D1 cannot be reached, or its migrations have not been applied.";

fn unusable(message: String) -> ApiError {
    let issues = vec![Issue::new("DB", "cannot be used")];
    ApiError { message, issues, ..ApiError::unavailable() }
}

fn read(row: &str) -> Result<Task, ApiError> {
    task_from_row(row).map_err(|error| fault("D1 row", error))
}

/// The error's own text. The `Display` of a D1 error is a JavaScript stack.
pub(super) fn describe(error: &Error) -> String {
    match error {
        Error::D1(error) => error.cause(),
        Error::UnknownJsError { message, .. } => message.clone(),
        other => other.to_string(),
    }
}
