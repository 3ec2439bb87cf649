/** What is not set fails the requests that need it, by its name, and no others. Never a weaker check. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";
import { completedBody, inventedTaskId, SCHEMES, sendWebhook } from "./support/signatures.ts";
import { ticketOf } from "./support/tickets.ts";

/** A Worker of its own for each case: seconds in all, more where the machine is busy. */
const timeout = 120_000;

async function without(vars: Record<string, string | null>, run: (app: App) => Promise<void>): Promise<void> {
  const app = await startApp({ vars, shim: true });
  try {
    await run(app);
  } finally {
    await app.close();
  }
}

/** Both ways to be missing. */
const GONE: [string, string | null][] = [
  ["missing", null],
  ["blank", " "],
];

describe("without", { timeout }, () => {
  for (const [how, value] of GONE) {
    test(`MYNTH_WEBHOOK_SECRET (${how}) no signature is good, least of all one of an empty key`, () =>
      without({ MYNTH_WEBHOOK_SECRET: value }, async (app) => {
        const taskId = inventedTaskId();
        const body = completedBody(taskId);
        for (const sign of Object.values(SCHEMES)) {
          for (const secret of ["", " ", "whsec_", "undefined", "null"]) {
            named(await sendWebhook(app.base, body, sign(body, { secret })), "MYNTH_WEBHOOK_SECRET");
          }
        }
        assert.equal((await app.shim())[taskId], undefined);
        assert.equal((await (await app.as("ada")).generate()).status, 201);
      }));

    test(`MYNTH_API_KEY (${how}) nothing is started, and no rows are made`, () =>
      without({ MYNTH_API_KEY: value }, async (app) => {
        named(await (await app.as("ada")).generate(), "MYNTH_API_KEY");
        assert.deepEqual(await app.sql("SELECT id FROM tasks"), []);
        assert.equal(app.starts, 0);
        await (await app.as("ada")).list();
      }));

    test(`TASKWIRE_TOKEN_SECRET (${how}) nothing is started that could not be watched, and no ticket is good`, () =>
      without({ TASKWIRE_TOKEN_SECRET: value }, async (app) => {
        named(await (await app.as("ada")).generate(), "TASKWIRE_TOKEN_SECRET");
        assert.equal(app.starts, 0);
        named(await call(`${app.base}/tasks/tsk_1?ticket=v1.e30.AAAA`), "TASKWIRE_TOKEN_SECRET");
      }));

    for (const name of ["AUTH_ISSUER", "AUTH_AUDIENCE"]) {
      test(`${name} (${how}) nobody is let in`, () =>
        without({ [name]: value }, async (app) => {
          for (const claims of [{}, { iss: "" }, { aud: "" }, { iss: null, aud: null }]) {
            const authorization = `Bearer ${await app.emulator.token(claims)}`;
            named(await call(`${app.base}/tasks`, { headers: { authorization } }), name);
          }
          assert.equal((await call(`${app.base}/healthz`)).status, 200);
        }));
    }
  }

  test("any of them it is not ready, and says which", () =>
    without(
      {
        MYNTH_API_KEY: null,
        MYNTH_WEBHOOK_SECRET: "",
        TASKWIRE_TOKEN_SECRET: null,
        AUTH_ISSUER: "",
        AUTH_AUDIENCE: null,
      },
      async (app) => {
        const answer = await call(`${app.base}/readyz`);
        assertRefused(answer, 503, "not_configured");
        const names = answer.body.error.issues.map(({ path }: any) => path).sort();
        for (const name of [
          "AUTH_AUDIENCE",
          "AUTH_ISSUER",
          "MYNTH_API_KEY",
          "MYNTH_WEBHOOK_SECRET",
          "TASKWIRE_TOKEN_SECRET",
        ]) {
          assert.ok(names.includes(name), `${name} in ${names}`);
        }
      },
    ));

  for (const [secret, wrong] of [
    ["short", "has less than 32 bytes"],
    [`${"n".repeat(32)} ${"o".repeat(31)}`, "has less than 32 bytes in its secret 2 of 2"],
  ]) {
    test(`32 bytes of TASKWIRE_TOKEN_SECRET (it ${wrong}) it is not ready, and nothing is signed or opened`, () =>
      without({ TASKWIRE_TOKEN_SECRET: secret ?? "", MYNTH_WEBHOOK_MODE: "request" }, async (app) => {
        const ada = await app.as("ada");
        const ticket = ticketOf({ scope: { kind: "task", id: "tsk_1" } }, secret);
        for (const answer of [
          await call(`${app.base}/readyz`),
          await ada.generate(),
          await ada.post("/tasks/ticket", {}),
          await call(`${app.base}/tasks/tsk_1?ticket=${ticket}`),
          await call(`${app.base}/webhooks/mynth/v1.e30.AAAA`, { method: "POST", body: "{}" }),
        ]) {
          assertRefused(answer, 503, "not_configured");
          assert.equal(answer.body.error.message, `TASKWIRE_TOKEN_SECRET ${wrong}.`);
        }
        assert.equal(app.starts, 0);
      }));
  }

  test("https an issuer is not trusted, unless it is on this machine", () =>
    without({ AUTH_ISSUER: "http://id.example" }, async (app) => {
      const answer = await (await app.as("ada")).call("/tasks");
      assertRefused(answer, 503, "not_configured");
      assert.match(answer.body.error.message, /^AUTH_ISSUER must be https/);
    }));
});

function named(answer: Awaited<ReturnType<typeof call>>, name: string): void {
  assertRefused(answer, 503, "not_configured");
  assert.equal(answer.body.error.message, `${name} is not set.`);
}
