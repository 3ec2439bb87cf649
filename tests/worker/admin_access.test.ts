/** Who may do what operators do: nobody but a server with the scope, and people whom the settings name. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { ADMIN_KEY, BACKEND_KEY, OPERATOR_VARS, operate } from "./support/operator.ts";
import { upgrade } from "./support/watcher.ts";

const timeout = 120_000;
const ROUTES: [method: string, path: string][] = [
  ["GET", "/admin/deliveries"],
  ["GET", "/admin/deliveries/1"],
  ["POST", "/admin/deliveries/1/replay"],
  ["POST", "/admin/replay"],
  ["GET", "/admin/stats"],
  ["GET", "/metrics"],
];

const closed = await startApp({ vars: OPERATOR_VARS });
const open = await startApp({ vars: { ...OPERATOR_VARS, AUTH_ADMIN_CLAIMS: '{"role":["admin","owner"]}' } });
after(() => Promise.all([closed.close(), open.close()]));

type Headers = Record<string, string>;

async function everywhere(app: typeof open, headers: Headers, status: number, code: string, query = "") {
  for (const [method, path] of ROUTES) {
    const answer = await call(app.base + path + query, { method, headers });
    assertRefused(answer, status, code, `${method} ${path}`);
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("what operators do", { timeout }, () => {
  test("is refused without credentials, and with ones that are not good", async () => {
    for (const app of [open, closed]) {
      await everywhere(app, {}, 401, "unauthorized");
      await everywhere(app, bearer("nonsense"), 401, "unauthorized");
      await everywhere(app, bearer(`${ADMIN_KEY.slice(0, -1)}x`), 401, "unauthorized");
      await everywhere(app, bearer("twk_"), 401, "unauthorized");
      const expired = await app.emulator.token({ sub: "ada", role: "admin", exp: 1 });
      await everywhere(app, bearer(expired), 401, "unauthorized");
    }
  });

  test("is refused to a server without the scope, whomever it names", async () => {
    await everywhere(open, bearer(BACKEND_KEY), 403, "insufficient_scope");
    await everywhere(open, { ...bearer(BACKEND_KEY), "taskwire-user": "ada" }, 403, "insufficient_scope");
  });

  test("is refused to everybody who is signed in while nothing says who may", async () => {
    const token = await closed.emulator.token({ sub: "ada", role: "admin", admin: true });
    await everywhere(closed, bearer(token), 403, "forbidden");
  });

  test("is refused to people without the claim, or with another value of it", async () => {
    for (const claims of [{}, { role: "user" }, { role: "ADMIN" }, { role: true }, { role: ["user"] }]) {
      const token = await open.emulator.token({ sub: "ada", ...claims });
      await everywhere(open, bearer(token), 403, "forbidden");
    }
  });

  test("is refused to a person who names another user", async () => {
    const token = await open.emulator.token({ sub: "ada", role: "admin" });
    await everywhere(open, { ...bearer(token), "taskwire-user": "eve" }, 400, "ambiguous_user");
  });

  test("is not opened by any ticket, even of an operator", async () => {
    const ops = await open.as("ada", { role: "admin" });
    const { taskId } = await ops.start();
    const tickets = ["/tasks/ticket", `/tasks/${taskId}/ticket`, "/content/ticket"].map(
      async (path) => (await ops.post(path, {})).body.ticket,
    );
    for (const ticket of await Promise.all(tickets)) {
      assert.ok(ticket);
      await everywhere(open, {}, 401, "unauthorized", `?ticket=${ticket}`);
      await everywhere(open, bearer(ticket), 401, "unauthorized");
      const protocols = ["taskwire", `ticket.${ticket}`];
      assert.equal((await upgrade(`${open.base}/admin/deliveries`, { protocols })).status, 401);
    }
  });

  test("is open to a server with the scope, which names nobody, and to people with the claim", async () => {
    assert.equal((await operate(closed, "/admin/deliveries")).status, 200);
    assert.equal((await operate(closed, "/admin/stats")).status, 200);
    assert.equal((await operate(closed, "/metrics")).status, 200);
    for (const role of ["admin", "owner", ["user", "owner"]]) {
      const token = await open.emulator.token({ sub: "ada", role });
      const answer = await operate(open, "/admin/deliveries", undefined, token);
      assert.deepEqual([answer.status, answer.headers.get("cache-control")], [200, "private, no-store"]);
    }
  });

  test("opens nothing else: the scope is not that of users' things", async () => {
    const headers = { ...bearer(ADMIN_KEY), "taskwire-user": "ada", "content-type": "application/json" };
    for (const [method, path] of [
      ["GET", "/tasks"],
      ["GET", "/usage"],
      ["GET", "/content"],
      ["POST", "/tasks/ticket"],
      ["POST", "/generate"],
      ["DELETE", "/users/me"],
    ] as [string, string][]) {
      const answer = await call(open.base + path, { method, headers, ...(method === "POST" ? { body: "{}" } : {}) });
      assertRefused(answer, 403, "insufficient_scope", path);
    }
  });

  test("is not there under other names, and /admin itself is a page", async () => {
    for (const path of ["/admin/none", "/admin/deliveries/1/none", "/admin/deliveries/", "/metrics/x"]) {
      assertRefused(await operate(open, path), 404, "not_found", path);
    }
    const [page, other] = await Promise.all(["/admin", "/nothing"].map((path) => call(open.base + path)));
    assert.deepEqual([page?.status, page?.text], [other?.status, other?.text], "as any page is answered");
  });

  test("is a 503 that names the setting for people if it cannot be read, and servers do not mind", async () => {
    for (const wrong of ["{", "{}", '{"role":"VALUE","role":"b"}']) {
      const app = await startApp({ vars: { ...OPERATOR_VARS, AUTH_ADMIN_CLAIMS: wrong } });
      const token = await app.emulator.token({ sub: "ada", role: "admin" });
      const ready = await call(`${app.base}/readyz`);
      for (const answer of [await operate(app, "/admin/deliveries", undefined, token), ready]) {
        assertRefused(answer, 503, "not_configured", wrong);
        assert.equal(answer.body.error.issues[0].path, "AUTH_ADMIN_CLAIMS");
        assert.doesNotMatch(answer.text, /VALUE/);
      }
      assertRefused(await operate(app, "/admin/deliveries", undefined, "none"), 401, "unauthorized");
      assert.equal((await operate(app, "/admin/deliveries")).status, 200);
      assert.equal((await (await app.as("ada")).call("/tasks")).status, 200);
      await app.close();
    }
  });
});
