/** When the webhook comes, how often, in what order: none of it may change what the user gets. */

import assert from "node:assert/strict";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import type { Outcome } from "../../emulator/emulator.ts";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import {
  completedBody,
  deliveryHeaders,
  hexHeaders,
  nowSeconds,
  sendWebhook,
  standardHeaders,
} from "./support/signatures.ts";
import { withoutRowIds } from "./support/tampering.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 30_000;

const ECHOES = [
  { echo: "with the row ids echoed", how: {} },
  { echo: "without them", how: { mutate: withoutRowIds } },
];

for (const generation of ["g2", "g3", "g4"] as const) {
  describe(`on wire ${generation}, the webhook comes`, { timeout }, () => {
    beforeEach(() => {
      app.emulator.options.generation = generation;
    });
    afterEach(() => {
      app.emulator.options.onCreate = undefined;
    });

    for (const { echo, how } of ECHOES) {
      test(`before the start call is answered, ${echo}`, async () => {
        app.emulator.options.onCreate = async ({ id }) => {
          const [attempt] = await app.emulator.deliver(id, how);
          assert.equal(attempt?.status, 200);
        };
        const { taskId, task, live } = await ada.start({ count: 2 });
        assert.deepEqual([task.status, task.version], ["completed", 2]);
        await arrived(taskId, live);
      });

      test(`while it is answered, ${echo}`, async () => {
        let delivery: Promise<unknown> = Promise.resolve();
        app.emulator.options.onCreate = ({ id }) => {
          delivery = app.emulator.deliver(id, how);
        };
        const { taskId, live } = await ada.start({ count: 2 });
        await delivery;
        await arrived(taskId, live);
      });

      test(`after it, ${echo}`, async () => {
        const { taskId, live } = await ada.start({ count: 2 });
        await app.emulator.deliver(taskId, how);
        await arrived(taskId, live);
      });
    }

    test("when the answer to the start call was lost, and gives the user the task after all", async () => {
      // The provider's list does not show it yet, so that looking does not help.
      let hidden: any;
      app.emulator.options.onCreate = (task) => {
        hidden = task;
        app.emulator.tasks.delete(task.id);
        throw new Error("the line goes dead");
      };
      const refused = await ada.generate({ count: 2, prompt: `lost on ${generation}` });
      assertRefused(refused, 503, "provider_unavailable");
      const [row] = (await ada.list("?limit=1")).tasks;
      assert.deepEqual([row.taskId, row.status, row.error.code], [null, "failed", "provider_unavailable"]);
      assert.deepEqual(
        row.images.map((image: any) => image.status),
        ["failed", "failed"],
      );

      const taskId = hidden.id;
      app.emulator.tasks.set(taskId, hidden);
      const [attempt] = await app.emulator.deliver(taskId);
      assert.equal(attempt?.status, 200);
      const healed = await eventually(async () => {
        const [newest] = (await ada.list("?limit=1")).tasks;
        return newest.status === "completed" && newest;
      }, 10_000);
      assert.equal(healed.taskId, taskId);
      assert.equal(healed.prompt, `lost on ${generation}`);
      assert.equal(healed.error, null);
      assert.deepEqual(
        healed.images.map((image: any) => [image.id, image.status, image.error]),
        [
          [row.images[0].id, "success", null],
          [row.images[1].id, "success", null],
        ],
      );
      assert.deepEqual(await ada.task(taskId), healed);
    });
  });
}

/** A task that is complete wherever one looks. */
async function arrived(taskId: string, live: { url: string; ticket: string }): Promise<void> {
  const watcher = await app.watch(live);
  const seen = await watcher.task("completed");
  watcher.close();
  assert.equal(seen.version, 2);
  const pictures = app.emulator.tasks.get(taskId)?.images.map((image) => image.ok && image.id);
  assert.deepEqual(
    seen.images.map((image: any) => image.imageId),
    pictures,
  );
  assert.deepEqual(await ada.task(taskId), seen);
  const { task, images } = await app.rows(taskId);
  assert.deepEqual([task?.status, task?.version], ["completed", 2]);
  assert.deepEqual(
    images.map(({ image_id }) => image_id),
    pictures,
  );
}

describe("a delivery that is repeated", { timeout }, () => {
  test("a hundred times at once gives one version, one frame and one set of rows", async () => {
    app.emulator.options.generation = "g4";
    const { taskId, live } = await ada.start({ count: 4 });
    const watcher = await app.watch(live);
    await watcher.task("pending");
    const attempts = await app.emulator.deliver(taskId, { copies: 100 });
    assert.deepEqual([...new Set(attempts.map(({ status }) => status))], [200]);
    assert.equal(attempts.length, 100);
    await watcher.settled();
    assert.deepEqual(watcher.versions, [1, 2]);
    watcher.close();
    const { task, images } = await app.rows(taskId);
    assert.equal(task?.version, 2);
    assert.deepEqual(
      images.map(({ status }) => status),
      Array(4).fill("success"),
    );
  });

  const REPEATED: Record<string, (body: string, time: number) => Record<string, string>> = {
    "its body, where the wire gives it no id": (body, time) => hexHeaders(body, { time }),
    "x-mynth-delivery": (body, time) => deliveryHeaders(body, { time, id: "delivery-1" }),
    "webhook-id": (body, time) => standardHeaders(body, { time, id: "evt_1" }),
  };
  for (const [by, sign] of Object.entries(REPEATED)) {
    test(`and signed afresh is known by ${by}`, async () => {
      const { taskId } = await ada.start();
      const body = completedBody(taskId);
      const verdicts = () => app.logs.filter((line) => line.includes(taskId)).map((line) => line.split(" ").at(-1));
      for (const age of [40, 20, 0]) {
        assert.equal((await sendWebhook(app.base, body, sign(body, nowSeconds() - age))).status, 200);
      }
      await eventually(() => verdicts().length === 3, 5000);
      assert.deepEqual(verdicts(), ["Applied", "Duplicate", "Duplicate"]);
      assert.equal((await ada.task(taskId)).version, 2);
    });
  }

  test("is refused when it was captured more than five minutes ago", async () => {
    const { taskId } = await ada.start();
    const body = completedBody(taskId);
    for (const sign of [hexHeaders, deliveryHeaders, standardHeaders]) {
      const old = await sendWebhook(app.base, body, sign(body, { time: nowSeconds() - 301 }));
      assertRefused(old, 401, "invalid_signature");
      const early = await sendWebhook(app.base, body, sign(body, { time: nowSeconds() + 303 }));
      assertRefused(early, 401, "invalid_signature");
    }
    assert.equal((await ada.task(taskId)).version, 1);
    const late = await sendWebhook(app.base, body, hexHeaders(body, { time: nowSeconds() - 295 }));
    assert.equal(late.status, 200);
    assert.equal((await ada.task(taskId)).status, "completed");
  });
});

describe("what the provider said first stands", { timeout }, () => {
  const C = "completed";
  const F = "failed";
  const ORDERS: Outcome[][] = [
    [C, F],
    [C, F, C],
    [C, C, F, F],
    [F, C],
    [F, C, F],
    [F, F, C, C],
  ];
  for (const order of ORDERS) {
    for (const generation of ["g2", "g4"] as const) {
      test(`${order.join(", ")}, on wire ${generation}`, async () => {
        const { taskId, live } = await ada.start({ count: 2 });
        const watcher = await app.watch(live);
        await watcher.task("pending");
        for (const [nth, event] of order.entries()) {
          // Each a delivery of its own: what decides is the task's state, not that it was seen before.
          const mutate = (body: Record<string, unknown>) => ({
            ...body,
            ...("id" in body ? { id: `evt_${nth}` } : { nth }),
          });
          const [attempt] = await app.emulator.deliver(taskId, { event, generation, mutate });
          assert.equal(attempt?.status, 200);
        }
        await watcher.settled();
        assert.deepEqual(watcher.versions, [1, 2]);
        const last = watcher.frames.at(-1).task;
        watcher.close();
        assert.equal(last.status, order[0]);
        const { task, images } = await app.rows(taskId);
        assert.deepEqual([task?.status, task?.version], [order[0], 2]);
        const imageStatus = order[0] === C ? "success" : "failed";
        assert.deepEqual(
          images.map(({ status }) => status),
          [imageStatus, imageStatus],
        );
        assert.deepEqual(await ada.task(taskId), last);
      });
    }
  }

  test("all at once, in whatever order: one of them, and everyone sees the same one", async () => {
    for (let round = 0; round < 5; round++) {
      const { taskId, live } = await ada.start();
      const watcher = await app.watch(live);
      await watcher.task("pending");
      const events: Outcome[] = [C, F, F, C];
      await Promise.all(events.map((event) => app.emulator.deliver(taskId, { event, copies: 5 })));
      await watcher.settled();
      assert.deepEqual(watcher.versions, [1, 2]);
      const last = watcher.frames.at(-1).task;
      watcher.close();
      assert.deepEqual(await ada.task(taskId), last);
      assert.equal((await app.rows(taskId)).task?.status, last.status);
    }
  });
});
