// Values as the server writes them, and a subscriber that records what it receives.
import type { Channel, Content, Live, SubscribeOptions, Task, TaskwireError } from "../src/index.ts";
import { Queue } from "./queue.ts";
import { ticket } from "./server.ts";

export function taskAt(version: number, changes: Partial<Task> = {}): Task {
  return {
    taskId: "tsk_1",
    mynthTaskId: "tsk_1",
    provider: "mynth",
    kind: "image.generate",
    userId: "ada",
    status: "pending",
    version,
    prompt: "a fox",
    requestedModel: "m",
    model: null,
    error: null,
    cost: null,
    metadata: {},
    createdAt: "2026-11-20T10:00:00.000Z",
    updatedAt: "2026-11-20T10:00:00.000Z",
    images: [],
    outputs: [],
    result: null,
    ...changes,
  };
}

/** A task by its number. A higher number is newer. */
export function numbered(number: number, changes: Partial<Task> = {}): Task {
  const taskId = `tsk_${number}`;
  return taskAt(1, {
    taskId,
    mynthTaskId: taskId,
    createdAt: new Date(1_795_168_800_000 + number).toISOString(),
    ...changes,
  });
}

export function contentAt(number: number): Content {
  return {
    id: `c${number}`,
    title: "A fox",
    body: "It jumps.",
    category: "animals",
    metadata: {},
    data: {},
    channelId: "ch_1",
    eventName: null,
    source: "modelriver",
    userId: null,
    callback: "none",
    createdAt: new Date(1_795_168_800_000 + number).toISOString(),
  };
}

export function channelAt(version: number, changes: Partial<Channel> = {}): Channel {
  return {
    channelId: "ch_1",
    status: "pending",
    version,
    workflow: "w",
    userId: "ada",
    error: null,
    createdAt: "2026-11-20T10:00:00.000Z",
    updatedAt: "2026-11-20T10:00:00.000Z",
    ...changes,
  };
}

export const started = (task: Task) => ({
  status: 201,
  body: {
    taskId: task.taskId,
    mynthTaskId: task.taskId,
    task,
    live: { url: `/tasks/${task.taskId}/live`, ...ticket("first") },
  },
});

export const frame = (task: Task): string => JSON.stringify({ type: "task", task });

/** Records the values and errors of a subscription. */
export class Watcher<T> {
  readonly values = new Queue<T>("a value");
  readonly errors = new Queue<TaskwireError>("an error");
  readonly leave: () => void;

  constructor(live: Pick<Live<T>, "subscribe">, options: SubscribeOptions = {}) {
    this.leave = live.subscribe((value) => this.values.push(value), {
      onError: (error) => this.errors.push(error),
      ...options,
    });
  }

  get last(): T | undefined {
    return this.values.all.at(-1);
  }
}
