/** A ticket for somebody else shows the task, and not whose it is, what it cost or what is kept with it. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { ticketOf } from "./support/tickets.ts";
import { upgrade } from "./support/watcher.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 30_000;

const metadata = { order: "o-1" };

/** A task, and the place where a guest watches it. */
async function shared() {
  const { taskId, live } = await ada.start({ metadata });
  const answer = await ada.call(`/tasks/${taskId}/ticket?share=true`, { method: "POST" });
  assert.equal(answer.status, 200, answer.text);
  return { taskId, own: live, guest: { url: live.url, ticket: answer.body.ticket } };
}

/** What a guest sees of a task. */
const bare = (task: any) => ({ ...task, userId: "", cost: null, metadata: {} });

describe("a ticket for sharing", { timeout }, () => {
  test("shows the same task without its owner, its cost and its metadata, live and when it is read", async () => {
    const { taskId, own, guest } = await shared();
    const [owner, visitor] = [await app.watch(own), await app.watch(guest)];
    await app.evict(taskId);
    await app.emulator.deliver(taskId);
    const task = await owner.task("completed");
    assert.deepEqual([task.userId, task.metadata], ["ada", metadata]);
    assert.ok(Number(task.cost) > 0);
    assert.deepEqual(await visitor.task("completed"), bare(task));
    assert.deepEqual(
      visitor.frames,
      owner.frames.map((frame) => ({ ...frame, task: bare(frame.task) })),
    );
    const read = async (ticket: string) => (await call(`${app.base}/tasks/${taskId}?ticket=${ticket}`)).body.task;
    assert.deepEqual(await read(own.ticket), task);
    assert.deepEqual(await read(guest.ticket), bare(task));
    const late = await app.watch(guest);
    assert.deepEqual(await late.task("completed"), bare(task));
    for (const watcher of [owner, visitor, late]) watcher.terminate();
  });

  test("opens nothing else, no feed, and no other task", async () => {
    const { taskId, guest } = await shared();
    const other = await shared();
    const query = `?ticket=${guest.ticket}`;
    assertRefused(await call(`${app.base}/tasks/${other.taskId}${query}`), 401, "invalid_ticket");
    for (const path of ["/tasks/live", "/content/live", `/batches/${taskId}/live`, `/channels/${taskId}/live`]) {
      assert.equal((await upgrade(`${app.base}${path}${query}`)).status, 401, path);
    }
    assertRefused(await call(`${app.base}/tasks/${taskId}/ticket${query}`, { method: "POST" }), 401, "unauthorized");
  });

  test("is for the owner alone to make, of a task that exists", async () => {
    const { taskId } = await shared();
    const eve = await app.as("eve");
    const path = `/tasks/${taskId}/ticket?share=true`;
    assertRefused(await eve.call(path, { method: "POST" }), 404, "not_found");
    const ticket = ticketOf({ user: "eve", scope: { kind: "shared", id: taskId } });
    assertRefused(await call(`${app.base}/tasks/${taskId}?ticket=${ticket}`), 404, "not_found");
  });

  test("is what anybody gets who asks for one in other words, and not one that shows more", async () => {
    const { taskId } = await shared();
    const shown = async (query: string) => {
      const { ticket } = (await ada.call(`/tasks/${taskId}/ticket${query}`, { method: "POST" })).body;
      return (await call(`${app.base}/tasks/${taskId}?ticket=${ticket}`)).body.task.userId;
    };
    for (const query of ["?share", "?share=1", "?share=TRUE"]) assert.equal(await shown(query), "", query);
    for (const query of ["", "?share=false"]) assert.equal(await shown(query), "ada", query);
  });
});
