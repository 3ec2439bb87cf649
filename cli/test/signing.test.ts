import assert from "node:assert/strict";
import { createHash, createHmac, createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import { verifyEvent } from "../../server/src/verify_event.ts";
import { localKey, localKeySet } from "../src/local_secret.ts";
import { eventHeaders, webhookHeaders } from "../src/signing.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const now = Math.floor(Date.now() / 1000);
const hex = (text: string) => createHmac("sha256", secret).update(text).digest("hex");
const headers = (provider: "mynth" | "modelriver" | "replicate" | "fal", body: string) =>
  webhookHeaders({ provider, id: "msg_1", event: "e", body }, { secret, key: localKey(secret) }, now);

test("a current webhook of Mynth's is signed as Standard Webhooks, with the id of its body", () => {
  const body = '{"id":"evt_1","type":"task.image.rate.completed","data":{}}';
  const found = headers("mynth", body);
  assert.equal(found["webhook-id"], "evt_1");
  new Webhook(secret).verify(body, found);
});

test("an earlier one, which names its event so, is signed as those were", () => {
  const body = '{"event":"task.image.rate.completed","task":{"id":"tsk_1"}}';
  const found = headers("mynth", body);
  assert.equal(found["x-mynth-signature"], `t=${now},v1=${hex(`${now}.${body}`)}`);
  assert.equal(found["x-mynth-delivery"], "msg_1");
  assert.equal(found["webhook-id"], undefined);
});

test("ModelRiver's is the hex of the body, and Replicate's Standard Webhooks", () => {
  const body = '{"type":"task.completed","channel_id":"ch_1"}';
  const found = headers("modelriver", body);
  assert.equal(found["mr-signature"], hex(body));
  assert.equal(found["mr-channel-id"], "ch_1");
  new Webhook(secret).verify("{}", headers("replicate", "{}"));
});

test("fal's is good under the key set that --print-secret shows", () => {
  const body = '{"request_id":"r_1","status":"OK"}';
  const found = headers("fal", body);
  const [jwk] = localKeySet(secret).keys as { x: string }[];
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: jwk?.x ?? "" }, format: "jwk" });
  const hash = createHash("sha256").update(body).digest("hex");
  const text = ["r_1", found["x-fal-webhook-user-id"], String(now), hash].join("\n");
  assert.ok(verify(null, Buffer.from(text), key, Buffer.from(found["x-fal-webhook-signature"] ?? "", "hex")));
});

test("an event is one that verifyEvent takes", async () => {
  const body =
    '{"type":"task.completed","timestamp":"2026-11-26T04:13:00.000Z","data":{"taskId":"tsk_01","version":2}}';
  const event = await verifyEvent(body, eventHeaders("evt_tsk_01_2", body, secret, now), { secret });
  assert.equal(event.id, "evt_tsk_01_2");
  assert.equal(
    eventHeaders("evt_01", body, secret, 1795666380)["webhook-signature"],
    "v1,i5It0SygaBIkfo6t6NW52UHwIIDTjZXiavc/nUKGzdU=",
  );
});
