/** A socket on a feed: frames of several tasks, whose versions never fall. */

import { type By, LiveSocket, open } from "./live_socket.ts";

/** A version that falls is an error; a repeated one is fine. */
export class FeedWatcher extends LiveSocket {
  /** The task in every frame, oldest first. */
  readonly tasks: any[] = [];
  readonly #newest = new Map<string, any>();
  /** The ids of the tasks that were erased. */
  readonly erased: string[] = [];
  /** What the frames said of the limits, oldest first. */
  readonly usages: any[] = [];

  protected hear({ type, task, taskId, usage }: any): void {
    if (type === "usage") {
      this.usages.push(usage);
      return;
    }
    if (type === "erased") {
      this.erased.push(taskId);
      this.#newest.delete(taskId);
      return;
    }
    if (this.erased.includes(task?.taskId)) this.fail(`${task.taskId} is shown after it was erased`);
    const before = this.#newest.get(task?.taskId)?.version ?? 0;
    this.tasks.push(task);
    if (type !== "task" || typeof task.taskId !== "string") this.fail(`not a task's frame: ${type}`);
    else if (task.version < before) this.fail(`${task.taskId} fell from version ${before} to ${task.version}`);
    else this.#newest.set(task.taskId, task);
  }

  protected get seen(): string {
    return `shown: ${this.tasks.map(({ taskId, version, status }) => `${taskId} ${version} ${status}`).join(", ")}`;
  }

  /** The ids of the tasks that were shown, in the order of their first frames. */
  get ids(): string[] {
    return [...this.#newest.keys()];
  }

  /** The newest frame of a task. */
  newest(taskId: string): any {
    return this.#newest.get(taskId);
  }

  /** The task, once it is shown in this status. */
  shows(taskId: string, status: string, deadlineMs?: number): Promise<any> {
    return this.until(() => this.newest(taskId)?.status === status && this.newest(taskId), deadlineMs);
  }
}

/** Opens a feed by a ticket, as a browser does, or by a token. */
export function watchFeed(base: string, by: By): Promise<FeedWatcher> {
  return open(FeedWatcher, base, by);
}
