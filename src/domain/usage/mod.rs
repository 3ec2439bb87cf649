//! What a user has used of the limits: starts, running tasks, money.
//!
//! A [`book::Book`] is kept for each user, by the object that is told of every start and every end anyway.
//! A start is entered there in one commit before its provider is called, and settled once by its end. The
//! deployment's own budget is one [`pool::Pool`], of which each book holds a part.

pub mod amount;
pub mod apply;
pub mod book;
pub mod owed;
pub mod pool;
pub mod prices;
pub mod terms;
pub mod view;
pub mod window;
pub mod word;
