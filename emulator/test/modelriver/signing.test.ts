import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { signBody, signTimed } from "../../modelriver/signing.ts";
import { start, startReceiver } from "../receiver.ts";
import { begin } from "./calls.ts";

const hex = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex");

test("both schemes are lowercase hex under the secret as it is written", () => {
  // printf '{"a":1}' | openssl dgst -sha256 -hmac 'emulator secret'
  assert.equal(
    signBody("emulator secret", '{"a":1}'),
    "338593835457377794b35c42d5618aad6035959289130c7761eb46762649f3af",
  );
  // printf '1700000000.{"b": "é"}' | openssl dgst -sha256 -hmac 'emulator secret'
  assert.equal(
    signTimed("emulator secret", 1700000000, '{"b": "é"}'),
    "da03822dae0cc5b63852ecd65f3f210a8fc34901e3f074fbfec9235a1d710cda",
  );
});

test("scheme a signs the raw body, and names the time and the channel beside it", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { modelriver: { webhookUrl: receiver.url } });
  const id = await begin(emulator, "tea");
  await emulator.until(() => emulator.modelriver.deliveries.length > 0);
  const { headers, body } = receiver.received[0] ?? assert.fail();
  assert.equal(headers["mr-signature"], hex(emulator.options.modelriver.webhookSecret, body));
  assert.match(String(headers["mr-timestamp"]), /^\d{10}$/);
  assert.equal(headers["mr-channel-id"], id);
  assert.equal(headers["x-modelriver-signature"], undefined);
});

test("scheme b signs the time and the data's own bytes", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { autoDeliver: false, modelriver: { webhookUrl: receiver.url, scheme: "b" } });
  for (const words of ["[standard]", "[standard] [pretty]", "[nested] [pretty]"]) {
    const [attempt] = await emulator.modelriver.deliver(await begin(emulator, `tea "quoted" ${words}`));
    const { headers, body } = attempt ?? assert.fail();
    const data = objectAt(body, body.indexOf("{", body.indexOf('"data":')));
    assert.deepEqual(JSON.parse(data), JSON.parse(body).data);
    assert.equal(data.includes("\n"), words.includes("pretty"));
    const signed = `${headers["x-modelriver-timestamp"]}.${data}`;
    assert.equal(headers["x-modelriver-signature"], hex(emulator.options.modelriver.webhookSecret, signed), words);
    assert.equal(headers["mr-signature"], undefined);
    assert.equal(receiver.received.at(-1)?.body, body);
  }
});

test("scheme b signs the time and the whole body where there is no data", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { autoDeliver: false, modelriver: { webhookUrl: receiver.url } });
  for (const words of ["[scheme-b]", "[scheme-b] [standard] [fail]"]) {
    const [attempt] = await emulator.modelriver.deliver(await begin(emulator, `tea ${words}`));
    const { headers, body } = attempt ?? assert.fail();
    assert.equal("data" in JSON.parse(body), false);
    const signed = `${headers["x-modelriver-timestamp"]}.${body}`;
    assert.equal(headers["x-modelriver-signature"], hex(emulator.options.modelriver.webhookSecret, signed), words);
  }
});

/** The object that begins there, to its closing brace. */
function objectAt(text: string, from: number): string {
  for (let end = from; end < text.length; end += 1) {
    const value = text.slice(from, end + 1);
    if (text[end] === "}" && parses(value)) return value;
  }
  throw new Error("no object");
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
