/** Webhooks that nobody signed, or not so, or not now; and signed ones that cannot be read. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import {
  completedBody,
  hexHeaders,
  inventedTaskId,
  nowSeconds,
  SCHEMES,
  SECRET,
  sendWebhook,
  standardHeaders,
} from "./support/signatures.ts";
import { upload } from "./support/upload.ts";

const app = await startApp({ shim: true });
after(() => app.close());
const ada = await app.as("ada");
const timeout = 20_000;

/** Changes one character, and keeps it one of its kind. */
const changed = (text: string, at = 20) => text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);

describe("a webhook is refused, and makes no object,", { timeout }, () => {
  type Change = (headers: Record<string, string>, body: string) => [headers: Record<string, string>, body: string];
  const common: Record<string, Change> = {
    "that nobody signed": (_, body) => [{}, body],
    "whose body was changed": (headers, body) => [headers, body.replace("img_1", "img_2")],
    "whose body got a space": (headers, body) => [headers, `${body} `],
    "whose body is gone": (headers) => [headers, ""],
  };
  const own: Record<keyof typeof SCHEMES, Record<string, Change>> = {
    g2: {
      "with an empty signature": (_, body) => [{ "x-mynth-signature": "" }, body],
      "with a word for a signature": (_, body) => [{ "x-mynth-signature": "signed" }, body],
      "with another signature": (h, body) => [{ "x-mynth-signature": changed(h["x-mynth-signature"] ?? "", 30) }, body],
      "with half a signature": (h, body) => [
        { "x-mynth-signature": h["x-mynth-signature"]?.slice(0, -32) ?? "" },
        body,
      ],
      "with a signature and no time": (h, body) => [
        { "x-mynth-signature": h["x-mynth-signature"]?.replace(/^t=\d+,/, "") ?? "" },
        body,
      ],
      "with another time": (h, body) => [
        { "x-mynth-signature": h["x-mynth-signature"]?.replace(/^t=\d+/, `t=${nowSeconds() - 10}`) ?? "" },
        body,
      ],
      "with a signature of the body alone": (_, body) => [
        { "x-mynth-signature": `t=${nowSeconds()},v1=${createHmac("sha256", SECRET).update(body).digest("hex")}` },
        body,
      ],
    },
    g3: {
      "with a delivery id and no signature": (_, body) => [{ "x-mynth-delivery": "delivery-1" }, body],
    },
    g4: {
      "without its id": ({ "webhook-id": _, ...rest }, body) => [rest, body],
      "without its time": ({ "webhook-timestamp": _, ...rest }, body) => [rest, body],
      "with another id": (h, body) => [{ ...h, "webhook-id": `${h["webhook-id"]}0` }, body],
      "with another time": (h, body) => [{ ...h, "webhook-timestamp": String(nowSeconds() - 10) }, body],
      "with another signature": (h, body) => [
        { ...h, "webhook-signature": changed(h["webhook-signature"] ?? "") },
        body,
      ],
      "with a signature of another version": (h, body) => [
        { ...h, "webhook-signature": h["webhook-signature"]?.replace("v1,", "v2,") ?? "" },
        body,
      ],
      "with an empty signature": (h, body) => [{ ...h, "webhook-signature": "" }, body],
    },
  };
  for (const [scheme, sign] of Object.entries(SCHEMES) as [keyof typeof SCHEMES, typeof SCHEMES.g4][]) {
    const refuse = async (headers: Record<string, string>, body: string, taskId: string) => {
      assertRefused(await sendWebhook(app.base, body, headers), 401, "invalid_signature");
      assert.equal((await app.shim())[taskId], undefined);
    };
    for (const [name, change] of Object.entries({ ...common, ...own[scheme] })) {
      test(`${name}, as ${scheme}`, async () => {
        const taskId = inventedTaskId();
        const body = completedBody(taskId);
        const [headers, sent] = change(sign(body), body);
        await refuse(headers, sent, taskId);
        // The test can tell: unchanged, it is taken.
        assert.equal((await sendWebhook(app.base, body, sign(body))).status, 200);
      });
    }
    for (const [name, secret] of [
      ["another secret", "whsec_YW5vdGhlcg=="],
      ["an empty secret", ""],
    ] as const) {
      test(`signed with ${name}, as ${scheme}`, async () => {
        const taskId = inventedTaskId();
        const body = completedBody(taskId);
        await refuse(sign(body, { secret }), body, taskId);
      });
    }
    for (const [name, age] of [
      ["that is old", 301],
      ["from the future", -303],
      ["from another year", 40_000_000],
    ] as const) {
      test(`${name}, as ${scheme}`, async () => {
        const taskId = inventedTaskId();
        const body = completedBody(taskId);
        await refuse(sign(body, { time: nowSeconds() - age }), body, taskId);
      });
    }
  }

  test("with no time in it at all", async () => {
    const taskId = inventedTaskId();
    const body = completedBody(taskId);
    for (const time of [Number.NaN, -1, 1.5]) {
      assertRefused(await sendWebhook(app.base, body, standardHeaders(body, { time })), 401, "invalid_signature");
      assertRefused(await sendWebhook(app.base, body, hexHeaders(body, { time })), 401, "invalid_signature");
    }
    assert.equal((await app.shim())[taskId], undefined);
  });

  test("that is larger than half a megabyte, by its length and without one", async () => {
    const body = "x".repeat(512 * 1024 + 1);
    assertRefused(await sendWebhook(app.base, body, hexHeaders(body)), 413, "payload_too_large");
    const pieces = Array(40).fill("x".repeat(64 * 1024));
    assertRefused(await upload(`${app.base}/webhooks/mynth`, {}, pieces), 413, "payload_too_large");
  });

  test("that is larger than half a megabyte, and says that it is small", async () => {
    const pieces = Array(40).fill("x".repeat(64 * 1024));
    const lie = { "content-length": "10", "transfer-encoding": "chunked" };
    const answer = await upload(`${app.base}/webhooks/mynth`, lie, pieces);
    assertRefused(answer, 413, "payload_too_large");
  });
});

describe("a webhook is taken", { timeout }, () => {
  test("of half a megabyte, of any content type", async () => {
    const { taskId } = await ada.start();
    const body = completedBody(taskId).padEnd(512 * 1024, " ");
    const answer = await upload(`${app.base}/webhooks/mynth`, hexHeaders(body), [body]);
    assert.deepEqual([answer.status, answer.body], [200, { received: true }]);
    assert.equal((await ada.task(taskId)).status, "completed");
  });

  test("with one good signature among bad ones", async () => {
    const { taskId } = await ada.start();
    const body = completedBody(taskId);
    const hex = hexHeaders(body)["x-mynth-signature"] ?? "";
    const [time, good] = hex.split(",");
    const header = `${time}, v1=zz, v1=${"0".repeat(64)}, ${good}, v0=1`;
    assert.equal((await sendWebhook(app.base, body, { "x-mynth-signature": header })).status, 200);
    const standard = standardHeaders(body);
    const bad = hexHeaders(body, { secret: "x" })["x-mynth-signature"];
    const signature = `v1a,xx v1,${"A".repeat(43)}= ${standard["webhook-signature"]} ${bad}`;
    assert.equal((await sendWebhook(app.base, body, { ...standard, "webhook-signature": signature })).status, 200);
  });
});

describe("a signed webhook that is no event is a 400", { timeout }, () => {
  const bodies: [body: string, path: string][] = [
    ["", ""],
    ["{", ""],
    ["[]", ""],
    ['"task.image.generate.completed"', ""],
    ["{}", "type"],
    ['{"event":5,"type":{}}', "type"],
    ['{"event":"task.image.generate.completed"}', "task.id"],
    ['{"event":"task.image.generate.completed","task":{"id":""}}', "task.id"],
    ['{"event":"task.image.generate.completed","task":{"id":"../tsk_1"}}', "task.id"],
    [`{"event":"task.image.generate.failed","task":{"id":"${"x".repeat(129)}"}}`, "task.id"],
    ['{"type":"task.image.generate.completed"}', "data"],
    ['{"type":"task.image.generate.completed","data":[]}', "data"],
    ['{"type":"task.image.generate.completed","data":{"status":"completed"}}', "data.id"],
    ['{"type":"task.image.generate.completed","data":{"id":7}}', "data.id"],
  ];
  for (const [body, path] of bodies) {
    test(body.slice(0, 80) || "nothing", async () => {
      for (const sign of Object.values(SCHEMES)) {
        const answer = await sendWebhook(app.base, body, sign(body));
        assertRefused(answer, 400, "malformed_event");
        assert.equal(answer.body.error.issues[0].path, path);
      }
    });
  }
});

describe("a signed event with another id than its delivery", { timeout }, () => {
  test("is a 400 that names it, and changes nothing; with its own it is taken", async () => {
    const { taskId } = await ada.start();
    const data = { id: taskId, status: "completed", result: { images: [] } };
    const body = JSON.stringify({ id: "evt_own", type: "task.image.generate.completed", data });
    const answer = await sendWebhook(app.base, body, standardHeaders(body, { id: "evt_other" }));
    assertRefused(answer, 400, "malformed_event");
    const message = "The event's id is not that of its webhook-id header.";
    assert.deepEqual(answer.body.error.issues, [{ path: "id", message }]);
    assert.equal((await ada.task(taskId)).status, "pending");
    assert.equal((await sendWebhook(app.base, body, standardHeaders(body))).status, 200);
    assert.equal((await ada.task(taskId)).status, "completed");
  });
});

describe("two secrets, while one is replaced,", { timeout }, () => {
  test("are both good, separated by spaces or commas", async () => {
    const secrets = [SECRET, "whsec_bmV3", "plain-old"];
    const other = await startApp({ vars: { MYNTH_WEBHOOK_SECRET: `${secrets[0]}, ${secrets[1]} ${secrets[2]}` } });
    try {
      const body = completedBody(inventedTaskId());
      for (const secret of secrets) {
        assert.equal((await sendWebhook(other.base, body, hexHeaders(body, { secret }))).status, 200, secret);
      }
      for (const secret of secrets.slice(0, 2)) {
        assert.equal((await sendWebhook(other.base, body, standardHeaders(body, { secret }))).status, 200, secret);
      }
      for (const secret of ["", "whsec_", "other", secrets.join(" ")]) {
        assertRefused(await sendWebhook(other.base, body, hexHeaders(body, { secret })), 401, "invalid_signature");
      }
    } finally {
      await other.close();
    }
  });
});
