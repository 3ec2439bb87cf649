//! Starts as sagas: every step with every failure of it, the table that ARCHITECTURE.md shows, repeats
//! under an idempotency key, channels, and a provider that only this test knows.

mod channels;
mod crowd;
mod erased;
mod every_failure;
mod fakes;
mod limits;
mod repeats;
mod rooms;
mod rows;
mod table;
mod third;
mod third_provider;
mod window;
mod wire;
mod world;

use fakes::{Died, run};
use serde_json::json;
use taskwire::api::request::kinds::parse;
use taskwire::domain::claim::Claim;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::{PublicToken, Task};
use taskwire::error::ApiError;
use taskwire::start::saga::{Done, Job};
use world::{PROVIDERS, World};

pub const USER: &str = "ada";

/// A job as the API makes it: an image task with two rows, an alt text without any.
pub fn job(world: &World, kind: &str, seed: u8) -> Job {
    let request = match kind {
        "image.alt" => json!({"url": "https://a.example/1.png"}),
        _ => json!({"prompt": "a fox", "model": "m/x", "count": 2}),
    };
    let body = json!({"kind": kind, "request": request}).to_string();
    let request = parse(PROVIDERS, body.as_bytes()).expect("a good request");
    let task = request.task(USER, TaskKey::new(world.now(), [seed; 12]), world.now());
    Job { task, request, webhook_url: None }
}

/// A claim under one key: each start has its own nonce.
pub fn claim(stands_for: &str) -> Claim {
    Claim { key: "key_1".into(), request: "hash".into(), stands_for: stands_for.into() }
}

/// Starts one task of `kind`, under a key if that is wanted.
pub fn start(
    world: &World,
    kind: &str,
    seed: u8,
    keyed: bool,
) -> Result<Result<Task, ApiError>, Died> {
    let job = job(world, kind, seed);
    let claim = keyed.then(|| claim(job.task.key.as_str()));
    let done: Result<Done, ApiError> = run(world.ports().start(vec![job], claim))?;
    Ok(done.and_then(|done| done.outcomes.into_iter().next().expect("one outcome")))
}

#[test]
fn a_token_of_the_providers_own_comes_with_the_task_that_asked_for_one() {
    for (access, token) in [(None, None), (Some(true), Some("pat_1"))] {
        let world = World::new(&[]);
        let mut job = job(&world, "image.generate", 1);
        job.request.passed_on.extend(access.map(|access| ("access".to_owned(), access.into())));
        let done = run(world.ports().start(vec![job], None)).unwrap().unwrap();
        let task = done.outcomes[0].as_ref().expect("started");
        assert_eq!(task.access.as_ref().map(PublicToken::expose), token);
    }
}
