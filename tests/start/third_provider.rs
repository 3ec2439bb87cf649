//! The trait is enough: a provider that no source of taskwire names is started, verified, read, polled
//! and settled by the same core.

use crate::fakes::{Fault, run};
use crate::third::{PATIENCE, SIGNATURE};
use crate::world::{PROVIDERS, World};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use taskwire::api::request::kinds::parse;
use taskwire::config::Config;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::apply::{Input, Stage, Work, apply};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{ImageStatus, Status, Task};
use taskwire::domain::verdict::Verdict;
use taskwire::provider::calls::poll;
use taskwire::provider::event::Event;
use taskwire::signature::{Raw, SecretSet, SignatureError};
use taskwire::start::saga::Job;

const SECRET: &str = "a_secret_of_the_third";

fn job(world: &World) -> Job {
    let body = json!({"kind": "third.paint", "request": {"subject": "a fox"}}).to_string();
    let request = parse(PROVIDERS, body.as_bytes()).expect("a good request");
    let task = request.task("ada", TaskKey::new(world.now(), [3; 12]), world.now());
    Job { task, request, webhook_url: None }
}

fn started(world: &World) -> Task {
    let done = run(world.ports().start(vec![job(world)], None)).expect("nothing dies");
    done.expect("started").outcomes.remove(0).expect("a task")
}

/// The webhook of `body`, verified and read.
fn hear(body: &Value, signature: Option<String>) -> Result<Event, SignatureError> {
    let provider = PROVIDERS.named("third").expect("registered");
    let body = body.to_string().into_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(&body);
    let good = hex::encode(mac.finalize().into_bytes());
    let headers = [(SIGNATURE, signature.unwrap_or(good))];
    let secrets = SecretSet::parse(SECRET).expect("a secret");
    let verified = provider.verify(Raw::new(&body, &headers), &secrets, 0)?;
    Ok(provider.read(&verified).expect("an event"))
}

#[test]
fn it_is_started_for_its_rows_and_attached() {
    let world = World::new(&[]);
    let task = started(&world);
    assert_eq!((task.id(), task.provider.as_str()), ("thr_1", "third"));
    assert_eq!(world.book.borrow().paid[0].body["subject"], "a fox");
    assert!(world.rooms.borrow().contains_key("thr_1"));
}

#[test]
fn a_start_whose_answer_was_lost_is_found_by_its_rows() {
    let world = World::new(&[(1, Fault::FailsButDone)]);
    assert_eq!(started(&world).id(), "thr_1");
    assert_eq!(world.book.borrow().paid.len(), 1);
}

#[test]
fn its_webhook_settles_the_task_and_a_forged_one_does_not() {
    let world = World::new(&[]);
    let task = started(&world);
    let attached = apply(&RoomState::default(), Input::Attach(Box::new(task.clone())), 0).state;
    let tag = task.images[0].id.clone();
    let body = json!({"job": task.id(), "state": "done", "tag": tag, "picture": "https://p/1"});
    assert_eq!(hear(&body, Some("0".repeat(64))), Err(SignatureError::Mismatch));
    let Ok(Event::Task(report)) = hear(&body, None) else { panic!("no report") };
    let input = Input::Report { delivery: Some("d1".into()), report: Box::new(report) };
    let decision = apply(&attached, input, 1);
    assert_eq!(decision.verdict, Verdict::Applied);
    let task = decision.state.task.expect("a task");
    assert_eq!((task.status, task.images[0].status), (Status::Completed, ImageStatus::Success));
}

#[test]
fn it_is_polled_by_the_alarm_and_waited_for_as_long_as_it_says() {
    let world = World::new(&[]);
    let mut task = started(&world);
    task.patience = PROVIDERS.patience(&task);
    assert_eq!(task.deadline(), task.created_at + PATIENCE);
    let room = apply(&RoomState::default(), Input::Attach(Box::new(task.clone())), world.now());
    let later = world.now() + 60_000;
    let alarm = apply(&room.state, Input::Alarm(Stage::Poll), later);
    assert!(alarm.effects.iter().any(|it| format!("{it:?}") == format!("Do({:?})", Work::Poll)));
    let provider = PROVIDERS.of(&task).expect("registered");
    let told = run(poll(&world, provider, &(&task).into())).expect("nothing dies");
    let told = told.expect("an answer");
    let input = Input::Report { delivery: None, report: Box::new(told) };
    assert_eq!(
        apply(&room.state, input, later).state.task.map(|it| it.status),
        Some(Status::Pending)
    );
}

#[test]
fn its_settings_are_asked_for_by_their_own_names() {
    let half = Config::from_lookup(|name| (name == "THIRD_TOKEN").then(|| "t".to_owned()));
    assert!(PROVIDERS.missing(&half).contains(&"THIRD_WEBHOOK_SECRET"));
    let none = Config::from_lookup(|_| None);
    assert!(!PROVIDERS.missing(&none).iter().any(|name| name.starts_with("THIRD")));
}
