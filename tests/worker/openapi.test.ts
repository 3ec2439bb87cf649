/**
 * The Worker does what openapi.json says, all of it: every answer and every refusal that is
 * described of any route is had from the running Worker, and is as described.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import WebSocket from "ws";
import { type Answer, assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { startDeployments } from "./support/deployments.ts";
import { watchFeed } from "./support/feed_watcher.ts";
import type { Instead } from "./support/proxy.ts";
import { begin, bodyHeaders, contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";
import { watchContent } from "./support/river_watcher.ts";
import { BODIES, KINDS, OTHER_BODIES, PROVIDER_REFUSALS, WHOLE } from "./support/samples.ts";
import { completedBody, inventedTaskId, standardHeaders } from "./support/signatures.ts";

const timeout = 60_000;

/** Promised, and not to be had by any request: a fault of ours that we know nothing of. */
const NEVER = /internal_error$/;

/** Events that are kept for a task that is not known yet, or of a channel. */
const EARLY_LIMIT = 16;

/** The most sockets of a user on a feed. */
const USER_SOCKETS = 20;

/** Bytes of the document, gzipped: it is a part of the Worker. */
const LARGEST = 8 * 1024;

const { app, proxy, bare, cut, request, contract, ada, token, ask, refused, close } = await startDeployments();
after(close);

const good = (name: string) => BODIES[name] as object;
const signed = (body: string) => ({ ...standardHeaders(body), ...bodyHeaders(body) });

/**
 * Asked again while the first request is under way, as if the process that had it had died. That is
 * refused after 20 s: meanwhile, everything else.
 */
const underWay = refused("idempotency_in_progress", async ({ name, path }) => {
  const { token } = await app.as(path);
  const asking = { body: good(name), token, headers: { "idempotency-key": "one" } };
  await ask(name, asking);
  // Another row than that of the task that was started: its room knows nothing of it.
  await app.sql(
    "UPDATE tasks SET id = substr(id, 1, 26) || 'zz', mynth_task_id = NULL, error = NULL WHERE user_id = ?",
    path,
  );
  await app.sql(
    "UPDATE idempotency_keys SET task_id = substr(task_id, 1, 26) || 'zz' WHERE user_id = ? AND length(task_id) = 28",
    path,
  );
  await app.sql("UPDATE idempotency_keys SET task_id = 'ai:under way' WHERE user_id = ? AND task_id LIKE 'ai:%'", path);
  return ask(name, asking);
});

describe("openapi.json", { timeout }, () => {
  test("is served as it is in the repository, may be kept by anybody, and is small", async () => {
    const answer = await contract.ask(app.base, "GET /openapi.json");
    assert.equal(answer.text, readFileSync(new URL("../../openapi.json", import.meta.url), "utf8"));
    assert.equal(answer.headers.get("cache-control"), "public, max-age=3600");
    assert.match(answer.body.openapi, /^3\.1\./);
    assert.ok(gzipSync(answer.text).length < LARGEST);
  });
});

describe("a good request is answered as described:", { timeout }, () => {
  test("starts", async () => {
    assert.equal((await ask("POST /generate", { body: WHOLE })).status, 201);
    for (const [name, body] of Object.entries(BODIES)) {
      const answer = await ask(name, { body });
      assert.equal(answer.status, name === "POST /estimate" ? 200 : 201, answer.text);
    }
    for (const [kind, request] of Object.entries(KINDS)) {
      assert.equal((await ask("POST /tasks", { body: { kind, request } })).status, 201);
    }
  });

  test("tasks of every kind and in every state", async () => {
    const [one, two, three] = [
      await ada.start(),
      await ada.start({ prompt: "[partial] fox", count: 3 }),
      await ada.start(),
    ];
    await app.emulator.deliver(two.taskId);
    await app.emulator.deliver(three.taskId, { event: "failed" });
    for (const { taskId: id } of [one, two, three]) {
      const { headers } = await ask("GET /tasks/{id}", { id });
      const known = await ask("GET /tasks/{id}", { id, headers: { "if-none-match": headers.get("etag") ?? "" } });
      assert.equal(known.status, 304);
    }
    const rated = await ask("POST /tasks", { body: { kind: "image.review", request: KINDS["image.review"] } });
    await app.emulator.deliver(rated.body.taskId);
    const { batchId: id } = (await ask("POST /generate/batch", { body: good("POST /generate/batch") })).body;
    const { headers } = await ask("GET /batches/{id}", { id });
    assert.equal(
      (await ask("GET /batches/{id}", { id, headers: { "if-none-match": headers.get("etag") ?? "" } })).status,
      304,
    );
    const page = await ask("GET /tasks", { query: "?limit=1" });
    await ask("GET /tasks", { query: `?limit=100&cursor=${page.body.nextCursor}&status=failed&kind=image.generate` });
    const { body } = await ask("GET /tasks", { query: "?limit=100" });
    const states = new Set(body.tasks.map(({ status }: any) => status));
    assert.deepEqual(states, new Set(["pending", "completed", "failed"]));
  });

  test("ModelRiver's channels and rows", async () => {
    const { channelId: id } = (await ask("POST /ai", { body: good("POST /ai") })).body;
    const before = await ask("GET /channels/{id}", { id });
    assert.equal(
      (await ask("GET /channels/{id}", { id, headers: { "if-none-match": before.headers.get("etag") ?? "" } })).status,
      304,
    );
    await tell(app.base, eventOf(id));
    assert.equal((await ask("GET /channels/{id}", { id })).body.content.title, "Inception");
    const failed = (await ask("POST /ai", { body: good("POST /ai") })).body.channelId;
    await app.emulator.modelriver.deliver(failed, { outcome: "failed" });
    assert.equal((await ask("GET /channels/{id}", { id: failed })).body.channel.error.code.length > 0, true);
    await app.emulator.modelriver.deliver(begin(app, "a film", { user_id: "ada" }).id);
    const page = await ask("GET /content", { query: "?limit=1" });
    await ask("GET /content", { query: `?limit=2&cursor=${page.body.nextCursor}` });
    assert.equal((await ask("GET /content/{id}", { id: page.body.content[0].id })).status, 200);
  });

  test("tickets, and what their sockets say", async () => {
    const { taskId } = await ada.start();
    const { batchId } = (await ask("POST /generate/batch", { body: good("POST /generate/batch") })).body;
    const { channelId } = (await ask("POST /ai", { body: good("POST /ai") })).body;
    const hers = { customer_data: { user_id: "ada" } };
    const news = () => tell(app.base, eventOf(inventedChannelId(), { title: "T" }, hers));
    const sockets: [live: string, id: string, types: string[], after?: () => Promise<void>][] = [
      ["/tasks/live", "", ["task"]],
      ["/batches/{id}/live", batchId, ["task"]],
      ["/tasks/{id}/live", taskId, ["task", "current"]],
      ["/channels/{id}/live", channelId, ["channel", "current"]],
      ["/content/live", "", ["content"], news],
    ];
    for (const [path, id, types, news] of sockets) {
      const live = `GET ${path}`;
      const asked = await ask(`POST ${path.replace("live", "ticket")}`, { id });
      const query = `?ticket=${asked.body.ticket}`;
      assert.equal((await contract.dial(app.base, live, { id, query })).status, 101);
      for (const type of types) {
        const socket = new WebSocket(
          app.base.replace("http", "ws") + path.replace("{id}", id) + (type === "current" ? "?version=1" : ""),
          {
            headers: { authorization: `Bearer ${token}` },
          },
        );
        const signal = AbortSignal.timeout(10_000);
        const said = once(socket, "message", { signal });
        await once(socket, "open", { signal });
        await news?.();
        const frame = JSON.parse(String((await said)[0]));
        assert.equal(frame.type, type);
        contract.frame(live, frame);
        socket.terminate();
      }
    }
  });

  test("what is erased, and the frames that say so", async () => {
    const { taskId, live } = await ada.start();
    const ofTask = await app.watch(live);
    const ofTasks = await watchFeed(app.base, { url: "/tasks/live", token });
    await ofTasks.shows(taskId, "pending");
    assert.equal((await ask("DELETE /tasks/{id}", { id: taskId })).status, 204);
    await ofTask.until(({ erased }) => erased);
    await ofTasks.until(({ erased }) => erased.includes(taskId));
    for (const path of ["/tasks/{id}/live", "/tasks/live", "/batches/{id}/live"])
      contract.frame(`GET ${path}`, { type: "erased", taskId });

    const { channelId } = (await ask("POST /ai", { body: good("POST /ai") })).body;
    const ofContent = await watchContent(ada);
    await tell(app.base, eventOf(channelId));
    const { content } = (await ask("GET /channels/{id}", { id: channelId })).body;
    await ofContent.row(content.id);
    assert.equal((await ask("DELETE /content/{id}", { id: content.id })).status, 204);
    await ofContent.until(({ erased }) => erased.includes(content.id));
    for (const path of ["/content/live", "/channels/{id}/live"])
      contract.frame(`GET ${path}`, { type: "erased", channelId, contentId: content.id });
    for (const socket of [ofTask, ofTasks, ofContent]) socket.terminate();
  });

  test("what will be erased once D1 takes it, and all that a user has", async () => {
    const away = await startApp({ shim: true });
    after(() => away.close());
    const user = await away.as("ada");
    const { taskId } = await user.start();
    const { channelId } = (await contract.ask(away.base, "POST /ai", { token: user.token, body: good("POST /ai") }))
      .body;
    await tell(away.base, eventOf(channelId));
    const id = (await contentRow(away, channelId)).id;
    await away.shim("hang");
    const erasing = [
      contract.ask(away.base, "DELETE /tasks/{id}", { token: user.token, id: taskId }),
      contract.ask(away.base, "DELETE /content/{id}", { token: user.token, id }),
    ];
    for (const answer of await Promise.all(erasing)) assert.equal(answer.status, 202, answer.text);
    await away.shim("ok");
    assert.equal((await contract.ask(away.base, "DELETE /users/me", { token: user.token })).status, 202);
  });

  test("webhooks, of tasks and of anything else", async () => {
    const { taskId } = await ada.start();
    for (const body of [completedBody(taskId), JSON.stringify({ event: "account.low_balance" })]) {
      assert.equal((await ask("POST /webhooks/mynth", { body, headers: signed(body) })).status, 200);
    }
    const body = JSON.stringify(eventOf(inventedChannelId()));
    assert.equal((await ask("POST /webhooks/modelriver", { body, headers: signed(body) })).status, 200);
  });

  test("the provider's models", async () => {
    const { models } = (await ask("GET /models")).body;
    assert.ok(
      models.some(({ id, name }: any) => id === "google/gemini-3.1-flash-image" && name === "Gemini 3.1 Flash Image"),
    );
  });

  test("words about the site, to anybody", async () => {
    for (const name of ["GET /config.json", "GET /healthz", "GET /readyz"]) {
      assert.equal((await contract.ask(app.base, name)).status, 200);
    }
  });

  test("HEAD as GET, but for the body", async () => {
    for (const { method, path, isSocket } of contract.operations) {
      if (method !== "GET" || isSocket) continue;
      const at = app.base + path.replace("{id}", "none");
      const [get, head] = [await call(at), await call(at, { method: "HEAD" })];
      assert.deepEqual([head.status, head.text], [get.status, ""], path);
    }
  });
});

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

describe("a provider's refusal is as described:", { timeout }, () => {
  after(() => {
    proxy.instead = () => undefined;
    request.proxy.instead = () => undefined;
  });

  for (const [code, instead] of Object.entries(PROVIDER_REFUSALS)) {
    test(`${code}, when something is started`, async () => {
      proxy.instead = (method) => (method === "POST" ? instead : undefined);
      request.proxy.instead = (_, path) => (path === "/models" ? instead : undefined);
      const elsewhere = (await request.app.as("ada")).token;
      await refused(code, async ({ name }) => {
        if (name in BODIES) return ask(name, { body: good(name) });
        // The list of models that the first deployment has got is remembered there.
        return name === "GET /models" ? contract.ask(request.app.base, name, { token: elsewhere }) : undefined;
      });
    });
  }
});

describe("a webhook of a single request is answered as described:", { timeout }, () => {
  const NAME = "POST /webhooks/mynth/{token}";

  /** Sends it while its start is under way, and the provider is asked whether it is the one: the last answer. */
  async function during(
    instead: Instead | "hang" | undefined,
    write: (id: string) => string[] = (id) => [completedBody(id)],
  ): Promise<Answer> {
    const user = await request.app.as("ada");
    request.proxy.instead = (method, path) => (method === "GET" && path !== "/tasks?limit=100" ? instead : undefined);
    let answer: Answer | undefined;
    request.app.emulator.options.onCreate = async ({ id, sent: { webhook } }: any) => {
      const token = new URL(webhook.custom[0].url).pathname.split("/").at(-1) ?? "";
      for (const body of write(id)) answer = await contract.ask(request.app.base, NAME, { id: token, body });
    };
    const started = await user.start().catch((error) => error);
    assert.ok(answer, `nothing was sent: ${started}`);
    return answer;
  }

  test("taken", async () => {
    assert.equal((await during(undefined)).status, 200);
  });

  test("too large, or without sense", async () => {
    assertRefused(await during(undefined, () => ["x".repeat(1024 * 1024 + 1)]), 413, "payload_too_large");
    assertRefused(await during(undefined, () => ["{}"]), 400, "malformed_event");
  });

  test("too many before the start is through", async () => {
    const many = (id: string) =>
      Array.from({ length: EARLY_LIMIT + 1 }, (_, i) => completedBody(id, [{ status: "success", id: `img_${i}` }]));
    assertRefused(await during(undefined, many), 503, "unavailable");
  });

  for (const [code, instead] of Object.entries({ ...PROVIDER_REFUSALS, validation_error: { status: 400 } })) {
    test(`${code}, when the provider is asked about it`, async () => {
      assert.equal((await during(instead)).body.error.code, code);
    });
  }
});

test("a key whose request is under way is refused as described", { timeout }, () => underWay);

test("everything that is described has been seen", () => {
  assert.deepEqual(
    contract.unseen.filter((promise) => !NEVER.test(promise)),
    [],
  );
});
