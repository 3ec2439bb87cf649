/** Methods that the runtime's type does not know were taken for GET: who asks for `PROPFIND` must hear what there is. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { type Raw, rawRequest } from "./support/raw.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 20_000;

function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Raw> {
  const all = { authorization: `Bearer ${ada.token}`, ...headers };
  return rawRequest(app.base, method, path, Object.entries(all));
}

const ROUTES: [path: string, allow: string][] = [
  ["/tasks", "GET, HEAD, POST"],
  ["/tasks/tsk_1", "DELETE, GET, HEAD"],
  ["/users/me", "DELETE"],
  ["/models", "GET, HEAD"],
  ["/content", "GET, HEAD"],
  ["/tasks/live", "GET"],
  ["/generate", "POST"],
  ["/healthz", "GET, HEAD"],
];

describe("a method", { timeout }, () => {
  for (const method of ["PROPFIND", "QUERY", "SEARCH", "MKCOL"]) {
    test(`${method} was answered as GET`, async () => {
      for (const [path, allow] of ROUTES) {
        const { status, headers, body } = await ask(method, path);
        assert.deepEqual([status, headers.get("allow")], [405, allow], `${method} ${path}: ${body}`);
        assert.match(body, new RegExp(`"method_not_allowed","message":"${path} does not take ${method}\\."`));
      }
      for (const path of ["/nothing", "/tasks/a/b", "/webhooks/nobody"]) {
        const { status, body } = await ask(method, path);
        assert.equal(status, 404, `${method} ${path}: ${body}`);
        assert.match(body, /"not_found"/);
      }
    });
  }

  test("that is none in HTTP does not get to a resource", async () => {
    for (const method of ["FOO", "get", "G-E-T"]) {
      const { status, body } = await ask(method, "/tasks");
      assert.ok([400, 405, 501].includes(status), `${method}: ${status} ${body}`);
      assert.doesNotMatch(body, /"tasks"/);
    }
  });

  test("HEAD is GET without a body, and OPTIONS is a preflight, as before", async () => {
    const head = await ask("HEAD", "/tasks");
    assert.deepEqual([head.status, head.headers.get("content-type"), head.body], [200, "application/json", ""]);
    assert.equal((await ask("HEAD", "/generate")).status, 405);
    assert.equal((await ask("HEAD", "/nothing")).status, 404);
    const page = { origin: "http://localhost:8787", "access-control-request-method": "POST" };
    const preflight = await ask("OPTIONS", "/tasks", page);
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-methods"), "GET, HEAD, POST");
    const plain = await ask("OPTIONS", "/tasks");
    assert.deepEqual([plain.status, plain.headers.get("allow")], [405, "GET, HEAD, POST"]);
  });
});
