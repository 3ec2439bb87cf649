//! Hand-made worst cases: bodies and headers at their limits, full of what is most expensive to read.

/// The largest body of a webhook, and of a caller's request (see `api/body.rs`).
const WEBHOOK: usize = 512 * 1024;
const REQUEST: usize = 256 * 1024;

/// The longest token and header that are read.
const TOKEN: usize = 16 * 1024;
const HEADER: usize = 4096;

pub type Case = (&'static str, Vec<u8>);

/// The hostile cases of a target, by name. Bodies have the largest allowed size, divided by `share`,
/// since an unoptimised build is slow.
pub fn cases(target: &str, share: usize) -> Vec<Case> {
    let (webhook, request) = (WEBHOOK / share, REQUEST / share);
    match target {
        "signature" => signatures(webhook),
        "modelriver_signature" => modelriver_signatures(webhook),
        "mynth_webhook" => webhooks(webhook),
        "modelriver_webhook" => modelriver_webhooks(webhook),
        "tickets" => tickets(webhook),
        "jwt" => tokens(request),
        "jwks" => key_sets(webhook),
        "settings" => settings(request),
        "room" => rooms(request),
        "requests" => requests(request),
        _ => Vec::new(),
    }
}

/// `open`, then `unit` as often as fits, then `close`: `length` bytes at most.
fn filled(length: usize, open: &str, unit: &str, close: &str) -> Vec<u8> {
    let times = length.saturating_sub(open.len() + close.len()) / unit.len();
    [open, &unit.repeat(times), close].concat().into_bytes()
}

/// The same, with a counter in place of `{}` in each unit.
fn numbered(length: usize, open: &str, unit: &str, close: &str) -> Vec<u8> {
    let mut text = open.to_owned();
    for i in 0.. {
        let next = unit.replace("{}", &format!("{i:x}"));
        if text.len() + next.len() + close.len() > length {
            break;
        }
        text += &next;
    }
    text += close;
    text.into_bytes()
}

/// One JSON value between `open` and `close`, in every shape that is expensive to read.
fn shapes(length: usize, open: &str, close: &str) -> Vec<Case> {
    let text = |unit, end| filled(length, &format!("{open}\""), unit, &format!("{end}\"{close}"));
    let list = |unit, last| filled(length, &format!("{open}["), unit, &format!("{last}]{close}"));
    let half = length.saturating_sub(open.len() + close.len()) / 2;
    vec![
        ("a long text", text("x", "")),
        ("escapes", text("\\u0001", "")),
        ("surrogates", text("\\ud83d\\ude00", "")),
        ("quotes", text("\\\"", "")),
        ("lone surrogates", text("\\ud800", "")),
        ("digits", filled(length, open, "9", close)),
        ("digits after a point", filled(length, &format!("{open}0."), "3", close)),
        ("a large exponent", filled(length, &format!("{open}1e"), "9", close)),
        ("numbers", list("0,", "0")),
        ("floats", list("1e15,", "0")),
        ("hard floats", list("2.2250738585072011e-308,", "0")),
        ("lists", list("[],", "[]")),
        ("objects", list("{},", "{}")),
        ("texts", list("\"\",", "\"\"")),
        ("lists in lists", list(&("[".repeat(60) + &"]".repeat(60) + ","), "0")),
        ("keys", numbered(length, &format!("{open}{{"), "\"{}\":0,", &format!("\"\":0}}{close}"))),
        ("one key", filled(length, &format!("{open}{{"), "\"a\":0,", &format!("\"a\":0}}{close}"))),
        ("never closed", filled(length, open, "[", "")),
        ("nested", [open, &"[".repeat(half), &"]".repeat(half), close].concat().into_bytes()),
        ("white space", filled(length, open, " ", &format!("0{close}"))),
    ]
}

fn webhooks(size: usize) -> Vec<Case> {
    const ID: &str = r#""task":{"id":"tsk_1"}"#;
    let mut cases = shapes(size, "", "");
    let places = [
        (r#"{"event":"task.image.rate.completed",$,"result":"#, "}"),
        (r#"{"event":"task.model.train.completed",$,"result":{"images":"#, "}}"),
        (r#"{"event":"task.image.generate.completed",$,"result":{"images":"#, "}}"),
        (r#"{"event":"task.image.generate.completed",$,"result":{"model":"#, "}}"),
        (r#"{"event":"task.image.generate.completed",$,"cost":"#, "}"),
        (
            r#"{"event":"task.image.generate.completed",$,"request":{"metadata":{"imageRowIds":"#,
            "}}}",
        ),
        (r#"{"event":"task.image.generate.completed",$,"request":{"metadata":"#, "}}"),
        (r#"{"event":"task.image.generate.failed",$,"errors":"#, "}"),
        (r#"{"event":"task.image.generate.failed",$,"errors":[{"message":"#, "}]}"),
        (r#"{"event":"task.image.generate.failed",$,"errors":[{"code":"#, "}]}"),
        (r#"{"type":"task.image.generate.completed","data":{"id":"tsk_1","result":"#, "}}"),
        (r#"{"type":"task.image.generate.completed","data":"#, "}"),
        (r#"{"event":"#, "}"),
    ];
    for (open, close) in places {
        cases.extend(shapes(size, &open.replace('$', ID), close));
    }
    let images = format!(r#"{{"event":"task.image.generate.completed",{ID},"result":{{"images":["#);
    let full = r#"{"status":"success","id":"img_1","url":"https://c/1.png"},"#;
    cases.push(("full images", filled(size, &images, full, "null]}}")));
    let failed = r#"{"error":"\u0001"},"#;
    cases.push(("failed images", filled(size, &images, failed, "null]}}")));
    for (name, urls) in [("long urls", 100), ("a long url", 1)] {
        let url = "\\u0001".repeat((size / urls - 100) / 6);
        let image = format!(r#"{{"status":"success","id":"{name}","url":"{url}"}},"#);
        cases.push((name, filled(size, &images, &image, "null]}}")));
    }
    let rows = format!(
        r#"{{"event":"task.image.generate.completed",{ID},"request":{{"metadata":{{"imageRowIds":["#
    );
    let known = r#""BwcHBwcHBwcHBwcH19","#;
    cases.push(("known rows", filled(size, &rows, known, "\"BwcHBwcHBwcHBwcH00\"]}}}")));
    cases
}

fn signatures(size: usize) -> Vec<Case> {
    let secrets: Vec<String> = (0..8).map(|i| format!("whsec_c2VjcmV0IQ{i}A")).collect();
    let head = format!("secrets: {}\n", secrets.join(","));
    let standard = "webhook-id: e\nwebhook-timestamp: 1614265330\nwebhook-signature: ";
    let wrong = format!("v1,{} ", "A".repeat(43) + "=");
    let wrong_hex = format!("v1={},", "0".repeat(64));
    let body = "x".repeat(size);
    let header = |open: &str, unit: &str, close: &str, length: usize| {
        String::from_utf8(filled(length, open, unit, close)).expect("a header is text")
    };
    let case = |lines: &str, signatures: &str, body: &str| {
        format!("{head}{lines}{signatures}\n\n{body}").into_bytes()
    };
    let hex = |open: &str, unit: &str, close: &str, length: usize| {
        header(&format!("t=1614265330,{open}"), unit, close, length)
    };
    let mynth = "x-mynth-signature: ";
    vec![
        ("nobody's", case(standard, &header("", &wrong, "", HEADER), &body)),
        ("the last secret's", case(standard, &header("", &wrong, "$STD7", 700), &body)),
        ("the seventeenth", case(standard, &header("", &wrong, "$STD0", 1000), &body)),
        ("short ones", case(standard, &header("", "v1,AAAA ", "", HEADER), &body)),
        ("spaces", case(standard, &header("", " ", "", HEADER), &body)),
        ("nobody's, in hex", case(mynth, &hex("", &wrong_hex, "", HEADER), &body)),
        ("the last secret's, in hex", case(mynth, &hex("", &wrong_hex, "v1=$HEX7", 900), &body)),
        ("short ones, in hex", case(mynth, &hex("", "v1=00,", "", HEADER), &body)),
        ("commas", case(mynth, &hex("", ",", "", HEADER), &body)),
        ("many times", case(mynth, &header("", "t=1614265330,", "", HEADER), "")),
        ("a long time", case(mynth, &header("t=", "9", ",v1=0", HEADER), "")),
        ("far too long", case(mynth, &hex("", &wrong_hex, "", size), "")),
        ("far too many", case(standard, &header("", &wrong, "", size), "")),
    ]
}

/// Unauthenticated callers can make us search any body for its `data`.
fn modelriver_signatures(size: usize) -> Vec<Case> {
    let secrets: Vec<String> = (0..8).map(|i| format!("secret{i}")).collect();
    let secrets = secrets.join(",");
    let mut cases = Vec::new();
    for signatures in ["mr-signature: 00\nx-modelriver-signature: 00", "mr-signature: $BODY7"] {
        let head =
            format!("secrets: {secrets}\n{signatures}\nx-modelriver-timestamp: 1614265330\n\n");
        cases.extend(shapes(size, &head, ""));
        cases.extend(shapes(size, &format!("{head}{{\"data\":"), "}"));
    }
    let wrong = "0".repeat(64);
    let head = format!(
        "secrets: {secrets}\nmr-signature: {wrong}\nx-modelriver-signature: {wrong}\n\
         x-modelriver-timestamp: 1614265330\n\n{{\"data\":"
    );
    cases.extend(shapes(size, &head, "}"));
    cases
}

fn modelriver_webhooks(size: usize) -> Vec<Case> {
    let mut cases = shapes(size, "", "");
    let places = [
        (r#"{"type":"task.ai_generated","channel_id":"c","ai_response":{"data":"#, "}}"),
        (r#"{"type":"task.ai_generated","channel_id":"c","ai_response":"#, "}"),
        (r#"{"type":"task.completed","channel_id":"c","data":"#, "}"),
        (r#"{"type":"task.completed","channel_id":"c","data":1,"customer_data":"#, "}"),
        (r#"{"type":"task.completed","channel_id":"c","data":1,"meta":{"model":"#, "}}"),
        (r#"{"type":"task.completed","channel_id":"c","data":1,"workflow":"#, "}"),
        (r#"{"type":"task.ai_generated","channel_id":"c","ai_response":1,"callback_url":"#, "}"),
        (r#"{"type":"task.failed","channel_id":"c","error":{"message":"#, "}}"),
        (r#"{"type":"#, "}"),
    ];
    for (open, close) in places {
        cases.extend(shapes(size, open, close));
    }
    cases
}

fn tickets(size: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for open in ["ticket 0\n{\"user\":", "token 0\n{\"user\":"] {
        let close = ",\"scope\":{\"kind\":\"tasks\"},\"expiresAt\":9,\"key\":\"k\"}";
        for length in [1500, size] {
            cases.extend(shapes(length, open, close));
        }
    }
    cases.push(("full stops", filled(size, "v1.", ".", "")));
    cases.push(("full stops that are read", filled(2048, "v1.", ".", "")));
    cases.push(("letters", filled(2048, "v1.", "A", ".A")));
    cases
}

fn tokens(size: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    let keys = r#"{"keys":[]}"#;
    // Base64 makes four bytes of three.
    let length = TOKEN * 3 / 4 - 100;
    cases.extend(shapes(length, "{\"alg\":\"RS256\",\"kid\":", &format!("}}\n{{}}\ns\n{keys}")));
    cases.extend(shapes(length, "{\"alg\":\"RS256\",\"x\":", &format!("}}\n{{}}\ns\n{keys}")));
    for claim in ["aud", "sub", "exp", "x"] {
        let open = format!(r#"{{"alg":"RS256"}}{}{{"iss":"https://id.example","{claim}":"#, '\n');
        cases.extend(shapes(length, &open, &format!("}}\ns\n{keys}")));
    }
    let open = "{\"alg\":\"RS256\",\"kid\":\"x\"}\n{}\ns\n{\"keys\":[";
    let key = r#"{"kid":"x","kty":"RSA"},"#;
    cases.push(("many keys", filled(size, open, key, "null]}")));
    cases.push(("full stops", filled(TOKEN, "", ".", "")));
    cases.push(("letters", filled(TOKEN, "", "A", ".e30.A")));
    cases.push(("far too long", filled(size, "", "A", ".e30.A")));
    cases
}

/// As large as a key set is read.
fn key_sets(size: usize) -> Vec<Case> {
    let mut cases = shapes(size, "x\n", "");
    cases.extend(shapes(size, "x\n{\"keys\":", "}"));
    cases.extend(shapes(size, "x\n{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":", "}]}"));
    let n = "_".repeat(342);
    let long = format!(r#"{{"kid":"x","kty":"RSA","e":"AQAB","n":"{n}"}},"#);
    for (name, key) in [
        ("rsa keys", long.as_str()),
        ("short keys", r#"{"kty":"EC","crv":"P-256"},"#),
        ("small keys", r#"{"kty":"OKP","crv":"Ed25519","x":"AQ"},"#),
    ] {
        cases.push((name, filled(size, "x\n{\"keys\":[", key, "null]}")));
    }
    let digits = "_".repeat(size - 100);
    let one = format!("x\n{{\"keys\":[{{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"{digits}\"}}]}}");
    cases.push(("one long key", one.into_bytes()));
    cases
}

fn settings(size: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    let usual = "AUTH_ISSUER=https://id.example\nAUTH_AUDIENCE=a\n";
    for name in ["AUTH_JWKS", "AUTH_REQUIRED_CLAIMS", "AUTH_PROVIDERS", "TASKWIRE_SERVER_KEYS"] {
        // A variable has 5 KB at most.
        cases.extend(shapes(size.min(5 * 1024), &format!("{usual}{name}="), ""));
    }
    cases
}

fn rooms(size: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    let ingest = |kind: &str, outcome: &str| {
        format!(
            "\n{{\"ingest\":{{\"delivery\":\"e\",\"report\":{{\"task_id\":\"tsk_1\",\"kind\":\"{kind}\",\
             \"cost\":null,\"row_ids\":[],\"outcome\":{outcome}"
        )
    };
    let result = ingest("image.rate", r#"{"completed":{"model":null,"images":[],"result":"#);
    cases.extend(shapes(size, &result, "}}}}}"));
    let images = ingest("image.generate", r#"{"completed":{"model":null,"result":null,"images":["#);
    let image = r#"{"success":{"image_id":null,"url":"x"}},"#;
    let last = r#"{"success":{"image_id":null,"url":"x"}}]}}}}}"#;
    cases.push(("many images", filled(size, &images, image, last)));
    let early = "{\"at\":0,\"report\":{\"task_id\":\"t\",\"kind\":\"k\",\"outcome\":\"pending\",\"cost\":null,\"row_ids\":[]}},";
    let open = "{\"task\":null,\"deliveries\":[],\"flushed\":0,\"clock\":{\"look_at\":0,\"looks\":0,\"adopt_at\":0,\"adoptions\":0,\"flush_at\":0,\"flush_failures\":0},\"early\":[";
    let close = format!("{}]}}\ngive_up\nflush_failed", early.trim_end_matches(','));
    cases.push((
        "sixteen early events",
        filled(open.len() + close.len() + 15 * early.len(), open, early, &close),
    ));
    cases
}

fn requests(size: usize) -> Vec<Case> {
    let mut cases = shapes(size, "/generate\n", "");
    let fields = [
        "prompt",
        "model",
        "count",
        "size",
        "negative_prompt",
        "inputs",
        "metadata",
        "prompts",
        "models",
        "x",
    ];
    for field in fields {
        let open = format!("/generate\n{{\"prompt\":\"p\",\"model\":\"m\",\"{field}\":");
        cases.extend(shapes(size, &open, "}"));
    }
    for field in ["url", "mode", "x"] {
        let open = format!("/tasks\n{{\"kind\":\"image.rate\",\"request\":{{\"{field}\":");
        cases.extend(shapes(size, &open, "}}"));
    }
    for unit in ["&", "limit=5&", "x=%00&", "=", "/", "%", "+", "?", "#"] {
        cases.push(("an address", filled(TOKEN, "https://a.example/tasks?", unit, "\n{}")));
    }
    cases.push(("slashes", filled(TOKEN, "/", "/", "\n{}")));
    cases
}
