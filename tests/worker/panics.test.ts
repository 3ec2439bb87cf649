/**
 * A panic fails what it happened in, and nothing else; the log has it once. The Worker here is built to
 * panic when it is asked to (the feature `panics`): the one that is deployed is not.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { refusal } from "./support/troubles.ts";

/** scripts/lib/build.mjs, `buildPanickingWorker`. */
const BUILD = "target/panicking";

/** The runtime tries an alarm again after 2 s. */
const RETRIED_MS = 20_000;

const app = await startApp({ build: BUILD });
after(() => app.close());
const ada = await app.as("ada");

const panic = (how: string) => call(`${app.base}/__panic/${how}`);

/** What was logged since `before`, if that is one panic with this message, its place and its stack. */
function assertLogged(before: number, message: string): void {
  const shown = app.logs.slice(before).join("\n---\n");
  const lines = app.logs.slice(before).filter((line) => /panic|on purpose|Critical/.test(line));
  assert.equal(lines.length, 1, shown);
  const [head, said, , stack, , error, ...frames] = lines[0]?.split("\n") ?? [];
  assert.match(head ?? "", /panicked at src\/panics\.rs:\d+:\d+:$/, shown);
  assert.equal(said, message, shown);
  assert.deepEqual([stack, error], ["Stack:", "Error"], shown);
  assert.ok(frames.filter((frame) => /^ +at .*wasm/.test(frame)).length > 3, shown);
}

// One after the other: each counts what is logged meanwhile.
describe("a panic", { timeout: 60_000 }, () => {
  // The first of all: what it needs has to be there from the first event on.
  for (const [how, message] of [
    ["now", "on purpose, in a request"],
    ["later", "on purpose, after a wait"],
  ] as const) {
    test(`(${how}) fails its request, is logged once, and the next request is answered`, async () => {
      const before = app.logs.length;
      assert.equal((await panic(how)).status, 500);
      assert.equal((await call(`${app.base}/healthz`)).status, 200);
      assertLogged(before, message);
    });

    test(`(${how}) leaves a request alone that is under way in the same instance`, async () => {
      const before = app.logs.length;
      const statuses: number[] = [];
      app.emulator.options.onCreate = async () => {
        statuses.push((await panic(how)).status);
      };
      const { task, taskId } = await ada.start();
      app.emulator.options.onCreate = undefined;
      assert.deepEqual(statuses, [500]);
      assert.equal(task.status, "pending");
      await app.emulator.deliver(taskId);
      assert.equal((await ada.task(taskId)).status, "completed");
      assertLogged(before, message);
    });
  }

  test("in an alarm is logged once, and the alarm comes again and does its work", async () => {
    const trouble = refusal("tasks", "UPDATE");
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    await trouble.begin(app);
    await app.emulator.deliver(taskId);
    await watcher.task("completed");
    await trouble.end(app);
    const before = app.logs.length;
    // Only the alarm can bring D1 up to date now.
    await panic("alarm");
    await eventually(() => app.logs.slice(before).some((line) => line.includes("in an alarm")), RETRIED_MS);
    assert.equal((await app.rows(taskId)).task?.status, "pending");
    await eventually(async () => (await app.rows(taskId)).task?.status === "completed", RETRIED_MS);
    assertLogged(before, "on purpose, in an alarm");
    assert.deepEqual(watcher.versions, [1, 2]);
    watcher.close();
    assert.equal((await ada.task(taskId)).status, "completed");
  });

  test("cannot be asked for in the Worker that is deployed", () => {
    const asks = (build: string) =>
      readFileSync(new URL(`../../${build}/index_bg.wasm`, import.meta.url)).includes("on purpose");
    assert.deepEqual([asks(BUILD), asks("build")], [true, false]);
  });
});
