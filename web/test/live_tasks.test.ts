// The one word for the state of all sockets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { summarize } from "../src/live_tasks.ts";

test("one lost socket makes the page reconnecting, however many are live", () => {
  assert.equal(summarize(["live", "reconnecting", "live"], true), "reconnecting");
});

test("a socket that opens for the first time does not take the page out of its state", () => {
  assert.equal(summarize(["opening"], true), "idle");
  assert.equal(summarize(["live", "opening"], true), "live");
});

test("without a network the page is offline, whatever the sockets say", () => {
  assert.equal(summarize(["live"], false), "offline");
});

test("without sockets the page is idle", () => {
  assert.equal(summarize([], true), "idle");
});
