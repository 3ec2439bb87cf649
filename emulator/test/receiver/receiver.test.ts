import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { startEmulator } from "../../emulator.ts";
import { SHARED_DEFAULTS } from "../../shared_options.ts";

const emulator = await startEmulator({ port: 0, webhookUrl: "" });
after(() => emulator.close());
const body = JSON.stringify({ type: "task.completed", timestamp: "2026-11-26T04:13:00.000Z", data: { taskId: "t" } });

function send(name: string, id: string, { secret = SHARED_DEFAULTS.receiverSecret, at = new Date() } = {}) {
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  const url = `${emulator.url}/receiver${name && `/${name}`}`;
  return fetch(url, { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout(2000) });
}

describe("the receiver", () => {
  test("takes what is signed with its secret, and shows it", async () => {
    assert.equal((await send("", "evt_1")).status, 200);
    assert.equal((await send("", "evt_1")).status, 200);
    const [first, second] = emulator.receiver.received;
    assert.deepEqual([first?.isRepeated, second?.isRepeated, first?.refused], [false, true, null]);
    const shown = await (await fetch(`${emulator.url}/receiver`)).text();
    assert.match(shown, /evt_1.*verified.*seen before/s);
  });

  test("refuses another secret, and takes a moved clock", async () => {
    assert.equal((await send("", "evt_2", { secret: "whsec_c29tZWJvZHkgZWxzZSdz" })).status, 401);
    assert.equal((await send("", "evt_3", { at: new Date(Date.now() + 86_400_000) })).status, 200);
  });

  test("fails by its plan, event by event, and takes what comes after", async () => {
    emulator.receiver.plans.set("rough", "500,429:7,301,reset,lost,410");
    const [first, second, third] = [await send("rough", "a"), await send("rough", "a"), await send("rough", "a")];
    assert.deepEqual([first.status, second.status, third.status], [500, 429, 301]);
    assert.equal(second.headers.get("retry-after"), "7");
    await assert.rejects(send("rough", "a"));
    await assert.rejects(send("rough", "a"));
    assert.equal((await send("rough", "a")).status, 410);
    assert.equal((await send("rough", "a")).status, 200);
    assert.equal((await send("rough", "b")).status, 500);
    const taken = emulator.receiver.received.filter(({ id, isTaken }) => id === "a" && isTaken);
    assert.deepEqual(
      taken.map(({ status, isRepeated }) => [status, isRepeated]),
      [
        [null, false],
        [200, false],
      ],
    );
  });
});
