/** Forged tokens: none gets in, and each is refused for the reason that it has. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { swapped, symmetric, unsigned } from "./forgeries/algorithms.ts";
import { bodies } from "./forgeries/claims.ts";
import { encodings, g, good, h, p } from "./forgeries/encodings.ts";
import { embedded, headers } from "./forgeries/headers.ts";
import { claiming, claims, evil, headerOf, issuer, keys, STAFF, staff } from "./forgeries/keys.ts";
import { BASE64, PARTS } from "./forgeries/reasons.ts";
import { signatures } from "./forgeries/signatures.ts";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { ALGS, part, signed } from "./support/forge.ts";
import { rawRequest } from "./support/raw.ts";

const timeout = 60_000;

const app = await startApp({
  vars: {
    AUTH_ISSUER: issuer.url,
    AUTH_JWKS_URL: `${issuer.url}/jwks`,
    AUTH_PARTIES: "web",
    AUTH_PROVIDERS: JSON.stringify([
      { issuer: STAFF, audience: "taskwire", prefix: "staff|", jwks: { keys: [staff.jwk] } },
    ]),
  },
});
after(async () => {
  await app.close();
  await issuer.close();
  await evil.close();
});

const asks = (token: string, headers: Record<string, string> = {}) =>
  call(`${app.base}/generate`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ prompt: "a fox", model: "m/x", count: 1 }),
  });

describe("what is not forged gets in", { timeout }, () => {
  for (const name of ALGS) {
    test(name, async () => assert.equal((await asks(claiming({ sub: "real" }, keys[name]))).status, 201));
  }

  test("of the other issuer, under its prefix", async () => {
    const token = signed(part(headerOf(staff)), part(claims({ iss: STAFF })), staff);
    assert.equal((await asks(token)).body.task.userId, "staff|ada");
  });
});

const ALL = { symmetric, unsigned, swapped, embedded, headers, bodies, signatures, encodings };
for (const [kind, forgeries] of Object.entries(ALL)) {
  describe(`forged, ${kind}:`, { timeout }, () => {
    for (const [name, token, reason] of forgeries) {
      test(name, async () => {
        const starts = app.starts;
        const answer = await asks(token);
        assertRefused(answer, 401, "unauthorized");
        const { message } = answer.body.error;
        typeof reason === "string" ? assert.equal(message, reason) : assert.match(message, reason);
        assert.doesNotMatch(message, /[\p{Cc}\u2028\u2029\u202e]/u);
        assert.equal(app.starts, starts);
        assert.equal(answer.headers.get("www-authenticate"), "Bearer");
      });
    }
  });
}

describe("forged, around the token:", { timeout }, () => {
  const twice: [string, string[][], string][] = [
    [
      "two good tokens",
      [
        ["authorization", `Bearer ${good}`],
        ["Authorization", `Bearer ${good}`],
      ],
      PARTS,
    ],
    [
      "a forged one and a good one",
      [
        ["authorization", `Bearer ${h}.${p}.`],
        ["authorization", `Bearer ${good}`],
      ],
      PARTS,
    ],
    [
      "a good one and another kind",
      [
        ["authorization", `Bearer ${good}`],
        ["authorization", "Basic YTpi"],
      ],
      BASE64,
    ],
    ["another kind", [["authorization", `Token ${good}`]], "A bearer token is required in the Authorization header."],
    ["a cookie", [["cookie", `token=${good}`]], "A bearer token is required in the Authorization header."],
    ["a header that is not set up", [["x-token", good]], "A bearer token is required in the Authorization header."],
  ];
  for (const [name, lines, reason] of twice) {
    test(name, async () => {
      const { status, body } = await rawRequest(app.base, "GET", "/tasks", lines);
      assert.equal(status, 401, body);
      assert.equal(JSON.parse(body).error.message, reason);
    });
  }

  test("nobody was asked for a forger's keys, and nothing of a token was logged", () => {
    assert.equal(evil.requests, 0);
    const logs = app.logs.join("\n");
    for (const text of [g, g.slice(0, 40), p.slice(0, 40)]) assert.ok(!logs.includes(text));
  });

  test("there are more than four hundred of them", () => {
    assert.ok(Object.values(ALL).flat().length > 400, `${Object.values(ALL).flat().length}`);
  });
});
