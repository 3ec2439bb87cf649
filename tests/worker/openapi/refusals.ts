/** Every refusal that is the Worker's own. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import WebSocket from "ws";
import { type Answer, assertRefused, call } from "../support/api.ts";
import { startApp } from "../support/app.ts";
import { READER_KEY, SERVER_KEY } from "../support/deployments.ts";
import { eventOf, inventedChannelId } from "../support/river.ts";
import { OTHER_BODIES } from "../support/samples.ts";
import { completedBody, inventedTaskId } from "../support/signatures.ts";
import {
  app,
  ask,
  bare,
  contract,
  cut,
  EARLY_LIMIT,
  good,
  refused,
  signed,
  strict,
  timeout,
  token,
} from "./deployed.ts";

/** The most sockets of a user on a feed. */
const USER_SOCKETS = 20;

/** They read their query. */
const QUERIED = [
  "GET /tasks",
  "GET /content",
  "GET /tasks/live",
  "GET /content/live",
  "GET /admin/deliveries",
  "GET /admin/stats",
  "GET /admin/events",
];

/** Whether it is for operators. */
const isOperators = (path: string) => path.startsWith("/admin/") || path === "/metrics";

describe("a refusal is as described:", { timeout }, () => {
  test("by another method", async () => {
    for (const operation of contract.operations) {
      const answer = await call(app.base + operation.path.replace(/\{\w+\}/, "x"), { method: "PUT" });
      assertRefused(answer, 405, "method_not_allowed");
      contract.check(operation, answer);
    }
  });

  test("without a token, with a wrong ticket, from a foreign page", async () => {
    await refused("unauthorized", ({ name }) => contract.ask(app.base, name, { id: "x" }));
    await refused("invalid_ticket", ({ name }) => contract.ask(app.base, name, { id: "x", query: "?ticket=word" }));
    await refused("forbidden_origin", ({ name }) =>
      ask(name, { id: "x", headers: { origin: "https://evil.example" } }),
    );
  });

  test("for a user who is not let in, and a server whose key is not for this, or that names nobody", async () => {
    const outsider = await strict.emulator.token();
    const asStranger = (token: string) => (name: string) => contract.ask(strict.base, name, { id: "x", token });
    await refused("forbidden", ({ name }) => asStranger(outsider)(name));
    const headers = { "taskwire-user": "eve" };
    await refused("ambiguous_user", ({ name }) => ask(name, { id: "x", headers }));
    await refused("insufficient_scope", ({ name, path }) =>
      asStranger(isOperators(path) ? READER_KEY : SERVER_KEY)(name),
    );
    await refused("validation_error", async ({ name, path }) =>
      path.startsWith("/webhooks") || isOperators(path) ? undefined : asStranger(READER_KEY)(name),
    );
  });

  test("for what is not there, or not so", async () => {
    await refused("not_found", ({ name, isSocket }) =>
      isSocket ? contract.dial(app.base, name, { id: "none", token }) : ask(name, { id: "none" }),
    );
    await refused("upgrade_required", ({ name }) => ask(name, { id: "none" }));
  });

  test("for one socket more than a user has on a feed", async () => {
    await refused("too_many_sockets", async ({ name, path }) => {
      const url = app.base.replace("http", "ws") + path;
      const headers = { authorization: `Bearer ${(await app.as(path)).token}` };
      const sockets = Array.from({ length: USER_SOCKETS }, () => new WebSocket(url, { headers }));
      const signal = AbortSignal.timeout(10_000);
      await Promise.all(sockets.map((socket) => once(socket, "open", { signal })));
      const answer = await contract.dial(app.base, name, { token: (await app.as(path)).token });
      for (const socket of sockets) socket.terminate();
      return answer;
    });
  });

  test("for a body that is too large, no JSON, or wrong", async () => {
    const large = "x".repeat(1024 * 1024 + 1);
    await refused("unsupported_media_type", ({ name }) =>
      ask(name, { body: "{}", headers: { "content-type": "text/plain" } }),
    );
    await refused("payload_too_large", async ({ name, path }) =>
      path.includes("{") ? undefined : ask(name, { body: large }),
    );
    await refused("malformed_json", ({ name }) => ask(name, { body: "{" }));
    await refused("validation_error", async ({ name, path, isSocket, takesBody }) => {
      if (!takesBody && !QUERIED.includes(name)) return undefined;
      if (takesBody) return path.includes("{") ? undefined : ask(name, { body: {} });
      if (isSocket) return contract.dial(app.base, name, { token, query: "?after=none&since=none" });
      return ask(name, { query: "?colour=red" });
    });
  });

  test("for a key of another request", async () => {
    await refused("idempotency_conflict", async ({ name }) => {
      const headers = { "idempotency-key": name.replace(" ", ":") };
      await ask(name, { body: good(name), headers });
      return ask(name, { body: OTHER_BODIES[name] as object, headers });
    });
  });

  test("for a webhook that nobody signed, or that makes no sense", async () => {
    await refused("invalid_signature", ({ name }) => ask(name, { id: "x", body: "{}" }));
    await refused("malformed_event", async ({ name, path }) =>
      path.includes("{") ? undefined : ask(name, { body: "{}", headers: signed("{}") }),
    );
  });

  test("where a limit is reached, or nobody knows what it costs", async () => {
    const none = { amount: "0", per: "1d" };
    const limits: Record<string, object> = {
      rate_limited: { starts: { limit: 0, per: "1d" } },
      too_many_running: { running: 0 },
      budget_exceeded: { budget: none },
      price_unknown: { budget: none },
    };
    for (const [code, wanted] of Object.entries(limits)) {
      const limited = await startApp({
        vars: ({ url }) => ({
          LIMITS: JSON.stringify({ default: wanted }),
          PRICES: code === "price_unknown" ? null : '{"*":"0.01"}',
          MYNTH_API_URL: `${url}/nowhere`,
        }),
      });
      const { token } = await limited.as("ada");
      await refused(code, ({ name }) => contract.ask(limited.base, name, { token, body: good(name) }));
      assert.equal((await contract.ask(limited.base, "GET /usage", { token })).status, 200);
      await limited.close();
    }
  });

  test("where nothing is configured", async () => {
    await refused("not_configured", ({ name }) => contract.ask(bare.base, name, { id: "x", token }));
  });

  test("where the issuer, D1 or the room for one more event is missing", async () => {
    const channel = inventedChannelId();
    const task = inventedTaskId();
    await cut.sql("DROP TABLE idempotency_keys");
    await cut.sql("DROP TABLE tasks");
    await refused("unavailable", async ({ name, path }) => {
      if (!path.startsWith("/webhooks")) return contract.ask(cut.base, name, { id: "x", token });
      if (path.includes("{")) return undefined;
      let last: Answer | undefined;
      for (let i = 0; i <= EARLY_LIMIT; i++) {
        const event = path.endsWith("mynth")
          ? JSON.parse(completedBody(task))
          : eventOf(channel, {}, { type: `task.${i}.failed` });
        const body = JSON.stringify(event);
        last = await contract.ask(cut.base, name, { body, headers: signed(body) });
      }
      return last;
    });
  });
});
