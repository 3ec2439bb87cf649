// The addresses of the views, and the ticket in a shared link.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PATHS, sharedLink, ticketIn } from "../src/routes.ts";

/** The first segments of the API's paths. The Worker answers there, so a page would never be reached. */
const API = ["generate", "estimate", "tasks", "batches", "webhooks", "ai", "channels", "content", "admin"];

test("an id is one part of the address, whatever characters it has", () => {
  for (const id of ["tsk_1", "a/b", "a b", "a?b#c"]) assert.equal(PATHS.task(id).split(/[/?#]/).length, 3, id);
});

test("no view has an address of the API", () => {
  for (const path of [PATHS.history, PATHS.compare, PATHS.feed, PATHS.task("x"), PATHS.batch("x")]) {
    assert.ok(!API.includes(path.split("/")[1] ?? ""), path);
  }
});

test("the operator's page is one address, because what is below it is the API's", () => {
  assert.equal(PATHS.admin, "/admin");
});

test("a shared link carries its ticket in the fragment alone", () => {
  const link = new URL(sharedLink("https://taskwire.example", "tsk_1", "v1.a-b_c.d+e"));
  assert.deepEqual([link.pathname, link.search], ["/t/tsk_1", ""]);
  assert.equal(ticketIn(link.hash), "v1.a-b_c.d+e");
});

test("an address without a ticket has none", () => {
  for (const hash of ["", "#", "#main", "#ticket", "#ticket="]) assert.equal(ticketIn(hash), null, hash);
});
