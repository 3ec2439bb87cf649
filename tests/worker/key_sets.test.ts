/** An issuer's server that does its worst: what it sends is bounded, and whoever waits has an answer in time. */

import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { after, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { part, signed, signer } from "./support/forge.ts";
import { type KeyServer, startKeyServer } from "./support/key_server.ts";

const timeout = 120_000;
/** A fetch of keys, all of it, is given up after 5 s. */
const IN_TIME_MS = 7000;
/** The Worker reads 512 KB. The rest is what two sockets and the runtime hold between them. */
const MOST_SENT = 16 * 1024 * 1024;
/** After ten fetches in so long, no more are made. */
const BUDGET_MS = 10_000;

const issuer = await startKeyServer();
const elsewhere = await startKeyServer();
const app = await startApp({ shim: true, vars: { AUTH_ISSUER: issuer.url, AUTH_JWKS_URL: `${issuer.url}/jwks` } });
after(async () => {
  await app.close();
  await issuer.close();
  await elsewhere.close();
});

const ours = signer("ES256", "ours");
const keySet = JSON.stringify({ keys: [ours.jwk] });
elsewhere.answer = keySet;
const tokenOf = (iss: string) => {
  const claims = { iss, sub: "ada", aud: "taskwire", exp: Math.floor(Date.now() / 1000) + 86_400 };
  return signed(part({ alg: "ES256", kid: "ours" }), part(claims), ours);
};
const ask = (base = app.base, iss = issuer.url) =>
  call(`${base}/tasks`, { headers: { authorization: `Bearer ${tokenOf(iss)}` } });

let ahead = 0;
async function afterTheBudget(): Promise<void> {
  ahead += BUDGET_MS;
  await app.putClockForward(ahead);
}
beforeEach(afterTheBudget);

/** Several at once are refused in time, by one fetch or a few. */
async function refusesInTime(answer: KeyServer["answer"]): Promise<void> {
  issuer.answer = answer;
  const before = issuer.requests;
  const begun = Date.now();
  for (const refused of await Promise.all([ask(), ask(), ask(), ask()])) assertRefused(refused, 503, "unavailable");
  assert.ok(Date.now() - begun < IN_TIME_MS, `${Date.now() - begun} ms`);
  assert.ok(issuer.requests > before && issuer.requests <= before + 4, `${issuer.requests - before} fetches`);
}

/** Sends a chunk for as long as there is somebody who reads; then says how much that was. */
async function sendWithoutEnd(response: ServerResponse, chunk: string): Promise<number> {
  let sent = 0;
  while (!response.destroyed) {
    sent += chunk.length;
    if (!response.write(chunk)) await Promise.race([once(response, "drain"), once(response, "close")]);
  }
  return sent;
}

describe("keys that are", { timeout }, () => {
  test("ten megabytes are not read", async () => {
    const large = JSON.stringify({ keys: [ours.jwk], x: "x".repeat(10 * 1024 * 1024) });
    await refusesInTime(large);
  });

  for (const [name, head] of [
    ["a set", '{"keys":['],
    ["white space", ""],
  ] as const) {
    test(`endless (${name}) are broken off`, async () => {
      const sent: Promise<number>[] = [];
      await refusesInTime((_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).write(head);
        sent.push(
          sendWithoutEnd(
            response,
            `${JSON.stringify(ours.jwk)},`.repeat(300).replace(/^.*$/s, head ? "$&" : " ".repeat(60_000)),
          ),
        );
      });
      const ended = Promise.all(sent);
      const late = new Promise<never>((_, fail) => setTimeout(fail, IN_TIME_MS, new Error("it reads on")).unref());
      for (const bytes of await Promise.race([ended, late])) assert.ok(bytes < MOST_SENT, `${bytes} bytes`);
    });
  }

  test("a hundred megabytes that are packed into few are not unpacked", async () => {
    const packed = gzipSync(Buffer.alloc(100 * 1024 * 1024, " "));
    await refusesInTime((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(packed);
    });
  });

  test("ten thousand are not read", async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...ours.jwk, kid: `k${i}` }));
    await refusesInTime(JSON.stringify({ keys: [...many, ours.jwk] }));
  });

  for (const [name, text] of [
    ["very many small ones", `{"keys":[${"{},".repeat(100_000)}{}]}`],
    ["lists in lists", `{"keys":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["no JSON", "<html>Sign in</html>"],
    ["half of a set", keySet.slice(0, -1)],
    ["nothing", ""],
    ["not UTF-8", '{"keys":["\u00ff"]}'],
    ["a list", JSON.stringify([ours.jwk])],
    ["a text", JSON.stringify(keySet)],
    ["null", "null"],
    ["an object of keys", JSON.stringify({ keys: { ours: ours.jwk } })],
    ["under another name", JSON.stringify({ jwks: [ours.jwk] })],
  ] as const) {
    test(`${name} are not taken`, async () => {
      await refusesInTime((_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).end(text, "latin1");
      });
    });
  }

  test("an error, or a redirect to where there are good ones, are not followed", async () => {
    for (const status of [301, 302, 303, 307, 308, 401, 404, 500, 204]) {
      await afterTheBudget();
      await refusesInTime((_, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/jwks`, "content-type": "application/json" });
        response.end(status === 204 ? undefined : keySet);
      });
    }
    assert.equal(elsewhere.requests, 0);
  });

  test("dripping are given up after five seconds", async () => {
    await refusesInTime(async (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 50);
      await once(response, "close");
      clearInterval(drip);
    });
  });

  test("never there are given up after five seconds", () => refusesInTime(() => {}));

  test("there again serve at once, and nothing is left of all that", async () => {
    issuer.answer = keySet;
    assert.equal((await ask()).status, 200);
    assert.ok(app.logs.every((line) => !line.includes(tokenOf(issuer.url).slice(0, 40))));
    assert.ok(
      app.logs.some((line) => line === "issuer: the answer is too large"),
      app.logs.join("\n"),
    );
  });
});

describe("a configuration", { timeout }, () => {
  const at = (response: ServerResponse, ms: number, body: object) =>
    setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)), ms);

  test("that is slow leaves less time for the keys: it is five seconds for both", async (t) => {
    const slow = await startKeyServer();
    const other = await startApp({ vars: { AUTH_ISSUER: slow.url } });
    t.after(() => Promise.all([other.close(), slow.close()]));
    slow.answer = ({ url }, response) =>
      url === "/jwks"
        ? at(response, 4000, { keys: [ours.jwk] })
        : at(response, 4000, { issuer: slow.url, jwks_uri: `${slow.url}/jwks` });
    const begun = Date.now();
    assertRefused(await ask(other.base, slow.url), 503, "unavailable");
    assert.ok(Date.now() - begun < IN_TIME_MS, `${Date.now() - begun} ms`);
    assert.equal(slow.requests, 2);
  });

  for (const [name, change] of [
    ["of another issuer", { issuer: "https://other.example" }],
    ["without an issuer", { issuer: undefined }],
    ["whose keys are where anybody could put them", { jwks_uri: "http://id.example/jwks" }],
    ["without an address of keys", { jwks_uri: undefined }],
    ["with an address that is a list", { jwks_uri: [`${elsewhere.url}/jwks`] }],
    ["with an address that would be a line of the log", { jwks_uri: `${elsewhere.url}/jwks\r\n{"level":"error"}` }],
  ] as const) {
    test(`${name} is not taken`, async (t) => {
      const wrong = await startKeyServer();
      const other = await startApp({ vars: { AUTH_ISSUER: wrong.url } });
      t.after(() => Promise.all([other.close(), wrong.close()]));
      wrong.answer = JSON.stringify({ issuer: wrong.url, jwks_uri: `${elsewhere.url}/jwks`, ...change });
      elsewhere.answer = (_, response) => response.writeHead(404).end();
      assertRefused(await ask(other.base, wrong.url), 503, "unavailable");
      assert.ok(
        other.logs.every((line) => !/[\r\n]/.test(line)),
        JSON.stringify(other.logs),
      );
    });
  }
});

test("of many good keys the token's own is found", { timeout }, async (t) => {
  const large = await startKeyServer();
  const other = await startApp({ vars: { AUTH_ISSUER: large.url, AUTH_JWKS_URL: `${large.url}/jwks` } });
  t.after(() => Promise.all([other.close(), large.close()]));
  const many = Array.from({ length: 1500 }, (_, i) => ({ ...ours.jwk, kid: `k${i}` }));
  large.answer = JSON.stringify({ keys: [...many, ours.jwk] });
  assert.equal((await ask(other.base, large.url)).status, 200);
});
