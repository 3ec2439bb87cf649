/** A socket on a task whose provider tells how far it has come: frames of progress are kept apart. */

import { open } from "./live_socket.ts";
import { type Live, Watcher } from "./watcher.ts";

export interface ProgressFrame {
  progress: number | null;
  message?: string;
  /** When it came, in milliseconds. */
  at: number;
}

export class RunWatcher extends Watcher {
  readonly progress: ProgressFrame[] = [];

  protected override hear(frame: any): void {
    if (frame.type !== "progress") {
      super.hear(frame);
      return;
    }
    const { type: _, taskId, progress, message, ...more } = frame;
    if (typeof taskId !== "string" || Object.keys(more).length > 0) this.fail(`odd progress: ${JSON.stringify(frame)}`);
    this.progress.push({ progress, message, at: Date.now() });
  }
}

export function watchRun(base: string, live: Live): Promise<RunWatcher> {
  return open(RunWatcher, base, live);
}
