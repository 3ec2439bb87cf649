/** The default tokens of the providers that people have, each with the variables that it takes. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addressesOf, LIKES, type Like } from "../../emulator/oidc/likes.ts";
import { Api, assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";

interface Taken {
  /** Beside the issuer. Null: not set. */
  vars: Record<string, string | null>;
  /** Not found by discovery. */
  needsUrl?: true;
  user?: string;
}

const AUDIENCE = null;
const byParty = (parties: string): Taken => ({ vars: { AUTH_AUDIENCE: AUDIENCE, AUTH_PARTIES: parties } });

/** `own`: the issuer's own address. */
const TAKEN: Record<Exclude<Like, "supabase-legacy">, Taken | ((own: string) => Taken)> = {
  auth0: { vars: { AUTH_AUDIENCE: "taskwire" } },
  supabase: { vars: { AUTH_AUDIENCE: "authenticated", AUTH_REQUIRED_CLAIMS: '{"is_anonymous":false}' } },
  firebase: { vars: { AUTH_AUDIENCE: "project-1" } },
  "stack-auth": { vars: { AUTH_AUDIENCE: "p1" }, needsUrl: true },
  convex: { vars: { AUTH_AUDIENCE: "convex" } },
  keycloak: byParty("web"),
  clerk: byParty("https://app.example"),
  workos: { ...byParty("client_01"), needsUrl: true },
  cognito: { vars: { ...byParty("client_01").vars, AUTH_REQUIRED_CLAIMS: '{"token_use":"access"}' } },
  kinde: byParty("client_01"),
  "better-auth": (own) => ({ vars: { AUTH_AUDIENCE: own }, needsUrl: true }),
  logto: { vars: { AUTH_AUDIENCE: "taskwire" } },
  "cloudflare-access": {
    vars: {
      AUTH_AUDIENCE: "tag_1",
      AUTH_TOKEN_HEADER: "Cf-Access-Jwt-Assertion",
      AUTH_SUBJECT_CLAIM: "email",
    },
    needsUrl: true,
    user: "ada@example.com",
  },
};

function variables(like: Like, url: string): Record<string, string | null> {
  const { issuer, jwksUrl } = addressesOf(url, like);
  const taken = like === "supabase-legacy" ? { vars: { AUTH_AUDIENCE: "authenticated" } } : TAKEN[like];
  const { vars, needsUrl }: Taken = typeof taken === "function" ? taken(issuer) : taken;
  return { AUTH_ISSUER: issuer, ...(needsUrl ? { AUTH_JWKS_URL: jwksUrl } : {}), ...vars };
}

describe("the default token", { timeout: 180_000, concurrency: 2 }, () => {
  for (const like of LIKES.filter((one) => one !== "supabase-legacy")) {
    test(`of ${like} signs its user in, and that of another app there does not`, async (t) => {
      const app = await startApp({ vars: ({ url }) => variables(like, url) });
      t.after(() => app.close());
      const { user = "ada" } = TAKEN[like] as Taken;
      const token = await app.emulator.token({ like });
      const headers: Record<string, string> =
        like === "cloudflare-access" ? { "cf-access-jwt-assertion": token } : { authorization: `Bearer ${token}` };
      const answer = await call(`${app.base}/generate`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ prompt: "a fox", model: "m/x" }),
      });
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.body.task.userId, user);
      const other = await app.emulator.token({ like, aud: "other", azp: "other", client_id: "other" });
      assertRefused(await new Api(app.base, other).call("/tasks"), 401, "unauthorized");
    });
  }

  test("of an old Supabase project is signed with a shared secret, and refused", async (t) => {
    const app = await startApp({ vars: ({ url }) => variables("supabase-legacy", url) });
    t.after(() => app.close());
    const token = await app.emulator.token({ like: "supabase-legacy" });
    const refused = await new Api(app.base, token).call("/tasks");
    assertRefused(refused, 401, "unauthorized");
    assert.match(refused.body.error.message, /^The token's alg is "HS256"\. It must be one of "RS256", /);
  });
});
