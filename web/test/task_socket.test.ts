// A task's socket against a real WebSocket server.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { afterEach, beforeEach, mock, test } from "node:test";
import {
  backoffDelay, openTaskSocket, PING_EVERY_MS, PONG_WITHIN_MS, type SocketState, type TaskSocket, type TaskSocketOptions,
} from "../src/task_socket.ts";
import type { Task, Ticket } from "../src/types.ts";
import { closeCode, nextText, RoomServer, taskAt, taskFrame } from "./room_server.ts";

let room: RoomServer;
let socket: TaskSocket;
let events: EventEmitter;
let seen: { tasks: Task[]; states: SocketState[]; renewals: number };

function ticket(name: string, lifeMs = 3_600_000): Ticket {
  return { ticket: name, expiresAt: new Date(Date.now() + lifeMs).toISOString() };
}

function open(changes: Partial<TaskSocketOptions> = {}): void {
  socket = openTaskSocket({
    taskId: "tsk_1",
    url: room.url,
    ticket: ticket("first"),
    version: 1,
    renewTicket: async () => ticket(`renewed-${(seen.renewals += 1)}`),
    onTask: (task) => {
      seen.tasks.push(task);
      events.emit("task");
    },
    onState: (state) => {
      seen.states.push(state);
      events.emit(state);
    },
    isFinal: () => false,
    ...changes,
  });
}

const happens = (name: string) => once(events, name, { signal: AbortSignal.timeout(5_000) });

beforeEach(async () => {
  room = await RoomServer.start();
  events = new EventEmitter();
  seen = { tasks: [], states: [], renewals: 0 };
});

afterEach(async () => {
  socket.close();
  await room.stop();
  // Last: a timer made under the mock must not be cleared under the next one.
  mock.timers.reset();
});

test("a terminal task is handed over and the socket closed for good", async () => {
  open();
  const { socket: peer, version, protocols } = await room.visit();
  assert.equal(version, "1");
  assert.match(protocols, /^taskwire, ?ticket\.first$/);
  const closed = closeCode(peer);
  peer.send(taskFrame(taskAt(2, { status: "completed" })));
  assert.equal(await closed, 1000);
  assert.deepEqual(seen.tasks.map((task) => task.version), [2]);
  assert.equal(seen.states.at(-1), "closed");
});

test("a frame with an older version is dropped", async () => {
  open({ version: 5 });
  const { socket: peer } = await room.visit();
  const handedOver = happens("task");
  peer.send(taskFrame(taskAt(4, { status: "failed" })));
  peer.send(taskFrame(taskAt(6)));
  await handedOver;
  assert.deepEqual(seen.tasks.map((task) => task.version), [6]);
});

test("another task's frame and text that is not JSON change nothing", async () => {
  open();
  const { socket: peer } = await room.visit();
  const handedOver = happens("task");
  peer.send("hello");
  peer.send(taskFrame(taskAt(9, { taskId: "tsk_2" })));
  peer.send(taskFrame(taskAt(2)));
  await handedOver;
  assert.deepEqual(seen.tasks.map((task) => task.taskId), ["tsk_1"]);
});

test("a dropped connection comes back with the version it has seen and the same ticket", async () => {
  open();
  const { socket: peer } = await room.visit();
  const handedOver = happens("task");
  peer.send(taskFrame(taskAt(3)));
  await handedOver;
  const again = room.visit();
  peer.terminate();
  const { version, protocols } = await again;
  assert.equal(version, "3");
  assert.match(protocols, /ticket\.first$/);
  assert.equal(seen.renewals, 0);
});

test("a refused socket comes back with a new ticket", async () => {
  room.refusals = 1;
  open();
  const { protocols } = await room.visit();
  assert.match(protocols, /ticket\.renewed-1$/);
});

test("an expired ticket is replaced before it is used", async () => {
  open({ ticket: ticket("old", -1) });
  const { protocols } = await room.visit();
  assert.match(protocols, /ticket\.renewed-1$/);
});

test("a ticket that is refused for good ends the socket", async () => {
  const closed = happens("closed");
  open({ ticket: null, renewTicket: () => Promise.reject(new Error("not found")), isFinal: () => true });
  await closed;
});

test("a ping that is not answered makes a new connection", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const live = happens("live");
  open();
  const { socket: peer } = await room.visit();
  await live;
  const pinged = nextText(peer);
  mock.timers.tick(PING_EVERY_MS);
  assert.equal(await pinged, "ping");
  const again = room.visit();
  mock.timers.tick(PONG_WITHIN_MS);
  assert.equal(seen.states.at(-1), "reconnecting");
  mock.timers.tick(1_000);
  await again;
});

test("a pong keeps the connection", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const live = happens("live");
  open();
  const { socket: peer } = await room.visit();
  await live;
  const pinged = nextText(peer);
  mock.timers.tick(PING_EVERY_MS);
  await pinged;
  const handedOver = happens("task");
  peer.send("pong");
  peer.send(taskFrame(taskAt(2)));
  await handedOver;
  mock.timers.tick(PONG_WITHIN_MS);
  assert.equal(seen.states.at(-1), "live");
});

test("a wake-up reconnects at once, whatever the backoff", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  open();
  const { socket: peer } = await room.visit();
  const waiting = happens("reconnecting");
  peer.terminate();
  await waiting;
  const again = room.visit();
  socket.wake();
  await again;
});

test("the backoff starts at half a second, doubles, is jittered and stays under sixteen seconds", () => {
  assert.deepEqual([0, 1, 2, 9].map((attempt) => backoffDelay(attempt, () => 0)), [500, 1000, 2000, 8000]);
  assert.deepEqual([0, 1, 2, 9].map((attempt) => backoffDelay(attempt, () => 1)), [1000, 2000, 4000, 16000]);
});
