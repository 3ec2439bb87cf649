//! The outbox of a room: what the app's own backend is told, and how far that has come on each road.
//!
//! An event is born in the commit that causes it, and sent once its row is in D1. Its state on one road
//! says nothing of another: each has its own attempts. The callback of a provider is a road as well. Its
//! state is stored with the event that asked for it, because readers see it.

pub mod body;
pub mod health;
pub mod list;
pub mod note;
pub mod pace;
pub mod road;
pub mod state;
