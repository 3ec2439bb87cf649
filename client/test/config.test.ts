// The settings that a page reads before sign-in.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { readConfig } from "../src/config.ts";
import { Server } from "./server.ts";

let server: Server;

beforeEach(async () => {
  server = await Server.start();
});

afterEach(() => server.stop());

test("the settings are read without a token", async () => {
  const settings = { issuer: "https://issuer.example", clientId: "page", audience: "taskwire" };
  server.answers.set("GET /config.json", { body: settings });
  assert.deepEqual(await readConfig(`${server.url}/`), settings);
  assert.deepEqual(server.lines, ["GET /config.json"]);
  assert.equal(server.calls[0]?.headers.authorization, undefined);
});

test("settings that cannot be read reject, with the status if there is one", async () => {
  server.answers.set("GET /config.json", {
    status: 503,
    body: { error: { code: "not_configured", message: "AUTH_ISSUER" } },
  });
  await assert.rejects(readConfig(server.url), /^Error: The server answered with 503\.$/);
  server.answers.set("GET /config.json", "hang up");
  await assert.rejects(readConfig(server.url), TypeError);
});
