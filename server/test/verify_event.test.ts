// Events: those that the server signs are taken, and nothing else is.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { EventError, type EventRefusal, verifyEvent } from "../src/verify_event.ts";

/** The known answer that the Rust code is tested with as well. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const AT = 1_795_666_380;
const BODY = '{"type":"task.completed","timestamp":"2026-11-26T04:13:00.000Z","data":{"taskId":"tsk_01","version":2}}';
const KNOWN = {
  "webhook-id": "evt_01",
  "webhook-timestamp": String(AT),
  "webhook-signature": "v1,i5It0SygaBIkfo6t6NW52UHwIIDTjZXiavc/nUKGzdU=",
};
const OTHER = "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyEh";

/** Headers as the package for senders makes them. */
function signed(body: string, { secret = SECRET, at = new Date(), id = "evt_tsk_01_2" } = {}) {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
}

async function refused(code: EventRefusal, attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => error instanceof EventError && error.code === code);
}

describe("an event", () => {
  test("with the known signature is good", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: AT * 1000 });
    const { id, data } = await verifyEvent(BODY, KNOWN, { secret: SECRET });
    assert.deepEqual([id, data], ["evt_01", { taskId: "tsk_01", version: 2 }]);
    await refused("bad_signature", verifyEvent(`${BODY} `, KNOWN, { secret: SECRET }));
  });

  test("is taken as text and as bytes, with the headers of fetch and of Node", async () => {
    const headers = signed(BODY);
    for (const body of [BODY, new TextEncoder().encode(BODY)]) {
      for (const each of [headers, new Headers(headers), { ...headers, "webhook-id": [headers["webhook-id"]] }]) {
        const event = await verifyEvent(body, each, { secret: SECRET });
        assert.deepEqual([event.id, event.version, event.type], ["evt_tsk_01_2", 2, "task.completed"]);
        assert.deepEqual(event.data, { taskId: "tsk_01", version: 2 });
      }
    }
  });

  test("is good by any of several secrets, of the sender and of the receiver", async () => {
    for (const secret of [`${OTHER} ${SECRET}`, `${SECRET},${OTHER}`, SECRET]) {
      assert.equal((await verifyEvent(BODY, signed(BODY), { secret })).version, 2);
    }
    const headers = signed(BODY, { secret: OTHER });
    const both = {
      ...headers,
      "webhook-signature": `${headers["webhook-signature"]} ${signed(BODY)["webhook-signature"]}`,
    };
    assert.equal((await verifyEvent(BODY, both, { secret: SECRET })).version, 2);
    await refused("bad_signature", verifyEvent(BODY, headers, { secret: SECRET }));
  });

  test("is refused with anything changed", async () => {
    const headers = signed(BODY);
    const changes = [
      { ...headers, "webhook-id": "evt_tsk_01_3" },
      { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) },
      { ...headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,") },
      { ...headers, "webhook-signature": "v1, v1,! v1,AAAA" },
    ];
    for (const changed of changes) await refused("bad_signature", verifyEvent(BODY, changed, { secret: SECRET }));
    for (const name of Object.keys(headers))
      await refused("missing_header", verifyEvent(BODY, { ...headers, [name]: undefined }, { secret: SECRET }));
  });

  test("is refused when it is too old or too new, and its signature is looked at first", async () => {
    for (const seconds of [-301, 302]) {
      const headers = signed(BODY, { at: new Date(Date.now() + seconds * 1000) });
      await refused("out_of_time", verifyEvent(BODY, headers, { secret: SECRET }));
      assert.equal((await verifyEvent(BODY, headers, { secret: SECRET, tolerance: 400 })).version, 2);
      await refused("bad_signature", verifyEvent(BODY, headers, { secret: OTHER }));
    }
  });

  test("that is signed and no event is malformed", async () => {
    for (const body of ["", "{", "[]", "null", '{"type":"x"}', '{"data":{}}']) {
      await refused("malformed", verifyEvent(body, signed(body), { secret: SECRET }));
    }
    await refused("malformed", verifyEvent(BODY, signed(BODY, { id: "evt_x" }), { secret: SECRET }));
  });
});

test("a wrong option is a TypeError that names it, and never shows it", async () => {
  for (const secret of ["", "hunter2", "whsec_", "whsec_!", `${SECRET} hunter2`, undefined as unknown as string]) {
    await assert.rejects(
      verifyEvent(BODY, signed(BODY), { secret }),
      (error) => error instanceof TypeError && /secret/.test(error.message) && !/hunter2/.test(error.message),
    );
  }
  await assert.rejects(verifyEvent(BODY, signed(BODY), { secret: SECRET, tolerance: -1 }), /tolerance/);
});
