//! What the pure core takes for each thing that it does, natively: `cargo bench`. See `bench/README.md`.

#[path = "../tests/support/mod.rs"]
mod support;

use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use divan::{Bencher, black_box};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use support::{NOW, attach, completed, delivery, new_task, picture};
use taskwire::auth::claims::Token;
use taskwire::domain::task::apply::apply;
use taskwire::domain::task::frame::task_frame;
use taskwire::domain::task::state::RoomState;
use taskwire::provider::contract::Provider;
use taskwire::provider::modelriver::ModelRiver;
use taskwire::provider::mynth::Mynth;
use taskwire::signature::{Raw, SecretSet};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SECONDS: i64 = NOW / 1000;
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";

fn main() {
    divan::main();
}

type Headers = Vec<(&'static str, String)>;

/// A completed event with four images, 2 KB long.
fn event() -> Vec<u8> {
    let image = |n: usize| {
        let url = format!("https://cdn.mynth.example/images/{n}/{}.webp", "a".repeat(120));
        json!({"status": "success", "id": format!("img_{n}"), "url": url})
    };
    let body = json!({
        "id": ID, "type": "task.image.generate.completed",
        "timestamp": "2026-11-20T10:00:12.000Z",
        "data": {
            "id": support::TASK_ID, "type": "image.generate", "status": "completed",
            "request": {"prompt": "a lighthouse in the fog, ".repeat(30), "count": 4},
            "result": {"model": "m/used", "images": (0..4).map(image).collect::<Vec<_>>()},
            "errors": null, "cost": "0.12",
        },
    });
    body.to_string().into_bytes()
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

fn standard(body: &[u8]) -> Headers {
    let time = SECONDS.to_string();
    let key = STANDARD.decode(&SECRET["whsec_".len()..]).expect("base64");
    let mac = hmac(&key, &[ID.as_bytes(), b".", time.as_bytes(), b".", body]);
    vec![
        ("webhook-id", ID.to_owned()),
        ("webhook-timestamp", time),
        ("webhook-signature", format!("v1,{}", STANDARD.encode(mac))),
    ]
}

fn hex_with_time(body: &[u8]) -> Headers {
    let time = SECONDS.to_string();
    let mac = hex::encode(hmac(SECRET.as_bytes(), &[time.as_bytes(), b".", body]));
    vec![("x-mynth-signature", format!("t={time},v1={mac}"))]
}

fn hex_of_body(body: &[u8]) -> Headers {
    vec![("mr-signature", hex::encode(hmac(SECRET.as_bytes(), &[body])))]
}

fn verify(bencher: Bencher<'_, '_>, provider: &dyn Provider, headers: fn(&[u8]) -> Headers) {
    let body = event();
    let headers = headers(&body);
    let secrets = SecretSet::parse(SECRET).expect("a secret");
    let verified = || provider.verify(Raw::new(&body, &headers), &secrets, SECONDS);
    assert!(verified().is_ok());
    bencher.bench_local(|| black_box(verified().is_ok()));
}

#[divan::bench]
fn verify_standard_webhooks(bencher: Bencher<'_, '_>) {
    verify(bencher, &Mynth, standard);
}

#[divan::bench]
fn verify_hex_with_time(bencher: Bencher<'_, '_>) {
    verify(bencher, &Mynth, hex_with_time);
}

#[divan::bench]
fn verify_hex_of_body(bencher: Bencher<'_, '_>) {
    verify(bencher, &ModelRiver, hex_of_body);
}

#[divan::bench]
fn hmac_of_2_kb(bencher: Bencher<'_, '_>) {
    let text = [7; 2048];
    bencher.bench_local(|| hmac(black_box(SECRET.as_bytes()), &[black_box(&text)]));
}

#[divan::bench]
fn read_an_event(bencher: Bencher<'_, '_>) {
    let body = event();
    let headers = standard(&body);
    let secrets = SecretSet::parse(SECRET).expect("a secret");
    let verified = Mynth.verify(Raw::new(&body, &headers), &secrets, SECONDS).expect("signed");
    bencher.bench_local(|| Mynth.read(black_box(&verified)).expect("an event"));
}

/// The room of a task that is under way.
fn room() -> RoomState {
    apply(&RoomState::default(), attach(&new_task(4)), NOW).state
}

#[divan::bench]
fn apply_a_report(bencher: Bencher<'_, '_>) {
    let room = room();
    let pictures: Vec<_> = (0..4).map(|n| picture(&n.to_string())).collect();
    let input = || delivery("d1", completed(pictures.clone()));
    bencher.with_inputs(input).bench_local_values(|input| apply(black_box(&room), input, NOW));
}

#[divan::bench]
fn make_a_frame(bencher: Bencher<'_, '_>) {
    let task = new_task(4);
    bencher.bench_local(|| task_frame(black_box(&task)));
}

/// Without its signature, which is Web Crypto's.
#[divan::bench]
fn read_a_token(bencher: Bencher<'_, '_>) {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({"iss": "https://id.example", "sub": "ada", "aud": "taskwire", "exp": 1});
    let token = format!("{}.{}.c2ln", part(json!({"alg": "RS256", "kid": "k1"})), part(claims));
    bencher.bench_local(|| Token::parse(black_box(&token)).is_ok());
}
