/** Who may watch: tickets, tokens and origins, all checked before there is a socket. And other pages. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { inventedTaskId } from "./support/signatures.ts";
import { ticketOf } from "./support/tickets.ts";
import { upgrade } from "./support/watcher.ts";

const ALLOWED = "https://app.example";
const app = await startApp({
  vars: { ALLOWED_ORIGINS: `https://one.example, ${ALLOWED}`, PUBLIC_URL: "https://taskwire.example/x" },
});
after(() => app.close());
const ada = await app.as("ada");
const { taskId, live } = await ada.start();
const url = `${app.base}/tasks/${taskId}/live`;
const timeout = 20_000;

/** A ticket for this task, unless the fields say otherwise. */
const ticket = (fields: object = {}, secret?: string) =>
  ticketOf({ scope: { kind: "task", id: taskId }, ...fields }, secret);

const offered = (text: string) => ["taskwire", `ticket.${text}`];

async function refused(status: number, code: string, how: Parameters<typeof upgrade>[1], at = url): Promise<void> {
  const { status: got, text, headers } = await upgrade(at, how);
  assertRefused({ status: got, text, headers, body: text ? JSON.parse(text) : null }, status, code);
}

async function opens(how: Parameters<typeof upgrade>[1], at = url): Promise<void> {
  const answer = await upgrade(at, how);
  assert.equal(answer.status, 101, answer.text);
}

describe("a socket opens", { timeout }, () => {
  test("for a ticket as sub-protocol, for one in the query, and for a token", async () => {
    await opens({ protocols: offered(live.ticket) });
    await opens({ protocols: offered(ticket()) });
    await opens({}, `${url}?ticket=${live.ticket}`);
    await opens({ headers: { authorization: `Bearer ${ada.token}` } });
  });

  test("for our own pages and for those of a listed origin", async () => {
    for (const origin of [app.base, ALLOWED, "https://one.example", "https://taskwire.example"]) {
      await opens({ protocols: offered(live.ticket), headers: { origin } });
    }
  });
});

describe("a socket is refused, before the upgrade,", { timeout }, () => {
  test("without a ticket", () => refused(401, "unauthorized", {}));

  const bad: Record<string, () => string> = {
    "that is a word": () => "word",
    "that is empty": () => "",
    "of a payload alone": () => live.ticket.split(".").slice(0, 2).join("."),
    "that was changed": () => live.ticket.replace(/.$/, (last: string) => (last === "A" ? "Q" : "A")),
    "whose payload was changed": () => live.ticket.replace("v1.", "v1.AAAA"),
    "signed by another": () => ticket({}, "another secret"),
    "signed with an empty key": () => ticket({}, ""),
    "that has expired": () => ticket({ expiresAt: Date.now() - 1 }),
    "for another task": () => ticket({ scope: { kind: "task", id: inventedTaskId() } }),
    "for a feed": () => ticket({ scope: { kind: "tasks" } }),
    "for everything": () => ticket({ scope: { kind: "all" } }),
    "with more to say": () => ticket({ admin: true }),
    "that is endless": () => ticket({ user: "x".repeat(3000) }),
  };
  for (const [name, make] of Object.entries(bad)) {
    test(`for a ticket ${name}`, async () => {
      await refused(401, "invalid_ticket", {}, `${url}?ticket=${make()}`);
      if (make() !== "") await refused(401, "invalid_ticket", { protocols: offered(make()) });
    });
  }

  test("for a ticket of somebody whose task it is not", () =>
    refused(404, "not_found", { protocols: offered(ticket({ user: "eve" })) }));

  test("for a token of somebody else, exactly like for a task that does not exist", async () => {
    const headers = { authorization: `Bearer ${await app.emulator.token({ sub: "eve" })}` };
    await refused(404, "not_found", { headers });
    const answers = [url, `${app.base}/tasks/${inventedTaskId()}/live`].map((at) => upgrade(at, { headers }));
    const [mine, none] = await Promise.all(answers);
    assert.equal(mine?.text, none?.text);
  });

  test("for a page of another origin, whatever ticket it has", async () => {
    for (const origin of [
      "https://evil.example",
      "https://app.example.evil.example",
      "http://app.example",
      "https://x.app.example",
      "null",
      "https://app.example:8443",
    ]) {
      await refused(403, "forbidden_origin", { protocols: offered(live.ticket), headers: { origin } });
    }
  });

  test("for a plain request", async () => {
    assertRefused(await ada.call(`/tasks/${taskId}/live`), 426, "upgrade_required");
    assertRefused(await call(`${url}?ticket=${live.ticket}`), 426, "upgrade_required");
  });
});

describe("a ticket", { timeout }, () => {
  test("reads its own task, and opens nothing else", async () => {
    const query = `?ticket=${live.ticket}`;
    assert.equal((await call(`${app.base}/tasks/${taskId}${query}`)).status, 200);
    assertRefused(await call(`${app.base}/tasks/${(await ada.start()).taskId}${query}`), 401, "invalid_ticket");
    assertRefused(await call(`${app.base}/tasks${query}`), 401, "unauthorized");
    assertRefused(await call(`${app.base}/tasks/${taskId}/ticket${query}`, { method: "POST" }), 401, "unauthorized");
    assertRefused(await call(`${app.base}/generate${query}`, { method: "POST" }), 401, "unauthorized");
  });

  test("does not work as a token", async () => {
    assertRefused(
      await call(`${app.base}/tasks`, { headers: { authorization: `Bearer ${live.ticket}` } }),
      401,
      "unauthorized",
    );
  });
});

describe("a page of another origin", { timeout }, () => {
  const ask = (origin: string) =>
    call(`${app.base}/generate`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type, idempotency-key",
      },
    });

  test("may ask first, if it is listed", async () => {
    const answer = await ask(ALLOWED);
    assert.deepEqual([answer.status, answer.text], [204, ""]);
    assert.equal(answer.headers.get("access-control-allow-origin"), ALLOWED);
    assert.match(answer.headers.get("access-control-allow-methods") ?? "", /POST/);
    for (const header of ["authorization", "content-type", "idempotency-key", "if-none-match"]) {
      assert.ok(answer.headers.get("access-control-allow-headers")?.includes(header), header);
    }
    assert.equal(answer.headers.get("vary"), "origin");
    assert.equal(answer.headers.get("access-control-allow-credentials"), null);
  });

  test("may read answers, refusals too, if it is listed", async () => {
    for (const path of ["/tasks", `/tasks/${taskId}`, "/tasks/none"]) {
      const answer = await ada.call(path, { headers: { origin: ALLOWED } });
      assert.equal(answer.headers.get("access-control-allow-origin"), ALLOWED);
      assert.equal(answer.headers.get("access-control-expose-headers"), "etag, retry-after");
      assert.match(answer.headers.get("vary") ?? "", /origin/i);
    }
  });

  test("may do neither, if it is not", async () => {
    for (const origin of ["https://evil.example", "null", "https://app.example.evil.example"]) {
      const preflight = await ask(origin);
      assertRefused(preflight, 405, "method_not_allowed");
      const answer = await ada.call("/tasks", { headers: { origin } });
      for (const { headers } of [preflight, answer]) assert.equal(headers.get("access-control-allow-origin"), null);
    }
  });
});
