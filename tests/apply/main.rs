//! `apply`, the one function that changes a task: every state with every input, every order of
//! events, and where each image goes.

mod asked;
mod behind;
mod effects;
mod erased;
mod histories;
mod images;
mod orders;
mod settled;
mod stored;
mod table;
mod terminal;
mod unknown_kinds;
mod world;

#[path = "../support/actor.rs"]
mod actor;
#[path = "../support/effect_words.rs"]
mod effect_words;
#[path = "../support/grid.rs"]
mod grid;
#[path = "../support/mod.rs"]
mod support;
