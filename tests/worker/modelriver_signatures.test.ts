/** ModelRiver's webhooks: good in either of two schemes, and refused, without an object, in neither. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Answer, assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { variables } from "./support/deployment.ts";
import {
  bodyHeaders,
  contentRow,
  contentRows,
  dataHeaders,
  eventOf,
  inventedChannelId,
  RIVER_SCHEMES,
  sendRiver,
} from "./support/river.ts";
import { nowSeconds } from "./support/signatures.ts";
import { upload } from "./support/upload.ts";

const app = await startApp({ shim: true });
after(() => app.close());
const timeout = 30_000;
const SECRET = variables("http://127.0.0.1").MODELRIVER_WEBHOOK_SECRET ?? "";
const SCHEMES = Object.entries(RIVER_SCHEMES) as [keyof typeof RIVER_SCHEMES, typeof bodyHeaders][];
const LIMIT = 512 * 1024;

/** Everything inside of `data`, so that it is signed in both schemes. */
function signedBody(channelId: string, description = "A heist."): string {
  const { channel_id, ...event } = eventOf(channelId, { title: "Inception", description }) as { channel_id: string };
  return JSON.stringify({ channel_id, data: event });
}

async function isRefused(channelId: string, body: string, headers: Record<string, string>): Promise<void> {
  assertRefused(await sendRiver(app.base, body, headers), 401, "invalid_signature", JSON.stringify(headers));
  assert.equal((await app.shim())[`channel:${channelId}`], undefined);
  assert.deepEqual(await contentRows(app, channelId), []);
}

async function isTaken(channelId: string, body: string, headers: Record<string, string>): Promise<void> {
  const answer = await sendRiver(app.base, body, headers);
  assert.deepEqual([answer.status, answer.body], [200, { received: true }], answer.text);
  assert.equal((await contentRow(app, channelId)).title, "Inception");
}

const NAMES = { a: "mr-signature", b: "x-modelriver-signature" };

for (const [scheme, sign] of SCHEMES) {
  const name = NAMES[scheme];
  const changed = (headers: Record<string, string>, to: (signature: string) => string) => ({
    ...headers,
    [name]: to(headers[name] ?? ""),
  });

  describe(`a webhook, in scheme ${scheme},`, { timeout }, () => {
    test("is taken when it is signed, and is a row", async () => {
      const channelId = inventedChannelId();
      const body = signedBody(channelId);
      await isTaken(channelId, body, sign(body));
    });

    type Change = (headers: Record<string, string>, body: string) => [headers: Record<string, string>, body: string];
    const changes: Record<string, Change> = {
      "nobody signed it": (_, body) => [{}, body],
      "its text was changed": (headers, body) => [headers, body.replace("heist", "feast")],
      "its body is gone": (headers) => [headers, ""],
      "its signature is empty": (headers, body) => [changed(headers, () => ""), body],
      "its signature is a word": (headers, body) => [changed(headers, () => "signed"), body],
      "one digit is another": (headers, body) => [
        changed(headers, (text) => (text.startsWith("0") ? "1" : "0") + text.slice(1)),
        body,
      ],
      "half of its signature is missing": (headers, body) => [changed(headers, (text) => text.slice(0, 32)), body],
      "its signature has more behind it": (headers, body) => [changed(headers, (text) => `${text}00`), body],
    };
    for (const [how, change] of Object.entries(changes)) {
      test(`is refused when ${how}`, async () => {
        const channelId = inventedChannelId();
        const body = signedBody(channelId);
        const [headers, sent] = change(sign(body), body);
        await isRefused(channelId, sent, headers);
        // The test can tell: unchanged, it is taken.
        await isTaken(channelId, body, sign(body));
      });
    }

    for (const secret of ["", " ", "another", "undefined", `${SECRET} `, SECRET.toUpperCase()]) {
      test(`is refused when it is signed with ${JSON.stringify(secret)}`, async () => {
        const channelId = inventedChannelId();
        const body = signedBody(channelId);
        await isRefused(channelId, body, sign(body, { secret }));
      });
    }

    test("is refused when it is larger than half a megabyte, by its length and without one", async () => {
      const body = "x".repeat(LIMIT + 1);
      assertRefused(await sendRiver(app.base, body, sign(body)), 413, "payload_too_large");
      const pieces = Array(40).fill("x".repeat(64 * 1024));
      assertRefused(await upload(`${app.base}/webhooks/modelriver`, {}, pieces), 413, "payload_too_large");
    });

    test("is taken at just that size, and is a row as long", async () => {
      const channelId = inventedChannelId();
      const room = LIMIT - signedBody(channelId, "").length;
      const body = signedBody(channelId, "x".repeat(room));
      assert.equal(body.length, LIMIT);
      await isTaken(channelId, body, sign(body));
      assert.equal((await contentRow(app, channelId)).body.length, room);
    });
  });
}

describe("the time in scheme b", { timeout }, () => {
  /** Sent and answered within one second of the clock, so that its age is what it says. */
  async function inOneSecond(send: (now: number) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const now = nowSeconds();
      const answer = await send(now);
      if (nowSeconds() === now) return answer;
    }
  }
  const aged = (age: number) => {
    const body = signedBody(inventedChannelId());
    return inOneSecond((now) => sendRiver(app.base, body, dataHeaders(body, { time: now - age })));
  };

  test("may be 300 seconds off, either way", async () => {
    for (const age of [300, -300]) assert.equal((await aged(age)).status, 200, `${age}`);
  });

  test("may not be 301 seconds off, nor a year", async () => {
    for (const age of [301, -301, 31_536_000]) assertRefused(await aged(age), 401, "invalid_signature", `${age}`);
  });

  test("is signed", async () => {
    const channelId = inventedChannelId();
    const body = signedBody(channelId);
    await isRefused(channelId, body, { ...dataHeaders(body), "x-modelriver-timestamp": String(nowSeconds() - 10) });
    const { "x-modelriver-timestamp": _, ...timeless } = dataHeaders(body);
    await isRefused(channelId, body, timeless);
    for (const time of [Number.NaN, -1, 1.5]) await isRefused(channelId, body, dataHeaders(body, { time }));
  });
});

describe("what is signed", { timeout }, () => {
  test("in scheme a is the body to the byte, and its headers beside it are not", async () => {
    const channelId = inventedChannelId();
    const body = signedBody(channelId);
    await isRefused(channelId, `${body} `, bodyHeaders(body));
    await isTaken(channelId, body, { ...bodyHeaders(body), "mr-timestamp": "long ago" });
  });

  test("in scheme b is the data as it is written, whatever its spaces, numbers and escapes", async () => {
    for (const [scheme, indent] of [
      ["a", 3],
      ["b", 3],
      ["b", 0],
    ] as const) {
      const channel = app.emulator.modelriver.start({
        workflow: "films",
        messages: [{ role: "user", content: "a film [nested]" }],
      });
      const [attempt] = await app.emulator.modelriver.deliver(channel.id, { scheme, indent });
      assert.equal(attempt?.status, 200);
      await contentRow(app, channel.id);
    }
    // JSON that would be written in another way once it was read.
    const channelId = inventedChannelId();
    const data = `{ "type":"task.ai_generated",\n "ai_response": {"data":{"title":"Inc\\u0065ption","n":1.0e2,"a\\/b":"}\\"{"}} }`;
    const body = `{"channel_id": "${channelId}" ,"data"  :  ${data}  }`;
    const time = nowSeconds();
    const signature = bodyHeaders(`${time}.${data}`)["mr-signature"] ?? "";
    await isTaken(channelId, body, { "x-modelriver-signature": signature, "x-modelriver-timestamp": String(time) });
  });

  test("in scheme b is the whole body where it has no data", async () => {
    const channelId = inventedChannelId();
    const body = JSON.stringify(eventOf(channelId));
    await isRefused(channelId, body.replace("new_movie", "old_movie"), dataHeaders(body));
    await isTaken(channelId, body, dataHeaders(body));
  });

  test("in both schemes at once may be wrong in one, and not in both", async () => {
    const good = (body: string) => ({ a: bodyHeaders(body), b: dataHeaders(body) });
    const bad = (body: string) => ({ a: bodyHeaders(body, { secret: "x" }), b: dataHeaders(body, { secret: "x" }) });
    for (const [a, b, taken] of [
      [good, good, true],
      [good, bad, true],
      [bad, good, true],
      [bad, bad, false],
    ] as const) {
      const channelId = inventedChannelId();
      const body = signedBody(channelId);
      await (taken ? isTaken : isRefused)(channelId, body, { ...a(body).a, ...b(body).b });
    }
  });
});

describe("a webhook that is signed and says nothing is a 400", { timeout }, () => {
  const id = inventedChannelId();
  const bodies: [body: string, path: string][] = [
    ["{}", "type"],
    ['{"type":5}', "type"],
    [`{"channel_id":"${id}","data":{}}`, "type"],
    ['{"type":"task.completed","data":{}}', "channel_id"],
    ['{"type":"task.ai_generated","channel_id":""}', "channel_id"],
    ['{"type":"task.ai_generated","channel_id":"../x"}', "channel_id"],
    [`{"type":"task.failed","channel_id":"${"x".repeat(129)}"}`, "channel_id"],
  ];
  for (const [body, path] of bodies) {
    test(body.slice(0, 70), async () => {
      for (const [, sign] of SCHEMES) {
        const answer = await sendRiver(app.base, body, sign(body));
        assertRefused(answer, 400, "malformed_event");
        assert.equal(answer.body.error.issues[0].path, path);
      }
    });
  }

  test("and so is what is no JSON object; in scheme b, where its data is signed, it is not signed at all", async () => {
    for (const body of ["", "{", "[]", '"task.completed"', "a=b", '{"type":"task.completed"']) {
      assertRefused(await sendRiver(app.base, body, bodyHeaders(body)), 400, "malformed_event", body);
      assertRefused(await sendRiver(app.base, body, dataHeaders(body)), 401, "invalid_signature", body);
    }
  });

  test("and another method than POST is a 405", async () => {
    const answer = await call(`${app.base}/webhooks/modelriver`);
    assertRefused(answer, 405, "method_not_allowed");
    assert.equal(answer.headers.get("allow"), "POST");
  });
});

describe("MODELRIVER_WEBHOOK_SECRET", { timeout }, () => {
  for (const [how, value] of [
    ["missing", null],
    ["blank", " , "],
  ] as const) {
    test(`${how} is a 503 that names it, and no signature is good`, async () => {
      const other = await startApp({ vars: { MODELRIVER_WEBHOOK_SECRET: value }, shim: true });
      try {
        const channelId = inventedChannelId();
        const body = signedBody(channelId);
        for (const [, sign] of SCHEMES) {
          for (const secret of ["", " ", ",", "undefined", "null", SECRET]) {
            const answer = await sendRiver(other.base, body, sign(body, { secret }));
            assertRefused(answer, 503, "not_configured");
            assert.equal(answer.body.error.message, "MODELRIVER_WEBHOOK_SECRET is not set.");
          }
        }
        assert.equal((await other.shim())[`channel:${channelId}`], undefined);
      } finally {
        await other.close();
      }
    });
  }

  test("may list several while one is replaced", async () => {
    const secrets = [SECRET, "new-one", "whsec_b2xk"];
    const other = await startApp({ vars: { MODELRIVER_WEBHOOK_SECRET: secrets.join(", ") } });
    try {
      for (const [, sign] of SCHEMES) {
        const body = signedBody(inventedChannelId());
        for (const secret of secrets)
          assert.equal((await sendRiver(other.base, body, sign(body, { secret }))).status, 200, secret);
        assertRefused(
          await sendRiver(other.base, body, sign(body, { secret: secrets.join(", ") })),
          401,
          "invalid_signature",
        );
      }
    } finally {
      await other.close();
    }
  });
});
