/**
 * The Worker does what openapi.json says, all of it: every answer and every refusal that is
 * described of any route is had from the running Worker, and is as described.
 *
 * Its parts are in openapi/. They are one test file, because one contract remembers all their answers.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { app, contract, timeout } from "./openapi/deployed.ts";
import { underWay } from "./openapi/under_way.ts";
import "./openapi/answers.ts";
import "./openapi/operator.ts";
import "./openapi/events.ts";
import "./openapi/refusals.ts";
import "./openapi/provider_refusals.ts";
import "./openapi/request_webhooks.ts";
import "./openapi/run_webhooks.ts";

/** Promised, and not to be had by any request: a fault of ours that we know nothing of. */
const NEVER = /internal_error$/;

/** Bytes of the document, gzipped: it is a part of the Worker. Runs of models, limits and operators have brought more. */
const LARGEST = 11 * 1024;

describe("openapi.json", { timeout }, () => {
  test("is served as it is in the repository, may be kept by anybody, and is small", async () => {
    const answer = await contract.ask(app.base, "GET /openapi.json");
    assert.equal(answer.text, readFileSync(new URL("../../openapi.json", import.meta.url), "utf8"));
    assert.equal(answer.headers.get("cache-control"), "public, max-age=3600");
    assert.match(answer.body.openapi, /^3\.1\./);
    assert.ok(gzipSync(answer.text).length < LARGEST);
  });
});

test("a key whose request is under way is refused as described", { timeout }, () => underWay);

test("everything that is described has been seen", () => {
  assert.deepEqual(
    contract.unseen.filter((promise) => !NEVER.test(promise)),
    [],
  );
});
