//! The feed of the rows that are everyone's. It has no sockets: it tells the content feeds of those who
//! watch, which read the rows themselves, each among its user's own and in one order.
//!
//! A user's feed follows it from the first socket on. One that says that nobody watches is forgotten:
//! at the next row or, since there may be none, at the review. So nobody who has left is told twice,
//! and where no row is public, following costs a written row for each user who comes back after that.

use super::client::{FOLLOW_PATH, poke_follower};
use super::pass::{PAGE, Pass, REVIEW, Told};
use crate::error::ApiError;
use crate::object::instance::Instance;
use crate::object::storage::{Names, load, save};
use futures_util::StreamExt;
use futures_util::stream::iter;
use std::cell::RefCell;
use std::collections::BTreeSet;
use worker::{Env, Result};

/// Feeds that are told at once. Each of them reads D1.
const AT_ONCE: usize = 20;

/// The mark of a follower that did not answer.
const BEHIND: &str = "behind";

/// Who has followed since the page that is being told was read: a feed that had nobody then may have
/// somebody now.
pub type Joined = RefCell<BTreeSet<String>>;

/// The feed, while it handles an event of the runtime.
pub struct PublicFeed<'a> {
    pub state: &'a Instance,
    pub env: &'a Env,
    pub joined: &'a Joined,
}

impl PublicFeed<'_> {
    pub async fn answer(&self, path: &str, text: String) -> Result<String> {
        if path == FOLLOW_PATH {
            self.follow(text).await?;
        } else {
            self.row().await?;
        }
        Ok(String::new())
    }

    /// There is a new row. It is told of by the alarm: that goes on after a crash, and whoever has the
    /// row does not wait for all who watch.
    async fn row(&self) -> Result<()> {
        let storage = self.state.storage();
        let mut pass: Pass = load(&storage)?;
        pass.row();
        save(&storage, &pass)?;
        storage.set_alarm(0).await
    }

    async fn follow(&self, user: String) -> Result<()> {
        let storage = self.state.storage();
        let followers = Names::of(&storage)?;
        if followers.mark(&user)?.is_none() {
            followers.put(&user, "")?;
        }
        self.joined.borrow_mut().insert(user);
        if storage.get_alarm().await?.is_none() {
            storage.set_alarm(REVIEW).await?;
        }
        Ok(())
    }

    /// Tells a page of the followers.
    pub async fn alarm(&self) -> Result<()> {
        let storage = self.state.storage();
        let mut pass: Pass = load(&storage)?;
        pass.begin();
        save(&storage, &pass)?;
        let followers = Names::of(&storage)?;
        let page = followers.after(&pass.after, PAGE)?;
        self.joined.borrow_mut().clear();
        let told = iter(&page)
            .filter(|(_, mark)| std::future::ready(!pass.only_behind || mark == BEHIND))
            .map(async |(user, mark)| (user, mark, poke_follower(self.env, user.clone()).await))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        let mut has_failed = false;
        for (user, mark, heard) in told {
            has_failed |= heard.is_err();
            self.note(&followers, user, mark, heard)?;
        }
        let last = page.get(PAGE as usize - 1).map(|(user, _)| user.as_str());
        let is_followed = !followers.after("", 1)?.is_empty();
        // Another row may have come in meanwhile.
        let mut pass: Pass = load(&storage)?;
        match pass.told(&Told { last, is_followed, has_failed }) {
            Some(pause) => {
                save(&storage, &pass)?;
                storage.set_alarm(pause).await
            }
            None => storage.delete_all().await,
        }
    }

    /// Keeps what came of telling a follower, where it has changed anything.
    fn note(
        &self,
        followers: &Names,
        user: &str,
        mark: &str,
        heard: std::result::Result<bool, ApiError>,
    ) -> Result<()> {
        match heard {
            Ok(false) if !self.joined.borrow().contains(user) => followers.remove(user),
            Ok(_) if mark == BEHIND => followers.put(user, ""),
            Err(_) if mark != BEHIND => followers.put(user, BEHIND),
            _ => Ok(()),
        }
    }
}
