/**
 * Everything that the Worker ever showed of a run's tasks, wherever it showed it.
 *
 * Invariants: a version always has the same content, and a final task never changes.
 */

import { canonical } from "./canonical.ts";

type Json = Record<string, any>;

/** Failures set by the Worker, which the provider's own outcome may still replace. */
const PROVISIONAL = ["timeout", "provider_timeout", "provider_unavailable", "provider_invalid_response"];

export function isFinal(task: Json): boolean {
  if (task.status === "pending") return false;
  return task.status === "completed" || !PROVISIONAL.includes(task.error?.code);
}

export class Observed {
  readonly #versions = new Map<string, Map<number, string>>();
  readonly #final = new Map<string, number>();
  readonly #newest = new Map<string, number>();
  readonly #blame: (problem: string) => void;

  constructor(blame: (problem: string) => void) {
    this.#blame = blame;
  }

  /** The newest version that anybody was shown. */
  newest(taskId: string): number {
    return this.#newest.get(taskId) ?? 0;
  }

  /** Records a task that was shown `where`. */
  saw(where: string, task: Json): void {
    const { taskId, version } = task;
    // A task that the provider never accepted has no id.
    if (!taskId) return;
    const text = canonical(task);
    const versions = this.#versions.get(taskId) ?? new Map<number, string>();
    this.#versions.set(taskId, versions);
    const before = versions.get(version);
    if (before !== undefined && before !== text) {
      this.#blame(`two contents of version ${version} of ${taskId}, the second ${where}:\n    ${before}\n    ${text}`);
    }
    versions.set(version, text);
    const final = this.#final.get(taskId);
    if (final !== undefined && version > final) {
      this.#blame(`${taskId} was over at version ${final}, and changed: ${where} shows ${text}`);
    }
    if (isFinal(task)) this.#final.set(taskId, Math.min(version, final ?? Infinity));
    this.#newest.set(taskId, Math.max(version, this.newest(taskId)));
  }
}
