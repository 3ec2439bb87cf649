/** Who may call: tokens of the issuer, for us, in time. Everyone else is refused alike. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import type { TokenRequest } from "../../emulator/emulator.ts";
import { Api, assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { inventedTaskId } from "./support/signatures.ts";

const app = await startApp({ shim: true });
after(() => app.close());
const ada = await app.as("ada");
const timeout = 60_000;
const publicKey = JSON.stringify((await call(`${app.emulator.url}/jwks`)).body.keys[0]);

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const fetches = (of = app) => of.emulator.requests.filter(({ path }) => path === "/jwks").length;

describe("a token is taken", { timeout }, () => {
  const good: Record<string, TokenRequest> = {
    "signed with RS256": { alg: "RS256" },
    "signed with ES256": { alg: "ES256" },
    "for several audiences, us among them": { aud: ["someone", "taskwire"] },
    "that became valid long ago": { nbf: 1_600_000_000 },
  };
  for (const [name, claims] of Object.entries(good)) {
    test(name, async () => {
      const { tasks } = await new Api(app.base, await app.emulator.token({ sub: "new", ...claims })).list();
      assert.deepEqual(tasks, []);
    });
  }

  test("and its subject is whose task it becomes", async () => {
    const odd = await app.as("auth0|ä 'quoted\" \\ ü");
    const { task, taskId } = await odd.start();
    assert.equal(task.userId, "auth0|ä 'quoted\" \\ ü");
    assert.deepEqual(await odd.task(taskId), task);
    assert.equal((await odd.list()).tasks.length, 1);
  });
});

describe("a token is refused", { timeout }, () => {
  const claims: Record<string, TokenRequest> = {
    "that has expired": { expiresIn: -60 },
    "without an end": { exp: null },
    "that is not valid yet": { nbf: Math.floor(Date.now() / 1000) + 600 },
    "of another issuer": { iss: "https://id.example" },
    "of an issuer whose name only begins like ours": { iss: `${app.emulator.url}/` },
    "without an issuer": { iss: null },
    "for another audience": { aud: "someone" },
    "for other audiences": { aud: ["someone", "taskwire.example"] },
    "for nobody in particular": { aud: null },
    "that names nobody": { sub: null },
    "of nobody": { sub: "" },
    "of an unbounded name": { sub: "x".repeat(256) },
    "of a key that the issuer does not have": { kid: "made-up" },
  };
  for (const [name, request] of Object.entries(claims)) {
    test(name, async () => refused(`Bearer ${await app.emulator.token(request)}`));
  }

  /** Changes to a good token. */
  const changes: Record<string, (header: any, payload: any, signature: string) => string> = {
    "whose signature is another": (h, p, s) =>
      `${base64(h)}.${base64(p)}.${s.slice(0, 20)}${s[20] === "A" ? "B" : "A"}${s.slice(21)}`,
    "without a signature": (h, p) => `${base64(h)}.${base64(p)}.`,
    "whose claims were changed": (h, p, s) => `${base64(h)}.${base64({ ...p, sub: "eve" })}.${s}`,
    "with alg none": (h, p) => `${base64({ ...h, alg: "none" })}.${base64(p)}.`,
    "with alg none and a signature": (h, p, s) => `${base64({ ...h, alg: "none" })}.${base64(p)}.${s}`,
    "with the public key as an HMAC's": (h, p) => {
      const text = `${base64({ ...h, alg: "HS256" })}.${base64(p)}`;
      return `${text}.${createHmac("sha256", publicKey).update(text).digest("base64url")}`;
    },
    "that says RS256 of an ES256 key": (h, p, s) => `${base64({ ...h, alg: "ES256" })}.${base64(p)}.${s}`,
    "with an extension that must be understood": (h, p, s) => `${base64({ ...h, crit: ["b64"] })}.${base64(p)}.${s}`,
    "of two parts": (h, p) => `${base64(h)}.${base64(p)}`,
    "of four parts": (h, p, s) => `${base64(h)}.${base64(p)}.${s}.${s}`,
    "that is no JSON": (_, p, s) => `bm90anNvbg.${base64(p)}.${s}`,
    "that is a word": () => "word",
    "that is empty": () => "",
    "that is endless": (h, p, s) => `${base64(h)}.${base64({ ...p, x: "x".repeat(20_000) })}.${s}`,
  };
  for (const [name, change] of Object.entries(changes)) {
    test(name, async () => {
      const [header = "", payload = "", signature = ""] = (await app.emulator.token()).split(".");
      const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
      await refused(`Bearer ${change(read(header), read(payload), signature)}`);
    });
  }

  test("that is not there, or is of another kind", async () => {
    await refused();
    await refused("Basic YWRhOmFkYQ==");
    await refused(await app.emulator.token());
  });

  /** On every route that asks who is calling. */
  async function refused(authorization?: string): Promise<void> {
    const headers = { "content-type": "application/json", ...(authorization ? { authorization } : {}) };
    const starts = app.starts;
    const routes = [
      ["POST", "/generate"],
      ["GET", "/tasks"],
      ["GET", "/tasks/tsk_1"],
      ["POST", "/tasks/tsk_1/ticket"],
      ["GET", "/tasks/tsk_1/live"],
    ] as const;
    for (const [method, path] of routes) {
      const body = method === "POST" ? JSON.stringify({ prompt: "a fox", model: "m/x" }) : null;
      const answer = await call(app.base + path, { method, headers, body });
      assertRefused(answer, 401, "unauthorized", path);
      assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    }
    assert.equal(app.starts, starts);
  }
});

describe("another's task", { timeout }, () => {
  test("is not found, exactly like one that does not exist", async () => {
    const { taskId } = await ada.start();
    await app.emulator.deliver(taskId);
    const pending = (await ada.start()).taskId;
    const eve = await app.as("eve");
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "/ticket"],
    ] as const) {
      const answers = [];
      for (const id of [taskId, pending, inventedTaskId(), "nonsense", "a.b", "x".repeat(200)]) {
        const answer = await eve.call(`/tasks/${id}${path}`, { method });
        assertRefused(answer, 404, "not_found", id);
        const { date, ...rest } = Object.fromEntries(answer.headers);
        answers.push(JSON.stringify([answer.text, rest]));
      }
      assert.equal(new Set(answers).size, 1, answers.join("\n"));
    }
    assert.deepEqual((await eve.list()).tasks, []);
  });

  test("that was made up makes no object", async () => {
    const taskId = inventedTaskId();
    assertRefused(await (await app.as("mallory")).call(`/tasks/${taskId}`), 404, "not_found");
    assert.equal((await app.shim())[taskId], undefined);
  });
});

describe("a token that was accepted", { timeout }, () => {
  test("is none with any other bit in its claims or its signature", async () => {
    const token = await app.emulator.token({ sub: "ada", alg: "ES256" });
    await new Api(app.base, token).list();
    const [header = "", claims = "", signature = ""] = token.split(".");
    const flipped = (part: string, bit: number) => {
      const bytes = Buffer.from(part, "base64url");
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      return bytes.toString("base64url");
    };
    const others = [];
    for (let bit = 0; bit < 512; bit += 3) others.push(`${header}.${claims}.${flipped(signature, bit)}`);
    for (let bit = 0; bit < 512; bit += 3) others.push(`${header}.${flipped(claims, bit)}.${signature}`);
    const forged = base64({ ...JSON.parse(Buffer.from(claims, "base64url").toString()), sub: "eve" });
    others.push(`${header}.${forged}.${signature}`, `${header}.${claims}.`, `${header}..${signature}`);
    for (const other of others) assertRefused(await new Api(app.base, other).call("/tasks"), 401, "unauthorized");
    await new Api(app.base, token).list();
  });

  test("is refused once it has ended", async () => {
    const short = new Api(app.base, await app.emulator.token({ sub: "ada", expiresIn: 3600 }));
    await short.list();
    await app.putClockForward(3_700_000);
    assertRefused(await short.call("/tasks"), 401, "unauthorized");
    await app.putClockForward(0);
    await short.list();
  });
});

describe("the issuer's keys", { timeout }, () => {
  test("are fetched again, once, when a token names one that is not known", async () => {
    await ada.list();
    const old = ada.token;
    const before = fetches();
    await call(`${app.emulator.url}/test/rotate-keys`, { method: "POST" });
    const fresh = await app.as("ada");
    await fresh.list();
    await fresh.list();
    assert.equal(fetches(), before + 1);
    assertRefused(await new Api(app.base, old).call("/tasks"), 401, "unauthorized");
    const made = new Api(app.base, await app.emulator.token({ kid: "made-up-again" }));
    for (let i = 0; i < 5; i++) assertRefused(await made.call("/tasks"), 401, "unauthorized");
    assert.ok(fetches() <= before + 3, `${fetches() - before}`);
    await fresh.list();
  });

  test("serve on while the issuer is away", async () => {
    const other = await startApp();
    try {
      const user = await other.as("ada");
      await user.list();
      const later = new Api(other.base, await other.emulator.token({ sub: "bob", alg: "ES256" }));
      await other.emulator.close();
      await user.list();
      await later.list();
    } finally {
      await other.close();
    }
  });

  test("are fetched once for all who come before they are there", async () => {
    const other = await startApp();
    try {
      const user = await other.as("ada");
      const before = fetches(other);
      await Promise.all(Array.from({ length: 40 }, () => user.list()));
      assert.equal(fetches(other), before + 1);
    } finally {
      await other.close();
    }
  });

  test("are not asked for at everybody's will while they cannot be had", async () => {
    let asked = 0;
    const issuer = createServer((_, response) => {
      asked += 1;
      response.writeHead(500).end("{}");
    }).listen(0, "127.0.0.1");
    await once(issuer, "listening");
    const other = await startApp({
      vars: { AUTH_ISSUER: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}` },
    });
    try {
      const anybody = new Api(other.base, await app.emulator.token());
      const answers = await Promise.all(Array.from({ length: 100 }, () => anybody.call("/tasks")));
      for (const answer of answers) assertRefused(answer, 503, "unavailable");
      assert.ok(asked >= 1 && asked <= 10, `${asked}`);
    } finally {
      await other.close();
      issuer.close();
    }
  });

  test("that cannot be had at all are a 503, not a 401", async () => {
    const other = await startApp();
    try {
      const user = await other.as("ada");
      await other.emulator.close();
      assertRefused(await user.call("/tasks"), 503, "unavailable");
    } finally {
      await other.close();
    }
  });

  test("are looked for where AUTH_JWKS_URL says", async () => {
    const other = await startApp({ vars: ({ url }) => ({ AUTH_JWKS_URL: `${url}/jwks` }) });
    try {
      await (await other.as("ada")).list();
      assert.deepEqual(
        other.emulator.requests.map(({ path }) => path),
        ["/jwks"],
      );
    } finally {
      await other.close();
    }
  });
});
