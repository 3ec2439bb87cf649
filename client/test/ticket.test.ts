// A task that is watched with a ticket alone, as by a shared link.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createTaskwire, type Taskwire } from "../src/index.ts";
import { frame, taskAt, Watcher } from "./fixtures.ts";
import { Server, ticket } from "./server.ts";

let server: Server;
let guest: Taskwire;

beforeEach(async () => {
  server = await Server.start();
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  guest = createTaskwire({ url: server.url });
});

afterEach(async () => {
  guest.close();
  await server.stop();
});

test("a ticket is enough to watch its task, without a token", async () => {
  const watcher = new Watcher(guest.task("tsk_1", { ticket: "a+b" }));
  assert.equal((await watcher.values.next()).version, 1);
  const { path, ticket, socket } = await server.visit();
  assert.deepEqual([path, ticket], ["/tasks/tsk_1/live?version=1", "a+b"]);
  socket.send(frame(taskAt(2)));
  await watcher.values.next();
  assert.equal((await guest.task("tsk_1", { ticket: "a+b" }).get()).version, 1);
  assert.deepEqual(server.lines, ["GET /tasks/tsk_1?ticket=a%2Bb", "GET /tasks/tsk_1?ticket=a%2Bb"]);
  assert.ok(server.calls.every(({ headers }) => headers.authorization === undefined));
});

test("the subscription ends when the ticket expires, and not when a socket drops", async () => {
  server.upgrades.push("refuse");
  const watcher = new Watcher(guest.task("tsk_1", { ticket: "lent" }));
  const { socket, ticket } = await server.visit();
  assert.equal(ticket, "lent");
  await new Watcher(guest.connectionState).values.find((state) => state === "live");
  assert.deepEqual(watcher.errors.all, []);
  server.answers.set("GET /tasks/tsk_1", {
    status: 401,
    body: { error: { code: "invalid_ticket", message: "Expired." } },
  });
  server.isEveryUpgradeRefused = true;
  socket.terminate();
  assert.equal((await watcher.errors.next()).code, "invalid_ticket");
  assert.equal(server.turnedAway.all.length, 2);
});

test("the subscription ends with the ticket, when the server closes its socket for that", async () => {
  const watcher = new Watcher(guest.task("tsk_1", { ticket: "lent" }));
  const { socket } = await server.visit();
  await new Watcher(guest.connectionState).values.find((state) => state === "live");
  const error = { code: "invalid_ticket", message: "The ticket has expired." };
  server.answers.set("GET /tasks/tsk_1", { status: 401, body: { error } });
  socket.close(4401, "expired");
  assert.equal((await watcher.errors.next()).code, "invalid_ticket");
  assert.equal(server.visits.all.length, 1);
});

test("the owner can get a ticket to share", async () => {
  assert.equal(
    (
      await createTaskwire({ url: server.url, getToken: () => "jwt" })
        .task("tsk_1")
        .ticket()
    ).ticket,
    "ticket-1",
  );
  assert.deepEqual(server.lines, ["POST /tasks/tsk_1/ticket"]);
});

test("a ticket for somebody else is asked for as one", async () => {
  server.answers.set("POST /tasks/tsk_1/ticket", { body: ticket("for a guest") });
  const owner = createTaskwire({ url: server.url, getToken: () => "jwt" });
  assert.equal((await owner.task("tsk_1").ticket({ share: true })).ticket, "for a guest");
  assert.deepEqual(server.lines, ["POST /tasks/tsk_1/ticket?share=true"]);
});
