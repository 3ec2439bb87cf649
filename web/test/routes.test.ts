// Which address is which view, and what a shared link carries where.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PATHS, routeOf, sharedLink, ticketIn } from "../src/routes.ts";

/** The first parts of the API's paths: a page there would never be reached. */
const API = ["generate", "estimate", "tasks", "batches", "webhooks", "ai", "channels", "content"];

test("every address leads to its view", () => {
  assert.deepEqual(routeOf(PATHS.gallery), { view: "gallery" });
  assert.deepEqual(routeOf(PATHS.history), { view: "history" });
  assert.deepEqual(routeOf(PATHS.compare), { view: "compare" });
  assert.deepEqual(routeOf(PATHS.feed), { view: "feed" });
  assert.deepEqual(routeOf(PATHS.task("tsk_1")), { view: "task", id: "tsk_1" });
  assert.deepEqual(routeOf(PATHS.batch("btc_1")), { view: "batch", id: "btc_1" });
});

test("an id is one part of the address, whatever is in it", () => {
  for (const id of ["a/b", "a b", "ä", "%", "..", "a?b#c"])
    assert.deepEqual(routeOf(PATHS.task(id)), { view: "task", id });
});

test("what is no view is nowhere, and nothing is thrown", () => {
  for (const path of ["/t", "/t/", "/t/a/b", "/history/1", "/feed/x/y", "/nope", "/t/%E0%A4%A"]) {
    assert.deepEqual(routeOf(path), { view: "nowhere" }, path);
  }
});

test("no view is where the API is", () => {
  for (const path of [PATHS.history, PATHS.compare, PATHS.feed, PATHS.task("x"), PATHS.batch("x")]) {
    assert.ok(!API.includes(path.split("/")[1] ?? ""), path);
  }
});

test("a shared link carries its ticket in the fragment alone", () => {
  const link = new URL(sharedLink("https://taskwire.example", "tsk_1", "v1.a-b_c.d+e"));
  assert.deepEqual([link.pathname, link.search], ["/t/tsk_1", ""]);
  assert.equal(ticketIn(link.hash), "v1.a-b_c.d+e");
});

test("an address without a ticket has none", () => {
  for (const hash of ["", "#", "#main", "#ticket", "#ticket="]) assert.equal(ticketIn(hash), null, hash);
});
