/** What a soak calls a violation: memory that grows, a socket that is lost, a frame with an older version. */

import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { open } from "../../tests/worker/support/live_socket.ts";
import { Book } from "../book.ts";
import { Errands } from "../errands.ts";
import { compareThirds, type Memory } from "../memory.ts";
import { conclusion } from "../report.ts";
import { type SoakSocket, socketFor } from "../socket.ts";

const memoryOf = (samples: number[], problem: string | null = null) => ({ samples, problem }) as unknown as Memory;
const FLAT = [10, 50, 100, 100, 105, 105];
const GROWING = [1, 1, 1, 1, 2, 2];

describe("the memory", () => {
  test("is flat where the last third is at most a tenth above the second, whatever the first was", () => {
    assert.deepEqual(compareThirds(FLAT), { second: 100, last: 105, isFlat: true });
    assert.equal(compareThirds([10, 50, 100, 100, 110, 110]).isFlat, true);
    assert.equal(compareThirds([10, 50, 100, 100, 111, 111]).isFlat, false);
    assert.equal(compareThirds([300, 300, 100, 100, 111, 111]).isFlat, false);
  });

  test("of fewer samples than thirds is not called flat", () => {
    assert.equal(compareThirds([]).isFlat, false);
    assert.equal(compareThirds([100, 100]).isFlat, false);
  });
});

describe("a soak", () => {
  test("is well without a violation", () => {
    const { isWell, lines } = conclusion(new Book(), memoryOf(FLAT), 20);
    assert.equal(isWell, true);
    assert.ok(lines.every((line) => !line.includes("VIOLATION")));
  });

  test("is not well with a violation, memory that grows, or a workerd that is gone", () => {
    const book = new Book();
    for (let i = 0; i < 9; i++) book.blame("lost", `task ${i}`);
    const { isWell, lines } = conclusion(book, memoryOf(FLAT), 20);
    assert.equal(isWell, false);
    assert.ok(lines.includes("VIOLATION: lost, 9 times"));
    assert.equal(lines.filter((line) => line.startsWith("  task ")).length, 5);
    assert.equal(conclusion(new Book(), memoryOf(GROWING), 20).isWell, false);
    assert.equal(conclusion(new Book(), memoryOf(FLAT, "workerd is gone."), 20).isWell, false);
  });

  test("that is too short for workerd to be warm tells its growth, and does not judge it", () => {
    const { isWell, lines } = conclusion(new Book(), memoryOf(GROWING), 19);
    assert.equal(isWell, true);
    assert.match(lines[0] ?? "", /100\.0 %, not judged/);
  });

  test("counts what an errand throws as a violation, and waits for errands that errands begin", async () => {
    const book = new Book();
    const errands = new Errands(book);
    errands.after(0, "first", async () => {
      errands.after(1, "second", async () => {
        throw new Error("no");
      });
    });
    await errands.idle();
    assert.deepEqual([...book.violations], [["second", { count: 1, told: ["no"] }]]);
  });
});

describe("a socket", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "taskwire" });
  await once(server, "listening");
  after(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function opened(): Promise<{ book: Book; socket: SoakSocket; other: WebSocket }> {
    const book = new Book();
    const coming = once(server, "connection");
    const socket = await open(socketFor({ book, kind: "a task" }), base, { url: "/live", ticket: "t" });
    const [other] = await coming;
    return { book, socket, other };
  }

  const task = (version: number) =>
    JSON.stringify({ type: "task", task: { taskId: "tsk_1", version, status: "pending" } });
  const kinds = (book: Book) => [...book.violations.keys()];

  test("that ends without a close code is lost", async () => {
    const { book, socket, other } = await opened();
    other.terminate();
    await socket.until(({ closed }) => closed);
    assert.deepEqual(kinds(book), ["lost socket"]);
  });

  test("that is closed with a code, or left, is not", async () => {
    for (const end of [
      ({ other }: Awaited<ReturnType<typeof opened>>) => other.close(4404),
      ({ socket }: Awaited<ReturnType<typeof opened>>) => socket.leave(false),
    ]) {
      const all = await opened();
      end(all);
      await all.socket.until(({ closed }) => closed);
      assert.deepEqual(kinds(all.book), []);
      assert.equal(all.socket.isOpen, false);
    }
  });

  test("that shows an older version, or what was erased, is told of", async () => {
    const { book, socket, other } = await opened();
    other.send(task(2));
    other.send(task(2));
    other.send(task(1));
    await socket.until(() => book.violated === 1);
    other.send(JSON.stringify({ type: "erased", taskId: "tsk_1" }));
    other.send(task(3));
    await socket.until(() => book.violated === 2);
    assert.deepEqual(kinds(book), ["older frame", "shown again"]);
    socket.leave(true);
  });
});
