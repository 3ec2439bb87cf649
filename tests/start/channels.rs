//! Starts of channels, with every failure of every step.

use crate::USER;
use crate::fakes::{Died, FAULTS, Fault, run};
use crate::world::World;
use serde_json::json;
use taskwire::api::request::kinds::parse_as;
use taskwire::domain::channel::state::Channel;
use taskwire::domain::claim::Claim;
use taskwire::domain::id::TaskKey;
use taskwire::error::{ApiError, Code};
use taskwire::provider::call::Order;
use taskwire::provider::kind::Becomes;
use taskwire::start::channels::under_way;

pub fn start(world: &World, keyed: bool) -> Result<Result<Channel, ApiError>, Died> {
    start_as(world, keyed, 1)
}

/// `seed` tells this start from others under the same key.
fn start_as(world: &World, keyed: bool, seed: u8) -> Result<Result<Channel, ApiError>, Died> {
    let mut kinds = crate::world::PROVIDERS.kinds(Becomes::Channel);
    let (provider, kind) = kinds.next().expect("a kind of channels");
    let body = json!({"workflow": "films", "messages": [{"role": "user"}]}).to_string();
    let request = parse_as(kind, body.as_bytes()).expect("a good request");
    let key = TaskKey::new(world.now(), [seed; 12]);
    let order = Order { request: &request, user_id: USER, key: &key, webhook_url: None };
    let claim = Claim { key: "k".into(), request: "h".into(), stands_for: under_way(&key) };
    run(world.ports().start_channel(provider, &order, keyed.then_some(claim)))
}

#[test]
fn a_channel_is_started_for_its_user_and_gets_its_room() {
    let world = World::new(&[]);
    let channel = start(&world, false).unwrap().unwrap();
    assert_eq!(
        (channel.user_id.as_deref(), channel.workflow.as_deref()),
        (Some(USER), Some("films"))
    );
    assert_eq!(world.book.borrow().paid[0].body["metadata"]["user_id"], USER);
    assert_eq!(world.channel_rooms.borrow()[&channel.channel_id], channel);
    let steps = world.steps.borrow();
    assert_eq!(*steps, ["intend", "POST /v1/ai/async", "attach channel"]);
}

#[test]
fn the_intent_is_there_before_the_call_and_its_id_travels_with_it() {
    // The process dies in the call: nobody has heard of the channel.
    let world = World::new(&[(1, Fault::DiesAfter)]);
    start(&world, false).unwrap_err();
    let book = world.book.borrow();
    let id = book.paid[0].body["metadata"]["taskwire_intent"].as_str().expect("an id");
    let intent = world.intents.borrow()[id].clone();
    assert_eq!((intent.user_id.as_str(), intent.workflow.as_str()), (USER, "films"));
    let channel = intent.channel("chn_1".into(), "modelriver".into(), world.now());
    assert_eq!(
        (channel.user_id.as_deref(), channel.workflow.as_deref()),
        (Some(USER), Some("films"))
    );
}

#[test]
fn without_an_intent_nothing_is_called() {
    for keyed in [false, true] {
        // A key is looked up first.
        let world = World::new(&[(usize::from(keyed), Fault::Fails)]);
        let error = start(&world, keyed).unwrap().unwrap_err();
        assert_eq!((error.status(), world.book.borrow().paid.len()), (503, 0));
    }
}

#[test]
fn a_start_that_was_refused_leaves_no_intent_and_a_free_key() {
    for keyed in [false, true] {
        let world = World::new(&[]);
        world.book.borrow_mut().refuses = Some(Code::InsufficientBalance);
        let error = start(&world, keyed).unwrap().unwrap_err();
        assert_eq!(error.code, Code::InsufficientBalance);
        assert!(world.intents.borrow().is_empty() && world.keys.borrow().is_empty());
    }
}

#[test]
fn a_channel_whose_room_cannot_be_had_gets_its_row_and_one_without_either_is_logged() {
    let world = World::new(&[(2, Fault::Fails)]);
    let channel = start(&world, false).unwrap().unwrap();
    assert_eq!(world.channels.borrow()[&channel.channel_id], channel);
    assert!(world.log.borrow().is_empty());
    let world = World::new(&[(2, Fault::Fails), (3, Fault::Fails)]);
    let channel = start(&world, false).unwrap().unwrap();
    let said = format!("start: {} has no row yet", channel.channel_id);
    assert_eq!(*world.log.borrow(), [said]);
}

#[test]
fn no_start_under_a_key_can_be_taken_for_another() {
    let of = |seed| under_way(&TaskKey::new(1, [seed; 12]));
    assert_ne!(of(1), of(2));
}

#[test]
fn a_refusal_frees_the_key_for_another_attempt() {
    let world = World::new(&[]);
    world.book.borrow_mut().refuses = Some(Code::InsufficientBalance);
    let refused = start(&world, true).unwrap().unwrap_err();
    assert_eq!(refused.code, Code::InsufficientBalance);
    world.book.borrow_mut().refuses = None;
    assert!(start_as(&world, true, 2).unwrap().is_ok());
}

#[test]
fn whichever_step_of_a_channel_fails_nothing_is_paid_twice_under_one_key() {
    for first in 0..8 {
        for fault in FAULTS {
            for (second, other) in (first + 1..8).flat_map(|at| FAULTS.map(|fault| (at, fault))) {
                let faults = [(first, fault), (second, other)];
                let mut world = World::new(&faults);
                let outcome = start(&world, true);
                world.restart();
                let again = start_as(&world, true, 2).expect("nothing dies");
                let book = world.book.borrow();
                for paid in &book.paid {
                    let id = paid.body["metadata"]["taskwire_intent"].as_str().expect("an id");
                    assert!(world.intents.borrow().contains_key(id), "{faults:?}");
                }
                let paid = book.paid.len();
                assert!(paid <= 1, "{paid} paid calls: {faults:?}");
                if let (Ok(Ok(first)), Ok(second)) = (&outcome, &again) {
                    assert_eq!(first.channel_id, second.channel_id, "{faults:?}");
                }
                if let Ok(channel) = again {
                    let known = [&world.channel_rooms, &world.channels];
                    let is_kept =
                        known.iter().any(|it| it.borrow().contains_key(&channel.channel_id));
                    assert!(is_kept || world.log.borrow().iter().any(|it| it.contains("no row")));
                }
            }
        }
    }
}

#[test]
fn a_start_without_a_clear_answer_is_never_repeated_under_its_key() {
    // After the key was looked up and claimed, the call is started and its answer lost, or there is no
    // knowing whether it was; or the answer cannot be read.
    for (fault, is_garbled, code, paid) in [
        (Some(Fault::FailsButDone), false, Code::ProviderTimeout, 1),
        (Some(Fault::Fails), false, Code::ProviderUnavailable, 0),
        (None, true, Code::ProviderInvalidResponse, 1),
    ] {
        let mut world = World::new(&fault.map(|fault| (2, fault)).into_iter().collect::<Vec<_>>());
        world.book.borrow_mut().is_garbled = is_garbled;
        let first = start(&world, true).unwrap().unwrap_err();
        world.restart();
        world.book.borrow_mut().is_garbled = false;
        let again = start_as(&world, true, 2).unwrap().unwrap_err();
        assert_eq!((first.code, again.code), (code, code));
        assert_eq!(world.book.borrow().paid.len(), paid);
    }
}

#[test]
fn a_claim_whose_answer_was_lost_does_not_block_its_key() {
    let world = World::new(&[(1, Fault::FailsButDone)]);
    let channel = start(&world, true).unwrap().unwrap();
    assert_eq!((channel.channel_id.as_str(), world.book.borrow().paid.len()), ("chn_1", 1));
    let again = start_as(&world, true, 2).unwrap().unwrap();
    assert_eq!(again.channel_id, channel.channel_id);
}
