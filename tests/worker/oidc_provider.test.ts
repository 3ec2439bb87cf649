/** A real OpenID Connect server, oidc-provider as it comes: a person signs in as a browser does it, and the token is good here. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, describe, test } from "node:test";
import Provider from "oidc-provider";
import { createTaskwire } from "../../client/src/index.ts";
import { Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { signInWithCode } from "./support/code_flow.ts";
import { listening } from "./support/listening.ts";
import { followed, getTokenOf } from "./support/recipes.ts";

const RECIPE = "Any other OIDC server";
const API = "https://api.example.com";
/** Nobody listens there: the browser stops when it is sent there. */
const CALLBACK = "https://app.example.com/callback";

const server = createServer();
const issuer = await listening(server);
const client = { redirect_uris: [CALLBACK], token_endpoint_auth_method: "none" };
const provider = new Provider(issuer, {
  clients: ["studio", "elsewhere"].map((client_id) => ({ client_id, ...client })),
  // An API has to be known. Without one being asked for, all is as it is by default.
  features: { resourceIndicators: { getResourceServerInfo: () => ({ scope: "", accessTokenFormat: "jwt" }) } },
});
server.on("request", provider.callback());

const placeholders = { "https://id.example.com": issuer, "the client's id": "studio" };
const app = await startApp({ vars: () => followed(RECIPE, placeholders) });
after(async () => {
  await app.close();
  server.closeAllConnections();
  server.close();
});

const signIn = (login: string, { clientId = "studio", resource }: { clientId?: string; resource?: string } = {}) =>
  signInWithCode({
    issuer,
    clientId,
    redirectUri: CALLBACK,
    typed: { login, password: "any" },
    ...(resource ? { resource } : {}),
  });

describe("an OpenID Connect server", { timeout: 120_000 }, () => {
  test("signs people in by their ID token: each starts a task, reads it, and sees nobody else's", async () => {
    const tokens = { ada: await signIn("ada"), eve: await signIn("eve") };
    const clientOf = (user: object | null) =>
      createTaskwire({ url: app.base, getToken: getTokenOf(RECIPE, { userManager: { getUser: async () => user } }) });
    const ada = clientOf(tokens.ada);
    const { taskId, task } = await ada.generate({ prompt: "a fox", model: "m/x" });
    assert.equal(task.userId, "ada");
    assert.equal((await ada.task(taskId).get()).taskId, taskId);
    await assert.rejects(clientOf(tokens.eve).task(taskId).get(), { code: "not_found" });
    await assert.rejects(clientOf(null).task(taskId).get(), { message: "You are signed out." });
  });

  test("gives an access token that only it can read, and an ID token for another app: both are refused", async () => {
    const { access_token } = await signIn("ada");
    assertRefused(await new Api(app.base, access_token).call("/tasks"), 401, "unauthorized");
    const { id_token } = await signIn("ada", { clientId: "elsewhere" });
    const refused = await new Api(app.base, id_token).call("/tasks");
    assertRefused(refused, 401, "unauthorized");
    assert.match(refused.body.error.message, /\baud\b.*studio/);
  });

  test("gives an access token for an API that was asked for, and that is its audience", async (t) => {
    const api = await startApp({ vars: () => followed(RECIPE, { ...placeholders, "the client's id": API }) });
    t.after(() => api.close());
    const { access_token, id_token } = await signIn("ada", { resource: API });
    const ada = new Api(api.base, access_token);
    const { taskId, task } = await ada.start();
    assert.deepEqual([task.userId, (await ada.task(taskId)).taskId], ["ada", taskId]);
    assertRefused(await new Api(api.base, id_token).call("/tasks"), 401, "unauthorized");
    assertRefused(await new Api(app.base, access_token).call("/tasks"), 401, "unauthorized");
  });
});
