/** While the token secret is replaced, what the old one has signed is still good. And what it signs has an end. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { completedBody } from "./support/signatures.ts";
import { sealed, ticketOf } from "./support/tickets.ts";
import { upgrade } from "./support/watcher.ts";

const timeout = 60_000;
const OLD = "the-former-secret-of-this-deployment";
const NEW = "the-new-secret-that-takes-its-place!";
const HOUR = 3_600_000;

/** Two secrets are listed, the new one first; webhooks are not signed. */
const app = await startApp({
  vars: {
    TASKWIRE_TOKEN_SECRET: `${NEW},\n${OLD}`,
    MYNTH_WEBHOOK_MODE: "request",
    PUBLIC_URL: "https://public.example",
    MYNTH_WEBHOOK_SECRET: null,
  },
  shim: true,
});
after(() => app.close());
const ada = await app.as("ada");

/** The payload of what was signed, and whether this secret has signed it. */
const isOf = (secret: string, purpose: string, text: string) =>
  text === sealed(purpose, JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()), secret);

/** The path of the webhook address that the provider was given. */
function pathOf(taskId: string): string {
  const task = app.emulator.tasks.get(taskId) as any;
  return new URL(task.sent.webhook.custom[0].url).pathname;
}
const send = (path: string, body: string) => call(app.base + path, { method: "POST", body });

describe("with a new token secret before the old one", { timeout }, () => {
  test("it is ready, and a ticket of either opens its task, but not one of a third", async () => {
    assert.equal((await call(`${app.base}/readyz`)).status, 200);
    const { taskId, live } = await ada.start();
    const scope = { kind: "task", id: taskId };
    for (const ticket of [live.ticket, ticketOf({ scope }, OLD), ticketOf({ scope }, NEW)]) {
      assert.equal((await call(`${app.base}/tasks/${taskId}?ticket=${ticket}`)).status, 200);
      assert.equal((await upgrade(app.base + live.url, { protocols: ["taskwire", `ticket.${ticket}`] })).status, 101);
    }
    const third = ticketOf({ scope }, `${NEW} ${OLD}`);
    assertRefused(await call(`${app.base}/tasks/${taskId}?ticket=${third}`), 401, "invalid_ticket");
  });

  test("the new one signs all tickets and addresses", async () => {
    const { taskId, live } = await ada.start();
    const fresh = await ada.post(`/tasks/${taskId}/ticket`, {});
    for (const ticket of [live.ticket, fresh.body.ticket]) {
      assert.ok(isOf(NEW, "taskwire ticket v1", ticket));
      assert.ok(!isOf(OLD, "taskwire ticket v1", ticket));
    }
    assert.ok(isOf(NEW, "taskwire webhook v1", pathOf(taskId).split("/").at(-1) ?? ""));
  });

  test("a webhook comes in at an address that the old one has signed", async () => {
    const { taskId } = await ada.start();
    const { user, key } = JSON.parse(Buffer.from(pathOf(taskId).split(".")[1] ?? "", "base64url").toString());
    const token = sealed("taskwire webhook v1", { user, key }, OLD);
    assert.equal((await send(`/webhooks/mynth/${token}`, completedBody(taskId))).status, 200);
    assert.equal((await ada.task(taskId)).status, "completed");
  });
});

test("a webhook's address is good for 75 hours, and is never logged", { timeout }, async (t) => {
  t.after(() => app.putClockForward(0));
  const { taskId } = await ada.start();
  const path = pathOf(taskId);
  const late = (await ada.start()).taskId;
  await app.putClockForward(75 * HOUR - 60_000);
  assert.equal((await send(path, completedBody(taskId))).status, 200);
  await app.putClockForward(75 * HOUR);
  assertRefused(await send(pathOf(late), completedBody(late)), 401, "invalid_signature");
  const [line] = app.lines("webhook_refused").slice(-1);
  assert.equal(line?.code, "invalid_signature");
  for (const token of [path, pathOf(late)].map((path) => path.split("/").at(-1) ?? "")) {
    assert.ok(!app.logs.some((line) => line.includes(token)));
  }
});
