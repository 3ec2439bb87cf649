/** The parent's side of the load generator. */

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Called, Calls, Job, Plugged, Plugs, Seen, Watched } from "./jobs.ts";

const CHILD = fileURLToPath(new URL("load_child.ts", import.meta.url));

/** Longer than any job takes: a hundred thousand starts may take half an hour. */
const MOST_MS = 3_600_000;

type Reply = { id: number; result?: unknown; error?: string };

export class Load {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, { resolve(result: any): void; reject(error: Error): void }>();
  #jobs = 0;

  constructor() {
    this.#child = fork(CHILD, { serialization: "advanced" });
    this.#child.on("message", ({ id, result, error }: Reply) => {
      const job = this.#open.get(id);
      if (error === undefined) job?.resolve(result);
      else job?.reject(new Error(error));
    });
    this.#child.on("exit", (code) => {
      for (const { reject } of this.#open.values()) reject(new Error(`the load generator ended (${code})`));
    });
  }

  calls(job: Omit<Calls, "do">): Promise<Called> {
    return this.#ask({ do: "calls", ...job });
  }

  plug(job: Omit<Plugs, "do">): Promise<Plugged> {
    return this.#ask({ do: "plug", ...job });
  }

  watch(job: Omit<Watched, "do">): Promise<Seen> {
    return this.#ask({ do: "watch", ...job });
  }

  hangUp(): Promise<void> {
    return this.#ask({ do: "hangUp" });
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  async #ask<T>(job: Job): Promise<T> {
    if (!this.#child.connected) throw new Error("the load generator is gone");
    const id = ++this.#jobs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${job.do} did not end`)), MOST_MS);
        this.#open.set(id, { resolve, reject });
        this.#child.send({ id, job });
      });
    } finally {
      clearTimeout(timer);
      this.#open.delete(id);
    }
  }
}
