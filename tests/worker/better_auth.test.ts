/** A real Better Auth server with its jwt plugin, as it comes: a person signs up, and their token is good here. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, describe, test } from "node:test";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";
import { createTaskwire } from "../../client/src/index.ts";
import { Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { listening } from "./support/listening.ts";
import { followed, getTokenOf } from "./support/recipes.ts";

const RECIPE = "Better Auth (jwt plugin)";

const server = createServer();
const baseURL = await listening(server);
const auth = betterAuth({
  baseURL,
  secret: "a secret of this server's own, for nobody else",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  plugins: [jwt()],
});
server.on("request", toNodeHandler(auth));

const app = await startApp({ vars: () => followed(RECIPE, { "https://app.example.com": baseURL }) });
after(async () => {
  await app.close();
  server.closeAllConnections();
  server.close();
});

/** Better Auth's own client, in a browser of its own: with cookies. */
function browser() {
  let cookie = "";
  return createAuthClient({
    baseURL,
    plugins: [jwtClient()],
    fetchOptions: {
      onRequest({ headers }) {
        headers.set("origin", baseURL);
        headers.set("cookie", cookie);
      },
      onResponse({ response }) {
        const set = response.headers.getSetCookie().map((one) => one.split(";")[0]);
        if (set.length > 0) cookie = set.join("; ");
      },
    },
  });
}

const clientOf = (authClient: ReturnType<typeof browser>) =>
  createTaskwire({ url: app.base, getToken: getTokenOf(RECIPE, { authClient }) });

describe("a Better Auth server", { timeout: 120_000 }, () => {
  test("signs people in: each starts a task, reads it, and sees nobody else's", async () => {
    const [ada, eve] = [browser(), browser()];
    const signedUp = await ada.signUp.email({ email: "ada@example.com", password: "correct horse", name: "Ada" });
    const taskwire = clientOf(ada);
    const { taskId, task } = await taskwire.generate({ prompt: "a fox", model: "m/x" });
    assert.equal(task.userId, signedUp.data?.user.id);
    assert.equal((await taskwire.task(taskId).get()).taskId, taskId);
    await eve.signUp.email({ email: "eve@example.com", password: "battery staple", name: "Eve" });
    await assert.rejects(clientOf(eve).task(taskId).get(), { code: "not_found" });
  });

  test("has no token for whoever is not signed in, and then nothing is asked", async () => {
    await assert.rejects(clientOf(browser()).tasks().list(), { code: "unauthorized", message: "You are signed out." });
  });

  test("cannot be passed by with a token of another issuer, or with one that was changed", async () => {
    assertRefused(await (await app.as("ada")).call("/tasks"), 401, "unauthorized");
    const bob = browser();
    await bob.signUp.email({ email: "bob@example.com", password: "staple battery", name: "Bob" });
    const { data } = await bob.token();
    const [head, , signature] = (data?.token ?? "").split(".");
    const claims = { sub: "ada", iss: baseURL, aud: baseURL, exp: Math.floor(Date.now() / 1000) + 60 };
    const forged = [head, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    assertRefused(await new Api(app.base, forged).call("/tasks"), 401, "unauthorized");
  });
});
