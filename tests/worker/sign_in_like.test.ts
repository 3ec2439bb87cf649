/** The default tokens of the providers that people have, each with the variables that docs/sign-in.md tells people to set. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTaskwire } from "../../client/src/index.ts";
import { addressesOf, LIKES, type Like } from "../../emulator/oidc/likes.ts";
import { Api, assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { followed, getTokenOf, RECIPES, recipeOf } from "./support/recipes.ts";

interface Provider {
  /** The recipe's title in docs/sign-in.md. */
  recipe?: string;
  /** What stands in the recipe for what is the app's own. `own` is the provider's address. */
  placeholders?: (own: string) => Record<string, string>;
  /** Where there is no recipe. Null: not set. */
  vars?: Record<string, string | null>;
  /** What the recipe tells people to add to the token. */
  claims?: Record<string, unknown>;
  user?: string;
  /** What the recipe's `getToken` takes from the app around it, by whether somebody is signed in. */
  around?: (isSignedIn: boolean) => Record<string, unknown>;
}

const API = "https://api.example.com";

/** What a signed-in person's token is, and that of nobody. */
const TOKEN = "a token";

const PROVIDERS: Record<Exclude<Like, "supabase-legacy">, Provider> = {
  auth0: {
    recipe: "Auth0",
    placeholders: (own) => ({ "https://TENANT.REGION.auth0.com": own, [API]: "taskwire" }),
    around: (isSignedIn) => ({
      auth0: { isAuthenticated: async () => isSignedIn, getTokenSilently: async () => (isSignedIn ? TOKEN : never()) },
    }),
  },
  "better-auth": {
    recipe: "Better Auth (jwt plugin)",
    placeholders: (own) => ({ "https://app.example.com": own }),
    around: (isSignedIn) => ({ authClient: { token: async () => ({ data: isSignedIn ? { token: TOKEN } : null }) } }),
  },
  clerk: {
    recipe: "Clerk",
    placeholders: (own) => ({ "https://clerk.example.com": own, "https://app.example.com": "https://app.example" }),
    around: (isSignedIn) => ({ clerk: { session: isSignedIn ? { getToken: async () => TOKEN } : null } }),
  },
  "cloudflare-access": {
    recipe: "Cloudflare Access",
    placeholders: (own) => ({ "https://TEAM.cloudflareaccess.com": own, "the application's AUD tag": "tag_1" }),
    user: "ada@example.com",
  },
  cognito: {
    recipe: "Cognito (access token)",
    placeholders: (own) => ({
      "https://cognito-idp.REGION.amazonaws.com": own,
      POOL: "eu-central-1_pool",
      "the app client's id": "client_01",
    }),
    around: (isSignedIn) => ({
      fetchAuthSession: async () => (isSignedIn ? { tokens: { accessToken: { toString: () => TOKEN } } } : {}),
    }),
  },
  firebase: {
    recipe: "Firebase (ID token)",
    placeholders: (own) => ({ "https://securetoken.google.com": own, PROJECT: "project-1" }),
    around: (isSignedIn) => ({
      getAuth: () => ({ currentUser: isSignedIn ? { getIdToken: async () => TOKEN } : null }),
    }),
  },
  keycloak: {
    recipe: "Keycloak (access token)",
    placeholders: (own) => ({ "https://id.example.com": own, REALM: "app", "the client's id": "web" }),
    around: (isSignedIn) => {
      const updateToken = async () => (isSignedIn ? true : never());
      return { keycloak: { authenticated: isSignedIn, updateToken, token: isSignedIn ? TOKEN : undefined } };
    },
  },
  logto: {
    recipe: "Logto (API resource)",
    placeholders: (own) => ({ "https://TENANT.logto.app": own, [API]: "taskwire" }),
    around: (isSignedIn) => ({
      logto: { isAuthenticated: async () => isSignedIn, getAccessToken: async () => (isSignedIn ? TOKEN : never()) },
    }),
  },
  supabase: {
    recipe: "Supabase",
    placeholders: (own) => ({ "https://REF.supabase.co": own }),
    around: (isSignedIn) => {
      const session = isSignedIn ? { access_token: TOKEN } : null;
      return { supabase: { auth: { getSession: async () => ({ data: { session } }) } } };
    },
  },
  workos: {
    recipe: "WorkOS AuthKit",
    placeholders: (own) => ({ "https://api.workos.com": own, CLIENT_ID: "client_01" }),
    claims: { aud: "client_01" },
    around: (isSignedIn) => ({
      authkit: { getUser: () => (isSignedIn ? {} : null), getAccessToken: async () => (isSignedIn ? TOKEN : never()) },
    }),
  },
  "stack-auth": { vars: { AUTH_AUDIENCE: "p1" } },
  convex: { vars: { AUTH_AUDIENCE: "convex" } },
  kinde: { vars: { AUTH_AUDIENCE: null, AUTH_PARTIES: "client_01" } },
};

function never(): never {
  throw new Error("the provider's own code fails while nobody is signed in");
}

function variables(like: Like, url: string): Record<string, string | null> {
  const { issuer, jwksUrl, own, isDiscovered } = addressesOf(url, like);
  const { recipe, placeholders, vars = {} } = like === "supabase-legacy" ? PROVIDERS.supabase : PROVIDERS[like];
  const keys = isDiscovered ? {} : { AUTH_JWKS_URL: jwksUrl };
  const all = recipe && placeholders ? followed(recipe, placeholders(own)) : { AUTH_ISSUER: issuer, ...keys, ...vars };
  if (like !== "supabase-legacy") {
    assert.deepEqual([all.AUTH_ISSUER, all.AUTH_JWKS_URL], [issuer, keys.AUTH_JWKS_URL], `the recipe of ${like}`);
  }
  return all;
}

const KNOWN = LIKES.filter((one) => one !== "supabase-legacy");

describe("the default token", { timeout: 240_000, concurrency: 2 }, () => {
  for (const like of KNOWN) {
    test(`of ${like} signs its user in, and that of another app there does not`, async (t) => {
      const app = await startApp({ vars: ({ url }) => variables(like, url) });
      t.after(() => app.close());
      const { user = "ada", claims = {} } = PROVIDERS[like];
      const token = await app.emulator.token({ like, ...claims });
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

  test("of Cloudflare Access is added at the edge: the client has none to send, and needs none", async (t) => {
    const app = await startApp({ vars: ({ url }) => variables("cloudflare-access", url) });
    t.after(() => app.close());
    const token = await app.emulator.token({ like: "cloudflare-access" });
    const edge: typeof fetch = (url, init) =>
      fetch(url, { ...init, headers: { ...(init?.headers as object), "cf-access-jwt-assertion": token } });
    const taskwire = createTaskwire({ url: app.base, fetch: edge });
    const { taskId, task } = await taskwire.generate({ prompt: "a fox", model: "m/x" });
    assert.equal(task.userId, "ada@example.com");
    assert.equal((await taskwire.task(taskId).get()).taskId, taskId);
    const past = createTaskwire({ url: app.base });
    await assert.rejects(past.task(taskId).get(), { status: 401, code: "unauthorized" });
  });

  test("of WorkOS names no app, and is refused until a template adds one", async (t) => {
    const app = await startApp({ vars: ({ url }) => variables("workos", url) });
    t.after(() => app.close());
    const refused = await new Api(app.base, await app.emulator.token({ like: "workos" })).call("/tasks");
    assertRefused(refused, 401, "unauthorized");
    assert.match(refused.body.error.message, /\baud\b/);
  });

  test("of an old Supabase project is signed with a shared secret, and refused", async (t) => {
    const app = await startApp({ vars: ({ url }) => variables("supabase-legacy", url) });
    t.after(() => app.close());
    const token = await app.emulator.token({ like: "supabase-legacy" });
    const refused = await new Api(app.base, token).call("/tasks");
    assertRefused(refused, 401, "unauthorized");
    assert.match(refused.body.error.message, /alg is "HS256"\. It must be one of "RS256", /);
  });
});

describe("docs/sign-in.md", () => {
  test("has no recipe that is not followed here, or with a real server", () => {
    const followedHere = KNOWN.flatMap((like) => PROVIDERS[like].recipe ?? []);
    assert.deepEqual([...RECIPES.keys()].sort(), [...followedHere, "Any other OIDC server"].sort());
    assert.equal(followedHere.length, 10);
  });

  for (const like of KNOWN) {
    const { recipe, around } = PROVIDERS[like];
    if (!recipe) continue;
    test(`has a getToken for ${like} that gives the token, and nothing while nobody is signed in`, async () => {
      if (!around) return assert.equal(recipeOf(recipe).code, undefined);
      for (const forceRefresh of [false, true]) {
        assert.equal(await getTokenOf(recipe, around(true))({ forceRefresh }), TOKEN);
        assert.equal((await getTokenOf(recipe, around(false))({ forceRefresh })) ?? null, null);
      }
    });
  }
});
