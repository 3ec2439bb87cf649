/** What a command has of the process around it. Tests give it another. */

import { setTimeout as delay } from "node:timers/promises";
import { confirm, isCancel } from "@clack/prompts";
import type { Sink } from "./output.ts";

export interface Io {
  out: Sink;
  err: Sink;
  env: NodeJS.ProcessEnv;
  /** Where `.dev.vars` is looked for. */
  folder: string;
  /** Whether somebody can be asked. */
  hasTerminal: boolean;
  ask(question: string): Promise<boolean>;
  /** Aborted by Ctrl-C, from the first call on. */
  stopped(): AbortSignal;
}

const BY_SIGNAL = 130;

export function processIo(): Io {
  let stop: AbortController | undefined;
  return {
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    folder: process.cwd(),
    hasTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    async ask(question) {
      const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
      return !isCancel(answer) && answer;
    },
    stopped() {
      if (stop) return stop.signal;
      const made = new AbortController();
      stop = made;
      for (const signal of ["SIGINT", "SIGTERM"] as const)
        process.on(signal, () => {
          // A second Ctrl-C ends the program at once.
          if (made.signal.aborted) process.exit(BY_SIGNAL);
          made.abort();
        });
      return made.signal;
    },
  };
}

/** Resolves after `ms`, or as soon as it is stopped. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
