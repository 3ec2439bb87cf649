// The origins that one deployment adds to the page's policy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { allow, signInOrigins } from "../policy.mjs";

const HEADERS = readFileSync(new URL("../_headers", import.meta.url), "utf8");

test("an issuer is added to connect-src, and not to img-src", () => {
  const headers = allow(HEADERS, { connect: ["https://id.example", "https://id.example"] });
  assert.match(headers, /connect-src 'self' https:\/\/id\.example;/);
  assert.match(headers, /img-src 'self' https:;/);
});

test("the emulator is added to connect-src and img-src", () => {
  const origin = "http://127.0.0.1:8788";
  const headers = allow(HEADERS, { connect: [origin], images: [origin] });
  assert.match(headers, /connect-src 'self' http:\/\/127\.0\.0\.1:8788;/);
  assert.match(headers, /img-src 'self' http:\/\/127\.0\.0\.1:8788 https:;/);
});

test("nothing else changes", () => {
  assert.equal(allow(HEADERS, {}), HEADERS);
  const added = allow(HEADERS, { connect: ["https://id.example"] });
  assert.equal(added.replace(" https://id.example", ""), HEADERS);
});

test("headers without a policy throw", () => {
  assert.throws(() => allow("/*\n  X-Frame-Options: DENY\n", { connect: ["https://id.example"] }), /connect-src/);
});

test("the origins of the sign-in are the issuer's and those in AUTH_ORIGINS", () => {
  assert.deepEqual(signInOrigins({ AUTH_ISSUER: "" }), []);
  assert.deepEqual(signInOrigins({ AUTH_ISSUER: "https://id.example/realms/one" }), ["https://id.example"]);
  const vars = {
    AUTH_ISSUER: "https://id.example/pool",
    AUTH_ORIGINS: "https://token.example:8443/x  https://keys.example",
  };
  assert.deepEqual(signInOrigins(vars), ["https://id.example", "https://token.example:8443", "https://keys.example"]);
});
