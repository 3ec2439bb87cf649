import assert from "node:assert/strict";
import { test } from "node:test";
import { wrongName } from "../names.ts";

test("a name that npm and Cloudflare take is a name", () => {
  for (const name of ["my-app", "a", "tasks2", "0ad", "x".repeat(63)]) assert.equal(wrongName(name), undefined, name);
});

test("a name that either would refuse is said to be wrong, and why", () => {
  for (const [name, why] of [
    ["", /is empty/],
    ["x".repeat(64), /has 64 characters: Cloudflare takes 63/],
    ["My-App", /Worker's name at Cloudflare/],
    ["my_app", /Worker's name at Cloudflare/],
    ["-app", /no dash at either end/],
    ["app-", /no dash at either end/],
    ["my app", /Worker's name/],
    ["a.b", /Worker's name/],
    ["é", /Worker's name/],
    ["node_modules", /Worker's name/],
    ["http", /package's name for npm: http is a core module name/],
  ] as const)
    assert.match(wrongName(name) ?? "nothing", why, name);
});
